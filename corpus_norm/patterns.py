"""Regular expressions that are compiled when they are first used.

Compiling all patterns of the library takes a quarter of a second, and a document needs one in six
of them: a plain English text needs no Chinese byline and no repair of mojibake.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, AnyStr, cast

if TYPE_CHECKING:
    from re import Pattern

__all__ = ["compile_lazily"]


class _LazyPattern:
    """A pattern that stands in for the compiled one until it is asked for anything."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._source = pattern, flags

    @cached_property
    def _compiled(self) -> Pattern[Any]:
        return re.compile(*self._source)

    def __getattr__(self, name: str) -> object:
        """Compile at the first use; keep what was asked for, so that it is looked up once."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found

    def __repr__(self) -> str:
        return repr(self._compiled)


def compile_lazily(pattern: AnyStr, flags: int = 0) -> Pattern[AnyStr]:
    r"""Return a pattern with the methods and attributes of :func:`re.compile`'s.

    It is compiled at the first use, so a mistake in it shows there and not at import; the tests
    use all patterns of the library.  It must not be given to functions of :mod:`re`, which accept
    compiled patterns only.

    >>> digits = compile_lazily(r"\d+")
    >>> digits.findall("3 of 14"), digits.pattern
    (['3', '14'], '\\d+')

    Args:
        pattern: the regular expression, of text or of bytes.
        flags: as for :func:`re.compile`.
    """
    return cast("Pattern[AnyStr]", _LazyPattern(pattern, flags))
