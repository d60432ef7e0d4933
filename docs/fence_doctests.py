"""For the documentation site: examples in docstrings are code wherever they stand.

Our docstrings show examples as doctests in the running text; Markdown would take their brackets for
links.  This extension of griffe puts each run of them between fences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator


class FenceDoctests(griffe.Extension):
    """Fences around the doctests of every docstring."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:  # noqa: ANN401 -- griffe's hook
        """Called for each module, class and function that was read."""
        if obj.docstring:
            obj.docstring.value = "\n".join(_fence(obj.docstring.value.splitlines()))


def _fence(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if line.startswith(">>>") and not inside:
            inside = True
            yield "```python"
        elif inside and not line.strip():
            inside = False
            yield "```"
        yield line
    if inside:
        yield "```"
