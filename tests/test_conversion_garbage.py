"""What a conversion changes of Python's garbage collection is put back, whoever else converts."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus_norm.guard import THRESHOLDS, collect_seldom, freeze

FOUND = (701, 11, 9)


@pytest.fixture(autouse=True)
def _own_thresholds():
    before = gc.get_threshold()
    gc.set_threshold(*FOUND)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def state():
    return gc.get_threshold(), gc.get_freeze_count() > 0, gc.isenabled()


def test_it_is_as_it_was_afterwards():
    with collect_seldom():
        assert state() == (THRESHOLDS, False, True)
    assert state() == (FOUND, False, True)


def test_it_is_as_it_was_after_an_error():
    with pytest.raises(ZeroDivisionError), collect_seldom():
        _ = 1 / 0
    assert state() == (FOUND, False, True)


def test_an_inner_block_ends_nothing_of_the_outer_one():
    with collect_seldom():
        for _ in range(3):
            with collect_seldom():
                assert state() == (THRESHOLDS, False, True)
            assert state() == (THRESHOLDS, False, True)
    assert state() == (FOUND, False, True)


def test_the_last_of_several_blocks_ends_it_whatever_their_order():
    first, second = collect_seldom(), collect_seldom()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert state() == (THRESHOLDS, False, True)
    second.__exit__(None, None, None)
    assert state() == (FOUND, False, True)


def test_threads_that_overlap_leave_it_as_it_was():
    barrier = threading.Barrier(8)

    def work(number):
        for _ in range(5):
            barrier.wait()
            with collect_seldom():
                if number % 2:
                    pause.wait(0.001)
                assert gc.get_threshold() == THRESHOLDS

    pause = threading.Event()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert state() == (FOUND, False, True)


def test_what_somebody_froze_stays_frozen():
    gc.freeze()
    frozen = gc.get_freeze_count()
    with collect_seldom():
        assert gc.get_threshold() == THRESHOLDS
    assert gc.get_freeze_count() == pytest.approx(frozen, abs=frozen // 10)
    assert gc.get_threshold() == FOUND


def test_a_collector_that_is_off_stays_off():
    gc.disable()
    try:
        with collect_seldom():
            assert not gc.isenabled()
        assert state() == (FOUND, False, False)
    finally:
        gc.enable()


def test_only_a_worker_freezes_its_objects():
    freeze()
    assert gc.get_freeze_count() > 0
    with collect_seldom():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() > 0
