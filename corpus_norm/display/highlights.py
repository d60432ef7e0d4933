"""The places to highlight in a sentence and its English: amounts, and words without an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountState
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Highlight:
    """A place in a text that views mark: an amount or a word.

    ``note`` says how an amount reads, or which words of the other text answer a word.  An amount
    ``is_wrong`` if it is another on the other side; a word ``is_unanswered`` if nothing there says
    the same.
    """

    start: int
    end: int
    note: str
    is_wrong: bool = False
    is_word: bool = False
    is_unanswered: bool = False

    @property
    def css(self) -> str:
        """The classes of its element in HTML.

        >>> Highlight(0, 3, "5%", is_wrong=True).css
        'cn-amount cn-wrong'
        """
        if self.is_word:
            return "cn-word cn-unanswered" if self.is_unanswered else "cn-word"
        return "cn-amount cn-wrong" if self.is_wrong else "cn-amount"


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of a text, with its highlight if it has one."""

    text: str
    highlight: Highlight | None = None


def find_highlights(
    text: str, english: str | None, language: str
) -> tuple[tuple[Highlight, ...], tuple[Highlight, ...]]:
    """Return the amounts of a sentence and those of its English.

    >>> highlights, highlights_en = find_highlights("Il gagne 5 %.", "He earns 7%.", "fr")
    >>> [(each.start, each.end, each.note, each.is_wrong) for each in highlights]
    [(9, 12, '5%, in the English 7%', True)]
    >>> find_highlights("It lost $5 billion.", None, "en")[0][0].note
    '5,000,000,000 dollars'
    """
    from corpus_norm.audit import amounts, audit

    if english is None:
        found = amounts(text, language) if _is_known(language) else []
        return tuple(Highlight(a.start, a.end, a.reading) for a in found), ()
    highlights, highlights_en = list[Highlight](), list[Highlight]()
    for pair in audit(text, english, language).amounts:
        wrong = pair.state is not AmountState.KEPT
        source, other = pair.source, pair.english
        if source:
            note = f", in the English {other.reading if other else 'missing'}" if wrong else ""
            highlights.append(Highlight(source.start, source.end, source.reading + note, wrong))
        if other:
            note = f", in the original {source.reading if source else 'missing'}" if wrong else ""
            highlights_en.append(Highlight(other.start, other.end, other.reading + note, wrong))
    return tuple(highlights), tuple(highlights_en)


def find_words(
    text: str, english: str | None, language: str
) -> tuple[tuple[Highlight, ...], tuple[Highlight, ...]]:
    """Return the words of a sentence that say something, and those of its English.

    Both are empty for a language without a lexicon.

    >>> words, words_en = find_words("Le musée rouvre.", "The museum reopens after repairs.", "fr")
    >>> words[0].note, [each.note for each in words_en if each.is_unanswered]
    ('museum', ['not in the original'])
    """
    from corpus_norm.audit import answers

    found = answers(text, english, language) if english is not None else None
    if found is None:
        return (), ()
    return tuple(
        tuple(
            Highlight(
                word.start,
                word.end,
                note if word.is_unanswered else ", ".join(word.answers),
                is_word=True,
                is_unanswered=word.is_unanswered,
            )
            for word in side
        )
        for side, note in zip(found, ("not in the English", "not in the original"), strict=True)
    )  # type: ignore[return-value]


def split_text(text: str, highlights: Iterable[Highlight]) -> list[TextPart]:
    """Split a text at its highlights; the parts joined give the text back.

    A highlight that lies outside the text, or begins inside another one, is ignored.

    >>> [part.text for part in split_text("lost $5 billion", [Highlight(5, 15, "5e9 USD")])]
    ['lost ', '$5 billion']
    """
    parts, done = list[TextPart](), 0
    for highlight in sorted(highlights, key=lambda each: (each.start, -each.end)):
        if not done <= highlight.start < highlight.end <= len(text):
            continue
        parts += [TextPart(text[done : highlight.start])] if highlight.start > done else []
        parts.append(TextPart(text[highlight.start : highlight.end], highlight))
        done = highlight.end
    return parts + ([TextPart(text[done:])] if done < len(text) else [])


def show_text(text: str, most: int = 60) -> str:
    r"""Return a text, shortened if it is long, with its invisible characters as escapes.

    >>> show_text("a\xad\n"), show_text("é" * 70)[-2:]
    ('a\\xad\\n', 'é…')
    """
    return repr(text if len(text) <= most else f"{text[:most]}…")[1:-1]


def _is_known(language: str) -> bool:
    try:
        get_language(language)
    except KeyError:
        return False
    return True
