"""The recipe of the boilerplate network: the written network equals the trained one."""

import numpy as np
import pytest

from corpus_norm.boilerplate.model import read_network
from corpus_norm.boilerplate.vectors import Pages
from training.boilerplate.samples import Sample

torch = pytest.importorskip(
    "torch", reason="training needs torch: pip install -r training/boilerplate/requirements.txt"
)

from training.boilerplate.network import (  # noqa: E402
    Convolutions,
    fit_network,
    write_network,
)

COLUMNS = 6


def test_written_network_predicts_like_the_trained_one():
    torch.manual_seed(3)
    network = Convolutions(COLUMNS).eval()
    mean, deviation = np.arange(COLUMNS) / 10, np.full(COLUMNS, 2.0)
    rows = np.random.default_rng(1).normal(size=(50, COLUMNS))
    scaled = torch.tensor((rows - mean) / deviation, dtype=torch.float32)
    with torch.no_grad():
        wanted = network(scaled[None], torch.ones(1, 50))[0].numpy()
    written = read_network(write_network(network, mean, deviation))
    found = written.weigh(rows, Pages.of_sizes([50]))
    assert np.ptp(wanted) > 0.1
    assert np.abs(found - wanted).max() < 0.02


def test_network_learns_from_neighbouring_blocks():
    """Here a row is body if the row two before it is positive."""
    rng = np.random.default_rng(7)

    def draw_sample():
        table = rng.normal(size=(rng.integers(20, 60), COLUMNS))
        is_body = np.concatenate([[False, False], table[:-2, 0] > 0])
        weight = np.full(len(table), 1.0)
        barred = np.zeros(len(table), dtype=bool)
        return Sample(table, tuple("abcdef"), is_body, weight, barred)

    network = read_network(fit_network([draw_sample() for _ in range(400)], seed=1))
    new = draw_sample()
    odds = network.weigh(new.table, Pages.of_sizes([len(new.table)]))
    assert np.mean((odds > 0) == new.is_body) > 0.9


def draw_pages(count):
    """Pages of two sources whose rows are body where the first column is positive."""
    rng = np.random.default_rng(3)
    return [
        {
            "id": f"p{number}",
            "domain": f"site{number % 12}.example",
            "source_repo": f"a/{number % 7}",
            "language": "en",
            "table": rng.normal(size=(40, COLUMNS)),
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("by", ["site", "source"])
def test_a_page_is_scored_by_a_model_that_saw_none_of_its_group(by, monkeypatch):
    pytest.importorskip("lightgbm")
    from training.boilerplate import validation

    pages = draw_pages(60)
    scheme = validation.Scheme(by, 1, ["a/0"], networks=0)
    folds = validation.assign_folds(pages, scheme)
    group = "domain" if by == "site" else "source_repo"
    trained = [p for p in pages if p["source_repo"] not in scheme.exclude or by == "site"]
    for name in {page[group] for page in trained}:
        assert len({f for f, p in zip(folds, pages, strict=True) if p[group] == name}) == 1
    seen = []

    def sample(page):
        body = page["table"][:, 0] > 0
        barred = np.zeros(len(body), dtype=bool)
        yield Sample(page["table"], tuple("abcdef"), body, np.ones(len(body)), barred)

    def spy(name, samples, seed, networks):
        seen.append(samples)
        return fit(name, samples, seed, networks)

    fit = validation.fit
    monkeypatch.setitem(validation.SAMPLERS, "text", sample)
    monkeypatch.setattr(validation, "fit", spy)
    found = list(validation.score_out_of_fold("text", pages, scheme))
    assert len(found) == len(pages)
    for fold, view in found:
        assert not any(view.sample.table is other.table for other in seen[fold])
