"""Argos packages: a SentencePiece (or BPE) tokenizer and a CTranslate2 model, in large batches.

``argostranslate.translate`` splits text into sentences itself and translates them one by one; its
batches of 32 tokens hold about one news sentence.  This module takes thousands of sentences at a
time, with the same decoding options.  A batch holds sentences of one length, because padding lets
a sentence's neighbours change its translation (docs/translation.md).  Only older packages need
Argos itself, for :class:`argostranslate.tokenizer.BPETokenizer`; it is imported only for them.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation.engines import PROBE, Decoding, Hypothesis, Request
from corpus_norm.translation.models import Package, read_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BATCHING = "batches of one length"
"""The way sentences are grouped into batches; part of the recipe."""

_SPACE_MARK = "▁"
_SCORE_DIGITS = 4


class Tokenizer(Protocol):
    """A converter of text to the model's tokens and back."""

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the tokens of each text."""
        ...

    def decode(self, tokens: list[str]) -> str:
        """Return the text of a sequence of tokens."""
        ...


class SentencePieceTokenizer:
    """The tokenizer of current packages (Kudo and Richardson 2018, arXiv:1808.06226)."""

    def __init__(self, path: Path, threads: int) -> None:
        import sentencepiece

        self._processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self._threads = threads

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the pieces of each text."""
        pieces: list[list[str]] = self._processor.encode(
            list(texts), out_type=str, num_threads=self._threads
        )
        return pieces

    def decode(self, tokens: list[str]) -> str:
        """Return the text of the pieces; unlike Argos, keep underscores."""
        text: str = self._processor.decode_pieces(tokens)
        # A source piece that replaces an unknown token still has its "▁".
        return text.replace(_SPACE_MARK, " ")


class BpeTokenizer:
    """The tokenizer of older packages: Moses rules and byte-pair merges, as Argos applies them."""

    def __init__(self, path: Path, source: str, target: str) -> None:
        from argostranslate.tokenizer import BPETokenizer

        self._tokenizer = BPETokenizer(path, source, target)

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the sub-words of each text."""
        return [self._tokenizer.encode(text) for text in texts]

    def decode(self, tokens: list[str]) -> str:
        """Return the text of the sub-words."""
        text: str = self._tokenizer.decode(tokens)
        return text


class ArgosTranslator:
    """A translator that runs a package; an :class:`~corpus_norm.translation.engines.Engine`.

    Tokenizer and model are loaded on first use: a run needs neither if the translation memory has
    every sentence.  ``threads`` batches are translated at a time, each by one thread.  Several
    threads for one batch would give the same results, but were eight times slower than one
    thread on shared cores.
    """

    def __init__(self, package: Package, threads: int = 1) -> None:
        self.package = package
        self._threads = max(1, threads)
        prefix = package.metadata.get("target_prefix")
        self._prefix = [str(prefix)] if prefix else []

    @property
    def name(self) -> str:
        """Name, version and digest of the package."""
        return self.package.label

    @property
    def reads_context(self) -> bool:
        """Always False: these models see one sentence at a time."""
        return False

    def recipe(self, decoding: Decoding) -> str:
        """Return the package's digest, the version of CTranslate2, and the decoding."""
        how = replace(decoding, batch_tokens=0, detour=False)  # these change no output
        return f"{self.package.digest} {BATCHING} ctranslate2 {version('ctranslate2')} {how}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of input tokens of each text."""
        return [len(tokens) for tokens in self._encode(texts)]

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Return a hypothesis for each request, in order, with Argos's decoding options.

        Raises:
            RuntimeError: CTranslate2 cannot translate the list.
            ModelIntegrityError: the model or its tokenizer cannot be loaded.
        """
        sources = self._encode([request.text for request in requests])
        order = sorted(range(len(sources)), key=lambda i: len(sources[i]), reverse=True)
        waiting: list[
            tuple[int, Any]
        ] = []  # longest first, so that no thread works on them alone at the end
        for _, group in groupby(order, key=lambda i: len(sources[i])):
            places = list(group)
            batch = [sources[i] for i in places]
            waiting += zip(places, self._start(batch, decoding), strict=True)
        results = {place: output.result() for place, output in waiting}
        return [
            self._read_result(results[i].hypotheses[0], results[i].scores[0], decoding)
            for i in range(len(sources))
        ]

    def _start(self, sources: list[list[str]], decoding: Decoding) -> list[Any]:
        """Start the translation of sentences of one length, without waiting for the results."""
        prefixes = [self._prefix] * len(sources) if self._prefix else None
        started: list[Any] = self._translator.translate_batch(
            sources,
            target_prefix=prefixes,
            beam_size=decoding.beam_size,
            length_penalty=decoding.length_penalty,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram,
            max_batch_size=1 if decoding.deterministic else decoding.batch_tokens,
            batch_type="examples" if decoding.deterministic else "tokens",
            max_input_length=0,
            max_decoding_length=decoding.max_output_tokens,
            replace_unknowns=True,
            return_scores=True,
            asynchronous=True,
        )
        return started

    def probe(self) -> str:
        """Translate one fixed sentence, to check that the parts of the package fit together."""
        decoding = Decoding(beam_size=1, max_output_tokens=16)
        return self.translate_batch([Request(PROBE)], decoding)[0].text

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        with _loading(self.package):
            return _load_tokenizer(self.package, self._threads)

    @cached_property
    def _translator(self) -> Any:  # noqa: ANN401 -- CTranslate2 is not typed
        import ctranslate2

        with _loading(self.package):
            return ctranslate2.Translator(
                str(self.package.path / "model"),
                device="cpu",
                inter_threads=self._threads,
                intra_threads=1,
            )

    def _encode(self, texts: Sequence[str]) -> list[list[str]]:
        # The tokenizers take only UTF-8, which cannot encode a lone surrogate.
        return self._tokenizer.encode([text.encode("utf-8", "replace").decode() for text in texts])

    def _read_result(self, tokens: list[str], score: float, decoding: Decoding) -> Hypothesis:
        """Decode the tokens and undo the length normalisation of the score.

        CTranslate2 divides the sum of the log-probabilities by ``steps ** length_penalty``.
        The steps are the tokens, including a forced prefix, plus the end-of-sentence token, which
        is not among ``tokens`` and is missing if the output was cut.  The sum excludes the
        probability of a forced prefix.  Checked against ``Translator.score_batch``.
        """
        at_cap = len(tokens) >= decoding.max_output_tokens
        steps = len(tokens) + (not at_cap)
        chosen = max(1, steps - len(self._prefix))
        mean = score * steps**decoding.length_penalty / chosen
        text = self._tokenizer.decode(tokens[len(self._prefix) :]).strip()
        return Hypothesis(text, round(mean, _SCORE_DIGITS), chosen, at_cap)


@contextmanager
def _loading(package: Package) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError, OSError, LookupError) as error:
        raise ModelIntegrityError(
            f"the model in {package.path} cannot be loaded ({' '.join(str(error).split())}); "
            "see what is damaged: python -m corpus_norm models verify",
            subject=str(package.path),
        ) from error


def load_engine(package: Package, threads: int = 1) -> ArgosTranslator:
    """Return the engine of a package; it is loaded once per process, and again if files change."""
    return _load(package.path, package.digest, threads)


@lru_cache(maxsize=8)
def _load(path: Path, _digest: str, threads: int) -> ArgosTranslator:
    return ArgosTranslator(read_package(path), threads)


def _load_tokenizer(package: Package, threads: int) -> Tokenizer:
    path = package.path / "sentencepiece.model"
    if path.is_file():
        return SentencePieceTokenizer(path, threads)
    codes = (str(package.metadata[key]) for key in ("from_code", "to_code"))
    return BpeTokenizer(package.path / "bpe.model", *codes)
