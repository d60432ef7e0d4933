"""Time limits outside the main thread, where no signal can interrupt the work."""

from __future__ import annotations

import subprocess
import sys

TRACED = """
import sys, threading, time
from corpus_norm.guard import TimeUp, call_within

def spin():
    while True:
        time.sleep(0.001)

def work():
    sys.settrace(lambda *_: None)
    for _ in range(20):
        try:
            call_within(0.01, spin)
        except TimeUp:
            ended.append("late")
        call_within(60.0, lambda: ended.append("in time"))

ended = []
thread = threading.Thread(target=work, daemon=True)
thread.start()
thread.join(30)
deadline = time.monotonic() + 20  # for alarms on their way out; one that is lost waits a minute
while threading.active_count() > 1 and time.monotonic() < deadline:
    time.sleep(0.01)
print(ended.count("late"), ended.count("in time"), threading.active_count())
"""


def run_traced(code=TRACED):
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout
    return [int(count) for count in found.split()]


def test_a_traced_thread_goes_on_after_its_time_is_up():
    late, in_time, threads = run_traced()
    assert (late, in_time) == (20, 20)
    assert threads == 1


def test_the_limit_and_the_end_may_meet():
    late, in_time, threads = run_traced(
        TRACED.replace("while True:", "for _ in range(3):").replace("0.001", "0.004")
    )
    assert late <= 20
    assert in_time == 20
    assert threads == 1
