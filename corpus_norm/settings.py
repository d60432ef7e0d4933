"""Every setting, with its default and meaning; how values are checked, and read from TOML files.

The data classes come first.  Each field carries one line that says what it does: the command
``settings`` prints it, and ``docs/reference/settings.md`` shows it.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import math
import operator
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from corpus_norm.deprecated import rename_keywords, warn_renamed
from corpus_norm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ENGINES = ("auto", "argos", "starter", "llm", "server")
"""Translation engines; see :class:`TranslationSettings`."""

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
"""Compressions of Parquet files: lowest and highest level, or None for those without levels."""


def _doc(line: str) -> Mapping[str, str]:
    """Return the metadata of a field: the line that documents it."""
    return {"doc": line}


@dataclass(frozen=True, slots=True)
class InputSettings:
    """How sources are read.

    The ``*_field`` names are the keys of JSON records and the columns of CSV, Parquet and Arrow.
    Where one has its default, other common names are understood as well
    (:data:`corpus_norm.sources.fields.COMMON_NAMES`).  Input beyond a bound (``max_*``) is
    rejected, with the bound as the reason.
    """

    text_field: str = field(default="text", metadata=_doc("Key or column of the text in records."))
    html_field: str = field(
        default="html", metadata=_doc("Key or column of the page; it wins over the text.")
    )
    title_field: str = field(default="title", metadata=_doc("Key or column of the title."))
    url_field: str = field(default="url", metadata=_doc("Key or column of the address."))
    authors_field: str = field(default="authors", metadata=_doc("Key or column of the authors."))
    published_field: str = field(
        default="published", metadata=_doc("Key or column of the date of publication.")
    )
    updated_field: str = field(
        default="updated", metadata=_doc("Key or column of the date of the last change.")
    )
    id_field: str = field(
        default="id", metadata=_doc("Key or column of the record's own id, for source_id.")
    )
    keep_extra: bool = field(
        default=True, metadata=_doc("Keep all other fields of records, as JSON in extra.")
    )
    keep: tuple[str, ...] = field(
        default=(),
        metadata=_doc("Fields of extra to make columns of: name, or name:type as n:int64."),
    )
    max_bytes: int = field(
        default=32 * 1024 * 1024, metadata=_doc("Bytes that a document may have.")
    )
    max_expansion: int = field(
        default=200,
        metadata=_doc("Times its size that a file may unpack to; 256 MiB are always allowed."),
    )
    max_depth: int = field(
        default=4, metadata=_doc("Levels of archives and compression one inside another.")
    )
    max_members: int = field(default=500_000, metadata=_doc("Files that an archive may hold."))

    def __post_init__(self) -> None:
        _convert_fields(self, "settings.input")
        repeated = [name for name in self.keep if self.keep.count(name) > 1]
        if repeated:
            _refuse("settings.input.keep", "names of different fields", repeated[0])


@dataclass(frozen=True, slots=True)
class TranslationSettings:
    """How sentences are translated; the defaults are those of Argos, except for the batch size.

    ``engine`` is one of :data:`ENGINES`:

    - ``auto``: the installed packages, and the starter model where it is good enough;
    - ``argos``: the installed packages alone;
    - ``starter``: the starter model alone, whatever its quality;
    - ``llm``: the language model in the GGUF file ``llm_model``;
    - ``server``: a language model behind the OpenAI-compatible address ``server_url``.
    """

    enabled: bool = field(default=True, metadata=_doc("Translate into English."))
    engine: str = field(
        default="auto",
        metadata=_doc(
            "What translates: auto, argos, starter, llm (needs llm_model), server (server_url)."
        ),
    )
    beam_size: int = field(
        default=4, metadata=_doc("Width of the beam search; narrower is faster and worse.")
    )
    length_penalty: float = field(
        default=0.2, metadata=_doc("Length penalty of the beam search; 0 is none.")
    )
    batch_tokens: int = field(default=1024, metadata=_doc("Tokens in a batch of CTranslate2."))
    max_input_tokens: int = field(
        default=200,
        metadata=_doc("Tokens above which a sentence is split between its clauses."),
    )
    max_output_tokens: int = field(
        default=512, metadata=_doc("Tokens at which an output is cut and flagged.")
    )
    deterministic: bool = field(
        default=False,
        metadata=_doc("Translate each sentence alone: the same English, several times slower."),
    )
    audit: bool = field(
        default=True,
        metadata=_doc("Compare English and original, try again where they differ, flag doubts."),
    )
    glossary_path: str | None = field(
        default=None, metadata=_doc("Terms and the English they must have: a .tsv or TOML file.")
    )
    llm_model: str | None = field(
        default=None,
        metadata=_doc("Language model: a GGUF file, or a name that 'models list' shows."),
    )
    llm_context: bool = field(
        default=False,
        metadata=_doc("Show the language model what precedes a sentence in its paragraph."),
    )
    server_url: str | None = field(
        default=None,
        metadata=_doc("Address of an OpenAI-compatible server, as http://127.0.0.1:8080/v1."),
    )
    server_model: str | None = field(
        default=None, metadata=_doc("Name of its model; not needed if it has only one.")
    )
    server_allow_remote: bool = field(
        default=False,
        metadata=_doc("Send texts to a server that is not on this machine."),
    )
    server_connections: int = field(
        default=4, metadata=_doc("Sentences to request from the server at a time.")
    )
    server_timeout_s: float = field(
        default=120.0, metadata=_doc("Seconds that the server may take for a sentence.")
    )

    def __post_init__(self) -> None:
        _convert_fields(self, "settings.translation")
        if self.engine not in ENGINES:
            what = f"unknown engine {_show(self.engine)}; choose one of {', '.join(ENGINES)}"
            what += _suggest(self.engine, ENGINES)
            raise SettingsError(what, subject="settings.translation.engine")

    @property
    def time_factor(self) -> int:
        """How many time limits translation gets for a document: language models are slow."""
        return 30 if self.engine in {"llm", "server"} else 1

    @property
    def patience(self) -> int:
        """The old name of :attr:`time_factor`; warns."""
        warn_renamed("TranslationSettings.patience", "TranslationSettings.time_factor")
        return self.time_factor


@dataclass(frozen=True, slots=True)
class DatasetSettings:
    """The shape of the Parquet files: documents per batch, per row group and per part file.

    :mod:`corpus_norm.conversion.shards` says where a part ends before it is full.
    """

    batch_documents: int = field(
        default=64,
        metadata=_doc("Documents that pass the stages together; one where a language model works."),
    )
    batch_bytes: int = field(
        default=8 * 1024 * 1024, metadata=_doc("Bytes of input that close a batch earlier.")
    )
    row_group_documents: int = field(
        default=5_000, metadata=_doc("Documents in a row group of a Parquet file.")
    )
    part_documents: int = field(
        default=5_000, metadata=_doc("Documents that a part file holds at most.")
    )
    part_bytes: int = field(
        default=64 * 1024 * 1024, metadata=_doc("Bytes of input that close a part file earlier.")
    )
    compression: str = field(
        default="zstd",
        metadata=_doc("Compression of the files: none, snappy, gzip, brotli, lz4 or zstd."),
    )
    compression_level: int = field(
        default=3, metadata=_doc("Level of the compression; none and snappy have no levels.")
    )
    reject_bytes: int = field(
        default=64 * 1024,
        metadata=_doc("Bytes up to which a rejected document is kept with its rejection."),
    )

    def __post_init__(self) -> None:
        _convert_fields(self, "settings.dataset")
        if self.compression not in COMPRESSIONS:
            choices = f"one of {', '.join(COMPRESSIONS)}"
            hint = _suggest(self.compression, COMPRESSIONS)
            _refuse("settings.dataset.compression", choices, self.compression, hint)
        if levels := COMPRESSIONS[self.compression]:
            least, most = levels
            if not least <= self.compression_level <= most:
                wanted = f"from {least} to {most} for {self.compression}"
                _refuse("settings.dataset.compression_level", wanted, self.compression_level)

    @property
    def level(self) -> int | None:
        """The level of the compression, None where it has none."""
        return self.compression_level if COMPRESSIONS[self.compression] else None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run.

    ``time_limit_s`` holds with and without worker processes.  Without them it takes effect between
    two steps of Python, so a single call into C ends late; a worker that hangs is killed.

    >>> Settings().digest() == Settings().digest()
    True
    >>> Settings(languages=("en",)).digest() == Settings().digest()
    False
    """

    languages: tuple[str, ...] = field(
        default=("en", "fr", "zh-Hans", "zh-Hant"),
        metadata=_doc("Languages that documents are expected in, as BCP-47 codes."),
    )
    charset: str | None = field(
        default=None, metadata=_doc("Encoding of the inputs, instead of detecting it.")
    )
    lexicon_paths: tuple[str, ...] = field(
        default=(), metadata=_doc("TOML files with more phrases of page boilerplate.")
    )
    learn_site_boilerplate: bool = field(
        default=True,
        metadata=_doc("Blocks that recur on the pages of a site are boilerplate."),
    )
    time_limit_s: float = field(
        default=120.0,
        metadata=_doc("Seconds a stage may spend on a document; a language model has 30 times."),
    )
    input: InputSettings = field(default_factory=InputSettings)
    translation: TranslationSettings = field(default_factory=TranslationSettings)
    dataset: DatasetSettings = field(default_factory=DatasetSettings)

    def __post_init__(self) -> None:
        _convert_fields(self, "settings")
        for name, kind in _TABLES.items():
            if not isinstance(getattr(self, name), kind):
                _refuse(f"settings.{name}", f"of type {kind.__name__}", getattr(self, name))
        if not self.languages:
            _refuse("settings.languages", "at least one BCP-47 code", self.languages)
        for code in self.languages:
            _check_language(code)
        if self.charset is not None and not _is_charset(self.charset):
            wanted = "an encoding that Python knows, as utf-8, cp1252 or gb18030, or None"
            _refuse("settings.charset", wanted, self.charset)
        for engine, name, what in (
            ("llm", "llm_model", "the GGUF file that it is to load"),
            ("server", "server_url", "the address where it listens"),
        ):
            chosen = getattr(self.translation, name)
            if (self.translation.engine == engine) != (chosen is not None):
                raise SettingsError(
                    f"engine {engine} and {name} go together: name the engine, and {what}",
                    subject=f"settings.translation.{name}",
                )

    @property
    def learn_furniture(self) -> bool:
        """The old name of ``learn_site_boilerplate``; warns."""
        warn_renamed("Settings.learn_furniture", "Settings.learn_site_boilerplate")
        return self.learn_site_boilerplate

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Settings:
        """Return settings with these values, and the defaults for all others.

        The tables ``input``, ``translation`` and ``dataset`` are mappings themselves.

        >>> Settings.from_dict({"translation": {"beam_size": 1}}).translation.beam_size
        1

        Raises:
            SettingsError: a name is unknown, or a value cannot be used.
        """
        values = _take_old_names(values)
        _check_names(values, "settings")
        return cls(**{name: _make_table(name, value) for name, value in values.items()})  # type: ignore[arg-type] # checked by the class

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], changes: Mapping[str, object] | None = None
    ) -> Settings:
        """Return the settings of a TOML file, as ``python -m corpus_norm settings`` prints them.

        Settings that the file leaves out have their defaults.  Paths in it are relative to the
        working folder.

        Args:
            path: the file.
            changes: values that win over those of the file, in the shape of :meth:`from_dict`.

        Raises:
            SettingsError: the file cannot be read, a name is unknown, or a value cannot be used.
        """
        values = _take_old_names(_read_toml(Path(path)))
        changes = changes or {}
        try:
            _check_names(values, "settings")
            return cls.from_dict(_merge(values, changes))
        except SettingsError as error:
            if error.subject in _keys_of(changes):
                raise
            raise SettingsError(f"{path}: {error}", subject=error.subject) from error

    def to_toml(self) -> str:
        """Return the settings as TOML, each with a comment line; :meth:`load` reads it again.

        >>> print(*Settings(charset="gb18030").to_toml().splitlines()[3:5], sep=" | ")
        # Encoding of the inputs, instead of detecting it. | charset = "gb18030"
        """
        tables = [f"\n[{name}]\n\n{_to_toml(getattr(self, name))}" for name in _TABLES]
        return _to_toml(self) + "".join(tables)

    def to_json(self) -> str:
        """Return the settings as canonical JSON: sorted keys, no spaces."""
        return _to_canonical_json(self)

    def digest(self) -> str:
        """Return the BLAKE2b-128 of the canonical JSON, in hexadecimal.

        Settings that were renamed have their first names there, so that a release that renames one
        does not change the digest of the same settings.
        """
        first = {new: old for old, new in _RENAMED.items()}
        named = {first.get(name, name): value for name, value in _list_fields(self).items()}
        return hashlib.blake2b(_to_canonical_json(named).encode(), digest_size=16).hexdigest()


_RENAMED = MappingProxyType({"learn_furniture": "learn_site_boilerplate"})
Settings.__init__ = rename_keywords(**_RENAMED)(Settings.__init__)  # type: ignore[method-assign]

_TABLES: Mapping[str, type] = MappingProxyType(
    {"input": InputSettings, "translation": TranslationSettings, "dataset": DatasetSettings}
)


def _to_canonical_json(value: object) -> str:
    return json.dumps(value, default=_list_fields, sort_keys=True, separators=(",", ":"))


def _list_fields(part: object) -> dict[str, object]:
    """Return the fields of a data class for JSON, without the copies of ``dataclasses.asdict``."""
    return {name: getattr(part, name) for name in part.__slots__}  # type: ignore[attr-defined]


# --- Files and mappings -------------------------------------------------------------------------


def _read_toml(path: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        what = f"settings file {path} does not exist; check the path"
        raise SettingsError(what, subject=str(path)) from error
    except (OSError, ValueError) as error:  # errors of TOML and UTF-8 are ValueErrors
        why = getattr(error, "strerror", None) or error
        what = f"settings file {path} cannot be read as TOML: {why}"
        raise SettingsError(what, subject=str(path)) from error


def _names_of(key: str) -> list[str]:
    """Return the names of the settings in a table; ``settings`` is the top of the file."""
    kind: Any = _TABLES.get(_last_name(key), Settings)
    return [each.name for each in fields(kind)]


def _check_names(values: object, key: str) -> None:
    """Refuse names that no setting has, with the nearest one, or the table it belongs in."""
    if not isinstance(values, Mapping):
        _refuse(key, "a table of settings", values)
    names = _names_of(key)
    for name, value in values.items():
        if name not in names:
            where = [each for each in ("settings", *_TABLES) if name in _names_of(each)]
            hint = _suggest(name, names) or f"; choose one of {', '.join(names)}"
            if where:
                hint = f"; it belongs {_describe_table(where[0])}"
            what = f"unknown setting {_show(name)} {_describe_table(_last_name(key))}{hint}"
            raise SettingsError(what, subject=f"{key}.{name}")
        if key == "settings" and name in _TABLES and not isinstance(value, _TABLES[name]):
            _check_names(value, f"settings.{name}")


def _take_old_names(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return the settings with their new names, and warn where one has its old name."""
    if not isinstance(values, Mapping) or _RENAMED.keys().isdisjoint(values):
        return values
    for old, new in _RENAMED.items():
        if old in values:
            warn_renamed(f"the setting {old}", new, stacklevel=4)
    return {_RENAMED.get(name, name): value for name, value in values.items()}


def _describe_table(name: str) -> str:
    return "at the top level" if name == "settings" else f"in [{name}]"


def _make_table(name: str, value: object) -> object:
    if name in _TABLES and isinstance(value, Mapping):
        return _TABLES[name](**value)
    return value


def _merge(values: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return a copy of ``values`` with ``changes`` put in, table by table."""
    merged = dict(values)
    for name, change in changes.items():
        old = merged.get(name)
        both = isinstance(old, Mapping) and isinstance(change, Mapping)
        merged[name] = {**old, **change} if both else change  # type: ignore[dict-item]
    return merged


def _keys_of(values: Mapping[str, object], key: str = "settings") -> Iterator[str]:
    """Yield the dotted keys of all values."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _keys_of(value, f"{key}.{name}")
        else:
            yield f"{key}.{name}"


def _to_toml(part: Any) -> str:  # noqa: ANN401 -- one of the data classes
    """Return the values of a data class, its tables left out, each with its comment line."""
    lines = []
    for each in fields(part):
        if each.name not in _TABLES:
            value = getattr(part, each.name)
            line = (
                f"# {each.name} is not set" if value is None else f"{each.name} = {_quote(value)}"
            )
            lines.append(f"# {each.metadata['doc']}\n{line}\n")
    return "\n".join(lines)


def _quote(value: object) -> str:
    """Return a value as TOML writes it.

    Strings of JSON are strings of TOML, but for DEL, which TOML wants escaped.
    """
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quote, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- Values -------------------------------------------------------------------------------------

_LEAST = MappingProxyType(  # smallest whole numbers; 1 for the fields that are not listed
    {"max_depth": 0, "max_members": 0, "reject_bytes": 0, "compression_level": -(2**31)}
)
_MOST = MappingProxyType(  # what memory or the libraries that take the number can hold
    {
        "beam_size": 1_000,
        "server_connections": 256,
        "batch_tokens": 2**31 - 1,
        "max_input_tokens": 2**31 - 1,
        "max_output_tokens": 2**31 - 1,
        "compression_level": 2**31 - 1,
    }
)
_LARGEST = 2**63 - 1


def _convert_fields(part: Any, key: str) -> None:  # noqa: ANN401 -- one of the data classes
    """Convert each value to the one form of its type: a tuple for a list, a string for a path.

    Equal settings then have equal digests.  Fields that are data classes themselves are left alone.

    Raises:
        SettingsError: a value has the wrong type, or is out of range.
    """
    for each in fields(part):
        if read := _READERS.get(str(each.type)):
            value = read(f"{key}.{each.name}", getattr(part, each.name))
            object.__setattr__(part, each.name, value)  # frozen for everybody else


def _refuse(key: str, wanted: str, value: object, hint: str = "") -> NoReturn:
    """Raise the error that names a setting, the values it may have, and the one it was given."""
    raise SettingsError(f"{key} must be {wanted}, not {_show(value)}{hint}", subject=key)


def _suggest(value: object, choices: Iterable[str]) -> str:
    """Return the end of a message that names the choice nearest to a value; "" if none is near."""
    from difflib import get_close_matches

    nearest = get_close_matches(str(value), list(choices), n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""


def _show(value: object) -> str:
    """Return at most 80 characters of ``repr``, or the type of a value that has none."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 -- a class of the caller's, or an integer too long to print
        return f"this {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def _read_bool(key: str, value: object) -> bool:
    return value if isinstance(value, bool) else _refuse(key, "True or False", value)


def _read_int(key: str, value: object) -> int:
    name = _last_name(key)
    least, most = _LEAST.get(name, 1), _MOST.get(name, _LARGEST)
    wanted = f"a whole number from {least:,} to {most:,}"
    if name not in _MOST:
        wanted = f"a whole number of at least {least:,}"
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        _refuse(key, wanted, value)
    is_fine = not isinstance(value, bool) and least <= number <= most
    return number if is_fine else _refuse(key, wanted, value)


def _read_float(key: str, value: object) -> float:
    is_limit = _last_name(key) in {"time_limit_s", "server_timeout_s"}
    wanted = "a number of more than 0" if is_limit else "a number of 0 or more"
    if isinstance(value, (bool, str, bytes, bytearray)):
        _refuse(key, wanted, value)
    try:
        number = float(value) + 0.0  # type: ignore[arg-type] # turns -0.0 into 0.0
    except (TypeError, ValueError, OverflowError):
        _refuse(key, wanted, value)
    is_fine = math.isfinite(number) and (number > 0 if is_limit else number >= 0)
    return number if is_fine else _refuse(key, wanted, value)


def _read_str(key: str, value: object) -> str:
    name = _last_name(key)
    if name.endswith(("_path", "_paths")) or name == "llm_model":
        wanted = "a path"
        value = os.fspath(value) if isinstance(value, os.PathLike) else value
    else:
        wanted = "a text"
    is_fine = isinstance(value, str) and value.strip() and "\0" not in value and _is_unicode(value)
    return str(value) if is_fine else _refuse(key, wanted, value)


def _read_optional_str(key: str, value: object) -> str | None:
    return None if value is None else _read_str(key, value)


def _read_strs(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        _refuse(key, "a list or tuple of texts", value)
    return tuple(_read_str(key, each) for each in value)


_READERS: Mapping[str, Callable[[str, object], object]] = MappingProxyType(  # by annotation
    {
        "bool": _read_bool,
        "int": _read_int,
        "float": _read_float,
        "str": _read_str,
        "str | None": _read_optional_str,
        "tuple[str, ...]": _read_strs,
    }
)


def _last_name(key: str) -> str:
    return key.rpartition(".")[2]


def _is_unicode(text: str) -> bool:
    """Return whether UTF-8 can write a text: it has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# The form of a BCP-47 code: a language of 2 or 3 letters, then subtags such as Hans or CA.
_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
# Codecs of Python that are not encodings of documents.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


def _check_language(code: str) -> None:
    from corpus_norm.languages import LANGUAGES, get_language

    try:
        is_known = _CODE.fullmatch(code) and get_language(code)
    except KeyError:
        is_known = None
    if not is_known:
        _refuse("settings.languages", f"codes of {', '.join(LANGUAGES)}", code)


def _is_charset(label: str) -> bool:
    try:
        found = codecs.lookup(label.strip())
        "".encode(found.name)  # raises for base64, rot13 and other codecs that are not of text
    except (LookupError, ValueError):
        return False
    return found.name not in _NO_CHARSETS
