"""The classification of blocks: the body of the article, and the kinds of all other blocks.

The model decides for the whole sequence which blocks are body (:mod:`.model`).  Then each block
gets its kind (:mod:`.kinds`).  Blocks that match the lexicon are never body, so a user's own
phrases always count.  For HTML, :mod:`.main_text` finds the body, with the same kind of model and
the evidence of the tree besides these features.

To the model a sign-up form in the middle of an article looks like its end, and so does a column of
times in a live report.  So these are taken out and the model is asked again about the rest.  The
prose it then finds is body, if it carries on below a box and speaks of the same things as the
article, or stands between the times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, islice, pairwise, takewhile
from typing import TYPE_CHECKING, TypeAlias

from corpus_norm.boilerplate.credits import add_days, choose_authors, find_byline, label_bio
from corpus_norm.boilerplate.features import PROSE_WIDTH, extract_features
from corpus_norm.boilerplate.headlines import (
    ENDS,
    LARGEST,
    SIGN_UP,
    TIME,
    find_brief,
    find_directory,
    find_lead,
    find_marked_end,
    find_opening,
    is_item,
    is_told,
)
from corpus_norm.boilerplate.kinds import (
    CERTAIN,
    LEAST_TIMES,
    SET_APART,
    Page,
    find_entries,
    find_feed,
    find_lack,
    find_teasers,
    name_kinds,
)
from corpus_norm.boilerplate.lexicon import Lexicon, load_lexicon
from corpus_norm.boilerplate.model import (
    SET,
    SHORT_PAGE,
    find_lists,
    find_set_lines,
    find_strangers,
    load_model,
    relax_boundaries,
)
from corpus_norm.boilerplate.vectors import feature_matrix
from corpus_norm.deprecated import rename_keywords
from corpus_norm.document import Block, BlockKind, Document, Flag
from corpus_norm.patterns import compile_lazily
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from corpus_norm.boilerplate.features import Features
    from corpus_norm.boilerplate.model import BodyPrediction

LabelledBlocks: TypeAlias = "tuple[Sequence[Block], Sequence[float]]"
"""The blocks of a document with their body labelled, and the probability of each to be body."""

BodyFinder: TypeAlias = "Callable[[Sequence[int], Features], Sequence[LabelledBlocks]]"
"""Labels the blocks of some documents, from indices and features."""

UNNAMED_KINDS = frozenset(
    {BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.NAVIGATION, BlockKind.OTHER}
)
SENTENCE = compile_lazily(r"[。！？，]|[】）)〕\]][\u3400-\u9fff]{3}")  # after a credit
SET_ASIDE = frozenset({BlockKind.TABLE, BlockKind.HEADING, BlockKind.QUOTE, BlockKind.CODE})
FRENCH = (" les ", " des ", " une ", " dans ", " est ", " qui ")
ENGLISH = (" the ", " and ", " of ", " that ", " is ", " with ")
BYLINE_REST = 40  # characters beside the name: a role, a date
BATCH_BLOCKS = 4_000


@rename_keywords(mark="find_body")
def classify(
    documents: Sequence[Document],
    settings: Settings | None = None,
    find_body: BodyFinder | None = None,
) -> list[Document]:
    """Give every block of every document its kind, and find title, authors and date.

    A document's result does not depend on the others; processing many together is faster.

    Args:
        documents: documents with blocks.
        settings: the files in ``lexicon_paths`` extend the packaged lexicons.
        find_body: finds the body of HTML; None if it is already labelled.

    Returns:
        The same documents in the same order, no block added or dropped.
    """
    lexicon = load_lexicon((settings or Settings()).lexicon_paths)
    blocks = {number: each.blocks for number, each in enumerate(documents) if each.blocks}
    html = {n: of for n, of in blocks.items() if documents[n].media_type == "text/html"}
    plain = read_text_pages([of for n, of in blocks.items() if n not in html], lexicon)
    extracted = _read_extracted(html, lexicon, find_body)
    return [
        _name(document, next(extracted if number in html else plain))
        if number in blocks
        else document
        for number, document in enumerate(documents)
    ]


def classify_blocks(
    blocks: Sequence[Block], lexicon: Lexicon | None = None, title: str | None = None
) -> list[Block]:
    """Give every block of a plain-text document its kind, with the reason.

    >>> from corpus_norm.segmentation import split_blocks
    >>> text = '''A bank fails in the night
    ... By Ann Example
    ... The bank closed its doors on Monday, after a week in which clients took out billions.
    ... The state will pay them all back by the end of the year, the minister said on Tuesday.
    ... Share this article
    ... Facebook'''
    >>> for block in classify_blocks(split_blocks(text)):
    ...     print(block.kind, "|", block.text[:18].strip())
    title | A bank fails in th
    byline | By Ann Example
    paragraph | The bank closed it
    paragraph | The state will pay
    share | Share this article
    share | Facebook
    """
    if not blocks:
        return []
    [page] = read_text_pages([blocks], lexicon or load_lexicon())
    return name_kinds(page, title)


def read_text_pages(documents: Sequence[Sequence[Block]], lexicon: Lexicon) -> Iterator[Page]:
    """Yield the decision on the blocks of each document, processing many documents at a time."""
    for batch in _take_batches(documents):
        sizes = [len(blocks) for blocks in batch]
        seen = extract_features([block.text for blocks in batch for block in blocks], lexicon)
        table, columns = feature_matrix(seen, sizes)
        wary = [_is_french([block.text for block in blocks]) for blocks in batch]
        predictions = load_model("text").predict(table, columns, seen.is_hit, sizes, wary)
        for blocks, prediction, end in zip(batch, predictions, accumulate(sizes), strict=True):
            yield _decide(blocks, seen.crop(end - len(blocks), end), prediction, lexicon)


def _decide(
    blocks: Sequence[Block], seen: Features, prediction: BodyPrediction, lexicon: Lexicon
) -> Page:
    """Correct what the model says of a text by what it cannot see."""
    texts = [block.text for block in blocks]
    in_body, share = prediction.in_body.tolist(), prediction.probability.tolist()
    carried_on = _look_again(blocks, seen, in_body, lexicon)
    for index, likely in carried_on.items():
        in_body[index], share[index] = True, max(share[index], likely)
    in_body = relax_boundaries(seen, in_body, prediction.probability)
    in_body = _reach_up(blocks, seen, in_body, share)
    for find in (find_opening, find_beside, find_lead):
        _mark(in_body, find(texts, seen, in_body, share))
    strangers = set(find_strangers(seen, in_body)) - carried_on.keys()
    apart = [*strangers, *find_feed(blocks, seen), *find_directory(blocks, seen)]
    _mark(in_body, apart, is_body=False)
    _mark(in_body, find_lists(seen, in_body, prediction.probability))
    for index in find_set_lines(texts, seen, in_body, share):
        in_body[index], share[index] = True, max(share[index], SET)
    _mark(in_body, find_marked_end(blocks, seen, in_body, share))
    in_body = _keep_markup(blocks, seen, in_body)
    _mark(in_body, _find_boxed(blocks, seen, in_body, share), is_body=False)
    if brief := find_brief(texts, seen, in_body, share):
        in_body = [index in brief for index in range(len(blocks))]
        share = [SET if index in brief else each for index, each in enumerate(share)]
    _mark(in_body, _find_rows(texts, seen, in_body))
    return Page(blocks, seen, in_body, prediction.reasons, share)


def _mark(in_body: list[bool], blocks: Iterable[int], *, is_body: bool = True) -> None:
    for index in blocks:
        in_body[index] = is_body


def _is_french(texts: Sequence[str]) -> bool:
    """Whether French words are commoner than English ones.

    French is a seventh of the pages that the model was trained on, and in long French pages it
    takes more boilerplate for body than in English or Chinese ones.
    """
    joined = " ".join(texts).lower()
    french, english = (sum(map(joined.count, words)) for words in (FRENCH, ENGLISH))
    return french > english


def _look_again(
    blocks: Sequence[Block], seen: Features, in_body: list[bool], lexicon: Lexicon
) -> dict[int, float]:
    """Ask the model again without the boxes inside the article, if prose stands below one.

    Return the blocks that it finds to be body too, and how likely each is.
    """
    texts = [block.text for block in blocks]
    gap = find_gap(texts, seen, in_body)
    if gap is None:
        return {}
    taken = set(gap.blocks)
    rest = [index for index in range(len(blocks)) if index not in taken]
    again = extract_features([texts[index] for index in rest], lexicon)
    table, columns = feature_matrix(again)
    wary = [_is_french(texts)]
    [prediction] = load_model("text").predict(table, columns, again.is_hit, wary=wary)
    topic = table[:, columns.index("topic")].tolist()
    share = dict(zip(rest, prediction.probability.tolist(), strict=True))
    found = list(zip(rest, prediction.in_body.tolist(), share.values(), topic, strict=True))
    added = {index: share[index] for index in list_found(texts, seen, in_body, gap, found)}
    if gap.is_times:
        known = [each or index in added for index, each in enumerate(in_body)]
        added |= dict.fromkeys(find_entries(texts, seen, known, gap.blocks), SET)
    return added


def _take_batches(documents: Iterable[Sequence[Block]]) -> Iterator[list[Sequence[Block]]]:
    """Yield the documents in batches of about :data:`BATCH_BLOCKS` blocks, to bound memory use."""
    batch: list[Sequence[Block]] = []
    size = 0
    for blocks in documents:
        batch.append(blocks)
        size += len(blocks)
        if size >= BATCH_BLOCKS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read_extracted(
    documents: Mapping[int, Sequence[Block]], lexicon: Lexicon, find_body: BodyFinder | None
) -> Iterator[Page]:
    """Yield the decision on blocks of HTML: the body as labelled, or as ``find_body`` labels it.

    Lexicon hits inside the body are relabelled later, with the kinds.
    """
    numbers = iter(documents)
    for batch in _take_batches(documents.values()):
        seen = extract_features(
            [block.text for blocks in batch for block in blocks],
            lexicon,
            in_full=find_body is not None,
        )
        some = list(islice(numbers, len(batch)))
        labelled = [(b, ()) for b in batch] if find_body is None else find_body(some, seen)
        ends = accumulate(map(len, batch))
        for (blocks, probability), end in zip(labelled, ends, strict=True):
            own = seen.crop(end - len(blocks), end)
            in_body = [block.is_body for block in blocks]
            yield Page(blocks, own, in_body, [block.reason for block in blocks], probability)


def _name(document: Document, page: Page) -> Document:
    # A body that was taken from the page's data is whole, whatever wall the page shows.
    is_stated = not {Flag.BODY_FROM_JSON_LD, Flag.BODY_FROM_SCRIPT}.isdisjoint(document.flags)
    lack, confidence = None if is_stated else find_lack(page), page.confidence
    flags = [] if lack is None else [lack]
    if confidence < CERTAIN:
        flags.append(Flag.BODY_DOUBTFUL)
    document = replace(
        document,
        flags=(*document.flags, *flags),
        body_confidence=0.0 if lack is Flag.NO_ARTICLE else round(confidence, 3),
    )
    return _fill_in(document, name_kinds(page, document.title))


def _fill_in(document: Document, blocks: Sequence[Block]) -> Document:
    """Return the document with its blocks, and with the title, authors and date found in them."""
    if document.authors:
        blocks = [_name_byline(block, document.authors) for block in blocks]
    byline = find_byline(blocks)
    authors = choose_authors(document.authors, byline, document.site)
    is_used = byline.is_said or byline.names == authors
    if is_used and byline.blocks:
        blocks = [
            _label_byline(block) if index in byline.blocks else block
            for index, block in enumerate(blocks)
        ]
    blocks = label_bio(blocks, authors)
    titles = [block.text for block in blocks if block.kind is BlockKind.TITLE]
    title = document.title or (titles[0] if titles else None)
    return add_days(replace(document, blocks=tuple(blocks), title=title, authors=authors))


def _label_byline(block: Block) -> Block:
    """Label a line that names the author as a byline, unless its kind is specific."""
    if block.kind not in UNNAMED_KINDS or SENTENCE.search(block.text):
        return block
    return replace(block, kind=BlockKind.BYLINE, reason="names the author")


def _name_byline(block: Block, authors: Sequence[str]) -> Block:
    """Label a line as a byline if it begins with a stated author and holds little else."""
    for author in authors:
        if not block.text.startswith(author) or block.kind not in UNNAMED_KINDS:
            continue
        if len(block.text) <= len(author) + BYLINE_REST and not block.text.endswith("."):
            return replace(block, kind=BlockKind.BYLINE, reason="begins with the author's name")
    return block


def _reach_up(
    blocks: Sequence[Block], seen: Features, in_body: list[bool], probability: Sequence[float]
) -> list[bool]:
    """Extend the body up to prose above it, if only tables, headings or the like lie between."""
    first = in_body.index(True) if True in in_body else 0
    above = first - 1
    while above >= 0 and blocks[above].kind in SET_ASIDE:
        above -= 1
    is_prose = 0 <= above < first - 1 and probability[above] > 0.5 and seen.is_prose[above]
    if not is_prose or seen.hits[above] is not None:
        return in_body
    return [
        known or (above <= index < first and seen.hits[index] is None)
        for index, known in enumerate(in_body)
    ]


def _keep_markup(blocks: Sequence[Block], seen: Features, in_body: list[bool]) -> list[bool]:
    """Keep headings, lists and quotes marked up by the writer with the text around them.

    Also keep the line just after such a list, and a line with a colon just before it, which
    introduces it.
    """
    if True not in in_body:
        return in_body
    first, last = in_body.index(True), len(in_body) - in_body[::-1].index(True)
    return [
        known
        or (
            first <= index < last
            and (
                block.kind is not BlockKind.PARAGRAPH
                or is_item(blocks[index - 1])
                or (block.text.endswith((":", "：")) and is_item(blocks[index + 1]))
            )
            and (hit is None or block.kind in SET_APART)
        )
        or (index == last and block.kind is BlockKind.CODE)
        for index, (block, hit, known) in enumerate(zip(blocks, seen.hits, in_body, strict=True))
    ]


BOXES = frozenset(
    {
        BlockKind.NEWSLETTER,
        BlockKind.PROMO,
        BlockKind.RELATED_LINKS,
        BlockKind.SHARE,
        BlockKind.CAPTION,
    }
)
"""Kinds of boxes inside an article."""
LONGEST_HEADLINE = 140  # columns of a headline in a box
TITLES = 1  # short lines between a box and the prose below
MOST = 6  # boxes of an article; more are those of a list of goods or pictures
BRIEF = 4  # blocks of a body that need share no words with prose below a box
FOLLOWING = 0.22  # the least probability of a sentence right below one of the body
EDGE, SURE = 0.3, 0.7  # the least probability of a sentence and of the first prose below a box
BOXED = 0.2  # the probability below which a headline in a box is no body
LIKELY = 0.5  # the least probability of short sentences
ROW, ROWS = 2, 3  # numbers of a row of a table, and the fewest rows


@dataclass(frozen=True, slots=True)
class Gap:
    """What is taken out of an article: indices of blocks, and whether they are times of day."""

    blocks: tuple[int, ...]
    is_times: bool


def find_gap(texts: Sequence[str], seen: Features, in_body: Sequence[bool]) -> Gap | None:
    """Find the boxes or times with prose below them that is not yet body; None if there are none.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for at least a week, the port authority said on Monday."
    >>> texts = [prose, "Sign up for our newsletter", "Your email", "Cranes stand still", prose]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_gap(texts, seen, [True, False, False, False, False]).blocks
    (1, 2)
    """
    if True not in in_body:
        return None
    times = [at for at, text in enumerate(texts) if TIME.fullmatch(text.strip())]
    told = seen.ends_sentence if len(seen) <= SHORT_PAGE else seen.is_prose
    if len(times) >= LEAST_TIMES and all(any(told[at + 1 : at + 4]) for at in times):
        return Gap(tuple(times), is_times=True)
    end = next(
        (at for at in range(in_body.index(True), len(seen)) if _ends(texts, seen, at)), len(seen)
    )
    boxes = _find_boxes(texts, seen, in_body.index(True), end)
    gone = [box for box in boxes if _find_prose_below(seen, in_body, box)]
    taken = tuple(at for box in boxes for at in box)
    return Gap(taken, is_times=False) if gone and len(boxes) <= MOST else None


def find_beside(
    texts: Sequence[str], seen: Features, in_body: Sequence[bool], probability: Sequence[float]
) -> list[int]:
    """Return the possible sentences of a short page that follow its body, boxes aside.

    The model saw few articles of a handful of sentences, and doubts the last ones.  A heading above
    such a sentence is returned with it.  Below comments or a copyright line, no article goes on.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for at least a week, the port authority said on Monday."
    >>> texts = [prose, "Advertisement", "Cranes stand still", "No ship came in.", "Share"]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_beside(texts, seen, [True, False, False, False, False], [0.9, 0.0, 0.4, 0.4, 0.0])
    [2, 3]
    """
    if len(texts) > SHORT_PAGE or True not in in_body:
        return []
    found, heading, is_near = list[int](), list[int](), True
    at = in_body.index(True)
    while at < len(texts):
        hit = seen.hits[at]
        follows = in_body[at - 1] or found[-1:] == [at - 1]
        edge = FOLLOWING if follows else EDGE
        if hit is not None and hit.kind in ENDS:
            break
        if hit is not None or in_body[at]:
            heading, is_near = [], is_near or in_body[at]
            at += (
                len(_list_box(texts, seen, at)) if hit is not None and hit.mode == "section" else 0
            )
        elif is_near and probability[at] > edge and is_told(texts[at], seen, at):
            found += [*heading, at]
            heading = []
        elif _is_row(texts[at], seen, at):
            heading = []
        else:
            is_near = is_near and not heading and bool(seen.is_short[at])
            heading = [at] if probability[at] > EDGE else []
        at += 1
    return found


def _is_row(text: str, seen: Features, at: int) -> bool:
    """Whether a short line of two numbers or more, one at its end, may be the row of a table."""
    is_figured = text.rstrip(" )%")[-1:].isdigit() and float(seen.numeric["numbers"][at]) >= ROW
    return is_figured and bool(seen.is_short[at])


def _find_rows(texts: Sequence[str], seen: Features, in_body: Sequence[bool]) -> list[int]:
    """Return the rows of tables between blocks of the body: short lines, most with two numbers."""
    found = list[int]()
    for above, below in pairwise(at for at, known in enumerate(in_body) if known):
        lines = range(above + 1, below)
        is_open = all(seen.is_short[at] and seen.hits[at] is None for at in lines)
        if (
            len(lines) >= ROWS
            and is_open
            and 2 * sum(_is_row(texts[at], seen, at) for at in lines) > len(lines)
        ):
            found += lines
    return found


def _list_box(texts: Sequence[str], seen: Features, at: int) -> Sequence[int]:
    """Return the lines that stand under the heading of a box: its headlines, and their teasers."""
    return find_teasers(seen, at) or _list_members(texts, seen, at)


def _ends(texts: Sequence[str], seen: Features, at: int) -> bool:
    hit = seen.hits[at]
    if hit is None or hit.mode != "section":
        return hit is not None and hit.kind in ENDS
    below = at + 1 + len(_list_members(texts, seen, at))
    goes_on = int(seen.is_prose[below : below + 3].sum()) > 1 or _goes_on(texts, seen, below)
    return at > 0 and (hit.kind in ENDS or not goes_on)


def _goes_on(texts: Sequence[str], seen: Features, below: int) -> bool:
    """Whether two sentences, one a long one, stand below the last lines of a box.

    On a short page, one is enough below two headlines or more, if no other headline follows.
    """
    lines = range(below, min(below + LARGEST, len(seen)))
    at = below + sum(1 for _ in takewhile(lambda each: _may_be_boxed(texts, seen, each), lines))
    told = (seen.ends_sentence & ~seen.is_hit)[at : at + 2]
    if len(seen) <= SHORT_PAGE and at > below and told[:1].any():
        return at + 1 == len(seen) or bool(told.all() or seen.is_hit[at + 1])
    return len(told) > 1 and bool(seen.is_prose[at] and told.all())


def _may_be_boxed(texts: Sequence[str], seen: Features, at: int) -> bool:
    hit = seen.hits[at]
    return _may_be_headline(texts[at], seen, at) if hit is None else hit.kind in BOXES


def _may_be_headline(text: str, seen: Features, at: int) -> bool:
    """Whether a line of a box may be the headline of another article: open, or a question."""
    is_open = not seen.ends_sentence[at] or text.rstrip().endswith(("?", "？"))
    return seen.hits[at] is None and is_open and bool(seen.width[at] < LONGEST_HEADLINE)


def _list_members(texts: Sequence[str], seen: Features, at: int) -> list[int]:
    """Return the headlines under the heading of a list, without one just above prose."""
    below = range(at + 1, min(at + LARGEST, len(seen)))
    members = list(takewhile(lambda each: _may_be_headline(texts[each], seen, each), below))
    return members[:-1] if len(members) > 1 else members


def _find_boxes(texts: Sequence[str], seen: Features, start: int, end: int) -> list[list[int]]:
    """List the boxes: hits, with the short lines between them and one just above a sign-up.

    A headline in a box may ask a question.
    """
    boxes: list[list[int]] = []
    for at in range(start, end):
        hit = seen.hits[at]
        if hit is None or hit.kind not in BOXES:
            continue
        between = range(boxes[-1][-1] + 1, at) if boxes else range(0)
        is_near = len(boxes) > 0 and len(between) < LARGEST
        if is_near and all(seen.is_short[at] or _asks(texts[at], seen, at) for at in between):
            boxes[-1] += [*between, at]
        else:
            is_titled = hit.kind is BlockKind.NEWSLETTER and at > start and seen.is_short[at - 1]
            members = _list_members(texts, seen, at) if hit.mode == "section" else []
            boxes.append([*([at - 1] if is_titled else []), at, *members])
    return [box for box in boxes if len(box) <= LARGEST]


def _find_boxed(
    blocks: Sequence[Block], seen: Features, in_body: Sequence[bool], share: Sequence[float]
) -> list[int]:
    """Return the headlines of boxes that are body for what stands around them alone."""
    texts = [block.text for block in blocks]
    found = list[int]()
    for at, hit in enumerate(seen.hits):
        if hit is not None and hit.mode == "section" and hit.kind in BOXES:
            below = range(at + 1, min(at + LARGEST, len(seen)))
            lines = list(takewhile(lambda each: _may_be_headline(texts[each], seen, each), below))
            if lines and is_item(blocks[lines[0]]):
                lines = list(takewhile(lambda each: is_item(blocks[each]), lines))
            found += [each for each in lines if in_body[each] and share[each] < BOXED]
    return found


def _asks(text: str, seen: Features, at: int) -> bool:
    return bool(seen.width[at] < PROSE_WIDTH) and text.rstrip().endswith(("?", "？"))


def _find_prose_below(seen: Features, in_body: Sequence[bool], box: Sequence[int]) -> list[int]:
    """Return the blocks below a box up to the first sentence, if they are not body yet."""
    above, below = box[0] - 1, box[-1] + 1
    is_inside = above >= 0 and any(in_body[max(0, above - TITLES) : above + 1])
    short = list(
        takewhile(lambda at: bool(seen.is_short[at]), range(below, min(below + TITLES, len(seen))))
    )
    prose = below + len(short)
    speaks = prose < len(seen) and seen.hits[prose] is None and bool(seen.ends_sentence[prose])
    if not is_inside or not speaks or in_body[prose]:
        return []
    return [*short, prose]


def list_found(
    texts: Sequence[str],
    seen: Features,
    in_body: Sequence[bool],
    gap: Gap,
    found: Sequence[tuple[int, bool, float, float]],
) -> list[int]:
    """List the blocks outside the body that the second look found to be part of it.

    ``found`` has, for each block not taken out, its index, whether it is body, how likely, and the
    share of its terms that the rest of the article has.
    """
    if gap.is_times:
        inside = range(gap.blocks[0], len(seen))
        return [at for at, is_body, *_ in found if is_body and (at in inside or not in_body[at])]
    added: list[int] = []
    judged = {at: (is_body, odds, topic) for at, is_body, odds, topic in found}
    starts = [at + 1 for at in gap.blocks if at + 1 not in gap.blocks]
    is_brief = sum(in_body) <= BRIEF  # too few words to have some in common
    for below in reversed(starts):  # if prose further down is body, so is the prose above it
        start = below + _count_headings(seen, below)
        run = list(takewhile(lambda at: _carries_on(seen, judged, at), range(start, len(seen))))
        if start > below and not _is_boxed(seen, judged, below):
            run = [below, *run]
        while run and not seen.ends_sentence[run[-1]]:
            run.pop()
        prose = [at for at in run if seen.is_prose[at]]
        if prose and in_body[prose[0]]:  # what the first look left out may be the end of the box
            run = [at for at in run if at < prose[0] and seen.is_short[at] and judged[at][2] > 0]
        speaks = is_brief or bool(added) or any(judged[at][2] > 0 for at in run)
        is_box = any(SIGN_UP.search(texts[at]) for at in run[:2])
        is_sure = bool(prose) and speaks and judged[prose[0]][1] >= SURE
        if not is_box and (is_sure or _is_short_article(seen, judged, run)):
            added += run
    return added


def _is_short_article(
    seen: Features, judged: Mapping[int, tuple[bool, float, float]], run: Sequence[int]
) -> bool:
    """Whether a run holds nothing but sentences that are likely, however short."""
    return bool(run) and all(
        seen.ends_sentence[at] and judged[at][0] and judged[at][1] >= LIKELY for at in run
    )


def _count_headings(seen: Features, below: int) -> int:
    """Count the short lines between a box and the prose below it, 0 or 1."""
    is_heading = below < len(seen) and seen.hits[below] is None and bool(seen.is_short[below])
    return int(is_heading and below + 1 < len(seen) and bool(seen.is_prose[below + 1]))


def _is_boxed(seen: Features, judged: Mapping[int, tuple[bool, float, float]], at: int) -> bool:
    """Whether a line above prose is the last of a list of headlines, and no heading below it.

    Where the article has another heading, it may be one.
    """
    above = [each not in judged and seen.hits[each] is None for each in (at - 1, at - 2)]
    return all(above) and not any(
        seen.is_short[each]
        and each != at
        and judged[each][0]
        and judged.get(each + 1, (False,))[0]
        and seen.is_prose[each + 1]
        and judged.get(each - 1, (False,))[0]
        for each in judged
    )


def _carries_on(seen: Features, judged: Mapping[int, tuple[bool, float, float]], at: int) -> bool:
    """Whether the article goes on with a block: found to be body, or a sentence that may be."""
    is_body, share, _ = judged.get(at, (False, 0.0, 0.0))
    return seen.hits[at] is None and (is_body or (bool(seen.ends_sentence[at]) and share > EDGE))
