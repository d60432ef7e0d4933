"""Synthetic pages and texts made from the bundled ones, the same in every run.

Words are swapped and digits changed, so no two documents are the same and caching an earlier answer
gains nothing.  Each remains like its original: an article in its language, with the boilerplate of
its site.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parent.parent / "fixtures"
_TEXT_NODE = re.compile(r">([^<>]{20,})<")
_SKIPPED = ("fr_utf16", "zh_gbk_declared_utf8", "zh_utf8_declared_gb2312")  # not plainly UTF-8


@dataclass(frozen=True, slots=True)
class Page:
    """A synthetic document: its file name and content."""

    name: str
    data: bytes

    @property
    def is_html(self) -> bool:
        """Return whether it is a web page, not a plain text."""
        return self.name.endswith(".html")


def make_pages(count: int, seed: int = 5, *, kinds: str = "both") -> Iterator[Page]:
    """Make ``count`` documents; ``kinds`` is "html", "text" or "both" in turn."""
    originals = [
        (path.suffix, path.read_text("utf-8"))
        for path in (
            *sorted((FIXTURES / "pages").glob("*.html")),
            *sorted(FIXTURES.glob("seeds/*")),
        )
        if path.stem not in _SKIPPED
        and kinds in {"both", "html" if path.suffix == ".html" else "text"}
    ]
    rng = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    for number in range(count):
        suffix, text = originals[number % len(originals)]
        edited = edit_page(text, rng) if suffix == ".html" else edit_text(text, rng)
        yield Page(f"{number:07d}{suffix}", edited.encode())


def write_pages(folder: Path, count: int, seed: int = 5, *, kinds: str = "both") -> None:
    """Write the same documents as files, a thousand in a folder."""
    for number, page in enumerate(make_pages(count, seed, kinds=kinds)):
        inside = folder / f"{number // 1000:04d}"
        if number % 1000 == 0:
            inside.mkdir(parents=True)
        (inside / page.name).write_bytes(page.data)


def edit_text(text: str, rng: random.Random) -> str:
    """Leave out some lines; in the others swap two words and change all digits."""
    lines = [line for line in text.split("\n") if not line.strip() or rng.random() > 0.1]
    return "\n".join(edit_line(line, rng) for line in lines)


def edit_page(html: str, rng: random.Random) -> str:
    """Edit the text between the tags."""
    return _TEXT_NODE.sub(lambda match: f">{edit_line(match[1], rng)}<", html)


def edit_line(line: str, rng: random.Random) -> str:
    """Swap two words and change all digits."""
    words = re.sub(r"\d", lambda _: str(rng.randrange(10)), line).split(" ")
    if len(words) > 4:
        first, second = rng.sample(range(len(words)), 2)
        words[first], words[second] = words[second], words[first]
    return " ".join(words)
