"""Names of people in bylines, in Latin letters and in Han characters: where they begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import takewhile

from corpus_norm.languages import any_of, combine

_WORDS = combine(lambda record: record.bylines)
_MONTHS = frozenset(filter(str.isalpha, combine(lambda record: record.numbers.months)))


_ANDS = "|".join(_WORDS.conjunctions)
_JOINT = re.compile(
    rf"\s*(?P<separator>[,;]\s*(?:{_ANDS})(?=\s)|[,;、/]|\s[-–—]+\s|[|•·∙●■–—\n<>]|\s(?:{_ANDS})(?=\s))\s*",
    re.IGNORECASE,
)
_WITH = re.compile(r"\s*[(\[]\s*(?:with|avec)\s+([^()\[\]]*)[)\]]?", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_BRACKET = re.compile(r"\s*[(\[{].*", re.DOTALL)
_OTHERS = re.compile(rf"(?<!\w)(?:{any_of(_WORDS.other_credits)}).*", re.IGNORECASE | re.DOTALL)
_PICTURED = re.compile(
    r"\s*[(\[]\s*(?:photos?|photograph(?:ie|y)?s?|images?|pictures?|illustrations?|dessins?|vid[eé]os?)"
    r"\s*[)\]]|"
    r",\s*(?:[\w-]+\s)?(?:photographer|photojournalist|videographer|illustrator|photographe|"
    r"illustrat(?:eur|rice)|vidéaste)\b",
    re.IGNORECASE,
)
"""What says after a name that this person took the pictures."""
_BEFORE_NAME = re.compile(rf".*(?:[,;/]|\s(?:{_ANDS})(?=\s))", re.IGNORECASE | re.DOTALL)
_SIGNS = ' .,:;!?*†‡®™"“”«»'
_INITIALS = re.compile(
    r"(?:[^\W\d_]\.-?){1,4}|[^\W\d_]{1,2}\.|(?:St|Ste|Mc|Chr|Ph|Jr|Sr|Dr|Mr|Mrs|Ms|Prof)\."
)
_ACRONYM = re.compile(r"[A-Z][A-Z.&-]{1,6}[®™]?")
_DOMAIN = re.compile(
    r"\.(?:com|org|net|info|fr|ca|uk|au|cn|tw|hk|us|eu|be|ch|de|es|it|in|io|co|tv)$"
)
_DOTTED_USER = re.compile(r"[a-z][\w-]*\.[a-z][\w-]+")
_ELIDED = re.compile(r"(?:d|l|o|n|m)['’](?=\w)", re.IGNORECASE)
LONGEST_SHORT_DAY = 4
_MOST_WORDS = 6
_LONGEST = 60
FINAL_SEPARATORS = ("|", "•", "·", "∙", "●", "■", "–", "—", "-", "\n", "<", ">")


class _End(Enum):
    """Why a name ended: no more text, other words on the author, the end of the byline."""

    OPEN = 0
    ROLE = 1
    OVER = 2


@dataclass
class _List:
    """The names read so far; ``is_far``: something else stands between the last one and here."""

    names: list[str] = field(default_factory=list)
    state: _End = _End.OPEN
    is_far: bool = False

    @property
    def has_full_names(self) -> bool:
        return any(" " in name for name in self.names)

    @property
    def is_of_organizations(self) -> bool:
        return bool(self.names) and all(map(is_organization, self.names))


def split_names(text: str, *, handles: bool = True) -> list[str]:
    """Split a list of names, organizations among them; ``handles`` need no capital.

    >>> split_names("Ann B. Lee, Bo C.D. Ray, and Cy Orr, CNN")
    ['Ann B. Lee', 'Bo C.D. Ray', 'Cy Orr']
    >>> split_names("Ann Lee March 18 at 3:57 PM Follow @annlee"), split_names("joe on Mon, 3 May")
    (['Ann Lee'], ['joe'])
    >>> split_names("Jean de La Fontaine, à Lyon et Luc Modèle, PhD")
    ['Jean de La Fontaine', 'Luc Modèle']
    """
    text = _OTHERS.sub("", _WITH.sub(r", \1", _drop_photographers(text)))
    text = _BRACKET.sub("", _BRACKETED.sub("", text))
    found = _List()
    separator, position = "", 0
    for joint in [*_JOINT.finditer(text), None]:
        part = text[position : joint.start() if joint else len(text)].strip()
        if part:
            _take(found, separator, part, handles=handles)
        if joint is None or found.state is _End.OVER:
            break
        separator, position = joint["separator"].strip().lower(), joint.end()
        if separator in FINAL_SEPARATORS:
            break
    return found.names


def _drop_photographers(text: str) -> str:
    """Leave out the names that "(photos)" or ", Photographer" follows, where others stay.

    >>> _drop_photographers("Ann Lee (text) and Bo Ray (photos)")
    'Ann Lee (text)'
    """
    while match := _PICTURED.search(text):
        before = _BEFORE_NAME.match(text[: match.start()])
        if before is None:
            break
        kept = re.sub(rf"(?:[,;/]|\s(?:{_ANDS}))$", "", before[0], flags=re.IGNORECASE)
        text = kept.rstrip(" ,;") + text[match.end() :]
    return text


def _take(found: _List, separator: str, part: str, *, handles: bool) -> None:
    """Add the name that a part of the list is, if it is one."""
    is_joined = separator.strip(",; ") in _WORDS.conjunctions or separator in {";", "、"}
    if found.state is _End.ROLE and found.is_of_organizations and " " in part:
        found.state = _End.OPEN  # "Northern Courier Staff, Ann Lee": a person may follow
    if found.state is _End.ROLE and (found.is_far or not is_joined):
        found.is_far = found.is_far or part.strip(_SIGNS).lower() not in _WORDS.degrees
        return
    name, end = _read_name(part, handles=handles and not found.has_full_names)
    found.state = end
    if found.names and name.lower() in _WORDS.suffixes:
        found.names[-1] += f" {name}"
    elif not name or (found.has_full_names and _is_aside(name, part, is_joined=is_joined)):
        if found.names and end is not _End.OVER:
            found.state = _End.ROLE
    elif name not in found.names:
        found.names.append(name)


def _is_aside(name: str, part: str, *, is_joined: bool) -> bool:
    """Whether what follows a full name is a town, a newspaper or a degree of that person.

    ``part`` is what the name stands at the beginning of: "Local Democracy Reporting" is one of
    "Local Democracy Reporting Service".
    """
    parts = [part.strip(_SIGNS).lower() for part in name.split()]
    capitalized = list(takewhile(lambda token: token[:1].isupper(), part.split()))
    return (
        len(parts) == 1
        or parts[0] in _WORDS.places | _WORDS.agencies | _WORDS.degrees | {"the", "les", "la"}
        or (not is_joined and not _WORDS.roles.isdisjoint(parts[:2]))
        or is_organization(name)
        or (len(capitalized) > 1 and is_organization(" ".join(capitalized)))
        or (len(parts) > 1 and parts[-1] in _WORDS.boilerplate)
    )


def is_organization(name: str) -> bool:
    """Whether a name is that of an agency, a newspaper or a team rather than of a person.

    >>> is_organization("The Daily Gull"), is_organization("AFP"), is_organization("Zoé Exemple")
    (True, True, False)
    """
    parts = [part.strip(_SIGNS).lower() for part in re.split(r"[\s/]+", name)]
    return (
        parts[0] in {"the", "les"}
        or all(part in _WORDS.agencies for part in parts)
        or (len(parts) > 1 and parts[-1] in _WORDS.desks)
        or any(
            part in _WORDS.organizations or part.endswith((".com", ".org", ".net", ".fr"))
            for part in parts
        )
        or (_ACRONYM.fullmatch(name) is not None and "." not in name)
    )


def is_nobody(name: str) -> bool:
    """Whether a name stands for no one in particular, such as "Admin" or "La rédaction".

    >>> is_nobody("The Editors"), is_nobody("La Rédaction"), is_nobody("Ann Lee")
    (True, True, False)
    """
    parts = [part.strip(_SIGNS).lower() for part in re.split(r"[\s_-]+", name)]
    while parts and parts[0] in {
        "the",
        "la",
        "le",
        "les",
        "our",
        "notre",
        "by",
        "par",
        "a",
        "guest",
        "news",
    }:
        parts = parts[1:]
    return is_han_organization(name) or all(
        part.rstrip("0123456789") in _WORDS.nobody for part in parts
    )


def _read_name(part: str, *, handles: bool) -> tuple[str, _End]:
    """Read the name at the beginning of a part ("" where there is none) and why it ended."""
    tokens = _drop_titles(part.split())
    kept: list[str] = []
    end = _End.OPEN
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        ending = _find_ending(token, following, kept)
        if ending is not None:
            end = ending
            if end is not _End.OVER and any(map(_is_number, tokens[index:])):
                end = _End.OVER
            if not kept and handles and _is_handle(token, tokens[index + 1 :]):
                return token.strip(_SIGNS + "@"), end if index + 1 < len(tokens) else _End.OPEN
            break
        stripped = token.rstrip("0123456789¹²³*†‡®™")
        kept.append(stripped)
        if stripped != token or _ends_sentence(token, kept):
            end = _End.OVER if stripped == token else _End.ROLE
            break
    return _finish(kept), end


def _find_ending(token: str, following: str, kept: list[str]) -> _End | None:
    """Return why the name ends before this token, or None if the token belongs to the name."""
    low = token.strip(_SIGNS).lower()
    is_address = "@" in token or "://" in token or token.startswith("#")
    if not low or is_address or low in _WORDS.ends or _is_date(token, following, kept):
        return _End.OVER
    if low in _WORDS.particles:
        first = following.lstrip('"“«(')[:1]
        is_inside = first.isupper() or following.lower() in _WORDS.particles
        return None if is_inside or (token[:1].isupper() and kept) else _End.ROLE
    is_outlet = (token.isupper() and low in _WORDS.agencies) or _DOMAIN.search(low) is not None
    if len(kept) > 1 and (low in _WORDS.roles or is_outlet):
        return _End.ROLE
    letter = next((char for char in _ELIDED.sub("", token) if char.isalpha()), "")
    return _End.ROLE if letter.islower() or not letter else None


def _is_date(token: str, following: str, kept: list[str]) -> bool:
    """Whether a date or a time begins; April and Sun are names too."""
    low = token.strip(_SIGNS).lower()
    precedes_number = following[:1].isdigit()
    is_day = low in _WORDS.days and (bool(kept) or precedes_number)
    return (
        _is_number(token)
        or (low in _MONTHS and precedes_number)
        or (is_day and (not following or precedes_number or len(low) > LONGEST_SHORT_DAY))
    )


def _is_number(token: str) -> bool:
    return token[:1].isdigit() or (token[-1:].isdigit() and not token[:1].isalpha())


def _is_handle(token: str, rest: list[str]) -> bool:
    """Whether a word without a capital is a user's name: it stands alone, or before a date."""
    low = token.strip(_SIGNS)
    follows = [each.lower() for each in rest[:1]]
    return (
        re.fullmatch(r"@?[\w.-]{2,30}", low) is not None
        and any(map(str.isalpha, low))
        and low.lower() not in _WORDS.boilerplate | _WORDS.particles | _WORDS.days | _WORDS.ends
        and ("." not in low or (bool(rest) and _is_dotted_user(low)))
        and (
            not rest
            or follows[0] in {"on", "at", "in", "le", "il", "|", "@", *_MONTHS}
            or _is_number(rest[0])
        )
    )


def _is_dotted_user(word: str) -> bool:
    """Whether a word is a user's name with a dot inside, and no host."""
    return _DOTTED_USER.fullmatch(word) is not None and _DOMAIN.search(word) is None


def _drop_titles(tokens: list[str]) -> list[str]:
    """Drop the role before a name: "Staff Writer Ann Lee", "le journaliste Luc Modèle"."""
    if len(tokens) > 1 and tokens[0] == "the" and tokens[1][:1].isupper():
        tokens = ["The", *tokens[1:]]
    titles = (
        _WORDS.roles | _WORDS.agencies | _WORDS.organizations | {"the", "le", "la", "our", "notre"}
    )
    lows = [token.strip(_SIGNS).lower() for token in tokens]
    count = next((index for index, low in enumerate(lows) if low not in titles), len(lows))
    rest = tokens[count:]
    has_role = not _WORDS.roles.isdisjoint(lows[:count])
    return rest if has_role and len(rest) > 1 and rest[0][:1].isupper() else tokens


def _ends_sentence(token: str, kept: list[str]) -> bool:
    """Whether the full stop or colon after a word ends the name, and is no abbreviation's."""
    if token.endswith((":", "!", "?")):
        return True
    return (
        token.endswith(".")
        and not _INITIALS.fullmatch(token)
        and not (len(kept) == 1 and _is_degree(token, []))
        and not (token.lower() in _WORDS.suffixes and len(kept) > 1)
    )


def _finish(kept: list[str]) -> str:
    """Join the words of a name, without degrees and particles at its end."""
    while kept and (
        (kept[-1].strip(_SIGNS).lower() in _WORDS.particles and kept[-1][:1].islower())
        or (len(kept) > 1 and _is_degree(kept[-1], kept[:-1]))
    ):
        kept = kept[:-1]
    half = len(kept) // 2
    if half and len(kept) % 2 == 0 and kept[:half] == kept[half:]:
        kept = kept[:half]
    name = " ".join(kept).strip(' ,:;!?*†‡"“”«»')
    if (
        name.endswith(".")
        and not _INITIALS.fullmatch(name.split()[-1])
        and not name.lower().endswith(("jr.", "sr."))
    ):
        name = name.rstrip(".")
    too_long = len(kept) > _MOST_WORDS or len(name) > _LONGEST
    if too_long or not any(map(str.isalpha, name)) or (_is_degree(name, []) and "." in name):
        return ""
    if name.isupper() and name.strip("®™") in {"DR", "PHD", "MD"}:
        return ""
    return name


def _is_degree(word: str, others: list[str]) -> bool:
    low = word.strip(_SIGNS).lower()
    shown = word.strip(_SIGNS)
    is_marked = (
        shown.isupper()
        or "." in shown
        or low in {"phd", "psyd", "pharmd", "edd", "dphil", "msc", "bsc", "esq", "esquire"}
    )
    is_shouted = bool(others) and all(other.isupper() for other in others)
    return low in _WORDS.degrees and is_marked and not is_shouted


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
_LABEL = re.compile(
    rf"(?P<outlet>[{_HAN}A-Za-z0-9·]{{0,12}}?)(?P<label>{_REPORTER}|{_WRITER})"
    r"(?!采访[时時中了]|採訪[時中了]|[时時中][，看发發说說注了获獲]|看到|简介|簡介|介绍|介紹|[系是为為说說回在的原其更]|单位|單位|授权|授權|观点|觀點|声明|聲明|手记|手記)"
    rf"(?P<gap>\s*{_SEPARATOR}+\s*|[\s\u3000]+|(?=[{_HAN}]))"
)
_TEXT_LABEL = re.compile(
    r"(?:^|[\s\u3000【\[（(〔])(?:[图圖][、/／和及]?)?文(?:字)?(?:[、/／和及]?[图圖](?:片)?)?\s*[:：/／|｜丨︱]\s*(?:[^\s:：/／|]{2,10}?(?:网|網|报|報|社)[\s\u3000]+)?"
)
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
_OUTLET_FIRST = re.compile(
    rf"^[【\[〔][^【\[〔\]】〕]{{2,16}}[\]】〕]\s*(?P<name>[{_HAN}]{{2,4}})[\s／/]+[{_HAN}]{{0,4}}{_REPORT}$"
)
_ORIGINAL = re.compile(
    rf"^(?:原创|原創)\s*[:：]?\s+(?P<name>[{_HAN}A-Za-z·]{{2,12}})(?=[\s\u3000])"
)
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
"""What a reporter does: a sentence goes on after the name."""
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
    """Find the names after the labels of authors in a line; those of editors are left out.

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
    """Find the next label: whether a colon ends it, and where the names begin."""
    label, text = _LABEL.search(line, start), _TEXT_LABEL.search(line, start)
    if text is not None and (label is None or text.start() <= label.start()):
        return True, text.end()
    while label is not None and not _stands_alone(line, label):
        label = _LABEL.search(line, label.end("label"))
    if label is None:
        return None
    return any(sign in label["gap"] for sign in ":：/／|｜丨︱"), label.end()


def _stands_alone(line: str, label: re.Match[str]) -> bool:
    """Whether a label begins a credit: nothing before it but the name of a newspaper."""
    outlet = label["outlet"]
    before = line[: label.start()][-1:]
    if _COUNTED.search(outlet):
        return False
    has_colon = any(sign in label["gap"] for sign in ":：/／|｜丨︱")
    is_at_edge = not before or not re.match(rf"[{_HAN}\w]", before)
    return is_at_edge and (not outlet or has_colon or _OUTLETS.search(outlet) is not None)


def _collect(text: str, *, is_named: bool) -> list[str]:
    """Collect the names at the beginning of a text, up to anything else.

    ``is_named``: a colon announced them, so that the first may be a pen name.
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
    """Return the name in a run of characters, or several without a space between, or []."""
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
    """Return the name that a sentence begins with, "" where the run is no sentence.

    >>> _find_subject("李明采访时看到"), _find_subject("邹明远系教授"), _find_subject("李明")
    ('李明', '邹明远', '')
    """
    for verb in (_ACTS, _IS):
        if (match := verb.search(run, MIN_NAME)) and is_han_name(run[: match.start()]):
            return run[: match.start()]
    return ""


def _find_suffix(run: str, follows: str) -> re.Match[str] | None:
    """Find what follows a name in its run, such as 報導; 文 alone may end the name itself."""
    suffix = _SUFFIX.search(run) if len(run) > MIN_NAME else None
    if suffix is None or suffix[0] != "文" or follows in {"/", "／", "、"}:
        return suffix
    is_whole = len(run) == MIN_NAME + 1 or run[:2] in _WORDS.han_double_surnames
    return None if is_whole and is_han_name(run) else suffix


def _read_reporter(name: str, *, is_report: bool, is_first: bool) -> list[str]:
    """Read the name or names before a place; ``is_report``: what follows makes it a credit."""
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
    """Part names without a space between them where a surname begins each.

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
    """Whether a name in Han characters is that of a newspaper, a site or a desk.

    >>> is_han_organization("新京报"), is_han_organization("王小明")
    (True, False)
    """
    return _ORGANIZATION.search(name) is not None


def is_han_name(text: str) -> bool:
    """Whether the text is a surname and one or two characters more.

    >>> is_han_name("王小明"), is_han_name("欧阳娜娜"), is_han_name("获悉"), is_han_name("王小明台")
    (True, True, False, False)
    """
    if text[-1:] == "某":
        return False  # somebody whose name is withheld
    if text[:2] in _WORDS.han_double_surnames:
        return 3 <= len(text) <= 4
    is_married = len(text) == 4 and text[1] in _WORDS.han_surnames
    return text[:1] in _WORDS.han_surnames and (2 <= len(text) <= 3 or is_married)
