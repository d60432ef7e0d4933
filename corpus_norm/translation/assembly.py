"""Put translations back in the place of their sentences and compute the English offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from corpus_norm.document import Block, Document, Flag, Sentence
from corpus_norm.labels import READING_FLAGS, read_flags
from corpus_norm.translation.engines import Translation
from corpus_norm.translation.translate import make_request, needs_translation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.translation.engines import Request

_MISSING = Translation("", None, (Flag.UNTRANSLATED.value,))
_OUR_FLAGS = frozenset(Flag) - READING_FLAGS


@dataclass(frozen=True, slots=True)
class Book:
    """All translations of a batch, by language and request, and the engine names by language."""

    translations: Mapping[str, Mapping[Request, Translation]]
    engines: Mapping[str, str]

    def look_up(self, language: str, text: str, context: str = "") -> Translation:
        """Return the translation of a text in its paragraph, or the text if it needs none."""
        if not needs_translation(language, text):
            return Translation(text)
        return self.translations.get(language, {}).get(make_request(text, context), _MISSING)


def sentences_by_block(document: Document) -> list[list[Sentence]]:
    """Return the sentences of each block in order; an unsplit block counts as one sentence."""
    ordered = sorted(document.sentences, key=lambda s: (s.block, s.start))
    groups = {block: list(group) for block, group in groupby(ordered, key=lambda s: s.block)}
    return [
        groups.get(i) or [Sentence(i, block.text, block.start, block.language)]
        for i, block in enumerate(document.blocks)
    ]


def clear(document: Document, book: Book) -> Document:
    """Remove all English and flag the sentences that needed a translation."""
    blocks = document.blocks
    sentences = tuple(
        replace(
            s,
            text_en=None,
            start_en=None,
            score=None,
            faithfulness=None,
            adequacy=None,
            flags=update_flags(
                s.flags, book.look_up(s.language, s.text, blocks[s.block].text).flags
            ),
        )
        for s in document.sentences
    )
    return replace(
        document,
        blocks=tuple(replace(b, text_en=None, start_en=None) for b in blocks),
        sentences=sentences,
        text_en=None,
        title_en=None,
        translation_model=None,
    )


def update_flags(flags: Iterable[str], found: Iterable[str]) -> tuple[Flag | str, ...]:
    """Return the flags of other stages, then the found ones; drop ours from an earlier run.

    >>> update_flags(["untranslated", "replaced_bytes"], ["output_at_cap", "output_at_cap"])
    (<Flag.REPLACED_BYTES: 'replaced_bytes'>, <Flag.OUTPUT_AT_CAP: 'output_at_cap'>)
    """
    kept = [flag for flag in flags if flag not in _OUR_FLAGS]
    return read_flags(dict.fromkeys([*kept, *found]))


def assemble(document: Document, book: Book) -> Document:
    """Build the English text from the blocks and the gaps between them, and set all offsets."""
    text = document.gaps[0]
    blocks: list[Block] = []
    sentences: list[Sentence] = []
    split = {sentence.block for sentence in document.sentences}
    groups = sentences_by_block(document)
    for i, (block, group) in enumerate(zip(document.blocks, groups, strict=True)):
        english, filled = _assemble_block(block, group, len(text), book)
        has_english = any(s.text_en is not None for s in filled if _has_letters(s)) or all(
            s.text_en is not None for s in filled
        )
        blocks.append(
            replace(
                block,
                text_en=english if has_english else None,
                start_en=len(text) if has_english else None,
            )
        )
        if i in split:
            sentences += filled
        text += english + document.gaps[i + 1]
    return replace(document, text_en=text, blocks=tuple(blocks), sentences=tuple(sentences))


def _assemble_block(
    block: Block, sentences: Sequence[Sentence], start_en: int, book: Book
) -> tuple[str, list[Sentence]]:
    """Return a block's English and its sentences with offsets; untranslated text is kept."""
    english = ""
    position = 0
    filled = []
    touched = False
    for sentence in sentences:
        done = book.look_up(sentence.language, sentence.text, block.text)
        text = done.text if done.has_english else sentence.text
        separator = block.text[position : sentence.start - block.start]
        was_touched, touched = touched, text != sentence.text
        # Chinese has no space between sentences; English needs one.
        if not separator and (touched or was_touched) and position and _are_glued(english, text):
            separator = " "
        english += separator
        filled.append(
            replace(
                sentence,
                text_en=done.text if done.has_english else None,
                start_en=start_en + len(english) if done.has_english else None,
                score=done.score,
                faithfulness=done.faithfulness,
                adequacy=done.adequacy,
                flags=update_flags(sentence.flags, done.flags),
            )
        )
        english += text
        position = sentence.end - block.start
    return english + block.text[position:], filled


def _are_glued(left: str, right: str) -> bool:
    return bool(left and right) and not left[-1].isspace() and not right[0].isspace()


def _has_letters(sentence: Sentence) -> bool:
    return any(char.isalpha() for char in sentence.text)
