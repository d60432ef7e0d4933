"""The pages of ``browse``: what they show, to whom, and what they take."""

from __future__ import annotations

import html
import re
import socket
from dataclasses import replace
from datetime import date
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest
from phrasebook import seed
from serving import serve
from test_report import GROUP, write
from typer.testing import CliRunner

pytest.importorskip("flask", reason="needs flask: make test-integration")
pytest.importorskip("waitress", reason="needs waitress: make test-integration")

from corpus_norm import Rejection, normalize
from corpus_norm.browse import Corrections, Site, listen, make_app, open_index
from corpus_norm.cli import app as command
from corpus_norm.errors import CorpusNormError
from corpus_norm.translation.memory import Memory

PORT = 8765
HOME = f"http://127.0.0.1:{PORT}"
TOKEN = "a-token-of-the-tests"  # noqa: S105
ATTACK = '<script>alert(1)</script><img src=x onerror="alert(2)">'
FRENCH = 2


def make_dataset(folder):
    hostile = normalize(f"{ATTACK} was said on Monday.\n\nNobody knew why {ATTACK} was there.")
    hostile = replace(hostile, title=ATTACK, title_en=ATTACK, site=ATTACK)
    rejects = [Rejection(f"{n}{ATTACK}", n, "", "decode", "InputError", ATTACK) for n in range(30)]
    return write(folder / "out", [*(seed(n) for n in range(5)), hostile, *rejects])


def make_site(folder, *, editable=False, port=PORT):
    dataset = make_dataset(folder)
    return Site(
        dataset=dataset,
        index=open_index(dataset, folder / "index"),
        token=TOKEN,
        port=port,
        corrections=Corrections(folder / "corrections.jsonl", Memory(folder / "memory.sqlite")),
        editable=editable,
    )


@pytest.fixture
def site(tmp_path):
    return make_site(tmp_path)


@pytest.fixture
def editable(tmp_path):
    return make_site(tmp_path, editable=True)


def visit(site):
    """A browser that has opened the address with the token."""
    client = make_app(site).test_client()
    client.get(f"/?token={TOKEN}", base_url=HOME)
    return client


def read(site, path):
    return visit(site).get(path, base_url=HOME).get_data(as_text=True)


def correct(site, values, origin=HOME, number=FRENCH):
    """Send the form of a document as the page that was read last."""
    headers = {"Origin": origin} if origin else {}
    path, client = f"/document/{seed(number).doc_id}", visit(site)
    page = client.get(f"{path}?edit", base_url=HOME).get_data(as_text=True)
    seen = re.findall('name="seen" value="([0-9]+)"', page)
    data = {"seen": seen[0] if seen else "0", **values}
    return client.post(path, base_url=HOME, headers=headers, data=data)


def test_the_token_is_taken_out_of_the_address_and_kept_in_a_cookie(site):
    client = make_app(site).test_client()
    answer = client.get(f"/?q=OpenAI&token={TOKEN}", base_url=HOME)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?q=OpenAI")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    assert client.get("/", base_url=HOME).status_code == 200


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/rejects", "/?token=é"])
def test_without_the_token_there_is_no_page(site, path):
    answer = make_app(site).test_client().get(path, base_url=HOME)
    assert answer.status_code == 403
    assert "open the address that browse printed" in answer.get_data(as_text=True)


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1:1", "[::1]"])
def test_another_host_name_gets_nothing_even_with_the_token(site, host):
    answer = make_app(site).test_client().get(f"/?token={TOKEN}", base_url=f"http://{host}")
    assert answer.status_code == 403


def test_pages_carry_the_headers_that_keep_others_out(site):
    headers = visit(site).get("/", base_url=HOME).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_the_list_shows_every_document_with_a_lasting_address(site):
    page = read(site, "/")
    assert "6 documents" in page
    for n in range(5):
        assert f'href="/document/{seed(n).doc_id}"' in page


def test_a_search_narrows_the_list(site):
    page = read(site, "/?q=investisseurs&language=fr")
    assert "found" in page
    assert seed(FRENCH).doc_id in page
    assert seed(0).doc_id not in page
    assert "Nothing found" in read(site, "/?q=zebra")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "99", "9" * 30, "²", "１", " 1"])
@pytest.mark.parametrize("path", ["/", "/rejects"])
def test_a_page_number_that_makes_no_sense_is_no_error(site, path, number):
    answer = visit(site).get(path, base_url=HOME, query_string={"page": number})
    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["/?page=", "/?page=1", "/?page=01", "/?q=zebra&page=1"])
def test_the_first_page_is_there_even_of_nothing(site, query):
    assert visit(site).get(query, base_url=HOME).status_code == 200


def test_a_document_shows_each_block_its_reason_and_the_english(site):
    document = seed(FRENCH)
    page = read(site, f"/document/{document.doc_id}")
    assert "related links" in page
    english = next(s.text_en for s in document.sentences if s.text_en and s.language == "fr")
    assert english.split()[0] in page
    assert "correct this document" not in page


def test_an_unknown_document_is_not_found(site):
    assert visit(site).get("/document/nothing", base_url=HOME).status_code == 404


def test_rejects_are_listed_in_pages(site):
    assert read(site, "/rejects").count("<tr><td>") == 25
    assert read(site, "/rejects?page=2").count("<tr><td>") == 5


def test_nothing_in_a_document_or_a_reject_becomes_markup(site):
    client = visit(site)
    [hostile] = [d.doc_id for d in site.dataset.documents() if "alert(1)" in d.text]
    for path in ("/", "/rejects", f"/document/{hostile}", f"/?q={ATTACK}"):
        page = client.get(path, base_url=HOME).get_data(as_text=True)
        assert "alert(1)" in page
        assert not re.search(r"<script|<img", page)


def test_it_is_for_reading_only_unless_asked_otherwise(site, tmp_path):
    answer = correct(site, {"kind-0": "promo"})
    assert answer.status_code == 403
    assert "start it with --edit" in answer.get_data(as_text=True)
    assert not (tmp_path / "corrections.jsonl").exists()
    assert "<form method" not in read(site, f"/document/{seed(FRENCH).doc_id}?edit")


def test_one_save_keeps_all_that_was_changed_and_nothing_else(editable, tmp_path):
    document = seed(FRENCH)
    address = f"/document/{document.doc_id}"
    number = next(n for n, s in enumerate(document.sentences) if s.language == "fr")
    values = {
        "title": "ChatGPT: the bill",
        "authors": "Ann Lee; Bo Ek",
        "published": "2024-05-31",
        f"english-{number}": " As the editor\r\nsays it. ",
        f"english-{number + 1}": document.sentences[number + 1].text_en,
        "kind-0": "promo",
        "kind-1": document.blocks[1].kind.value,
    }
    answer = correct(editable, values)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}?edit&saved=5")
    assert "Saved: 5 corrections." in read(editable, answer.headers["Location"])
    page = re.sub("<[^>]*>", "", read(editable, address))
    for text in ("As the editor says it.", "ChatGPT: the bill", "Ann Lee, Bo Ek", "2024-05-31"):
        assert text in page
    assert "corrected by an editor" in page
    lines = (tmp_path / "corrections.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 5
    imported = [unit.english for unit in Memory(tmp_path / "memory.sqlite").units()]
    assert imported == ["As the editor says it."]
    assert "ChatGPT: the bill" in read(editable, "/")
    assert correct(editable, values).headers["Location"] == f"{address}?edit&saved=0"
    assert (tmp_path / "corrections.jsonl").read_text("utf-8").splitlines() == lines


def test_the_form_has_the_article_first_and_the_rest_folded(editable):
    page = read(editable, f"/document/{seed(FRENCH).doc_id}?edit")
    body, _, outside = page.partition("<details")
    blocks = dict(enumerate(seed(FRENCH).blocks))
    for part, in_body in ((body, True), (outside, False)):
        shown = [int(number) for number in re.findall('id="block-([0-9]+)"', part)]
        assert shown == [number for number, block in blocks.items() if block.is_body == in_body]
    assert page.count("<button>save</button>") == 1


def test_reasons_of_the_form_are_in_words_an_editor_knows(editable):
    for number in range(5):
        page = read(editable, f"/document/{seed(number).doc_id}?edit")
        words = " ".join(re.findall('<span class="cn-why"[^>]*>(.*?)</span>', page))
        assert words
        assert not re.search(r"lexicon|body [01]\.|is_hit|[a-z]_[a-z]|&lt;p&gt;", words)


def test_what_another_window_saved_meanwhile_is_not_overwritten(editable, tmp_path):
    assert correct(editable, {"title": "Mine"}).status_code == 303
    answer = correct(editable, {"seen": "0", "title": "Yours", "authors": "Bo Ek"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "corrected elsewhere meanwhile" in page
    assert 'value="Yours"' in page  # nothing that was typed is lost
    assert 'value="Bo Ek"' in page
    assert len((tmp_path / "corrections.jsonl").read_text("utf-8").splitlines()) == 1


def test_one_fault_saves_nothing_and_keeps_what_was_typed(editable, tmp_path):
    number = next(n for n, s in enumerate(seed(FRENCH).sentences) if s.language == "fr")
    answer = correct(editable, {"title": "Kept in the form", f"english-{number}": ""})
    assert answer.status_code == 400
    assert "Nothing was saved: the English of a sentence cannot be empty" in (
        page := answer.get_data(as_text=True)
    )
    assert 'value="Kept in the form"' in page
    assert not (tmp_path / "corrections.jsonl").exists()


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1:8765"])
def test_a_form_on_another_site_corrects_nothing(editable, tmp_path, origin):
    answer = correct(editable, {"kind-0": "promo"}, origin)
    assert answer.status_code == 403
    assert not (tmp_path / "corrections.jsonl").exists()


def test_what_cannot_be_corrected_is_said(editable):
    answer = correct(editable, {"english-999": "x"})
    assert answer.status_code == 400
    assert "has no sentence 999" in answer.get_data(as_text=True)
    assert correct(editable, {"published": "yesterday"}).status_code == 400
    assert correct(editable, {"english-0": "x" * 11_000_000}).status_code == 413


def test_a_long_document_can_be_saved_in_one_form(editable):
    """Flask refuses forms above half a megabyte unless it is told otherwise."""
    number = next(n for n, s in enumerate(seed(FRENCH).sentences) if s.language == "fr")
    assert correct(editable, {f"english-{number}": "word " * 200_000}).status_code == 303


def test_the_overview_leads_to_the_documents_behind_each_number(site):
    page = read(site, "/overview")
    links = re.findall(r'<a href="(/\?[^"]+)">([0-9]+)</a>', page)
    assert len(links) > 20
    for address, number in links:
        name = address[2:].partition("=")[0]
        found = int(re.search(r"<span>([0-9]+) documents?", read(site, html.unescape(address)))[1])
        if name in {"kind", "sentence_flag", "repair"}:  # numbers of blocks, sentences, repairs
            assert 1 <= found <= 6, address
        else:
            assert found == int(number), address
    for address in re.findall(r'<a href="(/\?[^"]+)" aria-label', page):
        assert re.search(r"<span>[1-6] documents? found", read(site, html.unescape(address)))


ODD_TARGETS = [
    b"/%00",
    b"/%0d%0aSet-Cookie:%20x=1",
    b"/a%0Ab",
    b"/document/%00",
    b"/document/%0D%0A/kind/0",
    b"/rejects%7F",
    b"/?q=%00",
    b"/?q=a%0d%0aX-Injected:%201",
    b"/?%00=1",
    b"/?language=%0A",
    b"/?page=%00",
    b"/?token=%00",
    b"/?token=a-token-of-the-tests&q=%0d%0aX-Injected:%201",
    b"/?q=%",
    b"/?q=%zz",
    b"/%f",
    b"/%u0000",
    b"/?q=%ff",
    b"/%C0%80",
    b"/?q=%ED%A0%80",
    b"/" + b"a" * 5_000,
    b"/?q=" + b"a" * 5_000,
]
RAW_TARGETS = [
    b"/\x00",
    b"/?q=\x00",
    b"/\xff",
    b"/?q=\xc3\xa9",
    b"http://[",
    b"http://[::1/",
    b"*",
    b"nothing",
    b"/a b",
    b"/?q=\rX: 1",
]
ODD_HEADERS = [
    b"X: a\rb",
    b"X: a\nX-Injected",
    b"X: a\x00b",
    b"X\x00: a",
    b"X: \x1b[2J",
    b"X: " + b"a" * 20_000,
    b"no colon",
    b"Content-Length: " + b"9" * 5_000,
    b"Content-Length: -1",
    b"Content-Length: x",
    b"Host: evil.example",
    b"Cookie: a=\x01",
    b"Content-Type: \x00",
]


@pytest.mark.parametrize("target", ODD_TARGETS)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_an_odd_address_is_refused(editable, target, method):
    client = visit(editable)
    answer = client.open(target.decode(), base_url=HOME, method=method, headers={"Origin": HOME})
    assert answer.status_code == 400
    assert "X-Injected" not in answer.headers
    assert "Location" not in answer.headers
    assert client.get("/", base_url=HOME).status_code == 200


@pytest.mark.parametrize("host", ["", "a b", "127.0.0.1:8765, evil", "[", "é", "127.0.0.1:", "a/b"])
def test_a_host_that_is_no_name_is_refused(site, host):
    answer = visit(site).get("/", base_url=HOME, headers={"Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example/", "/%5Cevil.example", "///evil.example"]
)
def test_the_way_to_a_page_never_leads_to_another_host(site, path):
    answer = make_app(site).test_client().get(f"{path}?token={TOKEN}", base_url=HOME)
    place = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", place)


def test_a_correction_that_cannot_be_written_is_said(editable, tmp_path):
    (tmp_path / "corrections.jsonl").mkdir()
    answer = correct(editable, {"kind-0": "promo"})
    assert answer.status_code == 500
    assert "a file cannot be read or written" in answer.get_data(as_text=True)


@pytest.mark.parametrize("value", ["\x00", "a\x00b", "a\x1bb", "\x7f", "\x85x\x9b"])
def test_a_control_character_is_no_english(editable, tmp_path, value):
    assert correct(editable, {"english-0": value}).status_code == 400
    assert not (tmp_path / "corrections.jsonl").exists()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server with sockets, and a function that sends it bytes and gives its answer."""
    site = make_site(tmp_path_factory.mktemp("served"), port=free_port())
    head = f"Host: 127.0.0.1:{site.port}\r\nCookie: corpus_norm_{site.port}={TOKEN}\r\n".encode()

    def ask(target=b"/", header=b"", usual=head):
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            lines = b"GET " + target + b" HTTP/1.1\r\n" + usual + header
            connection.sendall(lines + b"Connection: close\r\n\r\n")
            parts = iter(lambda: connection.recv(65536), b"")
            return b"".join(parts)

    with serve(site):
        yield ask


def read_status(answer):
    assert b"Traceback" not in answer
    assert b"X-Injected" not in answer.split(b"\r\n\r\n")[0]
    return int(answer.split()[1])


@pytest.mark.enable_socket
@pytest.mark.parametrize("target", [*ODD_TARGETS, *RAW_TARGETS])
def test_an_odd_request_line_is_refused_and_the_next_request_served(served, target, caplog):
    assert read_status(served(target)) == 400
    assert read_status(served()) == 200
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.enable_socket
@pytest.mark.parametrize("header", ODD_HEADERS)
def test_an_odd_header_is_refused(served, header, caplog):
    assert read_status(served(header=header + b"\r\n")) == 400
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.enable_socket
@pytest.mark.parametrize("usual", [b"", b"Host:\r\n", b"Host: \xff\r\n", b"Host: a b\r\n"])
def test_without_a_host_there_is_no_page(served, usual):
    assert read_status(served(usual=usual)) == 400


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "target",
    [b"/?q=%E8%8B%B9%E6%9E%9C", b"/?q=a%09b", b"/?q=100+%25", b"/?q=%F0%9F%98%80", b"/?q=a;b"],
)
def test_a_search_that_is_only_unusual_is_served(served, target):
    assert read_status(served(target)) == 200


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.enable_socket
def test_it_is_served_on_this_machine_only(tmp_path):
    site = make_site(tmp_path, port=free_port())
    with serve(site) as server:
        assert server.effective_host == "127.0.0.1"
        opener = build_opener(ProxyHandler({}), HTTPCookieProcessor())
        with opener.open(site.address, timeout=20) as answer:
            assert "6 documents" in answer.read().decode()


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        site = make_site(tmp_path, port=other.getsockname()[1])
        with pytest.raises(CorpusNormError, match=r"cannot serve on port \d+.*choose another"):
            listen(site)


def test_help_teaches():
    text = CliRunner().invoke(command, ["browse", "--help"]).output
    assert "python -m corpus_norm browse out/ --edit" in text
    assert "Only this machine can connect" in text


def test_stories_have_pages_that_show_reports_side_by_side(tmp_path):
    texts = [seed(0), replace(seed(2), published=date(2024, 1, 31))]
    rows = [
        GROUP | {"doc_id": each.doc_id, "duplicate_of": None, "story_id": "s"} for each in texts
    ]
    dataset = write(tmp_path / "out", texts, groups=rows)
    site = Site(dataset, open_index(dataset, tmp_path / "index"), TOKEN, PORT)
    client = visit(site)
    page = client.get("/stories", base_url=HOME).text
    assert 'href="/story/s"' in page
    assert 'class="cr-time"' in page
    page = client.get("/story/s", base_url=HOME).text
    first, _, then = (
        page.partition("Who said what first")[2].partition("</tbody>")[0].partition("</td>")
    )
    assert ">7%<" in first
    assert f"#report-{texts[0].doc_id}" in first or f"#report-{texts[1].doc_id}" in first
    assert "#report-" in then
    assert all(each.body[:60] in html.unescape(page) for each in texts)
    assert "score 0.90; shared: 7%" in page
    assert "A loss of $5." in page
    assert client.get("/story/none", base_url=HOME).status_code == 404
