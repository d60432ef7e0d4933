"""The day on which a GPU is lent: what travels, what is moved aside, and what comes back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from training import tokenizer
from training.arrays import load_table
from training.gather import Group
from training.gpu_day import aside, finish, limits, parcel
from training.prepare import Mixture, write_mixture
from training.settings import Work
from training.sources import Source

WORDS = ["le", "chat", "voit", "un", "grand", "jardin", "et", "la", "maison", "du", "roi"]


@pytest.fixture
def repository(tmp_path):
    """A repository with a heavy folder, and a place for it on the same disk."""
    root = tmp_path / "repository"
    for name in ("corpus_norm/starter/model.npz", "corpus_norm/light.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x" * 3000)
    subprocess.run(["git", "init", "-q", str(root)], check=True)  # noqa: S607
    return root, tmp_path / "aside"


# --- moving models aside --------------------------------------------------------------------


def test_heavy_folders_are_moved_aside_and_come_back(repository):
    root, store = repository
    model = root / "corpus_norm/starter/model.npz"
    assert aside.move_aside(root, store) == ["corpus_norm/starter"]
    assert not model.exists()
    assert (root / "corpus_norm/light.py").exists()
    with pytest.raises(SystemExit, match="gpu_day back"):
        aside.move_aside(root, store)
    assert aside.bring_back(root, store) == ["corpus_norm/starter"]
    assert model.read_bytes() == b"x" * 3000
    assert aside.bring_back(root, store) == []


def test_models_come_back_when_a_step_fails(repository):
    root, store = repository

    def fail():
        with aside.lightened(root, store):
            assert not (root / "corpus_norm/starter").exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (root / "corpus_norm/starter/model.npz").exists()


@pytest.mark.parametrize("done", [False, True])
def test_an_interrupted_move_is_undone(repository, done):
    root, store = repository
    aside.move_aside(root, store)
    if not done:  # as if the list had been written, and nothing moved
        (store / "corpus_norm/starter").rename(root / "corpus_norm/starter")
    assert aside.bring_back(root, store) == ["corpus_norm/starter"]
    assert (root / "corpus_norm/starter/model.npz").exists()


def test_a_model_in_both_places_is_not_overwritten(repository):
    root, store = repository
    aside.move_aside(root, store)
    (root / "corpus_norm/starter").mkdir()
    with pytest.raises(SystemExit, match="remove the unwanted one"):
        aside.bring_back(root, store)
    assert (store / "corpus_norm/starter/model.npz").exists()


# --- limits ---------------------------------------------------------------------------------


def test_what_travels_is_measured_and_the_largest_files_named(repository, monkeypatch):
    root, _ = repository
    (root / ".gitignore").write_text(".parcel/\n", encoding="utf-8")
    (root / ".parcel").mkdir()
    (root / ".parcel/pairs.xz").write_bytes(b"x" * 500)
    assert limits.check_tree(root, []) == 6009
    assert limits.check_tree(root, [".parcel"]) == 6509
    monkeypatch.setattr(limits, "TREE_BYTES", 6100)
    with pytest.raises(SystemExit, match=r"largest files: corpus_norm/"):
        limits.check_tree(root, [".parcel"])


def test_results_are_few_and_small(tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="0 files"):
        limits.check_results(tmp_path)
    (tmp_path / "weights-0.npz").write_bytes(b"x" * 30)
    assert limits.check_results(tmp_path) == 30
    monkeypatch.setattr(limits, "RESULT_BYTES", 20)
    with pytest.raises(SystemExit, match=r"weights-0\.npz"):
        limits.check_results(tmp_path)


def test_the_calls_fit_into_the_lease():
    steps = limits.list_steps()
    assert sum(step.seconds for step in steps) <= limits.LEASE_SECONDS
    for number in (1, 2):
        assert sum(s.seconds for s in steps if s.call == number) <= limits.CALL_SECONDS
    assert [call.until for call in limits.CALLS] == [0.5, 1.0]


# --- the parcel -----------------------------------------------------------------------------


def make_mixture():
    """News that is drawn often, and manuals that are not."""

    def write(word, count):
        return [(f"{word} {i} {WORDS[i % 11]} {WORDS[i % 7]}", f"{word} {i}") for i in range(count)]

    groups = [
        Group(Source("fr-en.news", "fr", "news", "open", "none"), write("chat", 40)),
        Group(Source("fr-en.manual", "fr", "documentation", "open", "none"), write("roi", 900)),
    ]
    return Mixture(groups, [4.0, 0.5], [4.0, 0.1], [(0, ("le chat", "the chat"))])


@pytest.fixture
def packed(tmp_path):
    mixture, work = make_mixture(), Work(tmp_path / "work")
    work.arrays.mkdir(parents=True)
    sentences = [side for group in mixture.groups for pair in group.pairs for side in pair]
    tokenizer.learn(sentences, work.tokenizer, 40)
    return mixture, work, tmp_path / "parcel"


def test_a_parcel_keeps_to_its_limit_and_all_the_news(packed):
    mixture, work, folder = packed
    whole = parcel.pack(work, mixture, folder, 10**6)
    assert len(mixture.groups[1].pairs) == 900
    size = parcel.pack(work, mixture, folder, whole - 1500)
    assert size <= whole - 1500
    assert len(mixture.groups[0].pairs) == 40
    kept = len(mixture.groups[1].pairs)
    assert 0 < kept < 900
    assert mixture.weights[1] > 0.5, "what is left is drawn more often"
    with pytest.raises(SystemExit, match="news and prose alone"):
        parcel.pack(work, mixture, folder, 1500)


def test_a_parcel_becomes_arrays_of_the_same_pairs(packed, tmp_path):
    mixture, work, folder = packed
    parcel.pack(work, mixture, folder, 10**6)
    write_mixture(work, mixture, 8, "fresh", 0)
    (folder / "mixture.json").write_bytes(work.mixture.read_bytes())
    there = Work(tmp_path / "there")
    assert parcel.unpack(folder, there, 120, processes=1) == 940
    table = load_table(there.arrays, "train")
    assert sorted(set(table.groups.tolist())) == [0, 1]
    assert (table.groups == 0).sum() == 40
    assert len(load_table(there.arrays, "valid")) == 1


def test_the_machine_needs_nothing_of_the_library():
    code = (
        "import sys, training.gpu_day.machine, training.gpu_day.__main__\n"
        "assert not [n for n in sys.modules if n.startswith(('corpus_norm', 'ctranslate2'))]"
    )
    root = Path(__file__).resolve().parents[1]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


# --- the comparison -------------------------------------------------------------------------


@pytest.mark.parametrize(("newstest", "installed"), [(9.0, False), (11.0, True)])
def test_a_network_replaces_the_starter_only_if_it_is_better_on_every_set(
    tmp_path, monkeypatch, newstest, installed
):
    (tmp_path / "translate-old").mkdir()
    done = []

    def score(package, _mt, stem, _limit):
        if package.name == "translate-old":
            return 10.0
        return newstest if stem.startswith("newstest2021") else 30.0

    def build(_work, _card, _tests, path):
        path.write_bytes(b"")

    monkeypatch.setattr(finish, "STARTERS", tmp_path)
    monkeypatch.setattr(finish, "join", lambda results, work: None)
    monkeypatch.setattr(finish, "build_package", build)
    monkeypatch.setattr(finish, "unpack_starter", lambda *places: done.append(places))
    monkeypatch.setattr(finish, "_score", score)
    compared = finish.finish(tmp_path, Work(tmp_path / "work"), tmp_path, install=True)
    assert len(compared) == 4
    assert bool(done) == installed
