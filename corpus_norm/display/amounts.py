"""Amounts inside a sentence and its English, and whether they agree."""

from __future__ import annotations

from corpus_norm.display.marks import Mark
from corpus_norm.labels import AmountState
from corpus_norm.languages import get_language


def find_marks(
    text: str, english: str | None, language: str
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """The amounts in a sentence and in its English.

    >>> marks, marks_en = find_marks("Il gagne 5 %.", "He earns 7%.", "fr")
    >>> marks
    (Mark(start=9, end=12, note='5%, in the English 7%', is_wrong=True),)
    >>> find_marks("It lost $5 billion.", None, "en")[0][0].note
    '5,000,000,000 dollars'
    """
    from corpus_norm.audit import amounts, audit

    if english is None:
        found = amounts(text, language) if _is_known(language) else []
        return tuple(Mark(a.start, a.end, a.reading) for a in found), ()
    marks, marks_en = list[Mark](), list[Mark]()
    for pair in audit(text, english, language).amounts:
        wrong = pair.state is not AmountState.KEPT
        source, other = pair.source, pair.english
        if source:
            told = f", in the English {other.reading if other else 'missing'}" if wrong else ""
            marks.append(Mark(source.start, source.end, source.reading + told, wrong))
        if other:
            told = f", in the original {source.reading if source else 'missing'}" if wrong else ""
            marks_en.append(Mark(other.start, other.end, other.reading + told, wrong))
    return tuple(marks), tuple(marks_en)


def _is_known(language: str) -> bool:
    try:
        get_language(language)
    except KeyError:
        return False
    return True
