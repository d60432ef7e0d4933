"""Values of settings: each taken over in one form, or refused with an error that names it."""

from __future__ import annotations

import codecs
import hashlib
import json
import math
import operator
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from corpus_norm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LEAST = MappingProxyType(  # of the numbers; of those not named, 1
    {"max_depth": 0, "max_members": 0, "reject_bytes": 0, "compression_level": -(2**31)}
)
_MOST = MappingProxyType(  # what the libraries behind them can hold, or memory
    {
        "beam_size": 1_000,
        "batch_tokens": 2**31 - 1,
        "max_input_tokens": 2**31 - 1,
        "max_output_tokens": 2**31 - 1,
        "compression_level": 2**31 - 1,
    }
)
_LARGEST = 2**63 - 1


def take_over(part: Any, place: str) -> None:  # noqa: ANN401 -- a data class
    """Bring each value of a part of the settings into its one form.

    That is a tuple for a list, a text for a path, a float for whatever number stands for one.
    Fields that are data classes themselves are passed over.

    Raises:
        SettingsError: a value is of another type, or out of its range.
    """
    for each in fields(part):
        if read := _READERS.get(str(each.type)):
            value = read(f"{place}.{each.name}", getattr(part, each.name))
            object.__setattr__(part, each.name, value)  # it is frozen for everybody else


def refuse(place: str, wanted: str, value: object) -> NoReturn:
    """Say which setting has which value, and what it could have.

    Raises:
        SettingsError: always.
    """
    raise SettingsError(f"{place} must be {wanted}, not {show(value)}", subject=place)


def show(value: object) -> str:
    """A value as code shows it, not too much of it; some cannot even be shown."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 -- of somebody else's class, or of a number too long
        return f"this {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def _read_switch(place: str, value: object) -> bool:
    return value if isinstance(value, bool) else refuse(place, "True or False", value)


def _read_whole(place: str, value: object) -> int:
    name = _name(place)
    least, most = _LEAST.get(name, 1), _MOST.get(name, _LARGEST)
    wanted = f"a whole number from {least:,} to {most:,}"
    if name not in _MOST:
        wanted = f"a whole number of at least {least:,}"
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        refuse(place, wanted, value)
    is_fine = not isinstance(value, bool) and least <= number <= most
    return number if is_fine else refuse(place, wanted, value)


def _read_real(place: str, value: object) -> float:
    is_limit = _name(place) == "time_limit_s"
    wanted = "a number of more than 0" if is_limit else "a number of 0 or more"
    if isinstance(value, (bool, str, bytes, bytearray)):
        refuse(place, wanted, value)
    try:
        number = float(value) + 0.0  # type: ignore[arg-type] # -0.0 and 0.0 are one value
    except (TypeError, ValueError, OverflowError):
        refuse(place, wanted, value)
    is_fine = math.isfinite(number) and (number > 0 if is_limit else number >= 0)
    return number if is_fine else refuse(place, wanted, value)


def _read_text(place: str, value: object) -> str:
    name = _name(place)
    if name.endswith(("_path", "_paths")) or name.startswith("llm_"):
        wanted = "a path"
        value = os.fspath(value) if isinstance(value, os.PathLike) else value
    else:
        wanted = "a text"
    is_fine = isinstance(value, str) and value.strip() and "\0" not in value and _is_unicode(value)
    return str(value) if is_fine else refuse(place, wanted, value)


def _read_optional_text(place: str, value: object) -> str | None:
    return None if value is None else _read_text(place, value)


def _read_texts(place: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        refuse(place, "a list or tuple of texts", value)
    return tuple(_read_text(place, each) for each in value)


_READERS: Mapping[str, Callable[[str, object], object]] = MappingProxyType(
    {
        "bool": _read_switch,
        "int": _read_whole,
        "float": _read_real,
        "str": _read_text,
        "str | None": _read_optional_text,
        "tuple[str, ...]": _read_texts,
    }
)


def _name(place: str) -> str:
    return place.rpartition(".")[2]


def _is_unicode(text: str) -> bool:
    """Whether a text can be written: the manifest is UTF-8, which has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class InputSettings:
    """How sources are read.

    The ``*_field`` names are the keys of JSON records and the columns of CSV, Parquet and Arrow.
    A document of more than ``max_bytes`` bytes is rejected with that reason; so is what an archive
    holds beyond ``max_members`` files, what lies in more than ``max_depth`` archives and compressed
    files one inside the other, and what unfolds to more than ``max_expansion`` times the size of
    its file (any file may unfold to 256 MiB).
    """

    text_field: str = "text"
    html_field: str = "html"
    title_field: str = "title"
    url_field: str = "url"
    authors_field: str = "authors"
    published_field: str = "published"
    max_bytes: int = 32 * 1024 * 1024
    max_expansion: int = 200
    max_depth: int = 4
    max_members: int = 500_000

    def __post_init__(self) -> None:
        take_over(self, "settings.input")


ENGINES = ("auto", "argos", "starter", "llm")
"""What may translate; see :class:`TranslationSettings`."""

COMPRESSIONS: Mapping[str, tuple[int, int] | None] = MappingProxyType(
    {
        "none": None,
        "snappy": None,
        "gzip": (0, 9),
        "brotli": (0, 11),
        "lz4": (1, 12),
        "zstd": (1, 22),
    }
)
"""Compressions of Parquet files, each with its lowest and highest level, None where it has none."""


@dataclass(frozen=True, slots=True)
class TranslationSettings:
    """How sentences are translated; the defaults are those of Argos, except for the batch size.

    ``engine`` is one of :data:`ENGINES`: ``auto`` takes what is installed, and the starter models
    of this library where they are good enough; ``argos`` what is installed, ``starter`` the
    starter models, whatever their quality.
    ``batch_tokens`` is the size of a CTranslate2 batch; ``max_input_tokens`` the length above
    which a sentence is split at clause marks; ``max_output_tokens`` the cap on an output.  With
    ``deterministic`` each sentence is translated alone: several times slower.

    With ``audit`` each translation is compared with its original, a second attempt is made where
    something was found, and what remains is flagged.  ``glossary_path`` names a table or TOML file
    of terms and the English they must have.

    With the engine ``llm`` the language model in the GGUF file ``llm_model`` translates, with the
    adapter ``llm_adapter`` (paths, or names that ``models list`` shows); ``llm_context`` shows
    it what stands before a sentence in its paragraph.
    """

    enabled: bool = True
    engine: str = "auto"
    beam_size: int = 4
    length_penalty: float = 0.2
    batch_tokens: int = 1024
    max_input_tokens: int = 200
    max_output_tokens: int = 512
    deterministic: bool = False
    audit: bool = True
    glossary_path: str | None = None
    llm_model: str | None = None
    llm_adapter: str | None = None
    llm_context: bool = False

    def __post_init__(self) -> None:
        take_over(self, "settings.translation")
        if self.engine not in ENGINES:
            choices = ", ".join(ENGINES)
            what = f"unknown engine {show(self.engine)}; choose one of {choices}"
            raise SettingsError(what, subject="settings.translation.engine")

    @property
    def time_factor(self) -> int:
        """How many time limits translation gets for a document: language models are slow."""
        return 30 if self.engine == "llm" else 1


@dataclass(frozen=True, slots=True)
class DatasetSettings:
    """The shape of the Parquet files: documents per batch, per row group and per part file.

    A part holds at most ``part_documents``, and is closed when its inputs reach ``part_bytes``
    bytes; where it ends otherwise is said in :mod:`corpus_norm.conversion.shards`.  A batch is
    closed before its inputs exceed ``batch_bytes``.  A rejected document's bytes are kept when
    there are at most ``reject_bytes`` of them.  ``compression`` is one of :data:`COMPRESSIONS`;
    ``compression_level`` does not count where it has no levels.
    """

    batch_documents: int = 64
    batch_bytes: int = 8 * 1024 * 1024
    row_group_documents: int = 5_000
    part_documents: int = 5_000
    part_bytes: int = 64 * 1024 * 1024
    compression: str = "zstd"
    compression_level: int = 3
    reject_bytes: int = 64 * 1024

    def __post_init__(self) -> None:
        take_over(self, "settings.dataset")
        if self.compression not in COMPRESSIONS:
            choices = f"one of {', '.join(COMPRESSIONS)}"
            refuse("settings.dataset.compression", choices, self.compression)
        if levels := COMPRESSIONS[self.compression]:
            least, most = levels
            if not least <= self.compression_level <= most:
                wanted = f"from {least} to {most} for {self.compression}"
                refuse("settings.dataset.compression_level", wanted, self.compression_level)

    @property
    def level(self) -> int | None:
        """The level of the compression, None where it has none."""
        return self.compression_level if COMPRESSIONS[self.compression] else None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run.

    ``languages`` are the BCP-47 codes documents are expected in; ``charset`` overrides the
    detection of the encoding; ``lexicon_paths`` name TOML files that extend the boilerplate
    lexicons; with ``learn_furniture``, ``convert`` reads its inputs twice, and blocks that recur
    on the pages of a site are taken for its furniture.  ``time_limit_s`` is how many seconds a
    document may keep a worker process busy before it is given up and rejected; a language model
    may translate for 30 times as long.

    >>> Settings().digest() == Settings().digest()
    True
    >>> Settings(languages=("en",)).digest() == Settings().digest()
    False
    """

    languages: tuple[str, ...] = ("en", "fr", "zh-Hans", "zh-Hant")
    charset: str | None = None
    lexicon_paths: tuple[str, ...] = ()
    learn_furniture: bool = False
    time_limit_s: float = 120.0
    input: InputSettings = field(default_factory=InputSettings)
    translation: TranslationSettings = field(default_factory=TranslationSettings)
    dataset: DatasetSettings = field(default_factory=DatasetSettings)

    def __post_init__(self) -> None:
        take_over(self, "settings")
        for name, kind in _PARTS.items():
            if not isinstance(getattr(self, name), kind):
                refuse(f"settings.{name}", f"a {kind.__name__}", getattr(self, name))
        if not self.languages:
            refuse("settings.languages", "at least one BCP-47 code", self.languages)
        for code in self.languages:
            _check_language(code)
        if self.charset is not None and not _is_charset(self.charset):
            wanted = "an encoding that Python knows, as utf-8, cp1252 or gb18030, or None"
            refuse("settings.charset", wanted, self.charset)
        if (self.translation.engine == "llm") != (self.translation.llm_model is not None):
            raise SettingsError(
                "engine llm and llm_model go together: name the engine, and the GGUF file that "
                "it is to load",
                subject="settings.translation.llm_model",
            )

    def to_json(self) -> str:
        """The settings as canonical JSON: sorted keys, no spaces."""
        return json.dumps(self, default=_list_fields, sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """BLAKE2b-128 of the canonical JSON, in hexadecimal."""
        return hashlib.blake2b(self.to_json().encode(), digest_size=16).hexdigest()


def _list_fields(part: object) -> dict[str, object]:
    """A part of the settings as JSON has it; ``dataclasses.asdict`` copies too much for this."""
    return {name: getattr(part, name) for name in part.__slots__}  # type: ignore[attr-defined]


_PARTS = MappingProxyType(
    {"input": InputSettings, "translation": TranslationSettings, "dataset": DatasetSettings}
)
_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


def _check_language(code: str) -> None:
    from corpus_norm.languages import LANGUAGES, get_language

    try:
        is_known = _CODE.fullmatch(code) and get_language(code)
    except KeyError:
        is_known = None
    if not is_known:
        refuse("settings.languages", f"codes of {', '.join(LANGUAGES)}", code)


def _is_charset(label: str) -> bool:
    try:
        found = codecs.lookup(label.strip())
        "".encode(found.name)  # raises: base64, rot13 and the like are codecs, but not of text
    except (LookupError, ValueError):
        return False
    return found.name not in _NO_CHARSETS
