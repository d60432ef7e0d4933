"""Workers under supervision: what hangs, crashes or grows costs itself and nothing else.

The tasks stand in this module, so that a spawned process can import them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from corpus_norm.conversion.pool import MAX_STARTS, Limits, Pool
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import CorpusNormError

FRESH_BYTES = 1  # any process is larger


def make_batches(*texts):
    return [[RawDocument(f"{text}.txt", text) for text in batch.split()] for batch in texts]


def obey(batch, timer):
    """Do what each document says; a result names the documents and the process."""
    done = []
    for index, item in enumerate(batch):
        if isinstance(item, Rejection):
            done.append(f"{item.error}@{item.stage}")
            continue
        timer.begin(index)
        with timer.stage("segment"):
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


def hang_together(batch, timer):
    """A stage that works on all documents at once hangs because of one of them."""
    timer.begin(None, len(batch))
    with timer.stage("translate"):
        if any(isinstance(item, RawDocument) and item.data == "hang" for item in batch):
            time.sleep(60)
    return [getattr(item, "error", "done") for item in batch], os.getpid()


def linger(batch, timer):
    """Slow for want of a free machine, with nothing left to work on."""
    timer.begin(None, len(batch))
    with timer.stage("translate"):
        time.sleep(1.5)
    return batch


def die_once(batch, timer, flag):
    """Killed from outside, through no fault of a document."""
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return obey(batch, timer)


class Fragile:
    """A task that ends its process while it is unpacked there, as often as it is told to."""

    def __init__(self, folder, deaths, how):
        self.folder, self.deaths, self.how = folder, deaths, how

    def __call__(self, batch, timer):
        return obey(batch, timer)

    def __setstate__(self, state):
        self.__dict__.update(state)
        before = len(list(self.folder.iterdir()))
        if before < self.deaths:
            (self.folder / str(os.getpid())).touch()
            end(self.how)


def end(how):
    if how == "exit":
        os._exit(3)
    elif how == "memory":
        raise MemoryError
    elif how == "map":
        raise ImportError("libarrow.so: failed to map segment from shared object")
    elif how == "no-map":
        raise ImportError("libarrow.so: no such file")
    else:
        os.kill(os.getpid(), how)


def die_together(batch, timer):
    if len(batch) > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return obey(batch, timer)


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

    def timer_them(batches):
        for batch in batches:
            taken.append(batch)
            yield batch

    with Pool(1, obey) as pool:
        outcomes = pool.map(timer_them(make_batches(*map(str, range(50)))))
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


def keep(batch, timer):
    obey(batch, timer)
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


@pytest.mark.parametrize("how", [signal.SIGKILL, "memory", "map"])
def test_a_worker_killed_before_it_is_ready_is_started_again(tmp_path, how):
    task = Fragile(tmp_path, MAX_STARTS - 1, how)
    assert words(run(task, make_batches("a b", "c"), workers=1)) == ["a b", "c"]
    assert len(list(tmp_path.iterdir())) == MAX_STARTS - 1


@pytest.mark.parametrize(
    ("workers", "how", "message"),
    [
        (2, signal.SIGKILL, r"\(killed, as systems do when memory runs out: SIGKILL\); leave"),
        (1, "memory", r"\(out of memory\); leave memory for it: use fewer workers"),
        (1, signal.SIGSEGV, r"\(killed by SIGSEGV\)"),
    ],
)
def test_workers_that_are_always_killed_end_the_run_and_it_says_why(
    tmp_path, workers, how, message
):
    with pytest.raises(CorpusNormError, match=rf"could not be started {message}"):
        run(Fragile(tmp_path, 1_000, how), make_batches("a", "b", "c", "d"), workers=workers)
    starts = len(list(tmp_path.iterdir()))
    assert MAX_STARTS <= starts <= MAX_STARTS * workers


@pytest.mark.parametrize("how", ["exit", "no-map"])
def test_a_worker_that_ends_by_itself_is_not_started_again(tmp_path, how):
    with pytest.raises(
        CorpusNormError, match=r"\(exit code [13]\); with workers, call convert from"
    ):
        run(Fragile(tmp_path, 1_000, how), make_batches("a"), workers=1)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("code", "deaths"), [(-9, MAX_STARTS), (1, 1)])
def test_where_one_worker_is_ready_the_others_are_done_without(code, deaths, caplog):
    with Pool(3, obey, Limits(time_s=30)) as pool:
        assert next(pool.map(make_batches("a"))).result[0] == ["a"]
        for _ in range(deaths):
            assert pool._count == 3
            pool._on_failed_start(code)
        assert pool._count == 1
        assert words([each.result for each in pool.map(make_batches("a", "b"))]) == ["a", "b"]
        assert len(pool._workers) == 1
    assert "going on with 1 worker(s): another could not be started" in caplog.text


def test_where_the_system_allows_no_more_processes_it_goes_on_with_those_there_are(monkeypatch):
    started = []
    start = SpawnProcess.start

    def start_two(process):
        if len(started) == 2:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(process)
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", start_two)
    texts = list("abcdefgh")
    assert words(run(obey, make_batches(*texts), workers=4)) == texts
    with pytest.raises(CorpusNormError, match=r"\(Resource temporarily unavailable\); use fewer"):
        run(obey, make_batches(*texts), workers=4)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("be-killed", "died (killed, as systems do when memory runs out: SIGKILL): it needs more"),
        ("eat-memory", "died (out of memory): it needs more memory"),
        ("crash", "died (killed by SIGSEGV): it met a fault in a library"),
    ],
)
def test_the_reason_of_a_death_is_told(word, message):
    with Pool(1, keep, Limits(time_s=30)) as pool:
        [outcome] = pool.map(make_batches(f"a {word}"))
    assert message in outcome.result[1].message


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


RUN = """
import test_conversion_pool as tests
from corpus_norm.conversion.pool import Pool

if __name__ == "__main__":
    with Pool(1, tests.tell_process) as pool:
        list(pool.map(tests.make_batches("a")))
"""


def tell_process(batch, timer):
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    time.sleep(120)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are read from /proc")
def test_a_worker_ends_with_its_parent_even_in_the_middle_of_a_batch():
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", RUN], env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE
    ) as run:
        worker = int(run.stdout.readline())
        run.kill()
        end = time.monotonic() + 10
        while is_running(worker) and time.monotonic() < end:
            time.sleep(0.05)
        is_left = is_running(worker)
        if is_left:
            os.kill(worker, signal.SIGTERM)
    assert not is_left


def is_running(process):
    """Whether a process is there that is no zombie, which nobody may be left to reap."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_pool_can_be_used_again():
    with Pool(1, obey) as pool:
        first = [outcome.result for outcome in pool.map(make_batches("a"))]
        second = [outcome.result for outcome in pool.map(make_batches("b"))]
    assert words(first + second) == ["a", "b"]
    assert first[0][1] == second[0][1]


def find_pandas(batch, timer):
    del batch, timer
    import pyarrow as pa

    pa.array(["a list, which might be of pandas"])
    return "pandas" in sys.modules, os.getpid()


def test_the_same_processes_do_another_task():
    with Pool(1, None) as pool:
        first = [each.result for each in pool.run(obey, make_batches("a", "b"))]
        second = [each.result for each in pool.run(find_pandas, make_batches("a"))]
    assert words(first) == ["a", "b"]
    assert second == [(False, first[0][1])]


def test_a_task_reaches_workers_that_start_in_place_of_dead_ones():
    with Pool(1, None) as pool:
        [first] = pool.run(obey, make_batches("a"))
        os.kill(first.result[1], signal.SIGKILL)
        [second] = pool.run(find_pandas, make_batches("b"))
    assert second.result[1] != first.result[1]


def test_a_worker_does_not_import_pandas():
    with Pool(1, find_pandas) as pool:
        [outcome] = pool.map(make_batches("a"))
    assert not outcome.result[0]


def test_seconds_by_stage_come_with_every_result():
    with Pool(1, obey) as pool:
        [outcome] = pool.map(make_batches("a"))
    assert list(outcome.seconds) == ["segment"]
    assert outcome.memory_bytes is None or outcome.memory_bytes > 1_000_000


def test_a_program_from_standard_input_works_in_its_own_process(tmp_path):
    (tmp_path / "a.txt").write_text("The mayor resigned on Monday.", "utf-8")
    code = "import corpus_norm\nprint(len(corpus_norm.convert('a.txt', 'out', workers=2)))"
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-"],
        input=code,
        text=True,
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout == "1\n"
    assert "comes from standard input" in done.stderr
