"""Routes from a language into English through the available packages.

A direct package comes first, then the shortest chain of packages through other languages.  If
neither exists for Traditional Chinese, it is converted to Simplified, which is then translated
(OpenCC, which maps characters and phrases by dictionary).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import ModelNotInstalledError
from corpus_norm.translation.engines import Hypothesis, Request
from corpus_norm.translation.models import (
    Package,
    best_package,
    canonical_code,
    installed,
    missing_model,
    model_folders,
    requested_starters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus_norm.settings import Settings
    from corpus_norm.translation.engines import Decoding, Engine

ENGLISH = "en"
LANGUAGE_MODEL_ENGINES = frozenset({"llm", "server"})
"""The engines of the settings that ask a language model."""

TRADITIONAL, SIMPLIFIED = "zh-Hant", "zh-Hans"


@dataclass(frozen=True, slots=True)
class Route:
    """The packages to apply, in order, after Traditional Chinese is simplified if ``simplify``."""

    packages: tuple[Package, ...]
    simplify: bool = False


def choose_packages(settings: Settings) -> list[Package]:
    """Return the packages that ``settings.translation.engine`` allows; none if it needs none.

    Raises:
        ModelNotInstalledError: the settings ask for starter models and this release has none.
    """
    if settings.translation.engine == "auto":
        return installed()
    if settings.translation.engine == "argos":
        return installed(model_folders())
    if settings.translation.engine == "starter":
        starters = requested_starters()
        if not starters:
            raise ModelNotInstalledError(
                "this release bundles no starter model; to get the Argos packages: "
                "python -m corpus_norm models install fr zh"
            )
        return starters
    return []


def find_route(source: str, packages: Sequence[Package]) -> Route:
    """Return the best route from a language (BCP-47) into English.

    Raises:
        ModelNotInstalledError: there is none; the message ends with the command that installs one.
    """
    code = canonical_code(source)
    chain = _shortest_chain(code, packages)
    if chain is not None:
        return Route(chain)
    if code == TRADITIONAL:
        chain = _shortest_chain(SIMPLIFIED, packages)
        if chain is not None:
            return Route(chain, simplify=True)
    raise missing_model(source)


def has_route(source: str, packages: Sequence[Package]) -> bool:
    """Return whether these packages can translate a language into English."""
    try:
        find_route(source, packages)
    except ModelNotInstalledError:
        return False
    return True


def open_engine(source: str, packages: Sequence[Package] | None = None, threads: int = 1) -> Engine:
    """Return the engine for a language, from the installed packages unless others are given.

    Raises:
        ModelNotInstalledError: no package translates the language.
    """
    route = find_route(source, installed() if packages is None else packages)
    steps = [load_package(package, threads) for package in route.packages]
    engine = steps[0] if len(steps) == 1 else ChainEngine(steps)
    return SimplifyingEngine(engine) if route.simplify else engine


def load_package(package: Package, threads: int = 1) -> Engine:
    """Return the engine of a package: phrase tables, or a neural network in CTranslate2."""
    if package.has_phrases:
        from corpus_norm.translation.engines.phrases import load_engine as load_phrases

        return load_phrases(package)
    from corpus_norm.translation.engines.argos import load_engine

    return load_engine(package, threads)


def choose_engine(
    source: str,
    settings: Settings,
    packages: Sequence[Package] | None = None,
    threads: int = 1,
) -> Engine:
    """Return the engine for a language: from packages, or the language model of the settings.

    Raises:
        ModelNotInstalledError: no package translates the language, or there is no such model.
        ModelIntegrityError: the model cannot be loaded.
    """
    if settings.translation.engine in LANGUAGE_MODEL_ENGINES:
        from corpus_norm.translation.engines.llm import load_engine

        return load_engine(source, settings.translation, threads)
    return open_engine(source, choose_packages(settings) if packages is None else packages, threads)


def can_translate(source: str, settings: Settings, packages: Sequence[Package]) -> bool:
    """Return whether the engine of the settings can translate a language."""
    if settings.translation.engine in LANGUAGE_MODEL_ENGINES:
        from corpus_norm.translation.engines import llm

        return llm.can_translate(source)
    return has_route(source, packages)


def open_engines(
    languages: Iterable[str],
    settings: Settings,
    packages: Sequence[Package] | None = None,
    threads: int = 1,
) -> dict[str, Engine]:
    """Return the engines for those of the languages (BCP-47) that can be translated.

    Raises:
        ModelNotInstalledError: the engine that the settings ask for is not installed.
    """
    languages = sorted(languages)
    if languages and packages is None:
        packages = choose_packages(settings)
    return {
        language: choose_engine(language, settings, packages, threads)
        for language in languages
        if can_translate(language, settings, packages or [])
    }


class ChainEngine:
    """A chain of engines; an :class:`~corpus_norm.translation.engines.Engine`.

    The score is the mean over the tokens of all steps, since each step can make errors.
    """

    def __init__(self, steps: Sequence[Engine]) -> None:
        self._steps = tuple(steps)

    @property
    def name(self) -> str:
        """The names of the steps, in order."""
        return " > ".join(step.name for step in self._steps)

    @property
    def reads_context(self) -> bool:
        """Whether the first step reads the context."""
        return self._steps[0].reads_context

    def recipe(self, decoding: Decoding) -> str:
        """Return the recipes of the steps, in order."""
        return " > ".join(step.recipe(decoding) for step in self._steps)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the token counts of the first step."""
        return self._steps[0].count_tokens(texts)

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Translate with each step in turn; an empty output stays empty."""
        done = self._steps[0].translate_batch(requests, decoding)
        for step in self._steps[1:]:
            texts = sorted({hypothesis.text for hypothesis in done if hypothesis.text})
            found = step.translate_batch([Request(text) for text in texts], decoding)
            after = dict(zip(texts, found, strict=True))
            done = [_chain(each, after[each.text]) if each.text else each for each in done]
        return done


class SimplifyingEngine:
    """An engine that simplifies Traditional Chinese and passes it to an engine for Simplified."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def name(self) -> str:
        """The name of the conversion, then that of the wrapped engine."""
        return f"opencc t2s > {self._engine.name}"

    @property
    def reads_context(self) -> bool:
        """Whether the wrapped engine reads the context."""
        return self._engine.reads_context

    def recipe(self, decoding: Decoding) -> str:
        """Return the version of OpenCC and the recipe of the wrapped engine."""
        from importlib.metadata import version

        return f"opencc {version('opencc')} t2s > {self._engine.recipe(decoding)}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the token counts of the wrapped engine for the simplified texts."""
        return self._engine.count_tokens([simplify(text) for text in texts])

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Translate the simplified texts with the wrapped engine."""
        simplified = [Request(simplify(r.text), simplify(r.context)) for r in requests]
        unique = sorted(set(simplified), key=lambda r: (r.text, r.context))
        found = dict(zip(unique, self._engine.translate_batch(unique, decoding), strict=True))
        return [found[request] for request in simplified]


def simplify(text: str) -> str:
    """Convert Traditional Chinese characters to Simplified; leave other text alone.

    >>> simplify("臺灣的發現")
    '台湾的发现'
    """
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> Any:  # noqa: ANN401 -- OpenCC is not typed
    import opencc

    return opencc.OpenCC("t2s")


def _chain(first: Hypothesis, second: Hypothesis) -> Hypothesis:
    tokens = first.tokens + second.tokens
    total = first.score * first.tokens + second.score * second.tokens
    score = round(total / tokens, 4) if tokens else 0.0
    return Hypothesis(second.text, score, second.tokens, first.at_cap or second.at_cap)


def _shortest_chain(source: str, packages: Sequence[Package]) -> tuple[Package, ...] | None:
    """Search languages breadth first; between two languages, take the preferred package."""
    reached: dict[str, tuple[Package, ...]] = {source: ()}
    queue = [source]
    for code in queue:
        usable = [p for p in packages if p.source == code and p.target not in reached and p.usable]
        for target in sorted({package.target for package in usable}):
            step = best_package([package for package in usable if package.target == target])
            reached[target] = (*reached[code], step)
            queue.append(target)
    return reached.get(ENGLISH)
