import gzip
import io
import os
import random
import tracemalloc

import fsspec
import pytest

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.settings import InputSettings
from corpus_norm.sources import SUFFIXES, read

SETTINGS = InputSettings()


def make(folder, **files):
    """Files by name, ``__`` for the dot of the suffix and ``/`` allowed in a dictionary."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def read_sources(inputs, **options):
    return [item.source for item in read(inputs, SETTINGS, **options)]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.markdown", "text/markdown"),
        ("a.html", "text/html"),
        ("a.htm", "text/html"),
        ("a.xhtml", "text/html"),
        ("A.HTML", "text/html"),
        ("a.2024.txt", "text/plain"),
    ],
)
def test_the_suffix_tells_the_media_type(here, name, media_type):
    make(here, **{name: "x"})
    assert list(read(name, SETTINGS)) == [RawDocument(name, b"x", media_type=media_type)]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.html.gz", "a.md.gz", "a.TXT.GZ"])
def test_compressed_documents_are_read_as_what_they_hold(here, name):
    make(here, **{name: gzip.compress(b"Bonjour.")})
    [item] = read(".", SETTINGS)
    assert (item.source, item.data) == (name, b"Bonjour.")


def test_a_folder_is_read_in_the_order_of_its_posix_paths_however_it_was_filled(here):
    names = [
        "a.txt",
        "a/b.txt",
        "a-b/c.txt",
        "a/b/c/d.txt",
        "a0.txt",
        "b.txt",
        "Z.txt",
        "é.txt",
        "a/b.d/e.txt",
    ]
    shuffled = list(names)
    random.Random(7).shuffle(shuffled)  # noqa: S311
    make(here, **dict.fromkeys(shuffled, "x"))
    assert read_sources(["."]) == sorted(names)


@pytest.mark.parametrize(
    ("given", "source"),
    [
        (".", "c/a.txt"),
        ("c", "c/a.txt"),
        ("c/", "c/a.txt"),
        ("./c", "./c/a.txt"),
        ("c/*.txt", "c/a.txt"),
        ("*/a.???", "c/a.txt"),
        ("**/a.txt", "c/a.txt"),
        ("c/a.txt", "c/a.txt"),
    ],
)
def test_a_source_is_the_input_as_given_with_the_path_inside(here, given, source):
    make(here, **{"c/a.txt": "x"})
    assert read_sources([given]) == [source]


def test_an_absolute_input_gives_absolute_sources(here):
    make(here, **{"c/a.txt": "x"})
    assert read_sources([here / "c"]) == [f"{here}/c/a.txt"]
    assert read_sources([f"{here}/c/*"]) == [f"{here}/c/a.txt"]


def test_hidden_files_and_folders_are_left_out_unless_named(here):
    make(here, **{".a.txt": "x", ".git/b.txt": "x", "c/.d/e.txt": "x", "c/f.txt": "x"})
    assert read_sources(["."]) == ["c/f.txt"]
    assert read_sources(["**/*.txt"]) == ["c/f.txt"]
    assert read_sources([".a.txt", ".git"]) == [".a.txt", ".git/b.txt"]
    assert read_sources([".*.txt"]) == [".a.txt"]


def test_other_types_in_a_folder_are_skipped_and_told(here):
    make(here, **{"a.pdf": "x", "b.txt": "x", "c/d.jpg": "x", "README": "x", "e.doc.gz": "x"})
    skipped = []
    assert read_sources(["."], on_skip=skipped.append) == ["b.txt"]
    assert skipped == ["README", "a.pdf", "c/d.jpg", "e.doc.gz"]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"plain", "text/plain"),
        (b"\x00\x01\x02", "text/plain"),
        (b"  <!DOCTYPE html><p>x", "text/html"),
        (b"\xef\xbb\xbf<html lang=fr>", "text/html"),
        ("<html><body>x".encode("utf-16"), "text/html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html>\n<html>', "text/html"),
        (b"<3 is a heart", "text/plain"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_named_file_of_unknown_type_is_read_as_what_it_looks_like(
    here, content, media_type, compressed
):
    make(here, page=gzip.compress(content) if compressed else content)
    assert list(read("page", SETTINGS)) == [RawDocument("page", content, media_type=media_type)]


def test_a_named_file_that_looks_like_json_is_read_as_records(here):
    make(here, dump='{"text": "a"}\n{"text": "b"}\n')
    assert [(item.record, item.data) for item in read("dump", SETTINGS)] == [(0, "a"), (1, "b")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"Bonjour.", [("text/plain", b"Bonjour.")]),
        (b"<html><p>x", [("text/html", b"<html><p>x")]),
        (b'{"text": "a"}\n{"html": "b"}', [("text/plain", "a"), ("text/html", "b")]),
        (gzip.compress(b"Bonjour.", mtime=0), [("text/plain", b"Bonjour.")]),
        (b"", [("text/plain", b"")]),
    ],
)
def test_standard_input_is_read_as_what_it_looks_like(content, expected):
    items = list(read(["-"], SETTINGS, io.BytesIO(content)))
    assert [(item.media_type, item.data) for item in items] == expected
    assert {item.source for item in items} == {"-"}


def test_the_standard_input_of_the_process_is_the_default(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    assert list(read("-", SETTINGS)) == [RawDocument("-", b"x")]


@pytest.mark.parametrize("given", ["missing.txt", "missing/", "*.txt", "c/**/*.html", "a\0b"])
def test_a_missing_input_is_an_error_before_anything_is_read(here, given):
    make(here, **{"c/a.md": "x"})
    with pytest.raises(InputError, match=r"(does not exist|matches no file|cannot open)"):
        read(["c/a.md", given], SETTINGS)


def test_pages_are_never_downloaded():
    with pytest.raises(InputError, match="downloads no pages; save them first"):
        read("https://example.org/a.html", SETTINGS)


@pytest.mark.parametrize("given", ["nosuchprotocol://a", "dropbox://a.txt"])
def test_a_uri_that_cannot_be_reached_is_an_error_that_names_it(given):
    with pytest.raises(InputError, match=f"cannot open {given}"):
        read(given, SETTINGS)


def test_a_name_with_wildcards_that_exists_is_taken_as_it_is(here):
    make(here, **{"a[1].txt": "x", "a1.txt": "y"})
    assert read_sources(["a[1].txt"]) == ["a[1].txt"]


@pytest.mark.parametrize(
    "inputs",
    [
        ["c", "c"],
        ["c", "c/a.txt"],
        ["c/a.txt", "c"],
        ["c/a.txt", "./c/a.txt", "c/*.txt", "c/"],
        [".", "c/d", "c"],
    ],
)
def test_a_file_is_delivered_once_even_where_inputs_overlap(here, inputs):
    make(here, **{"c/a.txt": "x", "c/d/b.txt": "y"})
    data = sorted(item.data for item in read([*inputs, "c"], SETTINGS))
    assert data == [b"x", b"y"]


@pytest.mark.parametrize("name", ["c/notes.log", "c/.hidden.txt", "c/.d/e.txt"])
def test_a_file_that_a_folder_left_out_is_read_when_named_too(here, name):
    make(here, **{name: "x"})
    assert read_sources(["c", name]) == [name]


def test_one_name_may_stand_without_a_list(here):
    make(here, **{"a.txt": "x"})
    assert read_sources("a.txt") == read_sources(here.joinpath("a.txt").relative_to(here))


def test_uris_are_read_by_the_same_path():
    memory = fsspec.filesystem("memory")
    memory.pipe({"/news/a.txt": b"x", "/news/b/c.html": b"y", "/news/.d.txt": b"z", "/news/e": b""})
    try:
        assert read_sources(["memory://news"]) == ["memory://news/a.txt", "memory://news/b/c.html"]
        assert read_sources(["memory://news/*.txt"]) == ["memory://news/a.txt"]
        assert read_sources(["memory://news/a.txt", "memory://news/"]) == [
            "memory://news/a.txt",
            "memory://news/b/c.html",
        ]
    finally:
        memory.rm("/news", recursive=True)


def test_an_empty_file_is_delivered_so_that_it_is_accounted_for(here):
    make(here, **{"a.txt": "", "b.jsonl": "", "c.json": "", "d.html.gz": gzip.compress(b"")})
    items = list(read(".", SETTINGS))
    assert [(item.source, item.data) for item in items] == [
        ("a.txt", b""),
        ("b.jsonl", b""),
        ("c.json", b""),
        ("d.html.gz", b""),
    ]


def test_a_document_above_the_limit_is_rejected_without_being_read(here, monkeypatch):
    make(here, **{"a.txt": "x" * 11, "b.txt": "y" * 10})
    opened = []
    monkeypatch.setattr(
        "corpus_norm.sources.read_chunks", lambda file: opened.append(1) or iter([file.read()])
    )
    first, second = read(".", InputSettings(max_bytes=10))
    assert "larger than 10 bytes; raise settings.input.max_bytes" in first.message
    assert (first.stage, first.data, second.data) == ("read", None, b"y" * 10)


def test_a_gzip_bomb_is_rejected_in_little_memory(here):
    bomb = gzip.compress(bytes(100_000_000))
    make(here, **{"a.txt.gz": bomb, "b.jsonl.gz": bomb, "c.json.gz": bomb, "d.txt": "x"})
    tracemalloc.start()
    *bombs, last = read(".", InputSettings(max_bytes=1_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(bombs) == 3
    assert all("larger than 1,000,000 bytes" in item.message for item in bombs)
    assert last.data == b"x"
    assert peak < 30_000_000


@pytest.mark.parametrize("suffix", [".txt.gz", ".html.gz"])
@pytest.mark.parametrize("cut", [1, 5, 12, 40])
def test_a_truncated_compressed_document_is_one_rejection(here, suffix, cut):
    data = gzip.compress(random.Random(1).randbytes(200))  # noqa: S311
    make(here, **{f"a{suffix}": data[:-cut], "b.txt": "x"})
    rejection, following = read(".", SETTINGS)
    assert (rejection.stage, rejection.record) == ("read", 0)
    assert "the gzip data end early" in rejection.message
    assert following.data == b"x"


@pytest.mark.parametrize("data", [b"no gzip at all", gzip.compress(b"one", mtime=0) + b"garbage"])
def test_damaged_gzip_data_are_one_rejection(here, data):
    make(here, **{"a.txt.gz": data})
    [rejection] = read(".", SETTINGS)
    assert "the gzip data are damaged" in rejection.message


def test_gzip_members_and_their_padding_are_read_as_one(here):
    data = gzip.compress(b"one ") + bytes(512) + gzip.compress(b"two") + bytes(100)
    make(here, **{"a.txt.gz": data})
    assert [item.data for item in read(".", SETTINGS)] == [b"one two"]


def test_links_are_read_and_circles_are_not_followed(here):
    make(here, **{"c/a.txt": "x", "elsewhere/b.txt": "y"})
    links = {
        "c/link.txt": "a.txt",
        "c/loop": ".",
        "c/up": "..",
        "c/self": "self",
        "c/out": "../elsewhere",
        "c/out2": "../elsewhere",
        "elsewhere/back": "../c",
        "c/gone.txt": "nowhere.txt",
    }
    for name, target in links.items():
        (here / name).symlink_to(target)
    skipped = []
    items = list(read("c", SETTINGS, on_skip=skipped.append))
    assert [item.source for item in items] == [
        "c/a.txt",
        "c/gone.txt",
        "c/link.txt",
        "c/out/b.txt",
    ]
    assert [item.source for item in items if isinstance(item, Rejection)] == ["c/gone.txt"]
    assert skipped == ["c/loop", "c/out/back", "c/out2", "c/self", "c/up"]


def test_a_pipe_in_a_folder_is_skipped_and_does_not_hang(here):
    make(here, **{"a.txt": "x"})
    os.mkfifo(here / "b.txt")
    skipped = []
    assert read_sources(["."], on_skip=skipped.append) == ["a.txt"]
    assert skipped == ["b.txt"]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("line\nbreak.txt", "line\nbreak.txt"),
        ("caf\udce9.txt", "caf\\xe9.txt"),
        ("tab\t'quote\".txt", "tab\t'quote\".txt"),
        ("~a.txt", "~a.txt"),
        ("a::b.txt", "a::b.txt"),
        ("新闻 🧵.txt", "新闻 🧵.txt"),
    ],
)
def test_every_file_name_works_and_can_be_written_as_utf8(here, name, source):
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(b"x")
    for given in (".", name, "*.txt"):
        [item] = read(given, SETTINGS)
        assert (item.source.encode(), item.data) == (source.encode(), b"x")


def test_very_deep_folders_are_read(here):
    deep = "/".join(["d"] * 300)
    make(here, **{f"{deep}/a.txt": "x"})
    assert read_sources(["."]) == [f"{deep}/a.txt"]


class Refusing:
    """A file that breaks while it is read."""

    def __init__(self, error, *chunks):
        self.chunks, self.error = list(chunks), error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self, _size):
        if self.chunks:
            return self.chunks.pop(0)
        raise self.error


def refuse_to_open(monkeypatch, name, opened):
    local = type(fsspec.filesystem("file"))
    real = local.open

    def open_or_refuse(self, path, *args, **kwargs):
        if not path.endswith(name):
            return real(self, path, *args, **kwargs)
        if isinstance(opened, OSError):
            raise opened
        return opened

    monkeypatch.setattr(local, "open", open_or_refuse)


def test_a_file_that_may_not_be_read_is_a_rejection_and_the_rest_is_read(here, monkeypatch):
    make(here, **{"a.txt": "x", "b.txt": "y", "c.txt": "z"})
    refuse_to_open(monkeypatch, "b.txt", PermissionError(13, "Permission denied", str(here)))
    first, rejection, last = read(".", SETTINGS)
    assert (first.data, last.data) == (b"x", b"z")
    assert (rejection.source, rejection.stage) == ("b.txt", "read")
    assert rejection.error == "PermissionError"
    assert rejection.message.startswith("cannot be read: Permission denied; check")
    assert str(here) not in rejection.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_files_and_folders_without_permission_are_rejections(here):
    make(here, **{"a.txt": "x", "b/c.txt": "y", "d.txt": "z"})
    (here / "a.txt").chmod(0)
    (here / "b").chmod(0)
    kinds = [(item.source, type(item)) for item in read(".", SETTINGS)]
    (here / "b").chmod(0o700)
    assert kinds == [("a.txt", Rejection), ("b", Rejection), ("d.txt", RawDocument)]


def test_a_folder_that_cannot_be_listed_is_a_rejection(here, monkeypatch):
    make(here, **{"a.txt": "x", "b/c.txt": "y"})
    local = type(fsspec.filesystem("file"))
    real = local.ls

    def list_or_refuse(self, path, **kwargs):
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied")
        return real(self, path, **kwargs)

    monkeypatch.setattr(local, "ls", list_or_refuse)
    document, rejection = read(".", SETTINGS)
    assert (document.source, rejection.source) == ("a.txt", "b")


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.json"])
def test_a_disk_that_fails_in_the_middle_costs_the_rest_of_that_file_only(here, monkeypatch, name):
    make(here, **{name: "x", "b.txt": "y"})
    lines = b'{"text": "one"}\n{"text": "two"}\n{"te'
    refuse_to_open(monkeypatch, name, Refusing(OSError(5, "Input/output error"), lines))
    *documents, rejection, last = read(".", SETTINGS)
    expected = [] if name == "a.txt" else ["one", "two"]
    assert [document.data for document in documents] == expected
    assert "Input/output error" in rejection.message
    assert (rejection.record, last.data) == (len(expected), b"y")


def test_reading_is_lazy(here):
    make(here, **{"a.txt": "x", "b.txt": "y"})
    items = read(".", SETTINGS)
    assert next(items).source == "a.txt"
    (here / "b.txt").unlink()
    assert next(items).error == "FileNotFoundError"


def test_two_readings_give_the_same(here):
    make(here, **{f"{i % 7}/{i}.txt": f"{i}" for i in range(50)})
    assert list(read(".", SETTINGS)) == list(read(".", SETTINGS))


def test_the_suffixes_are_those_that_are_read():
    assert {".txt", ".html", ".jsonl", ".gz"} <= SUFFIXES
    assert ".pdf" not in SUFFIXES
