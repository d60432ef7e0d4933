"""What a ``<pre>`` and a fence of Markdown hold: lines that are text, or prose."""

from __future__ import annotations

import pytest

from corpus_norm import Settings, normalize
from corpus_norm.document import BlockKind
from corpus_norm.extraction.pieces import split_prose, tell_kind
from corpus_norm.lines import looks_like_code
from corpus_norm.settings import TranslationSettings

SETTINGS = Settings(translation=TranslationSettings(enabled=False))
FIRST = "The port authority said on Monday that the old pier would stay shut until the spring."
LAST = "Travellers will be taken by bus to the new pier, where boats leave every half an hour."
WRAPPED = (
    "The port authority said on Monday that the old pier would stay shut\n"
    "until the spring, after engineers had found cracks in two of its\n"
    "pillars.\n\n"
    "Travellers will be taken by bus to the new pier, where boats leave\n"
    "every half an hour, the director told reporters."
)
POEM = "La mer monte,\nla mer descend,\n  et personne ne sait pourquoi.\n\nLe vent tombe."


def read(inner, lang="en"):
    page = f"<html lang={lang}><article><h1>Pier shut</h1><p>{FIRST}</p>{inner}<p>{LAST}</p>"
    document = normalize(page, SETTINGS)
    assert all(document.text[b.start : b.end] == b.text for b in document.blocks)
    return document


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<pre><code>while True:\n    wait(1)</code></pre>", "while True:\n    wait(1)"),
        ("<pre>int x = 1;\nint y = 2;</pre>", "int x = 1;\nint y = 2;"),
        ("<pre class=highlight><div>a = 1</div><div>b = 2</div></pre>", "a = 1\nb = 2"),
        ("<pre>a = 1<br>b = 2<br><br>c = 3</pre>", "a = 1\nb = 2\n\nc = 3"),
        ("<pre><span class=k>for</span> x <b>in</b> y:\n  go()</pre>", "for x in y:\n  go()"),
        ("<pre>npm install</pre>", "npm install"),
        ("<pre>$ pip install tern\n$ tern</pre>", "$ pip install tern\n$ tern"),
        ("<pre>name: tern\nopen: false</pre>", "name: tern\nopen: false"),
        ("<pre>Team     W  L\nTerns   12  3</pre>", "Team     W  L\nTerns   12  3"),
        (
            "<pre><code># Copyright (c) 2024. All rights reserved.\nimport os</code></pre>",
            "# Copyright (c) 2024. All rights reserved.\nimport os",
        ),
    ],
)
def test_code_is_body_line_by_line_and_in_no_language(inner, text):
    document = read(inner)
    [block] = [block for block in document.blocks if block.kind is BlockKind.CODE]
    assert (block.text, block.is_body, block.language) == (text, True, "und")
    assert f"\n\n{text}\n\n" in document.body
    assert [s.text for s in document.sentences if "\n" in s.text] == [text] * ("\n" in text)


def test_a_poem_keeps_its_lines_and_is_translated_line_by_line():
    document = read(f"<pre>{POEM}</pre>", "fr")
    [block] = [block for block in document.blocks if block.kind is BlockKind.CODE]
    assert (block.text, block.language) == (POEM, "fr")
    assert POEM in document.body
    lines = [s.text for s in document.sentences if document.blocks[s.block] is block]
    assert lines == [line.strip() for line in POEM.split("\n") if line.strip()]


def test_wrapped_prose_in_a_pre_is_paragraphs():
    document = read(f"<pre>{WRAPPED}</pre>")
    paragraphs = WRAPPED.replace("\n", " ").split("  ")
    assert document.body.split("\n\n")[2:4] == paragraphs
    assert all(block.kind is not BlockKind.CODE for block in document.blocks)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (WRAPPED, "paragraph"),
        (f"{FIRST}\n{LAST}", "paragraph"),
        (FIRST, "paragraph"),
        ("One line.", "code"),
        (POEM, "code"),
        ("床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。", "code"),
        ("x = 1", "code"),
        ("", "code"),
    ],
)
def test_prose_is_told_by_its_lines(text, kind):
    assert tell_kind(text) is BlockKind(kind)


def test_long_lines_are_a_paragraph_each():
    assert split_prose(f"{FIRST}\n{LAST}") == [FIRST, LAST]


@pytest.mark.parametrize("text", [POEM, "Roses are red,\nviolets blue;\nso it is;\nso it was."])
def test_verse_is_no_code(text):
    assert not looks_like_code(text)


@pytest.mark.parametrize(
    ("fence", "text"),
    [("```python", "for x in y:\n\n    go(x)"), ("~~~", "$ ls -l"), ("````", "```\na = 1\n```")],
)
def test_a_fence_of_markdown_is_code(fence, text):
    close = fence.rstrip("python")
    document = normalize(f"# Pier\n\n{FIRST}\n\n{fence}\n{text}\n{close}\n\n{LAST}", SETTINGS)
    [block] = [block for block in document.blocks if block.kind is BlockKind.CODE]
    assert (block.text, block.is_body) == (text, True)
    assert document.body.endswith(f"{FIRST}\n\n{text}\n\n{LAST}")


def test_a_fence_that_nothing_closes_takes_nothing_with_it():
    document = normalize(f"{FIRST}\n\n```\n{LAST}\n\n{FIRST} It rained.", SETTINGS)
    assert all(block.kind is not BlockKind.CODE for block in document.blocks)


def test_what_a_form_holds_is_no_text():
    assert "secret" not in read("<textarea>secret\nlines</textarea>").text


def test_prose_above_a_table_of_markdown_is_of_the_body():
    table = "| Pier | Boats |\n|---|---:|\n| Old | 3,377 |\n| New | 2,950 |"
    text = (
        "---\ntitle: Piers\ntags: [boats]\n---\n\n[Home](/) | [About](/about)\n\n"
        f"{FIRST}\n\n## The figures\n\n{table}\n\n{LAST}\n\n```\na = 1\n```\n\n{LAST} It rained."
    )
    document = normalize(text, SETTINGS)
    assert FIRST in document.body
    assert "| Old | 3,377 |" in document.body
