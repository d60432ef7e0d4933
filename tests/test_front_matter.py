"""The front matter of Markdown: what it says, and that it stays out of the article."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from growth import least_cpu_seconds

from corpus_norm import Settings, normalize
from corpus_norm.front_matter import read_front_matter
from corpus_norm.settings import TranslationSettings
from corpus_norm.values import load_fields

PLAIN = Settings(translation=TranslationSettings(enabled=False))
ARTICLE = (
    "\n# Crue : la Sorne déborde\n\nLa Sorne a débordé lundi soir, a dit le maire de la commune, "
    "et les caves sont inondées depuis.\n\nLes habitants attendent les secours depuis mardi.\n"
)


@pytest.mark.parametrize(
    ("lines", "field", "expected"),
    [
        ('title: "La crue: jour 2"', "title", "La crue: jour 2"),
        ("title: 'L''eau'", "title", "L'eau"),
        ("Title: La crue  # provisoire", "title", "La crue"),
        ("title: >-\n  La crue\n  de mai", "title", "La crue de mai"),
        ("author: Anne Roy", "authors", ("Anne Roy",)),
        ("author: Anne Roy <a@e.org>", "authors", ("Anne Roy",)),
        ("author: Anne Roy and Bo Tan", "authors", ("Anne Roy", "Bo Tan")),
        ('authors: [Anne Roy, "B. Tan, Jr"]', "authors", ("Anne Roy", "B. Tan, Jr")),
        ("authors:\n- Anne Roy\n- B. Tan", "authors", ("Anne Roy", "B. Tan")),
        ("authors:\n  - name: Anne Roy\n    email: a@e.org", "authors", ("Anne Roy",)),
        ("author:\n  name: Anne Roy", "authors", ("Anne Roy",)),
        ("date: 2024-05-01", "published", date(2024, 5, 1)),
        ("date: 1er mai 2024", "published", date(2024, 5, 1)),
        (
            "date: 2024-05-01 10:00:00 +0200",
            "published",
            date(2024, 5, 1),
        ),
        ("lastmod: 2024-05-03", "updated", date(2024, 5, 3)),
        ("draft: false\ntags: [eau, sud]", "rest", {"draft": "false", "tags": ["eau", "sud"]}),
        ("title: ~", "title", None),
    ],
)
def test_fields_are_read(lines, field, expected):
    assert getattr(read_front_matter(f"---\n{lines}\n---\nText."), field) == expected


@pytest.mark.parametrize(
    "text", ["---\n\nA rule.\n\n---\n", "---\ntitle: x\n", "title: x\n---\n", "--- a\nb: c\n---\n"]
)
def test_a_rule_or_an_open_end_is_no_front_matter(text):
    assert read_front_matter(text).end == 0


def test_it_gives_metadata_and_stays_in_the_text_outside_the_blocks():
    head = (
        "---\ntitle: La crue\nauthor: Anne Roy\ndate: 2024-05-01T10:00:00+02:00\n"
        "rubrique: eau\n---\n"
    )
    document = normalize(head + ARTICLE, PLAIN, media_type="text/markdown")
    assert (document.title, document.authors) == ("La crue", ("Anne Roy",))
    assert document.published_at == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert load_fields(document.extra) == {"rubrique": "eau"}
    assert document.text.startswith(head)
    assert head in document.gaps[0]
    assert "rubrique" not in document.body


def test_time_grows_with_the_text():
    for text in ("---\n" + "a: b\n" * 40_000, "---\n" + "a " * 100_000, "---\na: [" + '"' * 50_000):
        assert least_cpu_seconds(lambda: read_front_matter(text + "]\n---\n"), 1) < 1  # noqa: B023


@pytest.mark.parametrize(
    ("text", "title", "authors", "day"),
    [
        ('---\ntitle: "A: b"\nauthors: [Ann Lee, "Bo Ray"]\ndate: 2024-05-03\n---\nIt rains.',
         "A: b", ("Ann Lee", "Bo Ray"), "2024-05-03"),
        ("---\ntitle: Tides\nauthor:\n  - Ann Lee\n---\nIt rains.", "Tides", ("Ann Lee",), None),
        ('+++\ntitle = "Tides"\ndate = 2024-05-03T10:00:00Z\n+++\nIt rains.',
         "Tides", (), "2024-05-03"),
    ],
)  # fmt: skip
def test_front_matter_gives_title_authors_and_date(text, title, authors, day):
    found = read_front_matter(text)
    assert (found.title, found.authors) == (title, authors)
    assert (found.published and found.published.isoformat()) == day
    assert text[found.end :] == "It rains."


def test_prose_between_two_rules_is_no_front_matter():
    assert read_front_matter("---\nIt rains all day: so they say.\nAnd night.\n---\nMore.").end == 0
    assert read_front_matter("---\ntitle: never closed\nIt rains.").end == 0


def test_a_text_that_is_no_markdown_may_have_it_too():
    document = normalize(f"---\ntitle: La crue\n---\n{ARTICLE}", PLAIN)
    assert document.title == "La crue"
    assert "title" not in document.body


@pytest.mark.parametrize(
    ("fields", "title", "authors", "day"),
    [
        (
            "Delivered late\n",
            None,
            (),
            None,
        ),
        (
            (
                "From: Anne Roy <a.roy@e.example>\nSent: Tuesday, 6 May 2025 17:02\nTo: Desk\n"
                "Subject: RE: Fwd: The Sorne rises\n"
            ),
            "The Sorne rises",
            ("Anne Roy",),
            "2025-05-06",
        ),
        (
            (
                "---------- Forwarded message ---------\nFrom: Anne Roy <a.roy@e.example>\n"
                "Date: Tue, 06 May 2025 17:02:10 +0200\nSubject: The Sorne\n rises\nTo: <d@e.ex>\n"
            ),
            "The Sorne rises",
            ("Anne Roy",),
            "2025-05-06",
        ),
        (
            (
                "De : Anne Roy\nEnvoyé : mardi 6 mai 2025 17:02\nÀ : redaction@e.example\n"
                "Objet : TR: La Sorne monte\n"
            ),
            "La Sorne monte",
            ("Anne Roy",),
            "2025-05-06",
        ),
        (
            "发件人：王小明\n发送时间：2025年5月6日 17:02\n收件人：编辑部\n主题：索恩河水位上涨\n",
            "索恩河水位上涨",
            ("王小明",),
            "2025-05-06",
        ),
        ("From: the quay, one sees it all\nDate: never\nTo: whom\n", None, (), None),
    ],
)
def test_the_fields_above_a_mail_are_metadata(fields, title, authors, day):
    found = read_front_matter(f"{fields}\nLa Sorne a débordé lundi soir.")
    assert (found.title, found.authors) == (title, authors)
    assert (found.published and found.published.isoformat()) == day
    assert (found.end > 0) is (title is not None)


def test_a_mail_keeps_the_fields_that_no_column_holds():
    fields = "From: Anne Roy <a@e.example>\nTo: Desk\nCc: Bo\nSubject: La Sorne monte\n"
    document = normalize(fields + ARTICLE.replace("# ", ""), PLAIN)
    assert (document.title, document.authors) == ("La Sorne monte", ("Anne Roy",))
    assert load_fields(document.extra) == {"To": "Desk", "Cc": "Bo"}
    assert document.text.startswith(fields)
    assert "Desk" not in document.body
