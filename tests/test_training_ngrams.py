"""Mixing and pruning language models."""

from __future__ import annotations

import numpy as np
import pytest

from corpus_norm.translation.engines.phrases.english import ORDER
from training.phrases.ngrams import choose_words, estimate, mix, prune, read_ids
from training.phrases.tune import score_language

MANUAL = ["press the red button to stop .", "press the button twice .", "see the manual ."] * 3
NEWS = ["the minister will press charges .", "the minister will see the king .", "he said so ."] * 3
ALL = (1, 1, 1, 1, 1)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of manuals and one of news, with the same words."""
    folder = tmp_path_factory.mktemp("lm")
    paths = []
    for name, lines in (("manual", MANUAL), ("news", NEWS)):
        paths.append(folder / f"{name}.english")
        paths[-1].write_text("\n".join(lines) + "\n", "utf-8")
    words = choose_words(paths)
    return [estimate(*read_ids([path], words), len(words), ALL) for path in paths], words


def score(model, words, text):
    ids = [words.index(word) for word in text.split()]
    return float(score_language(model.encode(), [ids])[0])


def add_up(model):
    """The sums of the probabilities after each context of one word, of all words."""
    size = len(model.chances[1])
    sums = []
    for context in range(size):
        after = model.backoffs[1][context] * model.chances[1].copy()
        mine = model.keys[2] >> np.uint64(16) == context
        after[(model.keys[2][mine] & np.uint64(0xFFFF)).astype(int)] = model.chances[2][mine]
        sums.append(after.sum())
    return sums


def test_a_mixed_model_knows_the_sentences_of_both(models):
    (manual, news), words = models
    mixed = mix(manual, news, 0.5)
    for text, own, other in ((MANUAL[0], manual, news), (NEWS[0], news, manual)):
        assert score(other, words, text) < score(mixed, words, text) < score(own, words, text)
    assert add_up(mixed) == pytest.approx([1.0] * len(words), abs=1e-6)


def test_a_larger_share_favours_its_model(models):
    (manual, news), words = models
    scores = [score(mix(manual, news, share), words, NEWS[1]) for share in (0.1, 0.5, 0.9)]
    assert scores == sorted(scores)


def test_a_pruned_model_is_closed_and_adds_up(models):
    (manual, news), words = models
    mixed = mix(manual, news, 0.5)
    wanted = {3: len(mixed.keys[3]) // 2, 4: len(mixed.keys[4]) // 3}
    small = prune(mixed, wanted)
    assert len(small.keys[4]) == wanted[4]
    assert len(small.keys[3]) < len(mixed.keys[3])
    for n in range(3, ORDER + 1):
        begins = small.keys[n] >> np.uint64(16)
        ends = small.keys[n] & np.uint64((1 << 16 * (n - 1)) - 1)
        assert np.isin(begins, small.keys[n - 1]).all()
        assert np.isin(ends, small.keys[n - 1]).all()
    assert add_up(small) == pytest.approx([1.0] * len(words), abs=1e-6)


def test_nothing_is_pruned_where_all_may_stay(models):
    (manual, news), _ = models
    mixed = mix(manual, news, 0.3)
    assert len(prune(mixed, {}).keys[4]) == len(mixed.keys[4])
