"""What ``normalize`` takes for a document: paths, text and whatever has bytes."""

from __future__ import annotations

import array
import ctypes
import io
import mmap
import os
import pathlib
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm import CorpusNormError, Document, RawDocument, Settings, normalize
from corpus_norm.errors import InputError, SettingsError
from corpus_norm.given import take
from corpus_norm.settings import TranslationSettings

TEXT = "Le conseil municipal s'est réuni lundi à Orléans, a dit le maire."
DATA = TEXT.encode()
USUAL = Settings(translation=TranslationSettings(enabled=False))


class OwnPath:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


def map_file(folder):
    path = folder / "mapped"
    path.write_bytes(DATA)
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def spread(data):
    """A view of every second byte of a buffer twice as long."""
    return memoryview(bytes(byte for each in data for byte in (each, 0)))[::2]


def make_words(folder):
    del folder
    even = DATA + b" " * (len(DATA) % 2)
    return array.array("H", even)


@pytest.mark.parametrize(
    "make",
    [
        lambda _: DATA,
        lambda _: bytearray(DATA),
        lambda _: memoryview(DATA),
        lambda _: memoryview(bytearray(DATA)),
        lambda _: spread(DATA),
        lambda _: memoryview(DATA[::-1])[::-1],
        lambda _: memoryview(DATA).cast("b"),
        lambda _: memoryview(DATA).cast("c"),
        lambda _: memoryview(DATA).cast("B", shape=[1, len(DATA)]),
        lambda _: array.array("B", DATA),
        make_words,
        map_file,
        lambda _: np.frombuffer(DATA, np.uint8),
        lambda _: np.bytes_(DATA),
        lambda _: pa.py_buffer(DATA),
        lambda _: io.BytesIO(DATA).getbuffer(),
        lambda _: ctypes.create_string_buffer(DATA, len(DATA)),
        lambda _: np.str_(TEXT),
    ],
)
def test_whatever_has_bytes_is_a_document(tmp_path, make):
    document = normalize(make(tmp_path), USUAL)
    assert document.text.strip() == TEXT
    assert document.source == "memory"
    assert document.language == "fr"


def test_bytes_of_a_page_are_a_page_whatever_holds_them():
    page = f"\ufeff <!DOCTYPE html><p>{TEXT}".encode()
    wide = page.decode().encode("utf-16-le")
    for each in (page, bytearray(page), spread(page), page[3:], wide, memoryview(wide)):
        assert take(each, USUAL).media_type == "text/html"
        assert take(each, USUAL, "text/plain").media_type == "text/plain"


def test_later_changes_of_a_bytearray_change_no_document():
    data = bytearray(DATA)
    raw = take(data, USUAL)
    before = raw.bytes_sha256
    data[:] = b"gone"
    assert raw.bytes_sha256 == before
    assert type(raw.data) is bytes


@pytest.mark.parametrize(
    "name",
    [
        str,
        pathlib.PurePath,
        lambda path: OwnPath(str(path)),
        lambda path: OwnPath(os.fsencode(path)),
        lambda path: path.as_uri(),
        lambda path: f"  {path.as_uri()}\n",
    ],
)
def test_a_file_may_be_named_in_every_way(tmp_path, name):
    path = tmp_path / "lire.txt"
    path.write_bytes(DATA)
    assert normalize(name(path), USUAL).text == TEXT


def test_an_object_with_a_path_is_one_whatever_its_suffix(tmp_path):
    path = tmp_path / "no-suffix"
    path.write_bytes(DATA)
    assert normalize(OwnPath(str(path)), USUAL).text == TEXT
    with pytest.raises(InputError, match="does not exist"):
        normalize(OwnPath(str(tmp_path / "nothing")), USUAL)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "a document is a path, text or bytes, not None"),
        (7, "not an object of the type int"),
        (7.5, "not an object of the type float"),
        (True, "not an object of the type bool"),
        (date(2024, 5, 3), "not an object of the type date"),
        ([TEXT], "not an object of the type list; for several documents use corpus_norm.convert"),
        ((DATA,), "for several documents use"),
        ({"text": TEXT}, "for several documents use"),
        (io.StringIO(TEXT), "give what its read() returns, or its path"),
        (io.BytesIO(DATA), "give what its read() returns, or its path"),
        (RawDocument("a.txt", TEXT), "use corpus_norm.process for raw documents"),
        (np.array([TEXT], dtype=object), "not an object of the type ndarray"),
        (str, "not an object of the type type"),
        (object(), "not an object of the type object"),
        (OwnPath("a\0b"), "does not exist"),
        ("https://example.org/", "corpus_norm downloads no pages; save them first"),
        ("https://example.org/news/a.html?b=c#d", "downloads no pages"),
        (" http://[::1\n", "downloads no pages"),
        ("ftp://example.org/a.txt", "downloads no pages"),
        ("nosuchprotocol://a", "cannot open nosuchprotocol://a"),
        ("memory://nothing.txt", "does not exist"),
        ("file:///nowhere/at/all.txt", "does not exist"),
        ("nowhere.html", "does not exist"),
    ],
)
def test_what_is_no_document_is_an_input_error(source, message):
    with pytest.raises(InputError) as caught:
        normalize(source, USUAL)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", [str, pathlib.Path, OwnPath, lambda path: f"{path}/"])
@pytest.mark.parametrize("files", [0, 1, 3])
def test_a_folder_is_for_convert(tmp_path, name, files):
    for number in range(files):
        (tmp_path / f"{number}.txt").write_bytes(DATA)
    with pytest.raises(InputError, match=r"is a folder, not a document; use corpus_norm\.convert"):
        normalize(name(str(tmp_path)), USUAL)


def test_what_is_closed_cannot_be_read(tmp_path):
    view = memoryview(DATA)
    view.release()
    mapped = map_file(tmp_path)
    mapped.close()
    for source in (view, mapped):
        with pytest.raises(InputError, match=r"cannot be read: .*; give it while it is open"):
            normalize(source, USUAL)


@pytest.mark.parametrize(
    "text",
    [
        "Voir https://example.org/ pour la suite.",
        "https://example.org/ is where the council put its report on Monday.",
        "https://example.org/\nhttps://example.org/b",
        "and/or",
        "He said: yes.",
        "a://",
        "C++ and C# are languages.",
        "12/04/2024",
        "what.next",
        "\x00 was the first character.",
    ],
)
def test_text_that_only_looks_like_a_name_is_text(text):
    assert take(text, USUAL).data == text


@given(
    st.text(max_size=30)
    | st.binary(max_size=30)
    | st.from_regex(r"[a-z]{1,4}:/{0,3}[^ ]{0,9}", fullmatch=True)
    | st.from_regex(r"[a-z/.~*\[]{1,9}\.(txt|html|zip|gz|jsonl)", fullmatch=True)
    | st.integers()
    | st.lists(st.text(max_size=3), max_size=2)
)
def test_a_document_or_an_error_of_ours_comes_out(source):
    try:
        document = normalize(source, USUAL)
    except CorpusNormError:
        return
    assert isinstance(document, Document)


def test_a_dictionary_of_settings_is_refused_with_advice():
    with pytest.raises(SettingsError, match=r"not dict|from_dict"):
        normalize(TEXT, settings={"languages": ["fr"]})
    with pytest.raises(SettingsError, match=r"must be corpus_norm.Settings or None, not str"):
        normalize(TEXT, settings="fr")
