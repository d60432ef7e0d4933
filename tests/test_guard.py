"""Whatever a stage raises for one document costs that document, and its neighbours are as ever."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from functools import partial
from unittest.mock import patch

import pytest

import corpus_norm
from corpus_norm import pipeline
from corpus_norm.conversion import job as job_module
from corpus_norm.conversion.job import convert_batch
from corpus_norm.conversion.pool import Limits, Pool
from corpus_norm.dataset import RESULTS, batch_to_documents, batch_to_rejections, raw_to_batch, rows
from corpus_norm.document import Document, RawDocument, Rejection
from corpus_norm.errors import ModelIntegrityError
from corpus_norm.guard import write_guarded
from corpus_norm.pipeline import normalize_batch, process
from corpus_norm.settings import Settings
from corpus_norm.translation import checking, documents, memory
from corpus_norm.translation.memory import Memory

POISON = "Le poison est dans la rivière depuis lundi, dit le maire."
TEXTS = [
    "La banque a fermé ses portes lundi. Le maire n'a pas voulu répondre.",
    POISON,
    "The bridge will be closed for two weeks, the mayor said on Monday.",
    "Le pont sera fermé pendant deux semaines, a dit la mairie.",
]
ITEMS = [RawDocument(f"{n}.txt", text) for n, text in enumerate(TEXTS)]
GOOD = [item for item in ITEMS if item.data != POISON]


class PanicException(BaseException):
    """What a library in Rust raises: no Exception."""


ERRORS = [
    ValueError("bad value"),
    KeyError("key"),
    TypeError("type"),
    AssertionError("assertion"),
    RuntimeError("runtime"),
    StopIteration(),
    MemoryError(),
    RecursionError("deep"),
    OSError(5, "I/O"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    PanicException("panic"),
    SystemExit(3),
]
each_error = pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)


def is_poisoned(value):
    """Whether the bad document is somewhere in what a function is given."""
    if isinstance(value, str | bytes):
        return "poison" in value if isinstance(value, str) else b"poison" in value
    if isinstance(value, dict):
        return any(map(is_poisoned, value))
    if isinstance(value, list | tuple | set):
        return any(map(is_poisoned, value))
    inner = getattr(value, "data", None) or getattr(value, "text", None)
    return is_poisoned(inner or getattr(getattr(value, "document", None), "text", ""))


def poisoned(function, error):
    def stumble(*arguments, **options):
        if any(map(is_poisoned, arguments)):
            raise error
        return function(*arguments, **options)

    return stumble


def replace_stage(monkeypatch, name, function):
    """Put another function into the table of stages."""
    stages = [replace(s, function=function) if s.name == name else s for s in pipeline.STAGES]
    monkeypatch.setattr(pipeline, "STAGES", tuple(stages))


def break_stage(monkeypatch, stage, error):
    """Make a stage raise for the bad document."""
    if found := [each for each in pipeline.STAGES if each.name == stage]:
        replace_stage(monkeypatch, stage, poisoned(found[0].function, error))
        return
    module, name = {
        "mask": (checking, "mask"),
        "audit": (checking, "audit"),
        "look_up": (memory.Memory, "look_up"),
        "add": (memory.Memory, "add"),
        "assemble": (documents, "assemble"),
        "status": (documents, "_status"),
    }[stage]
    monkeypatch.setattr(module, name, poisoned(getattr(module, name), error))


READING = ("decode", "segment", "classify", "identify", "split_sentences")
TRANSLATING = ("translate", "mask", "audit", "assemble", "status")
each_kind_of_stage = pytest.mark.parametrize("stage", ["segment", "classify", "audit", "write"])


def write(items, folder):
    for item in items:
        (folder / item.source).write_text(item.data, encoding="utf-8")
    return [folder / item.source for item in items]


def run_process(items, tmp_path):
    return process(items, memory=Memory(tmp_path / "memory.sqlite"))


def run_batch(items, tmp_path):
    found = normalize_batch(raw_to_batch(items))
    assert found.schema.equals(RESULTS)
    good = iter(batch_to_documents(found))
    bad = iter(batch_to_rejections(found))
    return [next(good if each is None else bad) for each in found.column("rejection").to_pylist()]


def run_convert(items, tmp_path):
    folder = tmp_path / f"in{len(items)}"
    folder.mkdir(exist_ok=True)
    write(items, folder)
    dataset = corpus_norm.convert(folder, tmp_path / f"out{len(items)}")
    assert list(dataset.verify()) == []
    found = [*dataset.documents()]
    found += [r for batch in dataset.rejects.to_batches() for r in batch_to_rejections(batch)]
    return sorted(found, key=lambda each: each.source)


each_way = pytest.mark.parametrize("run", [run_process, run_batch, run_convert])


@each_error
@each_kind_of_stage
def test_a_stage_that_raises_costs_the_document(monkeypatch, tiny_model, tmp_path, stage, error):
    expected = run_process(GOOD, tmp_path)
    break_stage(monkeypatch, stage, error)
    found = run_process(ITEMS, tmp_path) if stage != "write" else run_batch(ITEMS, tmp_path)
    assert len(found) == len(ITEMS)
    bad = found.pop(1)
    assert bad.source == "1.txt"
    if stage in TRANSLATING:
        assert isinstance(bad, Document)
        assert bad.translation_status == "failed"
        assert "translation_fault" in bad.flags
        assert bad.text_en is bad.translation_model is None
        assert all("untranslated" in sentence.flags for sentence in bad.sentences)
        assert bad.text == POISON
    else:
        assert isinstance(bad, Rejection)
        assert (bad.stage, bad.error) == (stage, type(error).__name__)
    if stage != "write":
        assert found == expected


@each_way
@pytest.mark.parametrize("stage", [*READING, *TRANSLATING, "write"])
def test_one_row_for_each_document_in_every_way(monkeypatch, tiny_model, tmp_path, run, stage):
    expected = run(GOOD, tmp_path)
    break_stage(monkeypatch, stage, TypeError("a fault"))
    if stage == "write" and run is run_process:
        pytest.skip("it writes nothing")
    found = run(ITEMS, tmp_path)
    assert len(found) == len(ITEMS)
    bad = found.pop(1)
    assert bad.source.endswith("1.txt")
    assert isinstance(bad, Rejection) == (stage not in TRANSLATING)
    assert [each.text_en for each in found] == [each.text_en for each in expected]
    assert [each.blocks for each in found] == [each.blocks for each in expected]


@pytest.mark.parametrize("stage", ["look_up", "add"])
def test_a_memory_that_chokes_on_one_document_keeps_the_others(
    monkeypatch, tiny_model, tmp_path, stage
):
    expected = run_process(GOOD, tmp_path / "a")
    with monkeypatch.context() as patched:
        break_stage(patched, stage, TypeError("a fault"))
        found = run_process(ITEMS, tmp_path / "b")
    assert found.pop(1).translation_status == "failed"
    assert found == expected
    with Memory(tmp_path / "b" / "memory.sqlite") as kept:
        assert sum(kept.stats().made.values()) >= 3


def test_a_writer_that_fails_altogether_is_tried_row_by_row():
    faults = []
    found = process(ITEMS)
    batch = write_guarded(poisoned(rows.documents_to_batch, TypeError("no")), found, faults)
    assert batch.num_rows == 4
    assert batch.column("rejection")[1]["stage"].as_py() == "write"
    assert [fault.error for fault in faults] == ["TypeError"]


def test_site_boilerplate_that_cannot_be_marked_costs_the_document(monkeypatch):
    from corpus_norm import boilerplate

    monkeypatch.setattr(
        boilerplate,
        "mark_site_boilerplate",
        poisoned(boilerplate.mark_site_boilerplate, TypeError("no")),
    )
    found = process(ITEMS, site_boilerplate={"example.org": frozenset({"x"})})
    assert [isinstance(each, Rejection) for each in found] == [False, True, False, False]
    assert found[1].stage == "mark_sites"


def test_pages_that_cannot_be_counted_do_not_count(monkeypatch):
    from corpus_norm import boilerplate

    monkeypatch.setattr(
        boilerplate, "count_blocks", poisoned(boilerplate.count_blocks, TypeError("no"))
    )
    items = [RawDocument(item.source, item.data, site="example.org") for item in ITEMS]
    assert pipeline.count_site_blocks(items, Settings())["example.org"].pages == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_who_stops_the_program_stops_it(monkeypatch, error):
    break_stage(monkeypatch, "classify", error())
    with pytest.raises(error):
        process(ITEMS)


def test_a_model_that_is_broken_for_all_is_told_and_no_document_s_fault(monkeypatch, tiny_model):
    def fail(*_, **__):
        raise ModelIntegrityError("the model is damaged")

    monkeypatch.setattr(documents, "open_engines", fail)
    with pytest.raises(ModelIntegrityError):
        process(ITEMS)


def test_a_fault_of_the_program_is_logged_and_what_a_document_may_do_is_not(monkeypatch, caplog):
    with monkeypatch.context() as patched:
        break_stage(patched, "segment", TypeError("ours"))
        process(ITEMS)
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "1.txt: stage segment: TypeError: ours" in record.getMessage()
    assert "Traceback" in record.getMessage()
    caplog.clear()
    break_stage(monkeypatch, "segment", ValueError("the document's"))
    process(ITEMS)
    assert not caplog.records


def test_faults_are_counted_told_at_the_end_and_kept_in_a_file(
    monkeypatch, tiny_model, tmp_path, caplog
):
    inputs = write(ITEMS, tmp_path)
    with monkeypatch.context() as patched:
        break_stage(patched, "audit", ValueError("no reading"))
        dataset = corpus_norm.convert(inputs, tmp_path / "out")
    assert dataset.faults == 1
    log = tmp_path / "out" / "faults.log"
    assert str(log) in caplog.text
    assert "1 fault(s) of the program" in caplog.text
    text = log.read_text("utf-8")
    assert "1.txt: stage translate: ValueError: no reading" in text
    assert "Traceback" in text
    assert list(dataset.verify()) == []
    assert dataset.manifest.totals.statuses["failed"] == 1
    # A finished dataset is left as it is; one that is made anew loses the log of the old one.
    assert corpus_norm.convert(inputs, tmp_path / "out").manifest == dataset.manifest
    assert log.exists()
    again = corpus_norm.convert(inputs, tmp_path / "out", overwrite=True)
    assert again.faults == 0
    assert not log.exists()
    assert "failed" not in again.manifest.totals.statuses


def test_a_stopped_run_goes_on_past_a_document_that_failed(monkeypatch, tiny_model, tmp_path):
    break_stage(monkeypatch, "audit", ValueError("no reading"))
    break_stage(monkeypatch, "identify", TypeError("of its own"))
    small = corpus_norm.settings.DatasetSettings(part_documents=2, batch_documents=1)
    settings = Settings(dataset=small)
    inputs = write(ITEMS, tmp_path)

    def stop(state):
        if state.rows == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus_norm.convert(inputs, tmp_path / "out", settings, progress=stop)
    dataset = corpus_norm.convert(inputs, tmp_path / "out", settings)
    assert (dataset.manifest.totals.documents, dataset.manifest.totals.rejects) == (3, 1)


# In worker processes nothing can be replaced from here, so the task itself does it there.


def convert_broken(batch, timer, how, **options):
    audit = checking.audit

    def stumble(source, *rest):
        if "poison" in source and how == "hang":
            time.sleep(60)
        if "poison" in source:
            raise AttributeError("in a worker")
        return audit(source, *rest)

    with patch.object(checking, "audit", stumble):
        return convert_batch(batch, timer, **options)


@pytest.fixture
def broken_workers(monkeypatch):
    def break_them(how):
        make_task = job_module.Job.make_task

        def make_broken(self, site_boilerplate):
            return partial(convert_broken, how=how, **make_task(self, site_boilerplate).keywords)

        monkeypatch.setattr(job_module.Job, "make_task", make_broken)

    return break_them


def test_in_a_worker_too(tiny_model, tmp_path, broken_workers):
    broken_workers("raise")
    inputs = write(ITEMS, tmp_path)
    dataset = corpus_norm.convert(inputs, tmp_path / "out", workers=2)
    found = [document.translation_status.value for document in dataset.documents()]
    assert found == ["translated", "failed", "source_is_english", "translated"]
    assert dataset.faults == 1
    assert "AttributeError: in a worker" in (tmp_path / "out" / "faults.log").read_text("utf-8")


@pytest.mark.parametrize("workers", [None, 1])
def test_translation_has_the_time_of_one_document_not_of_its_batch(
    tiny_model, tmp_path, broken_workers, workers
):
    broken_workers("hang")
    many = [RawDocument(f"{n}.txt", f"{TEXTS[3]} Voici {n}.") for n in range(20, 50)]
    inputs = write([*ITEMS, *many], tmp_path)
    start = time.monotonic()
    dataset = corpus_norm.convert(
        inputs, tmp_path / "out", Settings(time_limit_s=3.0), workers=workers
    )
    assert time.monotonic() - start < 80  # of 34 documents together: 102
    [row] = dataset.rejects.to_pylist()
    assert row["source"].endswith("1.txt")
    assert (row["stage"], row["error"]) == ("translate", "TimeLimitError")
    assert row["message"].startswith("took longer than the time limit of 3 s")
    assert dataset.faults == 0
    assert len(dataset) == 33


@pytest.mark.parametrize("stage", ["decode", "segment", "classify", "split_sentences"])
def test_without_workers_each_stage_has_its_time(monkeypatch, tmp_path, stage):
    function = getattr(pipeline, stage)

    def hang(subjects, context):
        if is_poisoned(subjects):
            time.sleep(60)
        return function(subjects, context)

    replace_stage(monkeypatch, stage, hang)
    inputs = write(ITEMS, tmp_path)
    dataset = corpus_norm.convert(inputs, tmp_path / "out", Settings(time_limit_s=0.5))
    [row] = dataset.rejects.to_pylist()
    assert (row["stage"], row["error"]) == (stage, "TimeLimitError")
    assert len(dataset) == 3


def test_outside_the_main_thread_the_time_is_kept_too(monkeypatch, tmp_path):
    def hang(document, context):
        while is_poisoned(document):
            time.sleep(0.01)
        return pipeline.segment(document, context)

    replace_stage(monkeypatch, "segment", hang)
    inputs = write(ITEMS, tmp_path)
    found = []

    def work():
        found.append(corpus_norm.convert(inputs, tmp_path / "out", Settings(time_limit_s=0.5)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert [row["error"] for row in found[0].rejects.to_pylist()] == ["TimeLimitError"]


def test_what_was_translated_is_not_translated_again_when_a_batch_is_tried_anew(
    monkeypatch, tiny_model, tmp_path
):
    from corpus_norm.translation.engines.argos import ArgosTranslator

    asked = []
    translate_batch = ArgosTranslator.translate_batch

    def count(self, requests, decoding):
        asked.extend((request.text, decoding) for request in requests)
        return translate_batch(self, requests, decoding)

    monkeypatch.setattr(ArgosTranslator, "translate_batch", count)
    break_stage(monkeypatch, "audit", ValueError("no reading"))
    process(ITEMS)
    assert len(asked) == len(set(asked))


def test_the_numeral_that_ended_runs():
    text = "La version 1.1.5k du logiciel est sortie lundi."
    found = process([RawDocument("a.txt", text), *GOOD])
    assert [isinstance(each, Document) for each in found] == [True] * 4


def test_a_pool_s_batch_of_one_keeps_its_limit():
    with Pool(1, convert_nothing, Limits(time_s=0.5)) as pool:
        [outcome] = pool.map([[RawDocument("a.txt", "x")]])
    assert outcome.result == ["TimeLimitError"]


def convert_nothing(batch, timer):
    timer.begin(0)
    if isinstance(batch[0], RawDocument):
        time.sleep(60)
    return [getattr(each, "error", "") for each in batch]
