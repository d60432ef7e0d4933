"""Whatever comes in: a document, or a row in rejects that names the file and says why."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.settings import InputSettings, Settings, TranslationSettings

OFF = Settings(translation=TranslationSettings(enabled=False))


@pytest.fixture
def hostile(tmp_path) -> Path:
    folder = tmp_path / "hostile"
    folder.mkdir()
    files = {
        "good.txt": b"The bank closed its doors on Monday, the mayor said.",
        "empty.txt": b"",
        "blank.md": b" \n\t\n",
        "binary.txt": bytes(range(256)) * 8,
        "deep.html": b"<div>" * 100_000 + b"At the bottom of it all." + b"</div>" * 100_000,
        "tagless.html": b"<html><body><script>x()</script></body></html>",
        "huge.txt": b"x" * (33 * 1024 * 1024),
        "bomb.txt.gz": gzip.compress(b"\n" * (40 * 1024 * 1024)),
        "cut.jsonl.gz": gzip.compress(b'{"text": "One line."}\n' * 9_000)[:-20],
        "bad.jsonl": b'{"text": "Good."}\n{"text": \n{"text": 7}\n[1]\n',
        "bad.json": b'{"text": "Never closed',
        "a\nnewline.txt": b"A name of two lines.",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    raw = os.fsencode(folder) + b"/caf\xe9.txt"
    Path(os.fsdecode(raw)).write_bytes(b"A name that is not UTF-8.")
    return folder


def test_every_file_is_accounted_for(hostile, tmp_path):
    dataset = corpus_norm.convert(hostile, tmp_path / "out", OFF)
    documents = {Path(doc.source).name: doc for doc in dataset.documents()}
    rejects = {Path(row["source"]).name: row for row in dataset.rejects.to_pylist()}
    accounted = {*documents, *rejects}
    expected = {
        path.name.encode("utf-8", "backslashreplace").decode() for path in hostile.iterdir()
    }
    assert {name for name in expected if name not in accounted and "caf" not in name} == set()
    assert any("caf" in name for name in documents)
    assert {"good.txt", "cut.jsonl.gz", "bad.jsonl", "a\nnewline.txt"} <= set(documents)
    assert documents["deep.html"].body == "At the bottom of it all."
    assert {name: row["stage"] for name, row in rejects.items() if name != "bad.jsonl"} == {
        "empty.txt": "decode",
        "blank.md": "decode",
        "binary.txt": "decode",
        "tagless.html": "segment",
        "huge.txt": "read",
        "bomb.txt.gz": "read",
        "cut.jsonl.gz": "read",
        "bad.json": "read",
    }
    assert all(row["message"] and row["error"] for row in rejects.values())
    assert "max_bytes" in rejects["huge.txt"]["message"]


@pytest.mark.slow
def test_a_single_line_of_50_megabytes_is_a_document_when_the_limit_allows_it(tmp_path):
    line = "The bank closed its doors on Monday, and nobody knew why it had. " * 770_000
    assert len(line) > 50_000_000
    path = tmp_path / "line.txt"
    path.write_text(line.strip(), encoding="utf-8")
    roomy = Settings(
        input=InputSettings(max_bytes=2**27), translation=TranslationSettings(enabled=False)
    )
    document = corpus_norm.normalize(path, roomy)
    assert len(document.sentences) == 770_000
    assert document.language == "en"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_an_unreadable_file_is_a_reject(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "secret.txt"
    path.write_text("Nobody may read this.", encoding="utf-8")
    path.chmod(0)
    dataset = corpus_norm.convert(tmp_path / "in", tmp_path / "out", OFF)
    assert dataset.rejects["stage"].to_pylist() == ["read"]


@pytest.mark.usefixtures("tiny_model")
def test_no_socket_is_opened_by_anything_but_the_installation_of_a_language(
    fixtures, tmp_path, monkeypatch, capsys
):
    class Refused:
        def __init__(self, *_args, **_kwargs):
            raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, Refused)
    out = str(tmp_path / "out")
    commands = [
        ["convert", str(fixtures / "seeds"), str(fixtures / "pages"), "-o", out],
        ["inspect", out],
        ["inspect", str(fixtures / "seeds" / "002.txt"), "--why"],
        ["models", "list"],
        ["models", "verify"],
        ["models", "path"],
        ["schema"],
    ]
    for command in commands:
        with pytest.raises(SystemExit) as stopped:
            app(command)
        assert stopped.value.code == 0, capsys.readouterr()
    with pytest.raises(AssertionError, match="socket"):
        app(["models", "install", "zh"])
