"""The user's own folders, also where there is no user to speak of.

In a container or under a service account there may be neither ``$HOME`` nor an entry in the
password file; ``~`` then has no meaning, and must not become a folder of that name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

NOWHERE = Path(os.devnull, "no-home-folder")
"""In place of a folder of a user without a home: nothing is in it, and it can never be made."""


def data_folder() -> Path:
    """Where what a user keeps is: models, the translation memory."""
    return _ask(platformdirs.user_data_dir)


def cache_folder() -> Path:
    """Where lies what can be made again."""
    return _ask(platformdirs.user_cache_dir)


def expand(path: str | Path) -> Path:
    """A path with ``~`` filled in.

    >>> expand("models/fr").as_posix()
    'models/fr'
    """
    try:
        expanded = Path(path).expanduser()
    except RuntimeError:  # no home
        return NOWHERE
    return NOWHERE if str(expanded).startswith("~") else expanded


def _ask(place: Callable[..., str]) -> Path:
    try:
        folder = expand(place("corpus_norm", appauthor=False))
        folder.exists()
    except (RuntimeError, PermissionError):  # no home, in newer releases; or somebody else's
        return NOWHERE
    return folder
