"""Workers under supervision: what hangs, crashes or grows costs itself and nothing else.

The tasks stand in this module, so that a spawned process can import them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from functools import partial

import pytest

from corpus_norm.conversion.pool import Limits, Pool
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import CorpusNormError

FRESH_BYTES = 1  # any process is larger


def make_batches(*texts):
    return [[RawDocument(f"{text}.txt", text) for text in batch.split()] for batch in texts]


def obey(batch, watch):
    """Do what each document says; a result names the documents and the process."""
    done = []
    for index, item in enumerate(batch):
        if isinstance(item, Rejection):
            done.append(f"{item.error}@{item.stage}")
            continue
        watch.begin(index)
        with watch.stage("segment"):
            obey_word(item.data)
        done.append(item.data)
    return done, os.getpid()


def obey_word(word):
    if word == "hang":
        while True:
            time.sleep(0.01)
    elif word == "hang-in-c":
        ctypes.PyDLL(None).sleep(60)  # keeps the interpreter lock, as a C parser does
    elif word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif word == "be-killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "eat-memory":
        raise MemoryError
    elif word == "fault":
        raise ZeroDivisionError("a fault of ours")


def hang_together(batch, watch):
    """A stage that works on all documents at once hangs because of one of them."""
    watch.begin(None, len(batch))
    with watch.stage("translate"):
        if any(isinstance(item, RawDocument) and item.data == "hang" for item in batch):
            time.sleep(60)
    return [getattr(item, "error", "done") for item in batch], os.getpid()


def linger(batch, watch):
    """Slow for want of a free machine, with nothing left to work on."""
    watch.begin(None, len(batch))
    with watch.stage("translate"):
        time.sleep(1.5)
    return batch


def die_once(batch, watch, flag):
    """Killed from outside, through no fault of a document."""
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return obey(batch, watch)


def die_together(batch, watch):
    if len(batch) > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return obey(batch, watch)


def run(task, batches, limits=Limits(time_s=30), workers=2):  # noqa: B008
    with Pool(workers, task, limits, keep_bytes=100) as pool:
        return [outcome.result for outcome in pool.map(batches)]


def words(results):
    return [" ".join(done) for done, _ in results]


def test_results_come_in_order_whatever_finishes_first():
    texts = [f"{n} {n}b" for n in range(20)]
    assert words(run(obey, make_batches(*texts), workers=3)) == texts


def test_work_is_taken_only_as_it_is_needed():
    taken = []

    def watch_them(batches):
        for batch in batches:
            taken.append(batch)
            yield batch

    with Pool(1, obey) as pool:
        outcomes = pool.map(watch_them(make_batches(*map(str, range(50)))))
        next(outcomes)
        assert len(taken) < 10


@pytest.mark.parametrize("word", ["hang", "hang-in-c"])
def test_a_document_that_hangs_is_rejected_and_its_batch_done_without_it(word):
    batches = make_batches("a b", f"c {word} d", "e")
    assert words(run(obey, batches, Limits(time_s=1.5))) == [
        "a b",
        "c TimeLimitError@segment d",
        "e",
    ]


@pytest.mark.slow
def test_documents_that_kill_their_process_are_rejected_and_the_run_goes_on():
    batches = make_batches("a b", "crash c be-killed d eat-memory", "e")
    lost = "WorkerDiedError@process"
    assert words(run(obey, batches)) == ["a b", f"{lost} c {lost} d {lost}", "e"]


def test_a_rejection_says_what_to_do_and_keeps_small_documents():
    batch = [RawDocument("a.txt", "hang", 3), RawDocument("b.txt", "b")]
    with Pool(1, keep, Limits(time_s=1.0), keep_bytes=100) as pool:
        [outcome] = pool.map([batch])
    rejection = outcome.result[0]
    assert (rejection.source, rejection.record, rejection.data) == ("a.txt", 3, b"hang")
    assert rejection.bytes_sha256 == batch[0].bytes_sha256
    assert "time limit of 1 s; raise settings.time_limit_s" in rejection.message


def keep(batch, watch):
    obey(batch, watch)
    return batch


@pytest.mark.slow
def test_of_documents_that_are_worked_on_together_the_one_that_hangs_is_found():
    [(done, _)] = run(hang_together, make_batches("a hang b"), Limits(time_s=0.7), workers=1)
    assert done == ["done", "TimeLimitError", "done"]


def test_where_no_document_is_left_none_can_take_too_long():
    batch = [Rejection("a.txt", 0, "", "decode", "TimeLimitError", "took too long")]
    assert run(linger, [batch], Limits(time_s=0.2), workers=1) == [batch]


@pytest.mark.slow
def test_a_worker_killed_from_outside_costs_no_document(tmp_path):
    task = partial(die_once, flag=tmp_path / "flag")
    assert words(run(task, make_batches("a b"), workers=1)) == ["a b"]


def test_a_batch_that_kills_workers_through_no_single_document_ends_the_run_with_advice():
    with pytest.raises(CorpusNormError, match="with fewer workers"):
        run(die_together, make_batches("a b"), workers=1)


def test_a_fault_of_the_program_is_raised_with_its_traceback():
    with pytest.raises(ZeroDivisionError) as caught:
        run(obey, make_batches("a", "fault"))
    assert "obey_word" in "".join(caught.value.__notes__)


def test_workers_are_replaced_after_so_many_batches():
    results = run(obey, make_batches(*"abcd"), Limits(batches=2), workers=1)
    assert words(results) == list("abcd")
    assert len({process for _, process in results}) == 2


def test_a_worker_that_has_grown_too_large_is_replaced():
    results = run(obey, make_batches(*"abc"), Limits(memory_bytes=FRESH_BYTES), workers=1)
    assert words(results) == list("abc")
    assert len({process for _, process in results}) == 3


def test_no_more_workers_are_started_than_there_is_work_for():
    with Pool(8, obey) as pool:
        list(pool.map(make_batches("a", "b")))
        assert len(pool._workers) <= 2


def test_no_process_is_left_when_the_work_is_broken_off():
    processes = []

    def break_off():
        with Pool(2, obey) as pool:
            outcomes = pool.map(make_batches(*map(str, range(50))))
            processes.append(next(outcomes).result[1])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    with pytest.raises(ProcessLookupError):
        os.kill(processes[0], 0)


def test_a_pool_can_be_used_again():
    with Pool(1, obey) as pool:
        first = [outcome.result for outcome in pool.map(make_batches("a"))]
        second = [outcome.result for outcome in pool.map(make_batches("b"))]
    assert words(first + second) == ["a", "b"]
    assert first[0][1] == second[0][1]


def test_seconds_by_stage_come_with_every_result():
    with Pool(1, obey) as pool:
        [outcome] = pool.map(make_batches("a"))
    assert list(outcome.seconds) == ["segment"]
    assert outcome.memory_bytes is None or outcome.memory_bytes > 1_000_000
