"""Every error a user can meet, in one tree.

    CorpusNormError
    ├── InputError             a source that cannot be read
    ├── DecodeError            bytes that are not text
    ├── ExtractionError        HTML that cannot be parsed
    ├── SettingsError          an option with a wrong value
    │   └── GlossaryError      a glossary that cannot be used
    ├── ModelError             translation models
    │   ├── ModelNotInstalledError
    │   ├── ModelIntegrityError
    │   └── ModelDownloadError
    ├── TranslationMemoryError the file of remembered translations
    └── DatasetError           dataset folders
        ├── DatasetExistsError
        └── SchemaMismatchError

A message says what happened, to which object, and what to do next.  In a batch, an error of one
document is not raised: it becomes a row of ``rejects``.
"""

from __future__ import annotations


class CorpusNormError(Exception):
    """The base of all errors raised on purpose; ``subject`` is the path, code or id concerned.

    >>> error = InputError("no such file: a.txt; check the path", subject="a.txt")
    >>> error.subject, str(error)
    ('a.txt', 'no such file: a.txt; check the path')
    """

    def __init__(self, message: str, *, subject: str = "") -> None:
        super().__init__(message)
        self.subject = subject


class InputError(CorpusNormError):
    """A source is missing, unreadable, too large or of no known type."""


class DecodeError(CorpusNormError):
    """The bytes of a document are not text in any supported encoding."""


class ExtractionError(CorpusNormError):
    """An HTML document could not be parsed."""


class SettingsError(CorpusNormError):
    """A setting has a value that makes no sense."""


class GlossaryError(SettingsError):
    """A glossary cannot be read, or a line of it makes no sense."""


class ModelError(CorpusNormError):
    """A translation model is missing, damaged or cannot be fetched."""


class ModelNotInstalledError(ModelError):
    """No installed package translates the language asked for."""


class ModelIntegrityError(ModelError):
    """A model file does not match its checksum or the Argos package layout."""


class ModelDownloadError(ModelError):
    """A model could not be downloaded."""


class TranslationMemoryError(CorpusNormError):
    """A translation memory cannot be read or written, or a file to import makes no sense."""


class DatasetError(CorpusNormError):
    """A dataset folder cannot be read or written."""


class DatasetExistsError(DatasetError):
    """The output folder already holds something else."""


class SchemaMismatchError(DatasetError):
    """A Parquet file has columns that this version does not know how to read."""
