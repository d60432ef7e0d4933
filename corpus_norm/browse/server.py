"""The pages of ``browse`` and who may see them.

Only this machine can connect, and only who has the token gets a page.  A page of another site can
neither read ours (``Host`` is checked, which ends DNS rebinding) nor send corrections (``Origin``
is checked, and the cookie is for this site alone; OWASP, Cross-Site Request Forgery Prevention).
"""

from __future__ import annotations

import hmac
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from corpus_norm.browse.index import FILTERS, PAGE_ROWS, Query
from corpus_norm.browse.oddities import find_oddity
from corpus_norm.display import render_document, render_page
from corpus_norm.display.html import render, stylesheet
from corpus_norm.document import BlockKind, Document
from corpus_norm.errors import CorpusNormError, InputError

if TYPE_CHECKING:
    from flask import Flask

    from corpus_norm.browse.corrections import Corrections
    from corpus_norm.browse.index import SearchIndex
    from corpus_norm.dataset import Dataset

HOSTS = ("127.0.0.1", "localhost")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
MAX_FORM_BYTES = 100_000
_PAGE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages show; without ``corrections`` they are for reading only."""

    dataset: Dataset
    index: SearchIndex
    token: str
    port: int
    corrections: Corrections | None = None
    editable: bool = False

    @property
    def address(self) -> str:
        """Where to start, the token with it."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"


def make_app(site: Site) -> Flask:
    """The application, for any WSGI server.

    Raises:
        CorpusNormError: flask is not installed.
    """
    try:
        import flask
    except ImportError as error:
        raise CorpusNormError(
            "browse needs flask and waitress: pip install 'corpus-norm[browse]'"
        ) from error
    app = flask.Flask("corpus_norm.browse", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    pages = _Pages(site)

    @app.before_request
    def _admit() -> Any:  # noqa: ANN401 -- flask's own union of responses
        return _check(site, flask)

    @app.after_request
    def _protect(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = POLICY
        # not "no-referrer": with that, browsers send our own forms with the origin "null"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    _add_error_pages(app, pages)

    @app.get("/")
    def _list() -> str:
        return pages.results(flask.request.args)

    @app.get("/rejects")
    def _rejects() -> str:
        return pages.rejects(_page_number(flask.request.args))

    @app.get("/document/<doc_id>")
    def _document(doc_id: str) -> str:
        document = pages.load(doc_id) or flask.abort(404)
        return pages.document(document, editing="edit" in flask.request.args)

    @app.post("/document/<doc_id>/<what>/<int:index>")
    def _correct(doc_id: str, what: str, index: int) -> Any:  # noqa: ANN401
        if not site.editable or site.corrections is None:
            flask.abort(403, "this server is for reading only; start it with --edit")
        document = site.index.load(doc_id) or flask.abort(404)
        site.corrections.add(document, what, index, flask.request.form.get("value", ""))
        place = index if what == "kind" else document.sentences[index].block
        return flask.redirect(f"/document/{quote(doc_id, safe='')}?edit#block-{place}", code=303)

    return app


def _add_error_pages(app: Flask, pages: _Pages) -> None:
    @app.errorhandler(CorpusNormError)
    def _tell(error: CorpusNormError) -> tuple[str, int]:
        return pages.message(str(error)), 400 if isinstance(error, InputError) else 500

    @app.errorhandler(OSError)
    def _tell_fault(error: OSError) -> tuple[str, int]:
        reason = error.strerror or str(error)
        return pages.message(f"a file cannot be read or written: {reason}"), 500


def listen(site: Site) -> Any:  # noqa: ANN401 -- waitress has no types
    """A server that holds its port on 127.0.0.1; its ``run`` serves the pages until interrupted.

    Raises:
        CorpusNormError: flask or waitress is not installed, or the port is taken.
    """
    app = make_app(site)
    try:
        import waitress
    except ImportError as error:
        raise CorpusNormError("browse needs waitress: pip install 'corpus-norm[browse]'") from error
    try:
        listener = socket.create_server(("127.0.0.1", site.port))
    except OSError as error:
        raise CorpusNormError(
            f"cannot serve on port {site.port}: {error.strerror or error}; choose another with "
            "--port"
        ) from error
    server = waitress.create_server(app, sockets=[listener], threads=4, ident=None)
    server.channel_class = _make_channel()
    return server


def _make_channel() -> type:
    """Waitress's view of a connection, which refuses what Python itself cannot read.

    Left alone, it drops the connection over it, with a traceback.
    """
    from waitress.channel import HTTPChannel
    from waitress.parser import HTTPRequestParser, ParsingError

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        def parse_header(self, header_plus: bytes) -> None:
            try:
                super().parse_header(header_plus)
            except ValueError as error:  # an address with half a bracket, a length of 5,000 digits
                raise ParsingError("the request cannot be read") from error
            if not self.request_uri.isascii():
                raise ParsingError("the address is not ASCII")

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser

    return Channel


def _check(site: Site, flask: Any) -> Any:  # noqa: ANN401 -- the module and its responses
    """Nothing for a request that may pass; a redirect that takes the token out of the address."""
    request = flask.request
    if oddity := find_oddity(request.environ):
        flask.abort(400, oddity)
    hosts = {f"{name}:{site.port}" for name in HOSTS}
    if request.host not in hosts:
        flask.abort(403, "wrong host")
    if request.method == "POST" and request.headers.get("Origin") not in {
        f"http://{host}" for host in hosts
    }:
        flask.abort(403, "wrong origin")
    cookie = f"corpus_norm_{site.port}"
    given = request.args.get("token")
    if given is not None and hmac.compare_digest(given.encode(), site.token.encode()):
        rest = [(k, v) for k, v in request.args.items(multi=True) if k != "token"]
        # Two slashes, or a backslash, would begin the name of another host.
        path = quote("/" + request.path.lstrip("/\\"))
        response = flask.redirect(path + (f"?{urlencode(rest)}" if rest else ""))
        response.set_cookie(cookie, site.token, httponly=True, samesite="Strict")
        return response
    kept = request.cookies.get(cookie, "")
    if not hmac.compare_digest(kept.encode(), site.token.encode()):
        flask.abort(403, "open the address that browse printed: it has the token")
    return None


class _Pages:
    """The pages as HTML text."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._choices = site.index.choices()

    def load(self, doc_id: str) -> Document | None:
        document = self._site.index.load(doc_id)
        if document is None or self._site.corrections is None:
            return document
        return self._site.corrections.apply(document)

    def results(self, arguments: Any) -> str:  # noqa: ANN401 -- werkzeug's multi-dict
        filters = {name: arguments[name] for name in FILTERS if arguments.get(name)}
        query, page = Query(arguments.get("q", ""), filters), _page_number(arguments)
        total, hits = self._site.index.find(query, page)
        given = {"q": query.words, **filters}
        return self._page(
            "results.html",
            "Documents",
            query=query,
            choices=self._choices,
            total=total,
            hits=hits,
            first=page * PAGE_ROWS + 1,
            links=_page_links("/", given, page, (page + 1) * PAGE_ROWS < total),
        )

    def rejects(self, page: int) -> str:
        table = self._site.dataset.rejects
        rows = table.slice(page * PAGE_ROWS, PAGE_ROWS)
        shown = rows.select(["source", "record", "stage", "error", "message"]).to_pylist()
        more = (page + 1) * PAGE_ROWS < table.num_rows
        return self._page(
            "rejects.html",
            "Rejects",
            rows=shown,
            total=table.num_rows,
            links=_page_links("/rejects", {}, page, more),
        )

    def document(self, document: Document, *, editing: bool) -> str:
        editing = editing and self._site.editable
        sentences: dict[int, list[Any]] = {}
        for index, sentence in enumerate(document.sentences):
            sentences.setdefault(sentence.block, []).append((index, sentence))
        return self._page(
            "document.html",
            document.title or document.source,
            document=document,
            content="" if editing else render_document(document, reasons=True, level=1),
            editing=editing,
            editable=self._site.editable,
            kinds=list(BlockKind),
            sentences=sentences,
        )

    def message(self, text: str) -> str:
        return self._page("message.html", "Not possible", text=text)

    def _page(self, template: str, title: str, **values: object) -> str:
        content = render(f"browse_{template}", name=self._site.dataset.path.name, **values)
        return render_page(
            title, content, styles=[stylesheet("report.css"), stylesheet("browse.css")]
        )


def _page_number(arguments: Any) -> int:  # noqa: ANN401 -- werkzeug's multi-dict
    """The number of a page, from 0; the first page where the query names none."""
    text = arguments.get("page", "1")
    return int(text) - 1 if _PAGE.fullmatch(text) and int(text) else 0


def _page_links(path: str, given: dict[str, str], page: int, more: bool) -> dict[str, str]:  # noqa: FBT001
    def link(number: int) -> str:
        return f"{path}?{urlencode({**given, 'page': number + 1})}"

    links = {"previous": link(page - 1)} if page else {}
    return {**links, "next": link(page + 1)} if more else links
