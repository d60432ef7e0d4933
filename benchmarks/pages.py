"""Synthetic pages and texts made from the bundled ones, the same in every run.

Words are swapped and digits changed, so no two documents are the same and caching an earlier answer
gains nothing.  Each remains like its original: an article in its language, with the boilerplate of
its site.  In a crawl (:func:`make_crawl`) the pages of a site share their menus and footers, as on
the web, and only their articles and teasers differ.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIXTURES = Path(__file__).parent.parent / "fixtures"
CRAWL_SITES = 20
_TEXT_NODE = re.compile(r">([^<>]{20,})<")
_LINE = re.compile(r">\s*([^<>\s][^<>]+[^<>\s])\s*<")
_LINKS = 50  # in the menu, in the list of teasers and in the footer
_MENU_SIZES, _TEASER_SIZES = range(2, 30), range(30, 90)  # characters
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


def make_crawl(sites: int, pages: int, seed: int = 5) -> Iterator[Page]:
    """Make the pages of a crawl, site by site.

    Each site is a bundled page with words of its own, below a menu and above a list of teasers and
    a footer of lines from all bundled pages.  On each of its pages the prose is new, and so is
    every second teaser; the rest is the same on all pages of the site.  As on real news pages, of
    which the development set has 535, a page has about 170 blocks in four times as many elements.
    """
    originals = [
        path.read_text("utf-8")
        for path in sorted((FIXTURES / "pages").glob("*.html"))
        if path.stem not in _SKIPPED
    ]
    lines = sorted({line for html in originals for line in _LINE.findall(html)})
    for site in range(sites):
        own = random.Random(f"{seed}-{site}")  # noqa: S311 -- reproducible, not secret
        home = edit_page(_furnish(originals[site % len(originals)], lines, own), own)
        for number in range(pages):
            rng = random.Random(f"{seed}-{site}-{number}")  # noqa: S311 -- as above
            edited = _TEXT_NODE.sub(partial(_renew, rng), home)
            yield Page(f"{site:03d}-{number:05d}.html", edited.encode())


def _furnish(html: str, lines: Sequence[str], rng: random.Random) -> str:
    """Put a menu, a list of teasers and a footer around a page."""
    menu, teasers, footer = (
        "".join(
            f'<li class="item"><div class="item-inner"><a href="/{rng.randrange(10**6)}">'
            f'<span class="item-label">{edit_line(line, rng)}</span></a></div></li>'
            for line in rng.choices([each for each in lines if len(each) in sizes], k=_LINKS)
        )
        for sizes in (_MENU_SIZES, _TEASER_SIZES, _MENU_SIZES)
    )
    head, _, rest = html.partition("<body>")
    body, _, tail = rest.rpartition("</body>")
    return (
        f'{head}<body><nav class="menu"><ul>{menu}</ul></nav>{body}'
        f'<aside class="more"><h3>+</h3><ul>{teasers}</ul></aside>'
        f'<footer class="footer"><ul>{footer}</ul></footer></body>{tail}'
    )


def _renew(rng: random.Random, node: re.Match[str]) -> str:
    """Edit the text of a page of a site where it is prose, or may be a teaser."""
    line = node[1]
    is_teaser = len(line) in _TEASER_SIZES and rng.random() < 1 / 2
    is_prose = len(line) >= _TEASER_SIZES.stop
    return f">{edit_line(line, rng)}<" if is_teaser or is_prose else node[0]


def write_pages(folder: Path, count: int, seed: int = 5, *, kinds: str = "both") -> None:
    """Write documents as files, a thousand in a folder; ``kinds`` may also be "crawl".

    A crawl has 20 sites with as many pages each.
    """
    if kinds == "crawl":
        pages = make_crawl(CRAWL_SITES, count // CRAWL_SITES, seed)
    else:
        pages = make_pages(count, seed, kinds=kinds)
    for number, page in enumerate(pages):
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
