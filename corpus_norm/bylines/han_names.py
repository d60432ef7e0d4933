"""Names of people in Chinese bylines and credits: finding where they begin and end."""

from __future__ import annotations

import re

from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

_WORDS = combine(lambda record: record.bylines)
_HAN_WORDS = combine(lambda record: record.han_bylines)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# A reporter, a writer, and the label of anybody or anything else, each with a word before it.
_REPORTER = (
    rf"(?:{any_of(_HAN_WORDS.reporter_kinds)}?{any_of(_HAN_WORDS.reporters)}"
    rf"|{any_of(_HAN_WORDS.other_reporters)})"
)
_WRITER = rf"(?:{any_of(_HAN_WORDS.writer_kinds)}?{any_of(_HAN_WORDS.writers)})"
_OTHER = rf"{any_of(_HAN_WORDS.other_kinds)}?{any_of(_HAN_WORDS.other_labels)}"
_DESK_END = any_of(_HAN_WORDS.desk_ends)
_SEPARATOR = r"[:：/／|｜丨︱·•\-—－]"
# A label of a reporter or writer, with the outlet before it and the gap after it; not where the
# label is part of a phrase such as "the reporter saw".
_LABEL = compile_lazily(
    rf"(?P<outlet>[{_HAN}A-Za-z0-9·]{{0,12}}?)(?P<label>{_REPORTER}|{_WRITER})"
    rf"(?!{any_of(_HAN_WORDS.label_followers)})"
    rf"(?P<gap>\s*{_SEPARATOR}+\s*|[\s\u3000]+|(?=[{_HAN}]))"
)
# A label such as 文/ or 图文：, perhaps with the outlet after it.
_TEXT_LABEL = compile_lazily(
    r"(?:^|[\s\u3000【\[（(〔])(?:[图圖][、/／和及]?)?文(?:字)?(?:[、/／和及]?[图圖](?:片)?)?\s*[:：/／|｜丨︱]\s*(?:[^\s:：/／|]{2,10}?(?:网|網|报|報|社)[\s\u3000]+)?"
)
# Names before their label, as in 王小明/文.
_REVERSED = compile_lazily(
    rf"^[\s【\[（(〔]*(?P<name>[{_HAN}·]{{2,10}}(?:[、\s][{_HAN}·]{{2,4}})*)\s*[/／]\s*"
    rf"(?:[{_HAN}]{{2,8}}{_DESK_END}\s*[/／]\s*)?{any_of(_HAN_WORDS.name_followers)}"
)
_REPORT = any_of(_HAN_WORDS.reports)
_DESK = compile_lazily(
    rf"^[\s【\[（(〔]*[{_HAN}]{{1,6}}{_DESK_END}\s*[/／]?\s*"
    rf"(?=[^，。,！？]{{2,40}}{_REPORT}[】\]）)〕]?\s*$)"
)
"""A desk before the names, in a line that ends with "reports": 生活中心／劉佩珊報導."""
# An outlet in brackets, a name, and "reports".
_OUTLET_FIRST = compile_lazily(
    rf"^[【\[〔][^【\[〔\]】〕]{{2,16}}[\]】〕]\s*(?P<name>[{_HAN}]{{2,4}})[\s／/]+[{_HAN}]{{0,4}}{_REPORT}$"
)
_ORIGINAL = compile_lazily(
    rf"^{any_of(_HAN_WORDS.originals)}\s*[:：]?\s+(?P<name>[{_HAN}A-Za-z·]{{2,12}})(?=[\s\u3000])"
)
# A name, then an outlet and "reporter", as in 王小明 新京报记者.
_REPORTER_OF = compile_lazily(
    rf"^[\W_]*(?P<name>[{_HAN}]{{2,4}})[\s\u3000]+[{_HAN}A-Za-z]{{0,10}}{any_of(_HAN_WORDS.outlet_reporters)}$"
)
# The nationality before a foreign author: [美].
_NATION = compile_lazily(rf"\s*[\[【（(〔][{_HAN}]{{1,3}}[\]】）)〕]\s*")
# A run of Chinese characters, or a name in Latin letters, perhaps with "@".
_TOKEN = compile_lazily(rf"[{_HAN}·•‧．・]+|@?[A-Za-zÀ-ÿ][\w.'’&-]*(?: [A-ZÀ-Þ][\w.'’-]*)*")
# A pen name: any characters but punctuation, with a Chinese character or digit near its start.
_PEN_NAME = compile_lazily(
    rf"(?=[{_HAN}\d_]|[a-z@][^\s]*[{_HAN}_\d])[^\s\u3000、,，;；|｜／/（(【\[）)】\]:：。]{{2,16}}"
)
# The second character of a name set wide: 李 华.
_SECOND_HALF = compile_lazily(rf"[\s\u3000]+([{_HAN}])(?![{_HAN}])")
_ENDS_LABEL = compile_lazily(rf"(?:{_REPORTER}|[网報报社])$")
# After names: these people took the pictures.
_TAKES_PICTURES = compile_lazily(r"[\s／/]*(?:摄|攝|图|圖)(?:影|片)?[\s）)】\]／/]*$")
_DATE = compile_lazily(r"(?:19|20)\d\d[-年/.].*")
_BETWEEN = compile_lazily(rf"[\s\u3000、,，&＆{''.join(sorted(_HAN_WORDS.joiners))}]{{1,8}}")
_SUFFIX = compile_lazily(
    rf"(?P<how>{any_of(_HAN_WORDS.report_kinds)})?(?P<what>{any_of(_HAN_WORDS.report_ends)})$"
)
_ENDS = compile_lazily(rf"^{_OTHER}")
_PHOTOGRAPHER = compile_lazily(r"摄|攝|图|圖")
_STARTS_LABEL = compile_lazily(rf"^(?:{_REPORTER}|{_WRITER})")
_ACTS = compile_lazily(any_of(_HAN_WORDS.acts))
"""Verbs for what a reporter does; after them a sentence continues."""
_IS = compile_lazily(any_of(_HAN_WORDS.being))
# Words before "reporter" that make it part of a sentence: 一名记者, 告诉记者.
_COUNTED = compile_lazily(rf"{any_of(_HAN_WORDS.counted)}$")
_SENTENCE = compile_lazily(r"[。！？!?；;]")
# The end of an outlet's name; nothing at all is one too.
_OUTLETS = compile_lazily(rf"(?:{any_of(_HAN_WORDS.outlet_ends)}|)$")
# The dot between the parts of a foreign name: 约翰·史密斯.
_FOREIGN = compile_lazily(r"\w[·•‧．・]\w")
_INNER_LABEL = compile_lazily(rf"{_REPORTER}(?=[{_HAN}])")
_ORGANIZATION = compile_lazily(
    rf"{any_of(_HAN_WORDS.organization_ends)}$|{any_of(_HAN_WORDS.organization_words)}"
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
