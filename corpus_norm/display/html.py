"""Documents and pages as HTML: one stylesheet, one template for a block, no network, no script.

The notebook, ``inspect --html``, the report and ``browse`` all render here.  The text is
untrusted, so no HTML is concatenated by hand: Jinja2 escapes every value, and a test checks that
no tag survives.  The stylesheet follows the theme of JupyterLab and VS Code, and elsewhere the
reader's preference for light or dark.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus_norm.display.highlights import show_text, split_text
from corpus_norm.display.view import (
    NO_HEADLINE,
    DocumentView,
    explain_flag,
    explain_reason,
    shorten,
    view_document,
)
from corpus_norm.document import UNDETERMINED, Document, replace_surrogates
from corpus_norm.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

MOST_CHARS = 200_000
"""The most characters, of text and English together, in the output of a notebook cell."""

_TEMPLATES = "templates"
_FACET_NAMES = {
    "status": "translation",
    "flag": "warning",
    "kind": "contains block",
    "missing": "missing or doubtful",
    "sentence_flag": "warning of a sentence",
    "copy": "copies another",
    "model": "English by",
}
_LANGUAGE_NAMES = {code: record.name for code, record in LANGUAGES.items()} | {
    UNDETERMINED: "unknown language"
}


def render_document(
    document: Document | DocumentView, *, reasons: bool = False, level: int = 2
) -> str:
    """Return a document as an ``<article>`` without a stylesheet, for use inside a page.

    Args:
        document: the document, or its view.
        reasons: show why each block has its kind.
        level: level of the heading, 1 to 6.

    >>> '&lt;script&gt;' in render_document(Document("a.txt", "", title="<script>"))
    True
    """
    view = view_document(document) if isinstance(document, Document) else document
    return render("document.html", view=view, document=view.document, reasons=reasons, level=level)


def render_fragment(document: Document) -> str:
    """Return a document with its stylesheet, for the output of a notebook cell.

    The notebook file stores the output, so it ends after :data:`MOST_CHARS` characters and says so.
    """
    content = render_document(shorten(view_document(document), MOST_CHARS))
    return f'<style>{stylesheet()}</style><div class="corpus-norm">{content}</div>'


def render_page(title: str, content: str, *, styles: Sequence[str] = (), script: str = "") -> str:
    """Return a complete HTML page around some content.

    Args:
        title: title of the page, as text.
        content: the HTML inside ``<main>``, already escaped.
        styles: stylesheets to add after the shared one.
        script: JavaScript to add at the end.
    """
    css = "\n".join([stylesheet(), *styles])
    return render("page.html", title=title, content=content, css=css, script=script)


def render(template: str, **values: object) -> str:
    """Fill in a template of this package; escape values and replace lone surrogates."""
    return replace_surrogates(_environment().get_template(template).render(**values))


@cache
def stylesheet(name: str = "style.css") -> str:
    """Return a stylesheet of this package; by default the one that all views share."""
    return _read(name)


def read_script(name: str) -> str:
    """Return a script of this package, for pages that need one."""
    return _read(name)


def name_language(code: str) -> str:
    """Return the English name of a language, or its code if we have no name for it.

    >>> name_language("zh-Hans"), name_language("ko")
    ('Chinese (Simplified)', 'ko')
    """
    return _LANGUAGE_NAMES.get(code, code)


def to_words(label: str) -> str:
    """Return a label in words.

    >>> to_words("related_links"), to_words("source_is_english")
    ('related links', 'source is English')
    """
    return label.replace("is_english", "is English").replace("_", " ")


def name_facet(name: str) -> str:
    """Return the label of a menu that narrows a list of documents.

    >>> name_facet("status"), name_facet("language")
    ('translation', 'language')
    """
    return _FACET_NAMES.get(name, to_words(name))


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
        "facet": name_facet,
        "meaning": explain_flag,
        "reason": explain_reason,
        "language": name_language,
        "shown": show_text,
        "web": _is_web,
        "words": to_words,
    }
    environment.globals |= {"split_text": split_text, "no_headline": NO_HEADLINE}
    return environment


def _read(name: str) -> str:
    return files("corpus_norm.display").joinpath(_TEMPLATES, name).read_text("utf-8")


def _is_web(address: str | None) -> bool:
    """Whether an address may become a link: only HTTP(S), never ``javascript:``."""
    return address is not None and address.lower().startswith(("https://", "http://"))
