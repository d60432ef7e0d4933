"""The web server of ``browse``: its pages, who may ask for them, and which requests are refused.

It answers on 127.0.0.1 only, to whoever knows the token.  A malformed request, of a kind that no
browser sends, is refused with 400 before anything looks at its content.
"""

from __future__ import annotations

import hmac
import re
import socket
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from corpus_norm.browse.corrections import FIELDS, read_field
from corpus_norm.browse.index import PAGE_ROWS, Query
from corpus_norm.dataset import rank_sentences
from corpus_norm.display import render_document, render_page
from corpus_norm.display.html import render, stylesheet
from corpus_norm.display.view import name_document
from corpus_norm.document import BlockKind, Document
from corpus_norm.errors import CorpusNormError, InputError
from corpus_norm.report import FACETS, count, lay_out_stories, render_overview

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask

    from corpus_norm.browse.corrections import Corrections
    from corpus_norm.browse.index import SearchIndex
    from corpus_norm.dataset import Dataset, RankedSentence, Story
    from corpus_norm.report import Counts

HOSTS = ("127.0.0.1", "localhost")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
MAX_FORM_BYTES = 10_000_000
"""The most bytes of the form that holds all English of a document."""

LONGEST_ADDRESS = 4_000
"""The most characters of a path with its query; browsers and proxies allow at least twice that."""

_LONGEST_HEADER = 16_000
_MOST_RANKED = 500
"""The most sentences in the list of those to read first."""

_MOST_REPORTS = 50  # of a story, on its page
_LEAD_CHARS = 900
_CHANGE = re.compile(r"(kind|english)-([0-9]{1,9})")
# A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port.
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_CONTROL_IN_QUERY = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # a tab may be pasted into a search
_CONTROL_IN_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PAGE = re.compile(r"[0-9]{1,9}")


def check_request(environ: Mapping[str, Any]) -> str | None:
    """Return why a request (a WSGI environment) is malformed; None if it is well-formed.

    >>> check_request({"HTTP_HOST": "127.0.0.1:80", "REQUEST_URI": "/?q=%E8%8B%B9%E6%9E%9C"})
    >>> check_request({"HTTP_HOST": "127.0.0.1:80", "REQUEST_URI": "/%00"})
    'the path holds a control character'
    """
    return _check_headers(environ) or _check_address(environ)


def _check_headers(environ: Mapping[str, Any]) -> str | None:
    host = environ.get("HTTP_HOST", "")
    if not _HOST.fullmatch(host):
        return "the header Host is not a name" if host else "the header Host is missing"
    for name, value in environ.items():
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            if _CONTROL_IN_HEADER.search(str(value)):
                return "a header holds a control character"
            if len(str(value)) > _LONGEST_HEADER:
                return "a header is too long"
    return None


def _check_address(environ: Mapping[str, Any]) -> str | None:
    # PATH_INFO is unescaped already, so use the request line as it was sent.
    address = _read_target(environ)
    path, _, query = address.partition("?")
    if len(address) > LONGEST_ADDRESS:
        return "the address is too long"
    if not path.startswith("/"):
        return "the address does not begin with a slash"
    if _NO_ESCAPE.search(address):
        return "the address holds an invalid percent escape"
    if _CONTROL.search(unquote_to_bytes(path)):
        return "the path holds a control character"
    if _CONTROL_IN_QUERY.search(unquote_to_bytes(query)):
        return "the query holds a control character"
    return None if _is_utf8(unquote_to_bytes(address)) else "the address is not UTF-8"


def _read_target(environ: Mapping[str, Any]) -> str:
    """Return path and query as they were sent, without the scheme and host of a proxy request."""
    sent = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
    if not sent:  # a server that does not pass the request line on
        path = quote(str(environ.get("PATH_INFO", "")).encode("latin-1", "replace"))
        sent = f"{path}?{environ.get('QUERY_STRING', '')}"
    return re.sub(r"^https?://[^/?#]*(?=/)", "", sent, count=1, flags=re.IGNORECASE)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Site:
    """The dataset behind the pages and the settings of the server.

    Corrections need ``corrections`` and ``editable``; otherwise the pages are read-only.
    """

    dataset: Dataset
    index: SearchIndex
    token: str
    port: int
    corrections: Corrections | None = None
    editable: bool = False

    @property
    def address(self) -> str:
        """The address to open first, with the token."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"


def make_app(site: Site) -> Flask:
    """Return the application, for any WSGI server.

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
    app.request_class = type("Request", (flask.Request,), {"max_form_memory_size": MAX_FORM_BYTES})
    pages = _Pages(site)

    @app.before_request
    def _admit() -> Any:  # noqa: ANN401 -- flask's own union of responses
        return _authorize(site, flask)

    @app.after_request
    def _protect(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = POLICY
        # not "no-referrer": with that, browsers send our own forms with the origin "null"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    _add_error_pages(app, pages)
    _add_story_pages(app, pages)
    _add_document_pages(app, pages, site)

    @app.get("/")
    def _list() -> str:
        return pages.results(flask.request.args)

    @app.get("/rejects")
    def _rejects() -> str:
        return pages.rejects(_page_number(flask.request.args))

    @app.get("/reading")
    def _reading() -> str:
        return pages.reading(_page_number(flask.request.args))

    @app.get("/overview")
    def _overview() -> str:
        return pages.overview()

    return app


def _add_document_pages(app: Flask, pages: _Pages, site: Site) -> None:
    import flask

    @app.get("/document/<doc_id>")
    def _document(doc_id: str) -> str:
        document = pages.load(doc_id) or flask.abort(404)
        if not site.editable or "edit" not in flask.request.args:
            return pages.document(document)
        return pages.edit(document, saved=flask.request.args.get("saved", ""))

    @app.post("/document/<doc_id>")
    def _correct(doc_id: str) -> Any:  # noqa: ANN401
        if not site.editable or site.corrections is None:
            flask.abort(403, "this server is read-only; start it with --edit to correct documents")
        original = site.index.load(doc_id) or flask.abort(404)
        seen, form = site.corrections.apply(original), flask.request.form
        if form.get("seen", "0") != str(site.corrections.count(doc_id)):
            return pages.edit(
                seen,
                form,
                "This document was corrected elsewhere meanwhile. "
                "Nothing was saved yet: look again, then save.",
            ), 409
        try:
            saved = site.corrections.save(original, find_changes(seen, form))
        except InputError as error:
            return pages.edit(seen, form, f"Nothing was saved: {error}"), 400
        address = f"/document/{quote(doc_id, safe='')}?edit&saved={len(saved)}"
        return flask.redirect(address, code=303)


def find_changes(document: Document, form: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield what a form changes in a document: what, at which place, and the new value.

    Args:
        document: the document as the form showed it.
        form: values by name: a field, or ``kind-N`` and ``english-N`` for block or sentence N.

    >>> list(find_changes(Document("a.txt", ""), {"title": "News", "authors": " ", "seen": "0"}))
    [('title', 0, 'News')]
    """
    for name, given in form.items():
        value = " ".join(given.split())
        if name in FIELDS:
            if value != " ".join(read_field(document, name).split()):
                yield name, 0, value
        elif found := _CHANGE.fullmatch(name):
            what, index = found[1], int(found[2])
            if value != _read_place(document, what, index):
                yield what, index, given


def _read_place(document: Document, what: str, index: int) -> str | None:
    """Return the kind of a block or the English of a sentence; None if there is no such place."""
    places = document.blocks if what == "kind" else document.sentences
    if index >= len(places):
        return None
    if what == "kind":
        return document.blocks[index].kind.value
    return " ".join((document.sentences[index].text_en or "").split())


def _add_story_pages(app: Flask, pages: _Pages) -> None:
    import flask

    @app.get("/stories")
    def _stories() -> str:
        return pages.stories(_page_number(flask.request.args))

    @app.get("/story/<story_id>")
    def _story(story_id: str) -> str:
        return pages.story(story_id) or flask.abort(404)


def _add_error_pages(app: Flask, pages: _Pages) -> None:
    @app.errorhandler(CorpusNormError)
    def _show_error(error: CorpusNormError) -> tuple[str, int]:
        return pages.message(str(error)), 400 if isinstance(error, InputError) else 500

    @app.errorhandler(OSError)
    def _show_file_error(error: OSError) -> tuple[str, int]:
        reason = error.strerror or str(error)
        return pages.message(f"a file cannot be read or written: {reason}"), 500


def listen(site: Site) -> Any:  # noqa: ANN401 -- waitress has no types
    """Return a server bound to 127.0.0.1; its ``run`` serves the pages until interrupted.

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
    """Return a waitress channel that answers 400 to requests that urllib cannot parse.

    Without it, waitress logs a traceback and drops the connection.
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


def _authorize(site: Site, flask: Any) -> Any:  # noqa: ANN401 -- the module and its responses
    """Check a request: return None to let it pass, or a redirect that hides the token.

    The redirect moves the token from the address to a cookie.  Anything else is aborted with 403,
    or with 400 if the request is malformed.
    """
    request = flask.request
    if reason := check_request(request.environ):
        flask.abort(400, reason)
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
        # Two slashes or a backslash at the start would redirect to another host.
        path = quote("/" + request.path.lstrip("/\\"))
        response = flask.redirect(path + (f"?{urlencode(rest)}" if rest else ""))
        response.set_cookie(cookie, site.token, httponly=True, samesite="Strict")
        return response
    kept = request.cookies.get(cookie, "")
    if not hmac.compare_digest(kept.encode(), site.token.encode()):
        flask.abort(403, "open the address that browse printed: it contains the token")
    return None


class _Pages:
    """The pages as HTML text."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._choices = site.index.choices()

    @cached_property
    def _ranked(self) -> list[RankedSentence]:
        return rank_sentences(self._site.dataset, _MOST_RANKED)

    @cached_property
    def _counts(self) -> Counts:
        return count(self._site.dataset)

    def load(self, doc_id: str) -> Document | None:
        document = self._site.index.load(doc_id)
        if document is None or self._site.corrections is None:
            return document
        return self._site.corrections.apply(document)

    def results(self, arguments: Any) -> str:  # noqa: ANN401 -- werkzeug's multi-dict
        filters = {name: arguments[name] for name in FACETS if arguments.get(name)}
        query, page = Query(arguments.get("q", ""), filters), _page_number(arguments)
        total, hits = self._site.index.find(query, page)
        if self._site.corrections is not None:
            correct = self._site.corrections.correct_title
            hits = [replace(hit, title=correct(hit.doc_id, hit.title)) for hit in hits]
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

    def overview(self) -> str:
        counts = self._counts
        return self._page(
            "overview.html",
            "Overview",
            content=render_overview(
                self._site.dataset, counts, _address, rejects="/rejects", stories="/stories"
            ),
        )

    def stories(self, page: int) -> str:
        told = [story for story in self._site.dataset.stories if story.reports > 1]
        shown = told[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
        return self._page(
            "stories.html",
            "Stories",
            rows=lay_out_stories(self._site.dataset, shown),
            total=len(told),
            href=_address_story,
            links=_page_links("/stories", {}, page, (page + 1) * PAGE_ROWS < len(told)),
        )

    def story(self, story_id: str) -> str | None:
        dataset = self._site.dataset
        try:
            story = dataset.stories[story_id]
        except KeyError:
            return None
        conflicts = dataset.stories.conflicts.to_pylist()
        reports = _find_reports(dataset, story, self)
        return self._page(
            "story.html",
            "Story",
            story=story,
            rows=lay_out_stories(dataset, [story]),
            href=_address,
            reports=reports,
            facts=[
                (fact, [each for each in reports if fact in each.facts]) for fact in story.facts
            ],
            conflicts=[row for row in conflicts if row["story_id"] == story_id],
        )

    def reading(self, page: int) -> str:
        first = page * PAGE_ROWS
        return self._page(
            "reading.html",
            "To read first",
            rows=self._ranked[first : first + PAGE_ROWS],
            first=first + 1,
            total=len(self._ranked),
            editable=self._site.editable,
            links=_page_links("/reading", {}, page, first + PAGE_ROWS < len(self._ranked)),
        )

    def document(self, document: Document) -> str:
        return self._page(
            "document.html",
            name_document(document),
            document=document,
            content=render_document(document, reasons=True, level=1),
            editable=self._site.editable,
        )

    def edit(
        self,
        document: Document,
        given: Mapping[str, str] | None = None,
        error: str = "",
        saved: str = "",
    ) -> str:
        """Return the form that corrects a document; ``given`` are values that were not saved."""
        sentences: dict[int, list[Any]] = {}
        for index, sentence in enumerate(document.sentences):
            sentences.setdefault(sentence.block, []).append((index, sentence))
        corrections = self._site.corrections
        return self._page(
            "edit.html",
            name_document(document),
            document=document,
            fields={name: read_field(document, name) for name in FIELDS},
            kinds={
                True: [k for k in BlockKind if k.is_body],
                False: [k for k in BlockKind if not k.is_body],
            },
            sentences=sentences,
            given=given or {},
            error=error,
            saved=saved if _PAGE.fullmatch(saved) else "",
            seen=corrections.count(document.doc_id) if corrections else 0,
        )

    def message(self, text: str) -> str:
        return self._page("message.html", "Something went wrong", text=text)

    def _page(self, template: str, title: str, **values: object) -> str:
        content = render(f"browse_{template}", name=self._site.dataset.path.name, **values)
        return render_page(
            title, content, styles=[stylesheet("report.css"), stylesheet("browse.css")]
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the page of its story shows it: when, where, and how it begins, in English too.

    ``lead_en`` is empty where the text is English, or has none; ``why`` says why it is a report of
    the story, and ``facts`` are those that it shares.
    """

    document: Document
    role: str
    lead: str
    lead_en: str
    why: str
    facts: tuple[str, ...]


def _find_reports(dataset: Dataset, story: Story, pages: _Pages) -> list[Report]:
    rows = {row["doc_id"]: row for row in dataset.stories.table.to_pylist()}
    return [
        _make_report(document, rows[doc_id])
        for doc_id in story.documents[:_MOST_REPORTS]
        if (document := pages.load(doc_id))
    ]


def _make_report(document: Document, row: Mapping[str, Any]) -> Report:
    english = "" if document.language.startswith("en") else (document.body_en or "")
    why = ", ".join(row["facts"])
    if row["duplicate_of"]:
        why = f"a copy, similarity {row['score']:.2f}"
    elif row["score"] is not None:
        why = f"score {row['score']:.2f}" + (f"; shared: {why}" if why else "")
    facts = tuple(row["facts"])
    return Report(document, row["role"], _clip(document.body), _clip(english), why, facts)


def _clip(text: str) -> str:
    return text if len(text) <= _LEAD_CHARS else f"{text[:_LEAD_CHARS].rstrip()} …"


def _address(document: str = "", **facets: str) -> str:
    """Return the address of one document, or of those with some facets."""
    return f"/document/{quote(document, safe='')}" if document else f"/?{urlencode(facets)}"


def _address_story(story: str) -> str:
    return f"/story/{quote(story, safe='')}"


def _page_number(arguments: Any) -> int:  # noqa: ANN401 -- werkzeug's multi-dict
    """Return the page number, from 0; the first page if the query names none."""
    text = arguments.get("page", "1")
    return int(text) - 1 if _PAGE.fullmatch(text) and int(text) else 0


def _page_links(path: str, given: dict[str, str], page: int, more: bool) -> dict[str, str]:  # noqa: FBT001
    def link(number: int) -> str:
        return f"{path}?{urlencode({**given, 'page': number + 1})}"

    links = {"previous": link(page - 1)} if page else {}
    return {**links, "next": link(page + 1)} if more else links
