"""Work saved: patterns compiled at their first use, answers kept for repeated texts, quick makers.

Compiling all patterns of the library takes a quarter of a second, and a document needs one in six
of them: a plain English text needs no Chinese byline and no repair of mojibake.  The pages of a
site share their menus and footers, so an answer that depends on a text alone is kept for the next
page (:class:`Recent`).  A page is a few hundred small objects, made afresh by every stage
(:func:`make_quickly`).
"""

from __future__ import annotations

import re
from dataclasses import fields, make_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, AnyStr, Generic, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from re import Pattern

__all__ = ["Recent", "compile_lazily", "has_far_letters", "make_quickly"]

Answer = TypeVar("Answer")
Made = TypeVar("Made")
Given = ParamSpec("Given")
_OVERHEAD = 100  # characters that an answer takes about as much memory as


class _LazyPattern:
    """A pattern that is compiled at its first use."""

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


_FAR = compile_lazily("[^\0-\u10ff\u2000-\u2bff]")


def has_far_letters(text: str) -> bool:
    """Return whether a text may have characters of East Asia.

    A pattern of their ranges takes a millisecond or two to compile (Python 3.11), which most texts
    need not wait for.

    >>> has_far_letters("Où ? — “Là”"), has_far_letters("北京")
    (False, True)
    """
    return not text.isascii() and _FAR.search(text) is not None


class Recent(Generic[Answer]):
    """The answers for the texts that were asked for most recently.

    The memory is bounded: once the new answers fill the room, those that nobody asked for since the
    last such moment are dropped.  Unlike :func:`functools.lru_cache`, it takes the answers to many
    texts at once, as batch functions find them together.

    >>> recent = Recent[int]()
    >>> recent.find_all(["a", "bb", "a"], lambda texts: [len(text) for text in texts])
    [1, 2, 1]
    >>> recent.find_all(["ccc", "a"], lambda texts: print("asked:", texts) or [3])
    asked: ['ccc']
    [3, 1]

    Args:
        room: the characters of the texts of a generation; two generations are kept.
        longest: the characters of a text, above which no answer is kept.
    """

    def __init__(self, room: int = 2_000_000, longest: int = 2_000) -> None:
        self._room = room
        self._longest = longest
        self._used = 0
        self._new: dict[str, Answer] = {}
        self._old: dict[str, Answer] = {}

    def find_all(
        self, texts: Sequence[str], answer: Callable[[list[str]], Iterable[Answer]]
    ) -> list[Answer]:
        """Return the answer to each text; ``answer`` gets the texts without one, each once."""
        new, old = self._new, self._old
        found: dict[str, Answer] = {}
        missing: list[str] = []
        for text in dict.fromkeys(texts):
            if text in new:
                found[text] = new[text]
            elif text in old:
                self._keep(text, old[text])
                found[text] = old[text]
            else:
                missing.append(text)
        if missing:
            for text, each in zip(missing, answer(missing), strict=True):
                self._keep(text, each)
                found[text] = each
        return [found[text] for text in texts]

    def keep_all(self, answers: Iterable[tuple[str, Answer]]) -> None:
        """Keep answers that were found otherwise."""
        for text, each in answers:
            self._keep(text, each)

    def _keep(self, text: str, each: Answer) -> None:
        if len(text) > self._longest:
            return
        if self._used > self._room:
            self._old, self._new, self._used = self._new, {}, 0
        self._new[text] = each
        self._used += len(text) + _OVERHEAD


def make_quickly(kind: Callable[Given, Made]) -> Callable[Given, Made]:
    """Return a function that makes instances of a frozen dataclass with slots, faster.

    The constructor of a frozen dataclass sets each field by a function call.  Here an instance of a
    class with the same slots, not frozen, is filled and then given the class wanted, which takes
    less than half the time.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, slots=True)
    ... class Point:
    ...     x: float
    ...     y: float = 0.0
    >>> make_quickly(Point)(2.0)
    Point(x=2.0, y=0.0)

    Args:
        kind: the dataclass; it must have no base class with fields and no ``__post_init__``.
    """
    own: Any = kind

    def become(made: Any) -> None:  # noqa: ANN401 -- of either class
        made.__class__ = own

    of_fields = [(each.name, each.type, each) for each in fields(own)]
    namespace = {"__post_init__": become}
    plain = make_dataclass(
        own.__name__, of_fields, slots=True, repr=False, eq=False, namespace=namespace
    )
    return cast("Callable[Given, Made]", plain)
