"""Documents and pages as HTML: one stylesheet, one way to draw a block, no network, no script.

The notebook, ``inspect --html``, the report and any server draw through here.  Text comes from
strangers' pages, so nothing is put together by hand: Jinja2 escapes every value, and a test looks
for a tag that survives.  The stylesheet follows the theme of JupyterLab and VS Code, and
otherwise the reader's light or dark preference.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus_norm.display.marks import cut, show_text
from corpus_norm.display.view import DocumentView, shorten, view_document
from corpus_norm.document import UNDETERMINED, Document, replace_surrogates
from corpus_norm.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

MOST_CHARS = 200_000
"""Characters of text and English that the output of a notebook cell shows at most."""

_TEMPLATES = "templates"
_LANGUAGE_NAMES = {code: record.name for code, record in LANGUAGES.items()} | {
    UNDETERMINED: "unknown language"
}


def render_document(
    document: Document | DocumentView, *, reasons: bool = False, level: int = 2
) -> str:
    """A document as an ``<article>``, without stylesheet: what every page puts together.

    Args:
        document: the document, or its view.
        reasons: say in full why each block has its kind.
        level: of the heading, 1 to 6.

    >>> '&lt;script&gt;' in render_document(Document("a.txt", "", title="<script>"))
    True
    """
    view = view_document(document) if isinstance(document, Document) else document
    return render("document.html", view=view, document=view.document, reasons=reasons, level=level)


def render_fragment(document: Document) -> str:
    """A document with the stylesheet in front of it, for the output of a notebook cell.

    It ends after :data:`MOST_CHARS` characters, and says so: notebooks keep their outputs.
    """
    content = render_document(shorten(view_document(document), MOST_CHARS))
    return f'<style>{stylesheet()}</style><div class="corpus-norm">{content}</div>'


def render_page(title: str, content: str, *, styles: Sequence[str] = (), script: str = "") -> str:
    """A page of HTML around content that is HTML already.

    Args:
        title: of the page, as text.
        content: what stands inside ``<main>``; the caller has escaped it.
        styles: more stylesheets, after the shared one.
        script: JavaScript to put at the end.
    """
    css = "\n".join([stylesheet(), *styles])
    return render("page.html", title=title, content=content, css=css, script=script)


def render(template: str, **values: object) -> str:
    """A template of this package filled in; values are escaped, lone surrogates replaced."""
    return replace_surrogates(_environment().get_template(template).render(**values))


@cache
def stylesheet(name: str = "style.css") -> str:
    """A stylesheet of this package; by default the one that all views share."""
    return _read(name)


def read_script(name: str) -> str:
    """A script of this package, for pages that need one."""
    return _read(name)


def name_language(code: str) -> str:
    """The name of a language for people; its code where we have no name.

    >>> name_language("zh-Hans"), name_language("ko")
    ('Chinese (Simplified)', 'ko')
    """
    return _LANGUAGE_NAMES.get(code, code)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("corpus_norm.display", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "language": name_language,
        "shown": show_text,
        "web": _is_web,
        "words": _words,
    }
    environment.globals |= {"cut": cut}
    return environment


def _read(name: str) -> str:
    return files("corpus_norm.display").joinpath(_TEMPLATES, name).read_text("utf-8")


def _words(label: str) -> str:
    """A label for people: ``related_links`` is ``related links``."""
    return label.replace("_", " ")


def _is_web(address: str | None) -> bool:
    """Whether an address may become a link: nothing that a click would run."""
    return address is not None and address.lower().startswith(("https://", "http://"))
