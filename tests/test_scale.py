"""The scale benchmark reports measurements, missing pages and differing datasets."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from benchmarks.pages import make_crawl, write_pages
from benchmarks.scale import Measurement, Plan, list_problems, make_table, measure_sizes
from benchmarks.usage import measure_command

ONE = Measurement("pool", "html", 20, 1, 20, "digest", 2.0, 4.0, 200_000_000, 100_000_000)


@pytest.mark.slow
def test_one_worker_and_two_give_the_same_dataset_with_every_page():
    """In full, with Ray and datatrove: ``make bench-scale``; in short: ``make bench-short``."""
    found = list(measure_sizes(Plan(workers=(1, 2)), [20], ["html"]))
    assert [(one.engine, one.workers, one.written) for one in found] == [
        ("pool", 1, 20),
        ("pool", 2, 20),
    ]
    assert list_problems(found) == []
    for one in found:
        assert one.dataset
        assert one.rate > 0
        assert one.cpu_rate > 0
        assert one.worker_bytes > 20_000_000
        assert one.parent_bytes > 20_000_000
    assert make_table(found).row_count == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, []),
        ({"written": 19}, ["pool, 2: 19 of 20 pages"]),
        ({"dataset": "another"}, ["20 html pages: 2 different datasets"]),
        ({"pages": 40, "written": 40, "dataset": "another"}, []),
        ({"engine": "datatrove", "dataset": "", "written": 15}, []),
    ],
)
def test_missing_pages_and_different_datasets_are_problems(change, says):
    other = replace(ONE, workers=2, **change)
    assert list_problems([ONE, other]) == says


def test_rates_by_clock_and_by_cpu_time():
    assert (ONE.rate, ONE.cpu_rate) == (10.0, 5.0)


def test_the_memory_and_cpu_time_of_children_count():
    code = (
        "import subprocess, sys; "
        "subprocess.run([sys.executable, '-c', "
        "'import time; x = bytes(range(200)) * 400_000; sum(range(5_000_000)); time.sleep(0.6)'])"
    )
    usage = measure_command([sys.executable, "-c", code])
    assert usage.worker_bytes > 80_000_000 > usage.parent_bytes
    assert usage.cpu_seconds > 0.05


def test_a_failing_command_ends_the_benchmark_with_its_error():
    with pytest.raises(SystemExit, match="no such corpus"):
        measure_command([sys.executable, "-c", "raise SystemExit('no such corpus')"])


def test_pages_are_the_same_in_every_run_and_no_two_alike(tmp_path):
    for name in ("a", "b"):
        write_pages(tmp_path / name, 30, kinds="html")
    contents = [
        [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.html"))] for name in "ab"
    ]
    assert contents[0] == contents[1]
    assert len(set(contents[0])) == 30


def test_the_pages_of_a_crawled_site_share_furniture_and_no_two_are_alike():
    first, second, other = (page.data.decode() for page in [*make_crawl(2, 2)][:3])
    menus = [html.partition("</nav>")[0].partition("<nav")[2] for html in (first, second, other)]
    assert menus[0] == menus[1] != menus[2]
    assert first != second
    assert [page.data for page in make_crawl(2, 2)] == [page.data for page in make_crawl(2, 2)]
