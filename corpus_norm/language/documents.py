"""Add the language of each block to documents, and of each sentence where a block switches.

To find switches, a paragraph is cut wherever a sentence or a quotation may begin or end.  The best
path through the pieces, with a cost for each switch, then decides which cuts are switches (Viterbi
1967).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeAlias

from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document, make_block
from corpus_norm.language.detect import (
    Detection,
    calibrate,
    decide,
    detect_documents,
    summarize_documents,
)
from corpus_norm.language.evidence import (
    Evidence,
    plain_words,
    resolve_languages,
    weigh_texts,
)
from corpus_norm.language.scripts import count_han
from corpus_norm.language.words import WORD, find_words, part_words
from corpus_norm.languages import get_language
from corpus_norm.lines import looks_like_code
from corpus_norm.patterns import compile_lazily, has_far_letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.document import LanguageShare
    from corpus_norm.languages import Language

Span: TypeAlias = "tuple[int, int, Detection]"
"""Start and end in code points, and the language between them."""

# The cost of a switch in nats; a foreign sentence inside a paragraph costs it twice.  This is the
# highest cost that finds as many foreign characters in one half of the development documents as
# any lower one.
_SWITCH_COST = 4.0
# The letters and words that a piece needs to introduce a language; a name or a title has fewer.
_LEAST_LETTERS = 12.0
_LEAST_WORDS = 3
_MAX_CHARACTERS = 100_000
_LONGEST_SHARED = 500  # characters of a paragraph that many pages may share
# A paragraph has no switch if this share of the words of every piece is typical of its language;
# at this share the development documents keep all their switches.
_PLAIN_SHARE = 0.2
# A text with no letters but Latin ones; and the letters that no Chinese text with Latin has.
_LATIN = compile_lazily("[\0-\u036f\u1e00-\u2e7f\U0001f000-\U0001ffff]*")
_NEITHER = compile_lazily("[\u0370-\u1dff\u3040-\u30ff\u3130-\u318f\uac00-\ud7af]")

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]"
# A piece may end where a match of these ends.  Patterns that begin with one class of characters
# and are tried only on texts with that sign are several times faster than one combined pattern.
_END = compile_lazily(r"[.!?…;:](?:[\"'”’»›)\]]|\s+[»›])*\s+")  # a Latin sentence or clause ends
_GLUED_END = compile_lazily(r"[.!?][”’»」』\"]+(?=\S)")  # a quotation glued to the next sentence
_GAP = compile_lazily(r"\n\s*|\s\s+")  # between lines or pieces that were joined
_STRAIGHT_QUOTES = (compile_lazily(r"\"(?<=[\w.!?]\")\s+"), compile_lazily(r"\s(?=\"\w)"))
_OTHER_ENDS = (
    compile_lazily(r"[。！？；：…][”’」』》）)\]\"]*\s*"),  # a Chinese sentence or clause ends
    compile_lazily(r"[”»›」』]\s*"),
)
_OPENING = compile_lazily(r"[“„«‹「『]")
_SIGN = compile_lazily("[。！？；：…”»›」』“„«‹「『]")  # the signs that begin the last three
_WIDE = compile_lazily(_HAN)
# Han, kana or hangul before at least five Latin words, or four such characters after Latin.
_BESIDE_WIDE = (
    compile_lazily(rf"{_HAN}(?<={_HAN}{{2}})\s*(?=[A-Za-zÀ-ÿ]+(?:[\s'’,-]+[A-Za-zÀ-ÿ]+){{4}})"),
    compile_lazily(rf"[0-9A-Za-zÀ-ÿ]\s+(?={_HAN}{{4}})"),
)


def detect_spans(
    text: str,
    languages: Sequence[str | Language] | None = None,
    default: Detection | None = None,
) -> list[Span]:
    """Cut a paragraph where its language changes: ``(start, end, detection)`` in code points.

    The spans follow each other and cover the whole text.  A paragraph in one language is one
    span; so is a text of more than 100,000 characters, which is no paragraph.  ``default`` is the
    language of the paragraph if known, as from :func:`detect_blocks`.

    >>> text = "He was asked twice. « Je ne sais pas ce que vous voulez dire. » Then he left."
    >>> [(text[a:b], d.language) for a, b, d in detect_spans(text)][1]
    ('« Je ne sais pas ce que vous voulez dire. » ', 'fr')

    Raises:
        KeyError: a code of ``languages`` has no record.
    """
    targets = resolve_languages(languages)
    whole = default or decide(weigh_texts([text], targets)[0], targets)
    return detect_all_spans([(text, whole)], targets)[0]


def detect_all_spans(
    paragraphs: Sequence[tuple[str, Detection]], languages: Sequence[str | Language] | None = None
) -> list[list[Span]]:
    """Do :func:`detect_spans` for many paragraphs of known language: the same answers, faster.

    Raises:
        KeyError: a code of ``languages`` has no record.
    """
    targets = resolve_languages(languages)
    found = [[(0, len(text), whole)] if text else [] for text, whole in paragraphs]
    open_ones = {
        number: bounds
        for number, (text, whole) in enumerate(paragraphs)
        if (bounds := _find_bounds(text, whole.language, targets))
    }
    if not open_ones:
        return found
    pieces = [paragraphs[n][0][a:b] for n, bounds in open_ones.items() for a, b in pairwise(bounds)]
    evidence = iter(weigh_texts(pieces, targets, are_whole=False))
    for number, bounds in open_ones.items():
        own = list(islice(evidence, len(bounds) - 1))
        found[number] = _join_pieces(own, bounds, paragraphs[number][1])
    return found


def _find_bounds(text: str, language: str, targets: tuple[Language, ...]) -> tuple[int, ...]:
    """Return the bounds of the pieces of a paragraph; empty if no switch is possible."""
    if len(text) > _MAX_CHARACTERS:
        return ()
    is_shared = len(text) <= _LONGEST_SHARED
    return (_find_bounds_once if is_shared else _find_bounds_now)(text, language, targets)


def _find_bounds_now(text: str, language: str, targets: tuple[Language, ...]) -> tuple[int, ...]:
    bounds = _cut(text)
    is_closed = len(bounds) <= 2 or _is_plain(text, bounds, language, targets)
    return () if is_closed else tuple(bounds)


_find_bounds_once = lru_cache(maxsize=4_096)(_find_bounds_now)


def _join_pieces(
    evidence: Sequence[Evidence], bounds: Sequence[int], whole: Detection
) -> list[Span]:
    path = _best_path(evidence, whole.language)
    spans: list[Span] = []
    for first, last in _runs(path):
        detection = _describe(evidence[first:last], path[first], whole)
        spans.append((bounds[first], bounds[last], detection))
    return spans if len(spans) > 1 else [(0, bounds[-1], whole)]


def _cut(text: str) -> list[int]:
    patterns = [_END]
    if " ".join(text.split()) != text:
        patterns.append(_GAP)
    if '"' in text:
        patterns += _STRAIGHT_QUOTES
    if '"' in text or not text.isascii():
        patterns.append(_GLUED_END)
    has_signs = not text.isascii() and _SIGN.search(text) is not None
    if has_signs:
        patterns += _OTHER_ENDS
    if has_far_letters(text) and _WIDE.search(text):
        patterns += _BESIDE_WIDE
    edges = {0, len(text)}
    for pattern in patterns:
        edges.update([match.end() for match in pattern.finditer(text)])
    if has_signs:
        edges.update(match.start() for match in _OPENING.finditer(text))
    return sorted(edges)


def _is_plain(text: str, bounds: Sequence[int], language: str, targets: Sequence[Language]) -> bool:
    """Whether common words alone rule out another language in every piece, as in most text."""
    target = next((target for target in targets if target.code == language), None)
    if target is None:
        return False
    if target.script in {"Hans", "Hant"}:
        han = count_han(text)
        foreign = han.traditional if target.script == "Hans" else han.simplified
        is_latin = sum(map(str.islower, WORD.findall(text))) >= _LEAST_WORDS
        return not (is_latin or foreign or han.japanese or _NEITHER.search(text))
    if target.script != "Latn" or not (text.isascii() or _LATIN.fullmatch(text)):
        return False
    words = plain_words(target)
    lowered = text.lower()
    if len(lowered) != len(text):
        return False
    if lowered.isascii():
        flat = part_words(lowered)
        return all(_reads_like(flat[a:b].split(), words) for a, b in pairwise(bounds))
    return all(_reads_like(find_words(lowered[a:b]), words) for a, b in pairwise(bounds))


def _reads_like(words: Sequence[str], common: frozenset[str]) -> bool:
    count = len(words)
    if count < _LEAST_WORDS or (count < _LEAST_LETTERS and sum(map(len, words)) < _LEAST_LETTERS):
        return True
    return sum(map(common.__contains__, words)) >= _PLAIN_SHARE * count


def _best_path(evidence: Sequence[Evidence], default: str) -> list[str]:
    """Return the likeliest language of each piece; each switch costs :data:`_SWITCH_COST`."""
    labels = sorted({default} | {_strongest(item) for item in evidence} - {""})
    totals = [0.0 if label == default else -_SWITCH_COST for label in labels]
    steps: list[list[int]] = []
    for item in evidence:
        best = max(range(len(labels)), key=totals.__getitem__)
        step = [n if totals[n] >= totals[best] - _SWITCH_COST else best for n in range(len(labels))]
        totals = [
            max(totals[n], totals[best] - _SWITCH_COST) + item.score(label)
            for n, label in enumerate(labels)
        ]
        steps.append(step)
    ends = [
        t - (0.0 if label == default else _SWITCH_COST)
        for t, label in zip(totals, labels, strict=True)
    ]
    state = max(range(len(labels)), key=ends.__getitem__)
    path = []
    for step in reversed(steps):
        path.append(labels[state])
        state = step[state]
    return path[::-1]


def _strongest(evidence: Evidence) -> str:
    if evidence.weight < _LEAST_LETTERS or evidence.words < _LEAST_WORDS:
        return ""
    if evidence.leading:
        return evidence.leading[0]
    return next((code for code, nats in evidence.scores.items() if nats >= 0.0), "")


def _runs(path: Sequence[str]) -> list[tuple[int, int]]:
    starts = [0, *(n for n, (a, b) in enumerate(pairwise(path), start=1) if a != b), len(path)]
    return list(pairwise(starts))


def _describe(evidence: Sequence[Evidence], language: str, whole: Detection) -> Detection:
    if language == whole.language:
        return whole
    total = sum(item.score(language) - item.score(whole.language) for item in evidence)
    return Detection(language, calibrate(total - 2 * _SWITCH_COST), "switch inside a paragraph")


BUTTON_CHARS = 30
LAST_LATIN = "\u024f"  # the last character of Unicode's Latin Extended-B


def identify_documents(documents: Sequence[Document], expected: Sequence[str]) -> list[Document]:
    """Return the documents with the language of every block and of the whole.

    A button or menu item is too short for detection; it gets the language of its page unless its
    letters rule that out.  ``expected`` are BCP-47 codes, as in ``Settings.languages``.
    """
    texts = [[block.text for block in document.blocks] for document in documents]
    found = [
        _leave_code(*each)
        for each in zip(documents, detect_documents(texts, expected), strict=True)
    ]
    whole = summarize_documents(texts, found)
    pages = _prefer_article(documents, found, [page for page, _ in whole])
    followed = list(map(_follow_page, documents, found, pages))
    shares = _share_again(texts, found, followed, [own for _, own in whole])
    return list(map(_add_languages, documents, followed, pages, shares))


def _prefer_article(
    documents: Sequence[Document],
    found: Sequence[Sequence[Detection]],
    pages: Sequence[Detection],
) -> list[Detection]:
    """Return the language of each article, where its page has more letters of another.

    A disclaimer or a menu may be longer than a short article in another language.
    """
    kept = [
        [at for at, block in enumerate(document.blocks) if block.is_body] for document in documents
    ]
    own = summarize_documents(
        [[each.blocks[at].text for at in body] for each, body in zip(documents, kept, strict=True)],
        [[each[at] for at in body] for each, body in zip(found, kept, strict=True)],
    )
    return [
        page if article.language == UNDETERMINED else article
        for (article, _), page in zip(own, pages, strict=True)
    ]


def label_sentences(documents: Sequence[Document], expected: Sequence[str]) -> list[Document]:
    """Return the documents with each sentence's own language where its block switches language."""
    mixed = [
        (number, index)
        for number, document in enumerate(documents)
        for index, count in Counter(sentence.block for sentence in document.sentences).items()
        if count > 1 and document.blocks[index].language != UNDETERMINED
    ]
    paragraphs = [_paragraph(documents[number].blocks[index]) for number, index in mixed]
    spans = detect_all_spans(paragraphs, expected)
    switches: dict[int, dict[int, list[Span]]] = {}
    for (number, index), found in zip(mixed, spans, strict=True):
        if len(found) > 1:
            switches.setdefault(number, {})[index] = found
    return [
        _switch_sentences(document, switches[number]) if number in switches else document
        for number, document in enumerate(documents)
    ]


def _leave_code(document: Document, found: Sequence[Detection]) -> list[Detection]:
    """Return the languages of the blocks; source code has none, so it is not translated."""
    return [
        Detection(UNDETERMINED, 0.0, "source code")
        if block.kind is BlockKind.CODE and looks_like_code(block.text)
        else each
        for block, each in zip(document.blocks, found, strict=True)
    ]


def _share_again(
    texts: Sequence[Sequence[str]],
    found: Sequence[Sequence[Detection]],
    followed: Sequence[Sequence[Detection]],
    shares: Sequence[tuple[LanguageShare, ...]],
) -> list[tuple[LanguageShare, ...]]:
    """Return the shares of the languages, anew for documents whose buttons follow the page."""
    renewed = list(shares)
    changed = [number for number, each in enumerate(followed) if each is not found[number]]
    summaries = summarize_documents([texts[n] for n in changed], [followed[n] for n in changed])
    for number, (_, own) in zip(changed, summaries, strict=True):
        renewed[number] = own
    return renewed


def _follow_page(
    document: Document, found: Sequence[Detection], page: Detection
) -> Sequence[Detection]:
    """Return the languages of the blocks, buttons in that of the page if it is a Latin one.

    The same list means that no block has another language than before.
    """
    if not _is_latin(page.language):
        return found
    kept = {page.language, UNDETERMINED}
    buttons = {
        number
        for number, (each, block) in enumerate(zip(found, document.blocks, strict=True))
        if each.language not in kept and _may_follow(block)
    }
    if not buttons:
        return found
    return [page if number in buttons else each for number, each in enumerate(found)]


def _may_follow(block: Block) -> bool:
    """Whether a block is a button or menu item, and no letter of it rules a Latin language out."""
    if len(block.text) > BUTTON_CHARS or block.is_body:
        return False
    return not any(char.isalpha() and char > LAST_LATIN for char in block.text)


def _add_languages(
    document: Document,
    found: Sequence[Detection],
    whole: Detection,
    shares: tuple[LanguageShare, ...],
) -> Document:
    blocks = [
        make_block(
            block.kind,
            block.text,
            block.start,
            block.reason,
            each.language,
            each.score,
            block.text_en,
            block.start_en,
        )
        for block, each in zip(document.blocks, found, strict=True)
    ]
    return replace(
        document,
        blocks=tuple(blocks),
        language=whole.language,
        language_score=whole.score,
        languages=shares,
    )


def _is_latin(language: str) -> bool:
    try:
        return get_language(language).script == "Latn"
    except KeyError:
        return False


def _paragraph(block: Block) -> tuple[str, Detection]:
    return block.text, Detection(block.language, block.language_score, "block")


def _switch_sentences(document: Document, switches: Mapping[int, Sequence[Span]]) -> Document:
    """Give each sentence the language of the span that contains its middle."""
    sentences = []
    for sentence in document.sentences:
        middle = (sentence.start + sentence.end) // 2 - document.blocks[sentence.block].start
        codes = [
            found.language
            for start, end, found in switches.get(sentence.block, ())
            if start <= middle < end
        ]
        is_same = codes in ([], [sentence.language])
        sentences.append(sentence if is_same else replace(sentence, language=codes[0]))
    return replace(document, sentences=tuple(sentences))
