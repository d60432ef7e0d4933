"""Old names of public functions, keywords and properties: they work, and warn with the new name.

A name that was documented in a release is kept here for at least one more.  The tests of the
library turn every warning into an error, so no code of the library uses an old name.  Old names of
modules work without a warning.
"""

from __future__ import annotations

import sys
import warnings
from functools import wraps
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

P = ParamSpec("P")
T = TypeVar("T")

__all__ = ["find_renamed", "former_module", "rename_keywords", "warn_renamed"]


def warn_renamed(old: str, new: str, *, stacklevel: int = 3) -> None:
    """Warn that a name is deprecated, at the line of the caller's caller."""
    warnings.warn(f"{old} is deprecated; use {new}", DeprecationWarning, stacklevel=stacklevel)


def rename_keywords(**names: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function take keywords by their old names too.

    Args:
        names: the new name of each old one.

    Raises:
        TypeError: at a call with both the old and the new name.

    >>> @rename_keywords(colour="color")
    ... def paint(*, color):
    ...     return color
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     paint(colour="red"), str(caught[0].message)
    ('red', 'paint(colour=...) is deprecated; use paint(color=...)')
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        title = cast("Any", function).__qualname__.rpartition("<locals>.")[-1]
        title = title.removesuffix(".__init__")

        @wraps(function)
        def call(*args: P.args, **given: P.kwargs) -> T:
            for old in names.keys() & given.keys():
                new = names[old]
                if new in given:
                    raise TypeError(f"{title}() got both {new!r} and its old name {old!r}")
                warn_renamed(f"{title}({old}=...)", f"{title}({new}=...)")
                given[new] = given.pop(old)
            return function(*args, **given)

        return call

    return decorate


def find_renamed(module: str, name: str, names: Mapping[str, str]) -> object:
    """Return what an old name of a module stands for; the body of its ``__getattr__``.

    Args:
        module: the name of the module that is asked.
        name: the name that it does not have.
        names: the full new name of each old one, such as ``corpus_norm.boilerplate.extract``.

    Raises:
        AttributeError: the name was never one of the module's.

    >>> find_renamed("corpus_norm.extraction", "nothing", {})
    Traceback (most recent call last):
    ...
    AttributeError: module 'corpus_norm.extraction' has no attribute 'nothing'
    """
    if name not in names:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    warn_renamed(f"{module}.{name}", names[name], stacklevel=4)
    home, _, new = names[name].rpartition(".")
    return getattr(import_module(home), new)


class _FormerModule(ModuleType):
    """A module under its old name; it loads the new one when a name is first looked up."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(old, f"The former name of :mod:`{new}`.")
        self.__spec__ = ModuleSpec(old, loader=None)
        self._new = new

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") and name != "__all__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(import_module(self._new), name)


def former_module(old: str, new: str) -> ModuleType:
    """Let a module be imported by its old name; call this in the package that held it.

    >>> former_module("corpus_norm.translation.faithfulness", "corpus_norm.audit").audit.__module__
    'corpus_norm.audit'
    """
    module = sys.modules[old] = _FormerModule(old, new)
    return module
