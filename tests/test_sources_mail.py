from email.message import EmailMessage

import pytest

import corpus_norm
from corpus_norm.document import Rejection
from corpus_norm.front_matter import read_words
from corpus_norm.settings import InputSettings
from corpus_norm.sources import read
from corpus_norm.sources.formats import Container, sniff_format

SETTINGS = InputSettings()
TEXT, PAGE = "La Loire monte à Tours.", "<p>La Loire monte à <b>Tours</b>.</p>"


@pytest.fixture
def read_mail(tmp_path, monkeypatch):
    """Read the bytes of a saved e-mail."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(data, name="a.eml"):
        tmp_path.joinpath(name).write_bytes(bytes(data))
        [item] = read(name, SETTINGS)
        return item

    return write_and_read


@pytest.fixture
def mail():
    message = EmailMessage()
    message["From"] = "Élise Roy <elise@journal.example>"
    message["To"] = "desk@journal.example"
    message["Subject"] = "Fwd: La crue de la Loire"
    message["Date"] = "Tue, 05 Mar 2024 23:30:00 -0500"
    message["Message-ID"] = "<1@journal.example>"
    return message


def test_a_newsletter_is_its_html_and_its_fields(read_mail, mail):
    mail.set_content(TEXT)
    mail.add_alternative(PAGE, subtype="html", cte="base64")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    raw = read_mail(mail)
    assert (raw.title, raw.authors) == ("La crue de la Loire", ("Élise Roy",))
    assert (str(raw.published), raw.published_at.isoformat()) == (
        "2024-03-05",
        "2024-03-06T04:30:00+00:00",
    )
    assert raw.media_type == "text/html"
    assert raw.data.decode(raw.charset).strip() == PAGE
    assert raw.source_id == "<1@journal.example>"
    assert raw.extra == '{"attachments":["a.pdf"],"to":"desk@journal.example"}'


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16"])
def test_the_text_of_a_plain_mail_is_decoded(read_mail, mail, charset):
    mail.set_content(TEXT, charset=charset, cte="base64")
    raw = read_mail(mail)
    assert raw.media_type == "text/plain"
    assert corpus_norm.process([raw])[0].text.strip() == TEXT


def test_all_parts_of_a_mixed_mail_are_read(read_mail, mail):
    mail.set_content(TEXT + "\n\n1 < 2")
    mail.make_mixed()
    page = EmailMessage()
    page.set_content(PAGE, subtype="html")
    mail.attach(page)
    raw = read_mail(mail)
    assert raw.media_type == "text/html"
    assert [block.text for block in corpus_norm.process([raw])[0].blocks] == [
        TEXT,
        "1 < 2",
        TEXT,
    ]


def test_a_page_saved_by_a_browser_states_its_address(read_mail):
    data = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example/a\r\n"
        b"Subject: Site\r\nDate: Tue, 05 Mar 2024 06:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<h1>Tides=2C again</h1>\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>a frame</p>\r\n--b--\r\n"
    )
    raw = read_mail(data, "a.mhtml")
    assert (raw.url, raw.title, raw.authors, str(raw.retrieved)) == (
        "https://news.example/a",
        None,
        (),
        "2024-03-05",
    )
    assert raw.data.strip() == b"<h1>Tides, again</h1>"
    assert sniff_format(data).container is Container.MAIL


def test_a_mail_without_text_is_a_reject_with_its_bytes(read_mail, mail):
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    lost = read_mail(mail)
    assert isinstance(lost, Rejection)
    assert "only attachments" in lost.message
    assert lost.data == bytes(mail)


@pytest.mark.parametrize(
    "data",
    [
        b"no fields at all, but text",
        b"Content-Type: text/plain; charset=nonsense\n\ntext",
        b"Subject: =?nonsense?b?!?=\nContent-Transfer-Encoding: base64\n\n!!!!text",
        b"From:\nContent-Type: multipart/mixed\n\ntext",
        b"Subject: caf\xe9\n\ntext",
    ],
)
def test_broken_mail_is_read_or_refused(read_mail, data):
    item = read_mail(data)
    assert isinstance(item, Rejection) or b"text" in item.data or item.data


def test_encoded_words_of_a_pasted_mail_are_read():
    assert read_words("=?utf-8?b?5r2u5rGQ?= 1") == "潮汐 1"
    text = "From: a@b.example\nTo: c\nSubject: =?utf-8?q?Cr=C3=BBe?=\n\nLa Loire monte."
    assert corpus_norm.normalize(text).title == "Crûe"
