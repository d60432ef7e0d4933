"""Corrections survive a crash, and a crash only costs the line it fell into."""

from __future__ import annotations

import json
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from phrasebook import seed

from corpus_norm.browse import Corrections
from corpus_norm.browse.corrections import Journal, parse_correction
from corpus_norm.document import BlockKind

FRENCH = 2


@pytest.fixture
def path(tmp_path):
    return tmp_path / "corrections.jsonl"


@pytest.fixture
def torn(tmp_path):
    return tmp_path / "corrections.jsonl.torn"


def correct(path, index=0, kind="promo"):
    return Corrections(path).add(seed(FRENCH), "kind", index, kind)


def make_line(**changes):
    document = seed(FRENCH)
    content = {
        "doc_id": document.doc_id,
        "what": "kind",
        "index": 0,
        "value": "promo",
        "before": "paragraph",
        "text": document.blocks[0].text,
    }
    return json.dumps({**content, **changes}, ensure_ascii=False).encode()


WHOLE = make_line()
NO_LINES = [
    b"nonsense",
    b"{}",
    b"[]",
    b"null",
    b"7",
    b'"text"',
    b'{"doc_id": "x", "colour": "red"}',
    b"\x00" * 4096,
    b"\xff\xfe\x00",
    b"PAR1\x15\x04\x15",
    b"[" * 100_000,
    b'{"index": ' + b"9" * 5_000 + b"}",
    make_line(index="0"),
    make_line(index=-1),
    make_line(index=True),
    make_line(index=1.0),
    make_line(doc_id=None),
    make_line(text=7),
    make_line(value=["promo"]),
    make_line(value="nonsense"),
    make_line(what="colour"),
    make_line(what="published"),  # its value is no day
    make_line(more="x"),
    WHOLE + WHOLE,
    WHOLE[:-1],
    WHOLE[:20],
    WHOLE[: WHOLE.index("’".encode()) + 1],  # inside a character
]


def test_the_line_of_these_tests_is_a_correction():
    assert parse_correction(WHOLE).value == "promo"


@pytest.mark.parametrize("line", NO_LINES)
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_last_line_that_is_no_correction_is_set_aside_and_told(path, torn, caplog, line, end):
    correct(path, index=1)
    before = path.read_bytes()
    path.write_bytes(before + line + end)
    corrections = Corrections(path)
    assert len(corrections) == 1
    assert path.read_bytes() == before
    assert torn.read_bytes() == line + b"\n"
    [notice] = [record.getMessage() for record in caplog.records]
    assert notice.endswith("line 2 cannot be read: it was moved to corrections.jsonl.torn")
    corrections.add(seed(FRENCH), "kind", 2, "share")
    caplog.clear()
    assert len(Corrections(path)) == 2
    assert not caplog.records


def test_a_torn_line_between_others_is_set_aside_alone(path, torn):
    correct(path, index=1)
    with path.open("ab") as file:
        file.write(WHOLE[:30] + b"\n\n" + make_line(index=2) + b"\r\n" + WHOLE[:40])
    found = Corrections(path).apply(seed(FRENCH))
    assert [block.kind for block in found.blocks].count(BlockKind.PROMO) >= 1
    assert len(Corrections(path)) == 2
    assert torn.read_bytes() == WHOLE[:30] + b"\n" + WHOLE[:40] + b"\n"
    with path.open("ab") as file:
        file.write(b"again")
    assert len(Corrections(path)) == 2
    assert torn.read_bytes().endswith(b"\nagain\n")


def test_a_file_that_was_all_lost_is_empty_and_kept(path, torn):
    path.write_bytes(b"\x00" * 512)
    assert len(Corrections(path)) == 0
    assert torn.read_bytes() == b"\x00" * 512 + b"\n"
    correct(path)
    assert len(Corrections(path)) == 1


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\n\n", b""])
def test_an_editor_may_have_saved_the_file_in_its_own_way(path, torn, mark, ending):
    path.write_bytes(mark + WHOLE + (ending or b"\n") + make_line(index=1) + ending)
    assert len(Corrections(path)) == 2
    assert not torn.exists()
    correct(path, index=2)
    assert len(Corrections(path)) == 3
    assert not torn.exists()


def test_a_line_without_its_end_counts_and_the_next_begins_on_a_fresh_one(path):
    path.write_bytes(WHOLE)
    correct(path, index=1)
    lines = path.read_bytes().split(b"\n")
    assert lines[0] == WHOLE
    assert len(lines) == 3
    assert lines[2] == b""
    assert len(Corrections(path)) == 2


def test_a_line_torn_while_we_run_costs_itself(path, torn):
    corrections = Corrections(path)
    corrections.add(seed(FRENCH), "kind", 0, "promo")
    with path.open("ab") as file:
        file.write(WHOLE[:25])
    corrections.add(seed(FRENCH), "kind", 1, "share")
    assert len(Corrections(path)) == 2
    assert torn.read_bytes() == WHOLE[:25] + b"\n"


def test_a_correction_is_on_the_disk_before_it_counts(path, monkeypatch):
    synced = []
    sync = os.fsync

    def watch(handle):
        synced.append(os.fstat(handle).st_size)
        sync(handle)

    monkeypatch.setattr(os, "fsync", watch)
    correct(path)
    assert synced[0] == path.stat().st_size


def test_a_correction_that_is_not_on_the_disk_leaves_no_trace(path, monkeypatch):
    corrections = Corrections(path)
    corrections.add(seed(FRENCH), "kind", 0, "promo")
    before = path.read_bytes()

    def fail(_handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space"):
            corrections.add(seed(FRENCH), "kind", 1, "share")
    assert path.read_bytes() == before
    assert len(corrections) == 1
    corrections.add(seed(FRENCH), "kind", 1, "share")
    assert len(Corrections(path)) == 2


def test_where_nothing_can_be_written_a_torn_line_is_passed_over(path, torn, caplog, monkeypatch):
    path.write_bytes(WHOLE + b"\n" + WHOLE[:9])

    def fail(*_arguments):
        raise PermissionError

    monkeypatch.setattr(Journal, "_set_aside", fail)
    assert len(Corrections(path)) == 1
    assert path.read_bytes() == WHOLE + b"\n" + WHOLE[:9]
    assert not torn.exists()
    assert "line 2 cannot be read: it was skipped" in caplog.text


def test_a_lone_surrogate_in_a_correction_is_written_as_a_mark(path):
    value = "As \ud800 says."
    Corrections(path).add(seed(FRENCH), "english", 0, value)
    assert json.loads(path.read_text("utf-8"))["value"] == "As \ufffd says."


def test_threads_and_several_programs_lose_nothing(path):
    many = [Corrections(path) for _ in range(3)]

    def add(number):
        many[number % 3].add(seed(FRENCH), "english", number % 5, f"The version {number}.")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(add, range(60)))
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=add_some, args=(path, n)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    lines = path.read_bytes().splitlines()
    assert len(lines) == 60 + 2 * 20
    assert len({parse_correction(line).value for line in lines}) == len(lines)


def add_some(path, program):
    journal = Journal(path)
    for number in range(20):
        line = make_line(what="english", value=f"Program {program}, version {number}.")
        journal.append(line.decode())
