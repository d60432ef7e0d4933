"""Every knob in one place, as frozen data.

What is in :class:`Settings` can change the dataset, so its digest is written into every row and
into the manifest.  What cannot change it (worker count, progress bar) is an argument of
:func:`corpus_norm.convert` instead.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from corpus_norm.errors import SettingsError


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


ENGINES = ("auto", "argos", "starter", "llm")
"""What may translate; see :class:`TranslationSettings`."""


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

    @property
    def patience(self) -> int:
        """How many times longer than others a document may take: language models are slow."""
        return 30 if self.engine == "llm" else 1


@dataclass(frozen=True, slots=True)
class DatasetSettings:
    """The shape of the Parquet files: documents per batch, per row group and per part file.

    A part holds at most ``part_documents``, and is closed when its inputs reach ``part_bytes``
    bytes; where it ends otherwise is said in :mod:`corpus_norm.conversion.shards`.  A batch is
    closed before its inputs exceed ``batch_bytes``.  A rejected document's bytes are kept when
    there are at most ``reject_bytes`` of them.
    """

    batch_documents: int = 64
    batch_bytes: int = 8 * 1024 * 1024
    row_group_documents: int = 5_000
    part_documents: int = 5_000
    part_bytes: int = 64 * 1024 * 1024
    compression: str = "zstd"
    compression_level: int = 3
    reject_bytes: int = 64 * 1024


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
        if not self.languages:
            raise SettingsError("settings.languages is empty; name at least one BCP-47 code")
        if self.translation.engine not in ENGINES:
            raise SettingsError(
                f"unknown engine {self.translation.engine!r}; choose one of {', '.join(ENGINES)}"
            )
        if not self.time_limit_s > 0:
            raise SettingsError(f"time_limit_s must be more than 0, not {self.time_limit_s}")
        shape = self.dataset
        if min(shape.batch_documents, shape.part_documents, shape.row_group_documents) < 1:
            raise SettingsError(
                "batch_documents, part_documents and row_group_documents must be at least 1"
            )
        if (self.translation.engine == "llm") != (self.translation.llm_model is not None):
            raise SettingsError(
                "engine llm and llm_model go together: name the engine, and the GGUF file that "
                "it is to load"
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
