"""The words of bylines: what opens one, what ends a name, and who is no author.

All are in lower case but the Chinese ones, and the languages stand together: a line of three words
rarely tells its own.
"""

from __future__ import annotations

from corpus_norm.languages.record import words as _words

OPENERS = (
    r"(?:(?:written|posted|published|reported|submitted|created|contributed|authored|penned|shared|"
    r"uploaded|added|compiled|story|stories|words|text|article|report|reporting|research|review|"
    r"interview|blog|post|analysis|opinion|comment(?:ary)?|column|guest post) ?)?by\b:?|"
    r"(?:author|writer|reporter|words|text|story|written|reporting|byline|contributor)s?"
    r"(?:\s*[:|]| [-–—](?= ))|"
    r"about the authors?\b[ :–—-]*|from our \w+(?: in \w+)?[,:]?|"
    r"(?:(?:publié|écrit|rédigé|posté|proposé|soumis|mis en ligne|signé|recueilli|"
    r"propos recueillis|entretien réalisé|interview réalisée|"
    r"interview|reportage|texte|article|dossier|récit|enquête|"
    r"tribune|chronique|analyse|portrait|décryptage|billet|critique)(?:e?s?)? ?)?par\b ?:?|"
    r"(?:un (?:texte|article|récit|reportage|billet)|une (?:enquête|analyse|chronique|critique)) "
    r"(?:de|par)\b|"
    r"de (?:notre|nos) (?:correspondant|envoyé)[\w·.-]*(?: spécia(?:le?|ux)[\w·.-]*)?"
    r"(?: (?:à|au|en|aux) [\w'’-]+(?: [A-Z][\w'’-]+)?)?,?|"
    r"signée? ?:|correspondan(?:ce|te?) particuli(?:ère|er)\s*[,:]|"
    r"(?:auteur|autrice|rédacteur|rédactrice|journaliste|texte|propos recueillis|reportage)s?"
    r"\s*[:|]"
)
"""What a byline begins with; a regular expression, without regard to case."""

OTHER_CREDITS = (
    r"(?:(?:photo|photograph|photographs|photography|illustration|image|picture|video|graphic|"
    r"graphics|design|editing|translation|additional reporting|infographic|photographie|vidéo|"
    r"infographie|dessin|traduction|montage|mise en page)s?\s*(?:by\b|par\b|:|credits?\b)|"
    r"(?:photographies?|photos?|illustrations?|dessins?|vidéos?|images?|traduction) "
    r"(?:d['’]|de\b|of\b)|"
    r"(?:edited|translated|photographed|illustrated|filmed|produced|directed|curated|hosted|"
    r"sponsored|presented|powered|reviewed|fact[- ]checked|verified|approved)(?: \w+)? by\b|"
    r"(?:traduit|illustré|photographié|filmé|produit|réalisé|présenté|édité|relu|sponsorisé|validé|"
    r"adapté)e?s?(?: [\w’']+){0,3} par\b|"
    r"(?:with|avec) (?:l['’])?agences?\b|photos?\s*[:©]|©)"
)
"""What opens the credit of someone who is no author of the text."""

AND = ("and", "et", "&", "with", "avec")
PARTICLES = _words(
    "de du des d la le les van von der den dem ter ten te zu zur af av da do dos das di del "
    "della dello degli dei el al bin ben bint ibn abu ould ag y e st ap o"
)
ENDS = _words(
    "published updated posted last modified created publié publiée mise modifié modifiée "
    "actualisé follow following suivre subscribe s’abonner s'abonner comments commentaires "
    "lecture temps aujourd’hui aujourd'hui today yesterday hier est edt gmt utc correspondence "
    "contact email"
)
"""Words that end a name though they begin with a capital."""

MONTHS = _words(
    "january february march april may june july august september october november december jan "
    "feb mar apr jun jul aug sep sept oct nov dec janvier février fevrier mars avril mai juin "
    "juillet août aout septembre octobre novembre décembre decembre janv févr fév avr juil déc"
)
DAYS = _words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs "
    "fri sat sun lundi mardi mercredi jeudi vendredi samedi dimanche"
)
ROLES = _words(
    "lead medical diplomatic economics arts defence affairs legal security transport regional "
    "editor editors editorial writer writers reporter reporters correspondent correspondents "
    "columnist columnists contributor contributors contributing journalist journalists author "
    "authors staff senior deputy assistant associate chief head director manager managing "
    "executive president vice founder co-founder cofounder ceo cto cfo coo professor prof "
    "lecturer researcher analyst economist strategist technologist specialist consultant "
    "producer anchor host presenter critic blogger freelance intern fellow photographer "
    "photojournalist videographer illustrator translator spokesperson engineer developer special "
    "political business sports sport national international foreign investigative digital "
    "content breaking trending entertainment technology science health crime education "
    "environment politics world royal showbiz lifestyle travel consumer personal finance "
    "journaliste journalistes rédacteur rédactrice rédacteurs rédaction correspondante "
    "correspondant envoyé envoyée envoyés envoyées spécial spéciale spéciaux spéciales "
    "correspondants correspondantes chroniqueurs directeurs chef cheffe adjoint adjointe "
    "directeur directrice chroniqueur chroniqueuse éditorialiste auteur auteure autrice "
    "professeur professeure photographe reporter-photographe stagiaire alternant grand grande "
    "collaborateur collaboratrice pigiste chercheur chercheuse économiste sociologue politologue "
    "historien historienne avocat avocate président présidente fondateur fondatrice responsable "
    "spécialiste service secrétaire maître maîtresse docteur doctorant doctorante"
)
"""Roles and desks: a name ends before one of them."""

TOPICS = _words(
    "real estate climate change health care higher housing police crime courts court law justice "
    "religion faith food drink dining wine home garden homes gardens fashion beauty style cars "
    "motoring auto energy oil gas gold stocks stock market economy economic trade tech "
    "technology gadgets gaming games music film films movies movie theatre theater stage dance "
    "architecture photography gallery history heritage nature animals pets wildlife space "
    "physics earth planet green sustainability water weather storm traffic transport transit "
    "rail roads aviation airlines cruise hotels holiday holidays vacation summer winter spring "
    "autumn middle north south east west africa america europe asia central united states "
    "kingdom premier league football soccer rugby cricket tennis golf boxing cycling racing "
    "basketball baseball hockey olympics cup champions public social general special national "
    "international foreign local regional state federal city town county council elections "
    "election vote campaign white house supreme senate congress parliament government defense "
    "defence military war personal finance mental physical fitness workout parenting family kids "
    "children women men youth students school schools campus data security cyber artificial "
    "intelligence machine learning software hardware cloud mobile app apps internet media "
    "digital marketing small big best free paid premium members member only our your long quick "
    "full story case study product products review reviews press release releases paper now "
    "today create write submit vie locale pratique faits divers bien-être cinéma musique livres "
    "expositions patrimoine histoire environnement climat énergie agriculture mer montagne "
    "transports logement éducation enseignement grand grands petit petite ville villes "
    "département commune quartier quartiers élections présidentielle municipales législatives "
    "sénat assemblée gouvernement internationale afrique amérique asie proche-orient coupe ligue "
    "cyclisme basket résultats classement tous toutes nouveau nouvelle recettes conso mode "
    "beauté voyage voyages jeux high-tech idées débats fil info infos infographie carte"
)
"""Words of section and topic names: a line of nothing else names no one."""

AGENCIES = _words(
    "afp ap reuters upi dpa ansa efe tass ria interfax xinhua kyodo jiji yonhap pti ani ians "
    "belga ats keystone-ats apa cp bloomberg cnn bbc nbc abc cbs npr cnbc msnbc pa aap sapa cna "
    "rfi rfa voa map aps tap agences agence agencies agency wire wires zuma getty"
)
DESKS = _words("reporter reporters writer writers correspondent correspondents editors desk")
"""What the names of desks end with, such as "Staff Reporters"."""

PROSE_WORDS = _words("via a to the of and or with for from how why what when who your my it is")
ORGANIZATIONS = _words(
    "press presse associated news newsroom newsdesk desk team teams staff agency agence agences "
    "bureau network media médias group groupe inc ltd llc gmbh corp company foundation fondation "
    "institute institut university université college school hospital center centre association "
    "evening morning matin soir libre éclair républicain dépêche télégramme courrier progrès "
    "society société committee comité council ministry ministère department office service "
    "services journal gazette herald courier tribune times post telegraph guardian observer "
    "chronicle daily weekly magazine mag review digest radio tv télé télévision television "
    "télévisions "
    "channel rédaction redaction équipe collectif collective contributors contributions editors "
    "editorial community project programme program .com .org .net .fr hub studio studios "
    "press-office wire online web website newsletter podcast books blog"
)
"""Words in the names of newspapers, companies and teams."""

NOBODY = _words(
    "admin administrator administrateur staff editor editors editorial author authors auteur "
    "auteurs anonymous anonyme guest user unknown inconnu webmaster root redaction rédaction "
    "redacteur rédacteur newsroom newsdesk desk contributor contributors contributeur website "
    "site web team none null undefined default test writer reporter reporters publisher "
    "super_admin superadmin superuser administrador redazione redacción redaktion 佚名 管理员 "
    "管理員 小编 小編 编辑 編輯 编辑部 編輯部 本站 网络 網絡 網路 未知 匿名 原创 原創 转载 轉載 "
    "网友 網友 综合 綜合 关注 關注 订阅 訂閱 登录 登入 注册 分享 收藏 评论 評論 首页 首頁 更多 "
    "手机版 本报讯 本网 作者 记者 記者 发布者 發布者 系统 系統"
)
"""Stands where a name should, and names nobody: alone, or after an article."""

FURNITURE = _words(
    "home homepage menu search login log sign signin signup register registration account "
    "accounts profile my settings subscribe subscription subscriptions newsletter newsletters "
    "share shares tweet follow facebook twitter instagram linkedin whatsapp pinterest youtube "
    "email e-mail print copy link links click here more read view views comments comment posts "
    "post all watch demo video videos live next previous back top skip main navigation contact "
    "help faq about us terms privacy cookie cookies policy advertise advertisement sponsored out "
    "in up off on archive archives latest trending popular topics topic section sections "
    "category categories tags tag edition issue issues this week's week world sport sports "
    "opinion opinions business markets politics culture arts entertainment lifestyle weather "
    "jobs shop store cart donate download features feature interview interviews guides guide "
    "explore discover dive deeper career editorial podcast podcasts breaking exclusive update "
    "updates min mins minutes table contents accueil connexion connecter déconnexion compte mon "
    "mes abonnement abonner abonnez abonnés abonné réservé recherche rechercher partager suivre "
    "lire voir plus vidéo vidéos direct dernière dernières minute actualité actualités actu "
    "actus économie politique société monde santé sciences météo annonces avis décès emploi "
    "immobilier boutique ouvrir fermer principale principal contenu aller imprimer commentaires "
    "réagir dossier dossiers rubrique rubriques magazine articles article communes région "
    "régions faits divers capture écran source sources crédit photo photos image images "
    "illustration español français english deutsch português copyright tribune entretien "
    "télé-médias sujets nos vos notre votre increase decrease text size font our partners get "
    "started report error correction learn recipe recipes index rss feed letters letter press "
    "une télécharger inscription inscrire paramètres publicité"
)
"""Words of menus, buttons and sections, which no name holds."""

DEGREES = _words(
    "phd ph.d md m.d mba ma m.a ms m.s msc m.sc ba b.a bs b.s bsc llm ll.m llb jd j.d edd ed.d "
    "dds dvm dphil mph rn rd rdn cpa cfa cfp cepf esq esquire facs facp faclm frcp lcsw lmft "
    "psyd psy.d do d.o e-ryt np pa-c obe mbe cbe mp mep frs pharmd"
)
SUFFIXES = _words("jr jr. sr sr. ii iii iv")
PLACES = _words(
    "london paris washington brussels bruxelles berlin moscow moscou beijing pékin tokyo delhi "
    "jerusalem cairo nairobi lagos sydney toronto montreal montréal chicago boston lyon "
    "marseille new hong los san las saint"
)

HAN_SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅高郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧"
    "田董袁潘于於蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾鐘谭譚陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦"
    "邱江尹薛闫閻阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯常温溫康施文牛樊葛邢安齐齊易"
    "乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯岳翟殷詹申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍"
    "涂涂成苗谷盛曲翁冉骆駱蓝藍路游辛靳欧管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤阳陽时時穆农農司卓古吉缪繆简簡车車"
    "项項连連芦蘆麦麥褚娄婁窦竇戚岑景党黨宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應臧闵閔苟邬鄔边邊卞姬师師和仇栾欒隋"
    "商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟遲邝鄺官封谈談匡鞠惠荆荊乐樂冀郁胥南班储儲原栗燕楚鄢劳勞谌諶"
    "奚皮粟冼蔺藺楼樓盘盤满滿闻聞位厉厲伊仝区區郜海阚闞花权權强強帅帥屠豆朴盖蓋练練廉禹井祖漆巴丰豐支卿国國狄平"
    "计計索宣晋晉相初门門云雲容敬来來扈晁芮都普阙闕浦戈伏鹿薄邸雍辜羊阿乌烏母裘亓修邰赫杭况況那宿鲜鮮印逯隆茹诺"
    "諾战戰慕危玉银銀亢嵇公哈湛宾賓戎勾茅利于么"
)
HAN_DOUBLE_SURNAMES = _words(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 司徒 司空 "
    "夏侯 端木 独孤 獨孤 南宫 南宮 宇文 长孫 长孙 長孫 轩辕 軒轅 呼延 张简 張簡 范姜"
)
HAN_PLACES = _words(
    "北京 上海 天津 重庆 重慶 广州 廣州 深圳 杭州 南京 武汉 武漢 成都 西安 沈阳 瀋陽 大连 大連 "
    "青岛 青島 济南 濟南 郑州 鄭州 长沙 長沙 福州 厦门 廈門 合肥 南昌 昆明 贵阳 貴陽 南宁 南寧 "
    "海口 三亚 兰州 蘭州 西宁 西寧 银川 乌鲁木齐 拉萨 呼和浩特 太原 石家庄 哈尔滨 哈爾濱 长春 "
    "長春 苏州 蘇州 无锡 宁波 寧波 温州 东莞 佛山 珠海 台北 臺北 新北 桃园 桃園 台中 臺中 台南 "
    "臺南 高雄 基隆 新竹 苗栗 彰化 南投 云林 雲林 嘉义 嘉義 屏东 屏東 宜兰 宜蘭 花莲 花蓮 台东 "
    "台東 臺東 澎湖 金门 金門 马祖 馬祖 香港 澳门 澳門 台湾 臺灣 伦敦 倫敦 巴黎 柏林 东京 東京 "
    "首尔 首爾 华盛顿 華盛頓 纽约 紐約 洛杉矶 洛杉磯 旧金山 舊金山 莫斯科 布鲁塞尔 布魯塞爾 "
    "日内瓦 日內瓦 新加坡 曼谷 新德里 悉尼 雪梨 堪培拉 渥太华 多伦多 多倫多 开罗 開羅 耶路撒冷 "
    "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 廣東 广西 海南 "
    "四川 贵州 云南 陕西 甘肃 青海 内蒙古 宁夏 新疆 西藏 雄安 综合 綜合 专题 專題 即時 实习 現場 "
    "现场 整理 外电 外電 国际 國際"
)
