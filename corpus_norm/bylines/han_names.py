"""Names of people in Chinese bylines and credits: finding where they begin and end."""

from __future__ import annotations

import re

from corpus_norm.languages import combine

_WORDS = combine(lambda record: record.bylines)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_REPORTER = (
    r"(?:(?:实习|實習|见习|見習|特约|特約|特派|驻外|首席|资深|資深|高级|摄影|全媒体|融媒体|新媒体|体育|财经|財經|"
    r"政治|社会|社會|地方|娱乐|娛樂|生活)?(?:记者|記者)|通讯员|通訊員|实习生|實習生|特派员|特派員|特约评论员|评论员|評論員|编译|編譯|"
    r"采访人员|主笔|主筆|特约撰稿人?|特约撰稿员|作家)"
)
_WRITER = (
    r"(?:(?:本文|文章|原文|新闻|新聞)?作\s*者|撰\s*文|撰稿人?|执笔人?|執筆人?|採訪撰文|采访撰文|采写|採寫|采访|採訪|文字|"
    r"文字记者|署名|发帖人|楼主|樓主|发布人|发布者|發布者|发表人|笔者)"
)
_OTHER = (
    r"(?:责任|責任|执行|值班|实习|新媒体|本文|本期)?(?:编辑|編輯|责编|責編|美编|美編|编审|审核|審核|校对|校對|监制|監製|"
    r"审校|主编|主編|总编|统筹|策划|策劃|摄影|攝影|摄|攝|图片?|圖片?|视频|影片|制图|製圖|设计|設計|排版|翻译|翻譯|译者|譯者|来源|來源|"
    r"出处|出處|稿源|时间|時間|日期|发布|發布|发表|更新|字号|字號|点击|點擊|阅读|閱讀|浏览|瀏覽|评论|評論|人气|人氣|分享|供图|"
    r"整理|出品|运营|编者|編者|栏目|分类|标签|關鍵字|关键词|回复|回覆|查看|收藏|关注|關注|微博|微信|网址|链接|我要|我来|手机|手機|首页|首頁|登录|登入|注册|更多|打印|列印|关闭|關閉|返回|上一|下一|相关|相關|全文|原文|免责|推荐|推薦|特约编辑|大中小|大|【)"
)
_SEPARATOR = r"[:：/／|｜丨︱·•\-—－]"
# A label of a reporter or writer, with the outlet before it and the gap after it; not where the
# label is part of a phrase such as "the reporter saw".
_LABEL = re.compile(
    rf"(?P<outlet>[{_HAN}A-Za-z0-9·]{{0,12}}?)(?P<label>{_REPORTER}|{_WRITER})"
    r"(?!采访[时時中了]|採訪[時中了]|[时時中][，看发發说說注了获獲]|看到|简介|簡介|介绍|介紹|[系是为為说說回在的原其更]|单位|單位|授权|授權|观点|觀點|声明|聲明|手记|手記)"
    rf"(?P<gap>\s*{_SEPARATOR}+\s*|[\s\u3000]+|(?=[{_HAN}]))"
)
# A label such as 文/ or 图文：, perhaps with the outlet after it.
_TEXT_LABEL = re.compile(
    r"(?:^|[\s\u3000【\[（(〔])(?:[图圖][、/／和及]?)?文(?:字)?(?:[、/／和及]?[图圖](?:片)?)?\s*[:：/／|｜丨︱]\s*(?:[^\s:：/／|]{2,10}?(?:网|網|报|報|社)[\s\u3000]+)?"
)
# Names before their label, as in 王小明/文.
_REVERSED = re.compile(
    rf"^[\s【\[（(〔]*(?P<name>[{_HAN}·]{{2,10}}(?:[、\s][{_HAN}·]{{2,4}})*)\s*[/／]\s*"
    rf"(?:[{_HAN}]{{2,8}}(?:中心|组|組|部)\s*[/／]\s*)?(?:文|撰文|撰|报道|報導|報道|综合报道|綜合報導|台北報導|[{_HAN}]{{2,4}}(?:报道|報導|報道))"
)
_REPORT = r"(?:报道|報導|報道|报导)"
_DESK = re.compile(
    rf"^[\s【\[（(〔]*[{_HAN}]{{1,6}}(?:中心|组|組|部)\s*[/／]?\s*"
    rf"(?=[^，。,！？]{{2,40}}{_REPORT}[】\]）)〕]?\s*$)"
)
"""A desk before the names, in a line that ends with "reports": 生活中心／劉佩珊報導."""
# An outlet in brackets, a name, and "reports".
_OUTLET_FIRST = re.compile(
    rf"^[【\[〔][^【\[〔\]】〕]{{2,16}}[\]】〕]\s*(?P<name>[{_HAN}]{{2,4}})[\s／/]+[{_HAN}]{{0,4}}{_REPORT}$"
)
_ORIGINAL = re.compile(
    rf"^(?:原创|原創)\s*[:：]?\s+(?P<name>[{_HAN}A-Za-z·]{{2,12}})(?=[\s\u3000])"
)
# A name, then an outlet and "reporter", as in 王小明 新京报记者.
_REPORTER_OF = re.compile(
    rf"^[\W_]*(?P<name>[{_HAN}]{{2,4}})[\s\u3000]+[{_HAN}A-Za-z]{{0,10}}(?:记者|記者|特约撰稿人?)$"
)
_NATION = re.compile(rf"\s*[\[【（(〔][{_HAN}]{{1,3}}[\]】）)〕]\s*")
_TOKEN = re.compile(rf"[{_HAN}·•‧．・]+|@?[A-Za-zÀ-ÿ][\w.'’&-]*(?: [A-ZÀ-Þ][\w.'’-]*)*")
_PEN_NAME = re.compile(
    rf"(?=[{_HAN}\d_]|[a-z@][^\s]*[{_HAN}_\d])[^\s\u3000、,，;；|｜／/（(【\[）)】\]:：。]{{2,16}}"
)
_SECOND_HALF = re.compile(rf"[\s\u3000]+([{_HAN}])(?![{_HAN}])")
_ENDS_LABEL = re.compile(rf"(?:{_REPORTER}|[网報报社])$")
_TAKES_PICTURES = re.compile(r"[\s／/]*(?:摄|攝|图|圖)(?:影|片)?[\s）)】\]／/]*$")
_DATE = re.compile(r"(?:19|20)\d\d[-年/.].*")
_BETWEEN = re.compile(r"[\s\u3000、,，&和与與及＆]{1,8}")
_SUFFIX = re.compile(
    r"(?P<how>摄影|攝影|综合|綜合|专题|專題|现场|現場|连线|連線|独家|獨家|即時|编译|編譯|整理|实习|专访|專訪)?"
    r"(?P<what>报道|報道|報導|报导|撰文|撰稿|专电|專電|电|電|讯|訊|摄影|攝影|摄|攝|拍摄|文|采写|采访|整理|编译|編譯)$"
)
_ENDS = re.compile(rf"^{_OTHER}")
_PHOTOGRAPHER = re.compile(r"摄|攝|图|圖")
_STARTS_LABEL = re.compile(rf"^(?:{_REPORTER}|{_WRITER})")
_ACTS = re.compile(
    "采访|採訪|走访|走訪|看到|获悉|獲悉|了解|瞭解|发现|發現|注意到|联系|聯繫|致电|致電|询问|詢問|现场|現場"
)
"""Verbs for what a reporter does; after them a sentence continues."""
_IS = re.compile("系|是|为|為|现任|現任")
_COUNTED = re.compile(r"[名位个個群些批]$|告诉$|告訴$|接受$|[向对對与與和被让讓的]$")
_SENTENCE = re.compile(r"[。！？!?；;]")
_OUTLETS = re.compile(
    r"(?:本报|本報|本刊|本网|本網|本台|中央社|[报報社网網台臺刊视視闻聞线線讯訊媒]|时报|日报|晚报|)$"
)
_FOREIGN = re.compile(r"\w[·•‧．・]\w")
_INNER_LABEL = re.compile(rf"{_REPORTER}(?=[{_HAN}])")
_ORGANIZATION = re.compile(
    r"(?:[网網报報社台臺组組刊部]|日报|频道|頻道|工作室|编辑部|編輯部|观察|快讯|在线|在線|编辑|編輯|记者|記者)$|新闻|新聞|中心|公司|集团|集團|电视|電視|卫视|衛視|"
    r"官方|媒体|媒體|资讯|資訊|论坛|論壇|网易|網易|新浪|搜狐|腾讯|騰訊|凤凰|鳳凰|百度|央视|中新|新华|新華|提供|客户端"
)
MIN_NAME, LONGEST_PEN_NAME, LONGEST_RUN = 2, 10, 14
_MOST = 12


def find_han_names(line: str) -> list[str]:
    """Find the names after author labels in a line, without those of editors.

    >>> find_han_names("記者王小明／台北報導"), find_han_names("记者从会上获悉")
    (['王小明'], [])
    >>> find_han_names("来源：新华网 作者：李华 责任编辑：周红")
    ['李华']
    >>> find_han_names("本报记者 王小明 李 华 通讯员 陈静")
    ['王小明', '李华', '陈静']
    """
    if (match := _REPORTER_OF.match(line)) and is_han_name(match["name"]):
        return [match["name"]]
    if (match := _ORIGINAL.match(line)) and match["name"] not in _WORDS.nobody:
        return [match["name"]]
    if (match := _OUTLET_FIRST.match(line)) and is_han_name(match["name"]):
        return [match["name"]]
    if (match := _DESK.match(line)) and (found := _collect(line[match.end() :], is_named=False)):
        return found
    if match := _REVERSED.match(line):
        return _collect(match["name"], is_named=False)
    names: list[str] = []
    position = 0
    while label := _find_label(line, position):
        is_named, position = label
        found = _collect(line[position:], is_named=is_named)
        names += [name for name in found if name not in names]
    return names


def _find_label(line: str, start: int) -> tuple[bool, int] | None:
    """Find the next label; return whether a colon or the like ends it, and the names' start."""
    label, text = _LABEL.search(line, start), _TEXT_LABEL.search(line, start)
    if text is not None and (label is None or text.start() <= label.start()):
        return True, text.end()
    while label is not None and not _stands_alone(line, label):
        label = _LABEL.search(line, label.end("label"))
    if label is None:
        return None
    return any(sign in label["gap"] for sign in ":：/／|｜丨︱"), label.end()


def _stands_alone(line: str, label: re.Match[str]) -> bool:
    """Whether a label begins a credit: only the name of an outlet may precede it."""
    outlet = label["outlet"]
    before = line[: label.start()][-1:]
    if _COUNTED.search(outlet):
        return False
    has_colon = any(sign in label["gap"] for sign in ":：/／|｜丨︱")
    is_at_edge = not before or not re.match(rf"[{_HAN}\w]", before)
    return is_at_edge and (not outlet or has_colon or _OUTLETS.search(outlet) is not None)


def _collect(text: str, *, is_named: bool) -> list[str]:
    """Collect the names at the beginning of a text, up to any other text.

    ``is_named``: a colon or the like introduced them, so the first may be a pen name.
    """
    names: list[str] = []
    position = len(text) - len(text.lstrip(" \u3000\xa0:：/／|｜丨"))
    if nation := _NATION.match(text, position):
        position = nation.end()
    while len(names) < _MOST:
        is_first = is_named and not names
        token = (is_first and _PEN_NAME.match(text, position)) or _TOKEN.match(text, position)
        if not token:
            break
        run, end = token[0], token.end()
        if len(run) == 1 and (second := _SECOND_HALF.match(text, end)):
            run, end = run + second[1], second.end()
        start = _STARTS_LABEL.match(run)
        if inner := _INNER_LABEL.search(run, max(MIN_NAME, start.end() if start else 0)):
            end = position + inner.start()
            run = (
                run[: inner.start()]
                if is_han_name(_STARTS_LABEL.sub("", run[: inner.start()]))
                else ""
            )
        if run and not _ENDS_LABEL.search(run):
            run = _STARTS_LABEL.sub("", run)
            found = _read_run(run, is_first=is_first, follows=text[end : end + 1])
            if not found:
                break
            names += found
        between = _BETWEEN.match(text, end)
        position = end
        if between is not None:
            position = between.end()
        elif _STARTS_LABEL.match(text[end : end + 8]) is None:
            break
    wrote = text[:position].endswith("文")
    return [] if _TAKES_PICTURES.match(text, position) and not wrote else names


def _read_run(run: str, *, is_first: bool, follows: str) -> list[str]:
    """Return the name in a run of characters, or several without spaces between, or []."""
    run = _DATE.sub("", run)
    if not re.match(rf"[{_HAN}]", run):
        is_shown = (is_first or run[:1].isupper()) and run.lower() not in _WORDS.nobody
        return [run.strip(" .-@")] if is_shown else []
    if name := _find_subject(run):
        return [name]
    suffix = _find_suffix(run, follows)
    is_photographer = suffix is not None and _PHOTOGRAPHER.search(suffix["what"]) is not None
    is_nobody = run in _WORDS.nobody or _ENDS.match(run) or is_han_organization(run)
    if is_photographer or is_nobody or _ACTS.match(run):
        return []
    is_report = suffix is not None and suffix.start() >= MIN_NAME
    name = run[: suffix.start()] if suffix and is_report else run
    return _read_reporter(name, is_report=is_report or follows.isdigit(), is_first=is_first)


def _find_subject(run: str) -> str:
    """Return the name at the start of a sentence, or "" if the run is not a sentence.

    >>> _find_subject("李明采访时看到"), _find_subject("邹明远系教授"), _find_subject("李明")
    ('李明', '邹明远', '')
    """
    for verb in (_ACTS, _IS):
        if (match := verb.search(run, MIN_NAME)) and is_han_name(run[: match.start()]):
            return run[: match.start()]
    return ""


def _find_suffix(run: str, follows: str) -> re.Match[str] | None:
    """Find the suffix after a name, such as 報導; a final 文 may belong to the name itself."""
    suffix = _SUFFIX.search(run) if len(run) > MIN_NAME else None
    if suffix is None or suffix[0] != "文" or follows in {"/", "／", "、"}:
        return suffix
    is_whole = len(run) == MIN_NAME + 1 or run[:2] in _WORDS.han_double_surnames
    return None if is_whole and is_han_name(run) else suffix


def _read_reporter(name: str, *, is_report: bool, is_first: bool) -> list[str]:
    """Read the name or names before a place; ``is_report``: the text after makes it a credit."""
    for size in (4, 3, 2):
        person = name[:-size]
        if name[-size:] in _WORDS.han_places and (is_han_name(person) or (is_report and person)):
            name = person
            break
    if name in _WORDS.han_places:
        return []
    if is_han_name(name) or _FOREIGN.search(name):
        return [name]
    if is_report and 4 <= len(name) <= 6 and is_han_name(name[:-2]):
        return [name[:-2]]  # and a town that is not in the list
    is_pen_name = is_first and MIN_NAME <= len(name) <= LONGEST_PEN_NAME
    return _part(name) or ([name] if is_pen_name else [])


def _part(run: str) -> list[str]:
    """Split names written without spaces, if each begins with a surname.

    >>> _part("谭飞王艳明闫鹃"), _part("放飞心情")
    (['谭飞', '王艳明', '闫鹃'], [])
    """
    if len(run) > LONGEST_RUN:
        return []
    best: list[list[str] | None] = [[]] + [None] * len(run)
    for end in range(MIN_NAME, len(run) + 1):
        for size in (2, 3, 4):
            before = best[end - size] if end >= size else None
            name = run[max(end - size, 0) : end]
            if before is not None and is_han_name(name) and len(name) == size:
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = [*before, name]
    names = best[-1] or []
    return names if len(names) > 1 else []


def is_han_organization(name: str) -> bool:
    """Whether a name in Han characters belongs to a newspaper, a site or a desk.

    >>> is_han_organization("新京报"), is_han_organization("王小明")
    (True, False)
    """
    return _ORGANIZATION.search(name) is not None


def is_han_name(text: str) -> bool:
    """Whether the text is a surname and one or two more characters.

    >>> is_han_name("王小明"), is_han_name("欧阳娜娜"), is_han_name("获悉"), is_han_name("王小明台")
    (True, True, False, False)
    """
    if text[-1:] == "某":
        return False  # somebody whose name is withheld
    if text[:2] in _WORDS.han_double_surnames:
        return 3 <= len(text) <= 4
    is_married = len(text) == 4 and text[1] in _WORDS.han_surnames
    return text[:1] in _WORDS.han_surnames and (2 <= len(text) <= 3 or is_married)
