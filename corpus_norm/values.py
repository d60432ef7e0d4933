"""Values of settings: each taken over in one form, or refused with an error that names it."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Sequence
from dataclasses import fields
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
