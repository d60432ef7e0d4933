"""Long runs of what patterns begin with: twice the text may not take four times the work.

A pattern that backtracks takes quadratic time or worse on some run of its own trigger characters,
and one hostile page then stops a whole job.  Work is compared with itself, never with a clock.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from growth import cpu_seconds, grows_evenly

from corpus_norm.errors import CorpusNormError
from corpus_norm.pipeline import normalize
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import Hypothesis, translate

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 50_000
# Linear work doubles, quadratic work quadruples; what is done so fast is not worth a quarrel.
MOST_GROWTH = 3.5
NEGLIGIBLE_S = 0.15
NO_TRANSLATION = Settings(translation=TranslationSettings(enabled=False))

TEXT_RUNS = [
    " ", "\t", "\n", "\r", ". ", ".", "!", '?"', '"', "'", "’", "“", "« ", "»", "9", "9,", "1. ",
    "12:30 ", "<", "<a", "<b>", "&", "&amp;", "&#", "&#38;", "> ", ">", "> a\n", "[", "(", "](",
    "![", "{", "- ", "* ", "- a\n", "#", "# ", "a.# ", "|", "| a ", "a | b\n", "`", "~~~", "_",
    "=", "===\n", "a\n---\n", "---", "@", "a@", "@a ", "www.", "http://", "://", "a-", "a.com ",
    "a", "A", "A. ", "M. ", "By ", "By Ann ", "© ", "é", "Ã", "Ã©", "â€", "ï»¿", "锛", "\x1b[",
    "\x1b]", "\x85", "\xa0", "\u200b", "\u200d", "\ufeff", "e\u0301", "\u0301", "\ud83d", "ﬁ",
    "Ａ ", "！ Ａ", "文", "文 ", "文a", "，", "。", "。”", "「", "」", "《》",
    "文A b c d ", "\u3000", "·", "…",
    "的", "か", "กา", "aA", "a\n ", "a b\n",
]  # fmt: skip
HTML_RUNS = [
    " ", "\n", "a ", "<", "<!", "<!--", "<b", "<b>", "<p>", "</p>", "<br>", "<p>a",
    "<div>a</div>", "<li>a", "<a href=x>a</a>", "<h2>a</h2>", "<td>a", "<span>", "<script>",
    "<style>", "<title>", "<meta charset=", "&", "&amp;", "&#", '"', "=", "]]>", "<?xml ", "{",
    "文", "。", "é", "Ã©", ". ", "> ", "[", "9", "\x00",
]  # fmt: skip
MARKUP = set("#>-*|`~_=[!(<&1")
CASES = [
    *(("text/plain", run) for run in TEXT_RUNS),
    *(("text/markdown", run) for run in TEXT_RUNS if run[0] in MARKUP),
    *(("text/html", run) for run in HTML_RUNS),
]


def measure(run: str, size: int, media_type: str) -> float:
    """CPU seconds for a document of so many characters of the run; a rejection is an answer."""
    text = run * (size // len(run)) + "\nThe end."

    def work() -> None:
        with suppress(CorpusNormError):
            normalize(text, NO_TRANSLATION, media_type=media_type)

    return cpu_seconds(work)


@pytest.mark.slow
@pytest.mark.parametrize(("media_type", "run"), CASES)
def test_twice_the_text_is_about_twice_the_work(media_type, run):
    # Two jumps may be thresholds: the first line too long for a rule, the first cut between the
    # pieces of a long line that falls inside a run.  Growth goes on.
    assert is_linear(lambda size: measure(run, size, media_type), SIZE)


def is_linear(measure_size: Callable[[int], float], size: int) -> bool:
    """Whether somewhere between the size and eight times it twice the text is twice the work."""
    growth = {"most_growth": MOST_GROWTH, "negligible_s": NEGLIGIBLE_S}
    return any(
        grows_evenly(measure_size, each, 2 * each, **growth) for each in (size, 2 * size, 4 * size)
    )


SENTENCE = 1_000
"""So long is a sentence whose translation is measured: masked, translated, audited, tried again."""
NUMBERS = [
    "le 12 mars 2020 ", "2020年3月12日", "1.1.5k ", "1,4,7M ", "3 à 5 ", "5 % ", "1 234 ", "五百人",
    "moins 5 ", "打七折", "à 15 h 30 ", "Sam Altman ", "OpenAI ", "https://a.b/é ",
    "ne pas ", "« a » ",
]  # fmt: skip


class Copyist:
    """An engine that gives back what it is asked, which is the worst that an audit can get."""

    name = "copyist 1 00000000"
    reads_context = False

    def recipe(self, decoding):
        return f"{self.name} {decoding}"

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def translate_batch(self, requests, decoding):
        return [Hypothesis(request.text, -0.1, 1) for request in requests]


def measure_translation(run: str, size: int, language: str) -> float:
    """CPU seconds for the translation and audit of a sentence of so many characters of the run."""
    text = run * (size // len(run)) + " fin."
    return cpu_seconds(lambda: translate([text], language, engine=Copyist()))


@pytest.mark.parametrize("language", ["fr", "zh-Hans"])
@pytest.mark.parametrize("run", [*TEXT_RUNS, *NUMBERS])
def test_twice_the_sentence_is_about_twice_the_translation(run, language):
    assert is_linear(lambda size: measure_translation(run, size, language), SENTENCE)


@pytest.mark.parametrize(("power", "even"), [(1, True), (1.5, True), (2, False), (3, False)])
def test_the_measure_tells_linear_from_quadratic_work(power, even):
    assert is_linear(lambda size: (size / SIZE) ** power, SIZE) is even
