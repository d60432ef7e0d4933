"""Headings that name a part of a site or a button, and are never a headline; in lower case."""

from __future__ import annotations

_ENGLISH = """
home, homepage, home page, news, latest, latest news, breaking, breaking news, top stories,
live, live updates, world, politics, business, sport, sports, opinion, culture, technology,
tech, science, health, lifestyle, entertainment, local, local news, national, international,
markets, money, travel, weather, video, videos, photos, podcasts, subscribe, subscribe now, sign
in, sign up, log in, login, menu, navigation, search, newsletter, newsletters, contact, contact
us, about, about us, blog, blog archive, archive, archives, articles, article, press release,
press releases, news release, related articles, related, comments, share, share this, more, read
more, more news, trending, most read, popular, advertisement, sponsored, exclusive, cookies, we
value your privacy, privacy policy, story, untitled, untitled document, index, page not found,
error, loading
"""
_FRENCH = """
accueil, actualité, actualités, actu, actus, à la une, a la une, dernière minute, en direct,
direct, monde, politique, économie, société, opinions, technologies, sciences, santé,
environnement, régions, région, faits divers, france, vidéos, vidéo, s'abonner, abonnez-vous, se
connecter, connexion, s'inscrire, recherche, rechercher, infolettre, à propos, communiqué,
communiqué de presse, communiqués de presse, articles liés, à lire aussi, lire aussi,
commentaires, partager, sur le même sujet, publicité, les plus lus, sans titre
"""
_CHINESE = """
首页, 首頁, 主页, 主頁, 新闻, 新聞, 新闻中心, 新聞中心, 要闻, 要聞, 正文,
头条, 頭條, 快讯, 快訊, 国内, 國內, 国际, 國際, 社会, 社會, 财经, 財經,
娱乐, 娛樂, 体育, 體育, 科技, 政治, 生活, 地方, 评论, 評論, 视频, 影音,
图片, 圖片, 专题, 專題, 滚动, 滾動, 登录, 登錄, 登入, 注册, 註冊, 订阅,
訂閱, 搜索, 搜尋, 相关新闻, 相關新聞, 相关阅读, 相關閱讀, 延伸阅读, 延伸閱讀,
推荐阅读, 推薦閱讀, 热门, 熱門, 分享, 留言, 公告, 新闻频道, 无标题文档
"""

SECTIONS = frozenset(
    " ".join(name.split()) for names in (_ENGLISH, _FRENCH, _CHINESE) for name in names.split(",")
)
PRESS = (
    r"(?:网|網|報|报|新闻|新聞|在线|線上|频道|頻道|客户端|门户|日报|日報|晚报|晚報|周刊|週刊|杂志|雜誌|"
    r"通讯社|通訊社|电视台|電視台|论坛|論壇|博客|财经|財經|资讯|資訊|中文网|新华社|门户网站|官网|官網)"
)
"""How the names of Chinese sites end."""

_PRESS_WORDS = """
news times post courier herald gazette tribune journal guardian telegraph chronicle observer
examiner inquirer enquirer dispatch independent bugle echo daily weekly newspaper bbc cnn npr
nbc abc cbs cbc reuters bloomberg libération figaro parisien télégramme ouest-france franceinfo
bfmtv rfi rtbf
"""
_PRESS_NAMES = """
le monde, le soir, le devoir, la presse, le point, l'express, l'humanité, l'obs, la croix,
la dépêche, la voix du nord, le progrès, sud ouest, midi libre, la libre, le temps, les échos,
le nouvel obs, 20 minutes, the hill, the sun, the mirror, the independent, the economist,
the atlantic, the verge, the standard, the star, daily mail, forbes, politico, axios, vox
"""

PRESS_WORDS = frozenset(_PRESS_WORDS.split())
"""Words that show a name at the end of a title to be that of a newspaper or broadcaster."""

PRESS_NAMES = frozenset(" ".join(name.split()) for name in _PRESS_NAMES.split(","))
"""Whole names of newspapers whose words are common ones."""
