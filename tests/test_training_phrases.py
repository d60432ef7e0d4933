"""The recipe of the phrase tables, from parallel text to a package that translates."""

from __future__ import annotations

import gzip
import itertools
import json
import subprocess
import sys
import zlib
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines.phrases import PhraseEngine, load_translator
from corpus_norm.translation.engines.phrases.search import FEATURES, TEMPLATES, Orderer, search
from corpus_norm.translation.engines.phrases.tables import (
    SWAP_BITS,
    Senses,
    Swaps,
    hash_token,
)
from corpus_norm.translation.engines.phrases.tokens import tokenize_english
from corpus_norm.translation.models import read_package
from training.phrases.casing import Truecaser

for name in ("numba", "eflomal", "jieba", "sacrebleu"):
    pytest.importorskip(
        name, reason=f"needs {name}: pip install -r training/phrases/requirements.txt"
    )

from training.phrases import kernels  # noqa: E402
from training.phrases.build import Weights, build  # noqa: E402
from training.phrases.classes import choose_classes  # noqa: E402
from training.phrases.extract import Evidence, Vocabulary, weigh_sentences  # noqa: E402
from training.phrases.kernels import Bitext, Ragged  # noqa: E402
from training.phrases.misread import choose_names, find_misread, is_misread  # noqa: E402
from training.phrases.numerals import choose_wrong  # noqa: E402
from training.phrases.reorder import _tabulate, list_clauses  # noqa: E402
from training.phrases.senses import Data, Fitted, Words, adapt, choose_words, learn, pack  # noqa: E402
from training.phrases.senses import find_examples as find_sense_examples  # noqa: E402
from training.phrases.swaps import find_examples  # noqa: E402
from training.phrases.tune import measure_features, score_language  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
(STARTER,) = (path.parent for path in ROOT.glob("corpus_norm/starter/*/metadata.json"))

# --- casing ---------------------------------------------------------------------------------


def test_capitals_of_sentence_starts_and_headlines_are_removed():
    seen = ["We saw the bank of Paris .", "The bank is in Paris .", "Paris is big , the bank too ."]
    truecaser = Truecaser.learn([text.split() for text in seen])
    assert truecaser.apply(["The", "bank", "of", "Paris", "."])[0] == "the"
    assert truecaser.apply(["Paris", "is", "big", "."])[0] == "Paris"
    headline = ["The", "Bank", "Is", "In", "Paris"]
    assert truecaser.apply(headline) == ["the", "bank", "is", "in", "Paris"]
    assert truecaser.apply(tokenize_english("Bank is “The bank”"))[0] == "bank"


# --- loops over alignments ------------------------------------------------------------------


def links(*pairs):
    return np.array([source << 8 | english for source, english in pairs], np.int32)


def test_links_grow_from_the_intersection():
    both = links((0, 0), (2, 2))
    linked = kernels.symmetrize(np.append(both, links((1, 1))), both, 3, 3)
    assert [tuple(at) for at in np.argwhere(linked)] == [(0, 0), (1, 1), (2, 2)]
    far = kernels.symmetrize(np.append(both, links((0, 2))), both, 3, 3)
    assert not far[0, 2], "both of its words are linked already"


def bitext(source, english, pairs):
    def row(values):
        return Ragged(np.array(values, np.int32), np.array([0, len(values)], np.int64))

    found = links(*pairs)
    return Bitext(row(source), row(english), row(found), row(found))


def pairs_of(text, numbers=(), number=-1):
    is_number = np.isin(np.arange(100), numbers)
    none = np.zeros((0, 7), np.int32)
    rows = np.zeros((kernels.phrase_pairs(text, number, is_number, none), 7), np.int32)
    kernels.phrase_pairs(text, number, is_number, rows)
    return {tuple(row[1:5].tolist()): tuple(row[5:].tolist()) for row in rows}


def test_phrase_pairs_are_consistent_with_the_links():
    # "chat noir" and "black cat": the two swapped words are no pairs with one neighbour each.
    found = pairs_of(bitext([1, 2, 3], [4, 5, 6], [(0, 0), (1, 2), (2, 1)]))
    assert set(found) == {(0, 1, 0, 1), (1, 2, 2, 3), (2, 3, 1, 2), (1, 3, 1, 3), (0, 3, 0, 3)}
    assert found[1, 2, 2, 3] == (kernels.SWAP, kernels.DISCONTINUOUS)
    assert found[1, 3, 1, 3] == (kernels.MONOTONE, kernels.MONOTONE)


def test_unlinked_words_join_either_neighbour():
    found = pairs_of(bitext([1, 2], [4, 5, 6], [(0, 0), (1, 2)]))
    assert {(0, 1, 0, 1), (0, 1, 0, 2), (1, 2, 2, 3), (1, 2, 1, 3)} <= set(found)


def test_a_pair_has_a_number_on_both_sides_or_on_neither():
    found = pairs_of(bitext([1, 2], [4, 5, 6], [(0, 0), (1, 2)]), numbers=[6], number=2)
    assert (1, 2, 2, 3) in found
    lost = pairs_of(bitext([1, 2], [4, 5, 6], [(0, 0), (1, 2)]), numbers=[5], number=-1)
    assert all(5 not in [4, 5, 6][a:b] for _, _, a, b in lost)


# --- the order of words ---------------------------------------------------------------------

WORDS = ["我", "昨天", "在", "北京", "的", "人", "，"]


def make_sentences(rows):
    """Source words by id, English words in their order, all linked."""
    source = Ragged(np.concatenate(rows).astype(np.int32), np.cumsum([0, *map(len, rows)]))
    sides = [[i << 8 | j for j, i in enumerate(order(row))] for row in rows]
    linked = Ragged(np.concatenate(sides).astype(np.int32), source.starts)
    return Bitext(source, source, linked, linked)


def order(row):
    """English has the yesterday of these sentences at their end."""
    return sorted(range(len(row)), key=lambda place: WORDS[row[place]] == "昨天")


def describe(orderer, text):
    return (*orderer.describe(WORDS), text, _tabulate(TEMPLATES))


def test_the_order_of_english_is_learned_from_the_links():
    text = make_sentences([[0, 1, 2, 3], [1, 5, 2, 3], [5, 2, 3], [0, 1, 3, 4, 5]])
    clauses = list_clauses(text, WORDS, range(4))
    orderer = Orderer.create({}, np.zeros(FEATURES, np.float32))
    learned, data = (np.zeros(FEATURES), np.zeros(FEATURES)), describe(orderer, text)
    for _ in range(20):
        kernels.learn_order(data, clauses, np.ones(4), learned, 1.0, 0.1, 0.5)
    before, after, total = kernels.measure_order(data, clauses, learned[0], 0.5)
    assert (before, after) == (2 + 3 + 3, 0)
    assert total == 6 + 6 + 3 + 10
    orderer = Orderer.create({}, learned[0].astype(np.float32))
    assert orderer.order([["我", "昨天", "在", "北京"], ["人", "在"]]) == [[0, 2, 3, 1], [0, 1]]


def test_text_to_learn_from_is_put_into_order_as_text_to_translate():
    random = np.random.default_rng(3)
    weights = random.normal(0, 1, FEATURES).astype(np.float32)
    orderer = Orderer.create({"北京": 20, "人": 21}, weights)
    rows = [random.integers(0, len(WORDS), size) for size in random.integers(1, 25, 60)]
    text = make_sentences(rows)
    places = np.concatenate([np.arange(len(row)) for row in rows])
    clauses = list_clauses(text, WORDS, range(len(rows)))
    kernels.order_clauses(
        describe(orderer, text), clauses, orderer.weights.astype(np.float64), places
    )
    expected = orderer.order([[WORDS[i] for i in row] for row in rows])
    assert places.tolist() == [place for own in expected for place in own]
    assert any(own != sorted(own) for own in expected)
    moved = kernels.move_words(text.source, places)
    links = kernels.move_links(text.forward, text.source, places)
    for z in range(len(rows)):
        own = [rows[z][place] for place in expected[z]]
        assert moved.values[moved.starts[z] : moved.starts[z + 1]].tolist() == own
        for link in links.values[links.starts[z] : links.starts[z + 1]]:
            assert own[link >> 8] == rows[z][order(rows[z])[link & 255]]


# --- the whole of it ------------------------------------------------------------------------

NOUNS = {
    "président": ("president", "总统"),
    "ministre": ("minister", "部长"),
    "journal": ("newspaper", "报纸"),
    "marché": ("market", "市场"),
    "contrat": ("contract", "合同"),
}
ADJECTIVES = {
    "nouveau": ("new", "新的"),
    "français": ("French", "法国的"),
    "grand": ("big", "大的"),
}
VERBS = {
    "annonce": ("announces", "宣布"),
    "critique": ("criticises", "批评"),
    "voit": ("sees", "看到"),
}
AMOUNTS = {"7 milliards": ("7 billion", "70亿"), "12 000": ("12,000", "12000")}


def write_sentences():
    """(French, Chinese, English); French puts its adjectives last here."""
    for (n1, (e1, z1)), (a, (ea, za)), (v, (ev, zv)), (n2, (e2, z2)), (
        m,
        (em, zm),
    ) in itertools.product(
        NOUNS.items(), ADJECTIVES.items(), VERBS.items(), NOUNS.items(), AMOUNTS.items()
    ):
        yield (
            f"Le {n1} {a} {v} le {n2} pour {m} euros en France.",
            f"{za}{z1}在法国{zv}{z2},{zm}欧元。",
            f"The {ea} {e1} {ev} the {e2} for {em} euros in France.",
        )


def run(*arguments):
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_the_recipe_makes_a_package_that_translates(tmp_path):
    parallel, work = tmp_path / "parallel", tmp_path / "work"
    parallel.mkdir()
    rows = sorted(write_sentences(), key=lambda row: zlib.crc32(row[2].encode()))
    test, rest = rows[:20], rows[20:]
    for column, name in ((0, "fr-en.tico19"), (1, "zh-en.tico19")):
        with gzip.open(parallel / f"{name}.tsv.gz", "wt", encoding="utf-8") as file:
            file.writelines(f"{row[column]}\t{row[2]}\n" for row in rest)
    for code, column in (("fr", 0), ("zh", 1)):
        stem = tmp_path / f"flores-dev.{code}-en"
        Path(f"{stem}.{code}").write_text("".join(row[column] + "\n" for row in test), "utf-8")
        Path(f"{stem}.en").write_text("".join(row[2] + "\n" for row in test), "utf-8")

    run("training.phrases.corpus", "--parallel", parallel, "--work", work)
    run("training.phrases.align", "--work", work)
    run("training.phrases.ngrams", "--work", work)
    assert "n-grams of two to 5" in run("training.phrases.classes", "--work", work)
    assert "in another order" in run("training.phrases.reorder", "--work", work)
    run("training.phrases.extract", "--work", work)
    run("training.phrases.senses", "--work", work)
    for code in ("fr", "zh"):
        stem = tmp_path / f"flores-dev.{code}-en"
        tune = ("training.phrases.tune", "--work", work, "--language", code, "--rounds", "1")
        said = run(
            *tune, "--source", f"{stem}.{code}", "--reference", f"{stem}.en", "--lines", "10"
        )
        assert said.count("BLEU") == 2
    output = tmp_path / "starter.argosmodel"
    package = ("training.phrases.package", "--work", work, "--mt", tmp_path, "--output", output)
    package += ("--tuned-lines", "10")
    starters = tmp_path / "starters"
    starters.mkdir()
    run(*package, "--starter", starters)
    first = output.read_bytes()
    run(*package)
    assert output.read_bytes() == first, "the same inputs, the same bytes"

    (folder,) = starters.iterdir()
    own = json.loads((folder / "metadata.json").read_text("utf-8"))["corpus_norm"]
    assert own["scores"]["fr"]["flores_dev_bleu"] > 50
    assert own["scores"]["zh"]["flores_dev_bleu"] > 30
    translated = PhraseEngine(read_package(folder)).translate_batch(
        [Request("Le ministre français voit le contrat pour 3,5 milliards euros en France.")],
        Decoding(),
    )
    assert translated[0].text == (
        "The French minister sees the contract for 3.5 billion euros in France."
    )
    mending = ("training.phrases.numerals", "--parallel", parallel, "--package", folder)
    assert run(*mending) == "0 pairs dropped\n", "the made text has no number in words"


def test_swapped_neighbours_are_found_in_the_links():
    words = ["un", "chat", "noir", "nom", "de", "code"]
    source = Ragged(np.array([0, 1, 2, 3, 4, 5], np.int32), np.array([0, 3, 6]))
    english = Ragged(np.array([0, 2, 1, 5, 3], np.int32), np.array([0, 3, 5]))
    links = Ragged(
        np.array([0 << 8 | 0, 1 << 8 | 2, 2 << 8 | 1, 0 << 8 | 1, 2 << 8 | 0], np.int32),
        np.array([0, 3, 5]),
    )
    text = Bitext(source, english, links, links)
    at, swapped = find_examples(text, words, np.array([True, True]))
    # "un chat" keeps its order, "chat noir" and "nom de code" do not.
    assert list(zip(at.tolist(), swapped.tolist(), strict=True)) == [(1, 0), (2, 1), (4, 1)]
    assert not len(find_examples(text, words, np.array([False, False]))[0])


FRENCH_WORDS = ["puces", "processeurs", "paragraphes", "les"]
ENGLISH_WORDS = ["chips", "bullets", "processors", "paragraphs"]


def make_bitext(count):
    """``puces`` are chips beside processors and bullets beside paragraphs, by turns."""
    source = np.tile(np.array([3, 0, 1, 3, 0, 2], np.int32), count)
    english = np.tile(np.array([0, 2, 1, 3], np.int32), count)
    found = np.tile(links((1, 0), (2, 1)), 2 * count)
    both = Ragged(found, np.arange(2 * count + 1) * 2)
    sides = [Ragged(each, np.arange(2 * count + 1) * n) for each, n in ((source, 3), (english, 2))]
    return Bitext(*sides, both, both)


def test_the_senses_of_a_word_are_learned_from_its_sentences():
    text = make_bitext(1000)
    weights = np.full(2000, 4.0), np.ones(2000)
    words = choose_words(text, weights[0], (np.ones(4, bool), np.ones(4, bool)))
    assert words.source.tolist() == [0], "only puces has two English words"
    assert words.english[0].tolist() == [0, 1, -1, -1, -1, -1, -1, -1]
    found = find_sense_examples(text, words, 4)
    assert found[:2].tolist() == [[0, 1, 0, 1], [1, 1, 0, 2]]
    models = learn(Data(text.source, weights, FRENCH_WORDS, words), found, kept=4)
    assert 0 < (models[0].weights != 0).sum() <= 4
    hashes = np.array([hash_token(word) for word in FRENCH_WORDS], np.uint64)
    biases = adapt(found, weights[1], models)
    assert np.abs(biases[:, 1:]).max() < 0.01, "all of it is news"
    arrays = pack(words, models, biases, np.array([5, 6, 7, 8]), hashes)
    senses = Senses.of_arrays(arrays, 1.0)
    sentences = [["les", "puces", word] for word in ("processeurs", "paragraphes", "chats")]
    _, rows, changes = senses._weigh_words(sentences, sentences)
    assert rows.tolist() == [0, 0, 0]
    assert senses.english[0, :2].tolist() == [5, 6]
    assert changes[0, 1] > 0.5 > -0.5 > changes[0, 2]
    assert changes[1, 2] > 0.5 > -0.5 > changes[1, 1]
    assert np.abs(changes[2, 1:3]).max() < 0.2, "an unknown word says nothing"


def test_words_with_the_same_neighbours_have_one_class():
    # Three special words, then two articles, two nouns, two verbs.
    sentences = [
        [1, article, noun, verb, 2] for article in (3, 4) for noun in (5, 6) for verb in (7, 8)
    ]
    flat = np.array(sentences, np.uint64).reshape(-1)
    places = np.tile(np.arange(5), len(sentences))
    classes = choose_classes(flat, places, np.ones(len(flat), np.int64), 9, 6).tolist()
    assert classes[:3] == [0, 1, 2]
    assert classes[3] == classes[4]
    assert classes[5] == classes[6]
    assert classes[7] == classes[8]
    assert len(set(classes)) == 6


def test_a_text_too_small_to_learn_from_has_no_models_of_senses():
    text = make_bitext(100)
    weights = np.full(200, 4.0), np.ones(200)
    words = choose_words(text, weights[0], (np.ones(4, bool), np.ones(4, bool)))
    found = find_sense_examples(text, words, 4)
    assert len(found)
    assert learn(Data(text.source, weights, FRENCH_WORDS, words), found) == []


def test_the_senses_of_news_outweigh_those_of_manuals():
    # Of all examples one in ten is a chip, and of 15 in news each one.
    model = Fitted(np.log([0.1, 0.1, 0.8]), np.zeros(0, int), np.zeros((0, 3)))
    found = np.array([[n, 0, 0, 1 if n < 15 else 2] for n in range(100)], np.int32)
    (bias,) = adapt(found, np.array([1.0] * 15 + [0.0] * 85), [model])
    assert np.exp(bias[:3]) * [0.1, 0.1, 0.8] == pytest.approx([0.05, 0.55, 0.4])
    assert not bias[3:].any()


def test_a_word_is_linked_to_the_most_typical_of_its_english_words():
    text = bitext([0], [9, 5, 3], [(0, 0), (0, 1), (0, 2)])
    words = Words(np.array([0]), np.array([[3, 5, -1]], np.int32))
    assert find_sense_examples(text, words, 1).tolist() == [[0, 0, 0, 1]]
    none = Words(np.array([0]), np.array([[7, 8, -1]], np.int32))
    assert find_sense_examples(text, none, 1)[0, 3] == 0


def test_news_outweighs_any_number_of_manuals():
    # "puces": 14 of 15 times a chip in news, 103 of 110 times a bullet in manuals.
    keys = np.zeros(2, np.int64)
    counts, near = np.array([15.0, 1001.0]), np.array([14.0, 1.0])
    everything = Evidence(np.ones(1), np.ones(1), None).share(keys, counts, counts, near)
    chip, bullet = Evidence(np.ones(1), np.ones(1), 5.0).share(keys, counts, counts, near)
    assert everything[1] > 0.98
    assert chip > 2 * bullet
    assert chip + bullet == pytest.approx(1.0)


def test_a_domain_without_a_weight_is_an_error(tmp_path):
    (tmp_path / "fr.domain").write_text("news\ngossip\n", "utf-8")
    with pytest.raises(KeyError, match="gossip"):
        weigh_sentences(tmp_path, "fr")


def make_pairs(vocabulary):
    """One pair for each word of a French clause, and one of two words."""
    rows = [("le", "the"), ("chat", "cat"), ("noir", "black"), ("dort", "sleeps")]
    rows += [("le chat", "the cat"), ("noir", "dark"), ("chat noir", "black cat")]
    hashes = Vocabulary(sorted({word for french, _ in rows for word in french.split()}))
    ids = {word: n for n, word in enumerate(hashes.words)}
    tokens = [[ids[word] for word in french.split()] for french, _ in rows]
    starts = np.cumsum([0, *map(len, tokens)])
    flat = list(itertools.chain.from_iterable(tokens))
    source = Ragged(np.array(flat, np.int32), starts)
    spans = np.array([(n, 0, len(each)) for n, each in enumerate(tokens)], np.int32)
    words = np.zeros((len(rows), 6), np.uint16)
    for row, (_, english) in zip(words, rows, strict=True):
        row[: len(english.split())] = [vocabulary.index(word) for word in english.split()]
    random = np.random.default_rng(1)
    return {
        "keys": kernels.hash_phrases(source, spans, 0, 1, 2, hashes.hashes),
        "sizes": (words > 0).sum(axis=1).astype(np.uint8),
        "words": words,
        "features": -random.random((len(rows), 6)).astype(np.float32),
        "orders": random.integers(0, 9, (len(rows), 6)).astype(np.float32),
    }


def test_the_features_times_the_weights_are_the_score_of_the_search():
    translator = load_translator(STARTER, "fr")
    model = translator.model.language_model
    pairs, weights = make_pairs(list(translator.words)), Weights()
    swaps = Swaps((np.arange(1 << SWAP_BITS) % 200 - 100).astype(np.int8), 100.0, 1.0)
    built = build(pairs, model, weights, 4, swaps)
    assert built.model.swaps.weight == weights.swaps
    sentence = ("le", "chat", "noir", "Zoé", "dort")
    matches = built.model.table.find([sentence])
    odds = built.model.swaps.weigh([sentence])
    names = np.zeros(int((matches.pairs < 0).sum()), np.int64)
    (best,) = search(built.model, matches, names, stack=32, best=20, odds=odds)
    assert len(best) == 20
    orders = set()
    for found in best:
        measured = measure_features(built, pairs["features"], matches, found, odds)
        english = [i for row in found.rows for i in matches.words[row, : matches.sizes[row]]]
        measured[list(Weights.__slots__).index("language")] = score_language(model, [english])[0]
        assert measured @ np.array(astuple(weights)) == pytest.approx(found.score, abs=0.02)
        orders.add(tuple(matches.starts[found.rows].tolist()))
    assert len(orders) > 3, "several orders of words"


def test_a_name_keeps_the_pairs_that_have_its_english():
    names = choose_names({"以色列": ["Israel (country)"], "大众": ["Volkswagen", "the masses"]})
    assert names == {"以色列": frozenset({"isra"})}
    content = frozenset({"Israel", "Israeli", "children", "state", "market"})
    said = ["Israel", "the Israeli", "the state of Israel", "the children of", "Israel market"]
    wrong = [is_misread(each.split(), names["以色列"], content) for each in said]
    assert wrong == [False, False, False, True, True]


def test_the_shipped_table_has_no_misread_names_left():
    folder = next(Path("corpus_norm/starter").glob("*/model")).parent
    translator = load_translator(folder, "zh")
    assert translator.model.table.knows(["以色列"]).all()
    assert find_misread(translator, {"以色列": frozenset({"isra"})}) == []


def test_pairs_that_lose_a_number_are_dropped():
    found = {
        ("十年",): [(0, ["years"]), (1, ["ten", "years"])],
        ("第十届",): [(2, ["Opening"])],
        ("北斗七星",): [(3, ["the", "Big", "Dipper"])],
        ("四周",): [(4, ["around"]), (5, ["four", "weeks"])],
        ("一些",): [(6, ["some"])],
    }
    assert choose_wrong(found) == [0, 2]


def test_the_shipped_table_lacks_counted_words_whose_english_lost_the_number():
    folder = next(Path("corpus_norm/starter").glob("*/model")).parent
    table = load_translator(folder, "zh").model.table
    assert table.knows(["十年", "七家", "第十届", "五日"]).tolist() == [True, False, False, False]


def test_a_table_without_some_pairs_finds_the_others():
    folder = next(Path("corpus_norm/starter").glob("*/model")).parent
    table = load_translator(folder, "zh").model.table
    before = table.find([("以色列",), ("十年",)])
    gone = before.pairs[before.sentences == 0]
    after = table.without(gone)
    assert after.knows(["以色列", "十年"]).tolist() == [False, True]
    left = after.find([("十年",)])
    kept = before.sentences == 1
    assert (after.scores[left.pairs] == table.scores[before.pairs[kept]]).all()
    assert (left.words == before.words[kept][:, : left.words.shape[1]]).all()
