"""Phrase tables: tokens, language model, search, and the engine around them."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation import models as packages
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines import phrases as engine
from corpus_norm.translation.engines.phrases import Translator, split_tokens
from corpus_norm.translation.engines.phrases.english import (
    BEGIN,
    CLASSES,
    END,
    Context,
    LanguageModel,
    Vocabulary,
    WordClasses,
    join_english,
)
from corpus_norm.translation.engines.phrases.search import (
    DISCONTINUOUS,
    FEATURES,
    MONOTONE,
    MOST_TOKENS,
    SWAP,
    TEMPLATES,
    Model,
    Orderer,
    Ordering,
    find_ways,
    search,
)
from corpus_norm.translation.engines.phrases.tables import (
    SWAP_BITS,
    SWAP_TEMPLATES,
    HashSet,
    Matches,
    PhraseTable,
    Senses,
    Swaps,
    describe_places,
    extend_hash,
    hash_token,
    hash_words,
    sense_features,
    sense_keys,
    shorten,
)
from corpus_norm.translation.engines.phrases.tokens import (
    NUMBER,
    Segmenter,
    tokenize_chinese,
    tokenize_english,
    tokenize_french,
)
from corpus_norm.translation.engines.phrases.words import (
    WordCosts,
    find_denials,
    loses_verb,
    simplify_denials,
)
from corpus_norm.translation.engines.routes import load_package
from corpus_norm.translation.models import install as models
from corpus_norm.translation.models import read_package
from training.phrases.ngrams import choose_words, estimate, fit, read_ids

SEGMENTER = Segmenter.of_counts({"公司": 9, "投资": 9, "去年": 5, "元": 7})

# --- tokens ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("7 milliards", "7 billion"),
        ("1,5 milliard", "1.5 billion"),
        ("3 millions", "3 million"),
        ("12 000", "12,000"),
        ("1\u202f250,5", "1,250.5"),
        ("9 h 30", "9:30"),
        ("21 h", "21:00"),
        ("1er", "1st"),
        ("13e", "13th"),
        ("XIVe", "14th"),
        ("IIIème", "3rd"),
        ("2015", "2015"),
        ("2014/15", "2014/15"),
        ("2.0.1", "2.0.1"),
        ("-5", "-5"),
        ("−12,5 millions", "-12.5 million"),
        ("11\u2009000", "11,000"),
    ],
)
def test_french_numbers_are_written_as_in_english(french, english):
    tokens = tokenize_french(f"de {french} euros")
    assert tokens.forms == ("de", NUMBER, "euros")
    assert tokens.copies[1] == english


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("147 M$", "147 million"),
        ("4,1 Md€", "4.1 billion"),
        ("2 Mds €", "2 billion"),
        ("3 Mrd€", "3 billion"),
        ("10 k€", "10 thousand"),
        ("5 M€", "5 million"),
    ],
)
def test_scales_before_a_currency_are_read(french, english):
    tokens = tokenize_french(f"de {french} par an")
    assert tokens.copies[1] == english
    assert tokens.copies[2] in "$€"


def test_a_letter_without_a_currency_is_no_scale():
    assert tokenize_french("de 5 M par an").copies[1:3] == ("5", "M")


@pytest.mark.parametrize("french", ["de 3 -2 euros", "de 3-2 euros", "de x-2 euros"])
def test_a_score_or_a_hyphen_is_no_minus(french):
    assert not any(copy.startswith("-2") for copy in tokenize_french(french).copies)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("120亿", "12 billion"),
        ("3.5万", "35,000"),
        ("5000万", "50 million"),
        ("1.2万亿", "1.2 trillion"),
        ("2,000", "2,000"),
        ("2015", "2015"),
    ],
)
def test_chinese_numbers_are_written_as_in_english(chinese, english):
    tokens = tokenize_chinese(f"公司去年投资{chinese}元", SEGMENTER)
    assert tokens.forms == ("公司", "去年", "投资", NUMBER, "元")
    assert tokens.copies[3] == english


@pytest.mark.parametrize("text", ["Vie", "Ve", "Xe", "IXe2", "IIIIIe", "Louis XIV"])
def test_other_words_are_no_roman_ordinals(text):
    assert NUMBER not in tokenize_french(f"la {text}").forms


def test_centuries_have_one_digit_too():
    assert tokenize_french("au Ve siècle").copies == ("au", "5th", "siècle")


def test_addresses_handles_and_codes_are_one_token():
    text = "Voir https://a.fr/x?y=1, @lemonde, a.b@c.org, B2B et JAS39C."
    copies = tokenize_french(text).copies
    assert {"https://a.fr/x?y=1", "@lemonde", "a.b@c.org", "B2B", "JAS39C"} <= set(copies)


@given(st.text(alphabet="aé1,.«» '’-文公司%$()\n", max_size=60))
def test_no_letter_or_digit_is_lost(text):
    for tokens in (tokenize_french(text), tokenize_chinese(text, SEGMENTER)):
        kept = [form for form in tokens.forms if form != NUMBER]
        letters = "".join(char for char in text.lower() if char.isalpha())
        assert [c for c in "".join(kept) if c.isalpha()] == list(letters)
        assert len(tokens.forms) == len(tokens.copies)


@pytest.mark.parametrize(
    "text",
    [
        'He said: "We don\'t know (yet)."',
        "John's e-mail, a.b@c.org, costs $5 or 3%; see https://a.b/c.",
        "U.S. stocks: S&P and AT&T fell - again!",
    ],
)
def test_english_tokens_give_the_sentence_back(text):
    tokens = tokenize_english(text)
    numbers = iter([t for t in ("5", "3") if t in text])
    tokens = [t.replace(NUMBER, next(numbers)) if NUMBER in t else t for t in tokens]
    assert join_english(tokens, capital=False) == text


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (['"￭', "yes", '￭"'], '"Yes"'),
        (["https://a.fr", "is", "new"], "https://a.fr is new"),
        (["12", "people"], "12 people"),
        (["a", "Italian", "plan", "of", "a", "union"], "An Italian plan of a union"),
        ([], ""),
    ],
)
def test_the_first_letter_becomes_a_capital(tokens, text):
    assert join_english(tokens, capital=True) == text


@given(st.text(alphabet="公司投资去年元人", max_size=30))
def test_the_segmenter_loses_nothing(text):
    assert "".join(SEGMENTER.segment(text)) == text


def test_long_sentences_are_cut_after_a_comma():
    tokens = tokenize_french("un deux trois , " * 30)
    pieces = split_tokens(tokens)
    assert sum((piece.forms for piece in pieces), ()) == tokens.forms
    assert all(len(piece.forms) <= MOST_TOKENS for piece in pieces)
    assert all(piece.forms[-1] == "," for piece in pieces)


# --- hashing and language model -------------------------------------------------------------


def test_keys_have_slots_of_their_own():
    keys = np.random.default_rng(1).integers(0, 2**64, 5_000, np.uint64)
    made, slots = HashSet.build(keys)
    assert len(set(slots.tolist())) == len(keys)
    found = made.find(keys)
    assert (found >= 0).all()
    assert (found == slots).mean() > 0.999, "16 bits tell nearly all apart"


def test_keys_that_are_not_there_are_hardly_ever_found():
    made, _ = HashSet.build(np.arange(20_000, dtype=np.uint64))
    found = made.find(np.arange(1_000_000, 1_100_000, dtype=np.uint64)) >= 0
    assert found.mean() < 0.0005


@pytest.mark.parametrize("count", [0, 1, 5, 40, 3_000])
def test_a_search_passes_the_slots_one_after_the_other(count):
    random = np.random.default_rng(count)
    made, _ = HashSet.build(np.arange(count, dtype=np.uint64))
    keys = random.integers(0, 2 * count + 2, 500).astype(np.uint64)
    places, checks = made._places(keys)
    for found, place, check in zip(made.find(keys).tolist(), places, checks, strict=True):
        passed = np.roll(made.checks, -place)
        stop = np.flatnonzero((passed == check) | (passed == 0))[0]
        slot = (place + stop) % len(passed)
        assert found == (slot if passed[stop] == check else -1)


SENTENCES = ["the cat sat on the mat .", "the dog sat on the rug .", "a cat ran from the dog ."] * 4


@pytest.fixture(scope="module")
def english(tmp_path_factory):
    """A language model of three sentences, and its words."""
    path = tmp_path_factory.mktemp("lm") / "fr.english"
    path.write_text("\n".join(SENTENCES) + "\n", "utf-8")
    words = choose_words([path])
    return fit(*read_ids([path], words), len(words)), words


def after(model, words, text):
    """The context after some words at the beginning of a sentence."""
    context = model.start(1)
    for word in text.split():
        _, context = model.follow(context, np.array([words.index(word)], np.uint64))
    return context


@pytest.mark.parametrize("text", ["", "the", "the cat", "the cat sat on", "mat mat mat"])
def test_the_chances_of_all_words_add_up_to_one(english, text):
    model, words = english
    context = after(model, words, text)
    every = Context(
        np.repeat(context.words, len(words)), np.repeat(context.backoffs, len(words), axis=0)
    )
    logs, _ = model.follow(every, np.arange(len(words), dtype=np.uint64))
    total = np.exp(logs).sum() - np.exp(logs[BEGIN])  # no sentence begins in another
    assert total == pytest.approx(1, abs=0.06), "steps of a sixteenth"


def test_what_was_seen_is_likelier_and_longer_contexts_count(english):
    model, words = english
    cat, rug, mat = (np.array([words.index(w)], np.uint64) for w in ("cat", "rug", "mat"))
    assert (
        model.follow(after(model, words, "the"), cat)[0]
        > model.follow(after(model, words, "sat"), cat)[0]
    )
    dog_sat = after(model, words, "the dog sat on the")
    assert model.follow(dog_sat, rug)[0] >= model.follow(after(model, words, "the"), rug)[0]
    assert model.follow(dog_sat, rug)[0] > model.follow(after(model, words, "a cat"), mat)[0]


def with_classes(english, **weights):
    """The model with one class for animals, one for places, one for all other words."""
    model, vocabulary = english
    kinds = {"cat": 4, "dog": 4, "mat": 5, "rug": 5}
    of_words = np.array(
        [min(n, 3) if w not in kinds else kinds[w] for n, w in enumerate(vocabulary)]
    )
    sentences = [
        [BEGIN, *(of_words[vocabulary.index(w)] for w in s.split()), END] for s in SENTENCES
    ]
    flat = np.concatenate(sentences).astype(np.uint64)
    places = np.concatenate([np.arange(len(sentence)) for sentence in sentences])
    inner = estimate(flat, places, 6, (1,) * 6, CLASSES).encode()
    arrays = {"of_words": of_words.astype(np.uint8), **inner.arrays()}
    return replace(model, classes=WordClasses.of_arrays(arrays, **weights))


def test_a_class_expects_words_that_never_stood_there(english):
    _, words = english
    rug, cat = (np.array([words.index(w)], np.uint64) for w in ("rug", "cat"))
    both = with_classes(english, weight=1.0, words=0.0, reward=0.0)
    place = both.follow(after(both, words, "a cat ran on the"), rug)[0]
    assert place > both.follow(after(both, words, "a cat ran on the"), cat)[0]


def test_the_models_of_words_and_classes_are_weighed(english):
    model, words = english
    cat = np.array([words.index("cat")], np.uint64)
    scores = [
        float(own.follow(after(own, words, "the"), cat)[0][0])
        for own in (
            model,
            with_classes(english, weight=1.0, words=0.0, reward=0.0),
            with_classes(english, weight=0.5, words=0.25, reward=3.0),
        )
    ]
    assert scores[2] == pytest.approx(0.25 * scores[0] + 0.5 * scores[1] + 3.0)


def test_classes_are_remembered_by_the_rows_of_a_context(english):
    _, words = english
    both = with_classes(english, weight=1.0, words=1.0, reward=0.0)
    texts = ["the", "the cat sat", "a dog ran from"]
    contexts = [after(both, words, text) for text in texts]
    joined = Context.join(contexts)
    turned = joined[np.array([2, 0, 1])]
    turned[np.array([0])] = contexts[1]
    expected = Context.join([contexts[1], contexts[0], contexts[1]])
    ids = np.full(3, words.index("the"), np.uint64)
    assert both.follow(turned, ids)[0].tolist() == both.follow(expected, ids)[0].tolist()
    assert turned.classes.words.tolist() == expected.classes.words.tolist()


def test_a_model_survives_its_arrays(english):
    model, words = english
    again = LanguageModel.of_arrays(model.arrays())
    context = after(again, words, "the cat")
    assert (context.words == after(model, words, "the cat").words).all()


def test_a_phrase_is_known_as_a_whole():
    keys = []
    for phrase in (("le", "chat"), ("chat",)):
        hashes = np.zeros(1, np.uint64)
        for token in phrase:
            hashes = extend_hash(hashes, np.array([hash_token(token)], np.uint64))
        keys.append(int(shorten(hashes)[0]))
    columns = {
        "scores": np.zeros(2, np.int16),
        "classes": np.zeros(2, np.uint8),
        "sizes": np.ones(2, np.uint8),
        "words": np.zeros(2, np.uint16),
    }
    table = PhraseTable.of_columns(
        np.sort(np.array(keys, np.uint64)), np.ones(2, np.int64), columns
    )
    assert table.has(["le", "chat"])
    assert not table.has(["le"])
    assert not table.has(["chat", "le"])


# --- search ---------------------------------------------------------------------------------

PHRASES = {
    "le": [("the", 0.0)],
    "chat": [("cat", 0.0), ("dog", -0.2)],
    "noir": [("black", 0.0)],
    "est": [("is", -0.1)],
    "assis": [("sat", 0.0)],
    "est assis": [("sat", 0.0)],
    "sur": [("on", 0.0)],
    "tapis": [("mat", 0.0), ("rug", -0.1)],
    "<n>": [("<n>", 0.0)],
    ".": [("￭.", 0.0)],
}


def make_translator(english, limit=4):
    model, words = english
    words = [*words, "black", "is", NUMBER, "￭."]
    grown = LanguageModel(
        np.append(model.unigrams, [200] * 4).astype(np.uint8),
        np.append(model.unigram_backoffs, [0] * 4).astype(np.uint8),
        model.longer,
    )
    rows = []
    for source, pairs in PHRASES.items():
        key = np.zeros(1, np.uint64)
        for token in source.split():
            key = extend_hash(key, np.array([hash_token(token)], np.uint64))
        rows.append((int(key[0]), pairs))
    rows.sort()
    flat = [pair for _, pairs in rows for pair in pairs]
    table = PhraseTable.of_columns(
        shorten(np.array([key for key, _ in rows], np.uint64)),
        np.array([len(pairs) for _, pairs in rows]),
        {
            "scores": np.array([score * 256 for _, score in flat], np.int16),
            "classes": np.ones(len(flat), np.uint8),
            "sizes": np.array([len(text.split()) for text, _ in flat], np.uint8),
            "words": np.array(
                [words.index(w) for text, _ in flat for w in text.split()], np.uint16
            ),
        },
    )
    table = PhraseTable.of_arrays(table.arrays())
    ordering = Ordering(0.1, limit, np.zeros((256, 3), np.float32), np.zeros((256, 3), np.float32))
    ids = {word: n for n, word in enumerate(words)}
    return Translator(Model(table, grown, 0.5, -5.0, ordering), words, ids)


def test_the_language_model_chooses_among_counterparts(english):
    said = make_translator(english).translate(["Le chat est assis sur le tapis."], 16)
    assert said[0].text == "The cat sat on the mat."


def test_copies_and_numbers_stand_in_the_english(english):
    said = make_translator(english).translate(["Le chat Minou 7 milliards."], 16)
    assert "Minou" in said[0].text
    assert "7 billion" in said[0].text


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["le", "chat", "noir", "est", "assis", "Zoé", "sur", "7", "."]), max_size=14
    )
)
def test_each_token_is_translated_once(english, words):
    translator = make_translator(english)
    piece = translator.tokenize(" ".join(words))
    matches, names = translator.look_up([piece])
    for best in search(translator.model, matches, names, stack=4, best=5)[:1]:
        for found in best:
            covered = [i for r in found.rows for i in range(matches.starts[r], matches.ends[r])]
            assert sorted(covered) == list(range(len(piece.forms)))


def test_a_sentence_does_not_depend_on_its_neighbours(english):
    translator = make_translator(english)
    random_ = random.Random(5)  # noqa: S311 -- no secret
    texts = [
        " ".join(random_.choices(["le", "chat", "noir", "est", "assis", "Zoé", "sur", "."], k=n))
        for n in random_.choices(range(1, 60), k=150)
    ]
    together = translator.translate(texts, 8)
    assert together == [translator.translate([text], 8)[0] for text in texts]
    assert together == translator.translate(texts[::-1], 8)[::-1]


def test_a_wider_beam_finds_nothing_worse(english):
    translator = make_translator(english)
    text = ["le chat noir est assis sur le tapis noir ."]
    scores = [translator.translate(text, stack)[0].score for stack in (1, 4, 64)]
    assert scores == sorted(scores)


def test_no_word_moves_across_a_comma(english):
    translator = make_translator(english, limit=6)
    free, walled = translator.translate(["sur est assis le chat", "sur, assis, le chat"], 64)
    assert free.text == "the cat on sat"
    assert re.findall(r"\w+", walled.text)[:3] == ["on", "sat", "the"]


def with_usual_costs(translator):
    """The same translator with the usual costs of jumps and of phrases that change places."""
    ordering = translator.model.ordering
    before = ordering.before.copy()
    before[:, SWAP] = -1.0
    ordering = replace(ordering, before=before, distance=0.4)
    return replace(translator, model=replace(translator.model, ordering=ordering))


def test_words_left_behind_cost_a_hypothesis_the_way_back(english, monkeypatch):
    translator = with_usual_costs(make_translator(english, limit=6))
    random_ = random.Random(3)  # noqa: S311 -- no secret
    words = ["le", "chat", "noir", "est", "assis", "sur", "le", "tapis", "chat", "."]
    texts = [" ".join(random_.sample(words, 8)) for _ in range(60)]

    def reached():
        return sum(each.score for each in translator.translate(texts, 8))

    with_cost = reached()
    run = sys.modules[search.__module__]._Run
    monkeypatch.setattr(run, "_returns", lambda _, covered, __: np.zeros(len(covered), np.float32))
    assert with_cost > reached() + 1


def test_what_is_translated_there_is_one_block():
    # Tokens 1 and 0 are translated, in this order, as the adjective and its noun; or 3 alone.
    covered = np.array([0b11, 0b11, 0b1000, 0b1100, 0b1000], np.uint64)
    last_start, last_end = np.array([0, 0, 3, 2, 3]), np.array([1, 1, 4, 3, 4])
    start, end = np.array([2, 3, 2, 0, 1]), np.array([3, 4, 3, 2, 2])
    ways = find_ways(covered, last_start, last_end, start, end)
    assert ways.tolist() == [MONOTONE, DISCONTINUOUS, SWAP, SWAP, DISCONTINUOUS]


def test_two_words_that_change_places_cost_no_jump(english):
    translator = make_translator(english)
    pieces = [translator.tokenize("le chat noir assis")]
    matches, names = translator.look_up(pieces)
    order = {
        tuple(int(matches.starts[row]) for row in found.rows): found.score
        for found in search(translator.model, matches, names, stack=64, best=64)[0]
    }
    far = replace(translator.model.ordering, distance=1.1)
    costly = {
        tuple(int(matches.starts[row]) for row in found.rows): found.score
        for found in search(
            replace(translator.model, ordering=far), matches, names, stack=64, best=64
        )[0]
    }
    # "the black cat": one token is jumped over, and nothing for the way back or on.
    assert order[0, 2, 1, 3] - costly[0, 2, 1, 3] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("french", "forms"),
    [
        ("Bruno Le Maire a parlé.", "bruno|Le Maire|a|parlé|."),
        ("Selon Le Monde, Marine Le Pen a gagné.", "selon|Le Monde|,|marine|Le Pen|a|gagné|."),
        ("Monsieur Le Maire est là.", "monsieur|le|maire|est|là|."),
        ("Il est à Paris. Le Maire vient.", "il|est|à|paris|.|le|maire|vient|."),
        ("Le Président De La République", "le|président|de|la|république"),
    ],
)
def test_an_article_with_a_capital_is_part_of_a_name(french, forms):
    assert "|".join(tokenize_french(french).forms) == forms


def make_orderer(words):
    """An orderer that swaps two words beside each other, and nothing else."""
    weights = np.zeros(FEATURES, np.float32)
    number = TEMPLATES.index((1, 4))  # the start of the first span and the end of the second
    slot = np.full(1, number, np.uint64)
    for word in words:
        slot = extend_hash(slot, np.array([hash_token(word)], np.uint64))
    weights[int(slot[0] >> np.uint64(20)) % FEATURES] = 1.0
    return Orderer.create({}, weights)


def test_words_stand_in_english_order_before_the_search(english):
    orderer = make_orderer(["noir", "chat"])
    clauses = [["le", "noir", "chat", "est"], ["noir", ",", "chat"], ["chat", "noir"], []]
    assert orderer.order(clauses) == [[0, 2, 1, 3], [0, 1, 2], [0, 1], []]
    assert orderer.order([["noir", "chat"] * 40]) == [list(range(80))], "too long a clause"
    translator = replace(make_translator(english, limit=0), orderer=orderer)
    assert translator.translate(["assis Zoé 7 noir chat ."], 8)[0].text == "sat Zoé 7 cat black."


@given(st.lists(st.lists(st.sampled_from("ab,的c7"), max_size=33), max_size=3))
def test_no_word_is_lost_when_words_are_put_into_order(sentences):
    weights = np.random.default_rng(1).normal(0, 1, FEATURES).astype(np.float32)
    orderer = Orderer.create({"a": 20}, weights)
    orders = orderer.order(sentences)
    assert [sorted(places) for places in orders] == [list(range(len(each))) for each in sentences]
    assert all(
        sentence[place] != "," or place == at
        for sentence, places in zip(sentences, orders, strict=True)
        for at, place in enumerate(places)
    )


def make_swaps(left, right):
    """Swap ``left right``, and leave all other neighbours as they are."""
    weights = np.zeros(1 << SWAP_BITS, np.int8)
    features = describe_places(*hash_words(["", left, right, ""]), np.array([1]))
    weights[
        describe_places(*hash_words([""] * 4), np.array([1]))[0]
    ] = -40  # the first has no atoms
    weights[features[SWAP_TEMPLATES.index((1, 2))]] = 120
    return Swaps(weights, 10.0, 2.0)


def test_neighbouring_words_are_swapped_by_their_odds(english):
    plain = make_translator(english)
    swapping = replace(plain, model=replace(plain.model, swaps=make_swaps("chat", "noir")))
    odds = swapping.model.swaps.weigh([["le", "chat", "noir"], ["chat"]])
    assert odds.shape == (2, 4)
    assert np.allclose(odds, [[0, -4, 8, 0], [0, 0, 0, 0]])
    texts = [each.translate(["chat noir"], 16)[0].text for each in (plain, swapping)]
    assert [text.split().index("black") for text in texts] == [1, 0]


def test_the_odds_of_a_sentence_do_not_depend_on_its_neighbours():
    swaps = Swaps(np.arange(1 << SWAP_BITS).astype(np.int8), 50.0, 1.0)
    sentences = [["les", "chocs", "graves"], ["non"], [], ["il", "a", "dit", "cela"]]
    together = swaps.weigh(sentences)
    for sentence, row in zip(sentences, together, strict=True):
        alone = swaps.weigh([sentence])[0]
        assert np.array_equal(alone, row[: len(alone)])
        assert not row[len(sentence) :].any()


def make_senses(translator, word, cues):
    """Let ``cues`` (a word, its kind of feature, a word of English) choose the English of a word.

    The weight of each is 5; without them, the English words are as likely as any other.
    """
    hashes = np.array([hash_token(word), *(hash_token(cue) for cue, _, _ in cues)], np.uint64)
    english = list(dict.fromkeys(word for _, _, word in cues))
    features = [sense_features(hashes[i + 1 : i + 2], kind) for i, (_, kind, _) in enumerate(cues)]
    arrays = {
        "keys": sense_keys(hashes[:1]),
        "english": np.zeros((1, 8), np.uint16),
        "priors": np.array([[16] * (1 + len(english)) + [255] * (8 - len(english))], np.uint8),
        "biases": np.zeros((1, 9), np.int8),
        "counts": np.array([len(cues)], np.uint16),
        "features": np.concatenate(features),
        "senses": np.array([1 + english.index(word) for _, _, word in cues], np.uint8),
        "weights": np.full(len(cues), 50, np.int8),
        "steps": np.array(10.0),
    }
    arrays["english"][0, : len(english)] = [translator.ids[word] for word in english]
    return Senses.of_arrays(arrays, 1.0)


CUES = [("est", 0, "dog"), ("le", 1, "cat")]
"""``chat`` is "dog" in a sentence with ``est``, and "cat" after ``le``."""


def weigh(translator, sentences, contexts=None):
    pieces = [engine.Tokens(tuple(text.split()), tuple(text.split())) for text in sentences]
    forms = [piece.forms for piece in pieces]
    matches, _ = translator.look_up(pieces)
    contexts = forms if contexts is None else [text.split() for text in contexts]
    gains = make_senses(translator, "chat", CUES).weigh(forms, contexts, matches)
    spans = np.stack([matches.sentences, matches.starts, matches.ends], axis=1).tolist()
    words = [
        " ".join(translator.words[word] for word in row[:size])
        for row, size in zip(matches.words.astype(int), matches.sizes, strict=True)
    ]
    return {(*span, word): gain for span, word, gain in zip(spans, words, gains, strict=True)}


def test_the_words_around_a_word_change_the_chances_of_its_english(english):
    translator = make_translator(english)
    plain = weigh(translator, ["chat noir"])
    assert all(abs(gain) < 1e-6 for gain in plain.values())
    # Three senses are as likely as each other: e^5 / ((e^5 + 1 + 1) / 3) is the change.
    known = weigh(translator, ["le chat"])
    assert known[0, 1, 2, "cat"] == pytest.approx(5 - np.log((np.exp(5) + 2) / 3), abs=1e-4)
    assert known[0, 0, 1, "the"] == 0
    other = weigh(translator, ["chat est"])
    assert other[0, 0, 1, "cat"] == -3.0, "no sentence changes a chance by more"


def test_the_senses_of_a_piece_see_the_whole_text_and_no_other(english):
    translator = make_translator(english)
    alone = weigh(translator, ["chat"], ["chat"])
    part = weigh(translator, ["chat", "tapis"], ["chat ( est )", "tapis"])
    beside = weigh(translator, ["chat", "est"], ["chat", "est"])
    assert alone[0, 0, 1, "cat"] == pytest.approx(0, abs=1e-6)
    assert part[0, 0, 1, "cat"] == -3.0
    assert beside[0, 0, 1, "cat"] == pytest.approx(0, abs=1e-6)


def test_the_sentence_chooses_the_english_of_a_word(english):
    plain = make_translator(english)
    senses = make_senses(plain, "chat", [("noir", 0, "dog")])
    choosing = replace(plain, model=replace(plain.model, senses=senses))
    assert "cat" in plain.translate(["le chat noir"], 16)[0].text
    assert "dog" in choosing.translate(["le chat noir"], 16)[0].text
    assert "cat" in choosing.translate(["le chat"], 16)[0].text


@pytest.mark.parametrize(
    ("text", "code", "denied"),
    [
        ("elle ne viendra pas", "fr", ["pas"]),
        ("n' ont jamais rien dit", "fr", ["jamais"]),  # the second of two neighbours adds nothing
        ("sans aucun bruit", "fr", ["sans"]),
        ("sans doute pas à pas", "fr", []),
        ("une personne , rien de plus", "fr", []),
        ("我 没有 说 不仅", "zh", ["没有"]),
    ],
)
def test_words_that_deny_are_found(text, code, denied):
    forms = text.split()
    assert [forms[i] for i in find_denials(forms, code)] == denied


@pytest.mark.parametrize(
    ("source", "english", "lost"),
    [
        ("n' exclut pas de", "does not", True),
        ("exclut pas", "doesn't", True),
        ("exclut pas", "not exclude", False),
        ("pouvaient pas", "could not", False),
        ("n' a pas", "did not", False),
        ("avaient pas", "did not", False),
        ("ne", "does not", False),
    ],
)
def test_a_denial_without_its_verb_is_noticed(source, english, lost):
    assert loses_verb(source.split(), english.split()) is lost


def test_a_phrase_that_loses_a_denial_has_a_cost(english):
    translator = replace(make_translator(english), denial=4.0)
    pieces = [
        translator.tokenize(text) for text in ("le chat est assis", "le chat n'est pas assis")
    ]
    matches, _ = translator.look_up(pieces)
    costs = translator.weigh_denials(pieces, matches)
    costly = {(int(matches.sentences[i]), int(matches.starts[i])) for i in np.flatnonzero(costs)}
    assert costly == {(1, 4)}  # "pas", which this table lacks
    assert costs.max() == 4.0


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("Aucun bruit ne permet de dire qu'il dort.", None),
        ("Il craint que ces murs ne tombent et que tout brûle.", None),
        ("Personne ne dit que c'est vrai.", None),
        ("Il ne croit pas que tu dors.", None),
        ("Elle n'est pas plus grande.", None),
        ("Il n'y a plus rien.", None),
        ("Il ne reste plus personne.", None),
        ("Elle n'a plus aucun espoir.", None),
        ("Il ne viendra plus jamais.", None),
        ("Il n'a plus de 30 ans.", "Il no longer a de 30 ans ."),
        ("Il ne peut plus partir.", "Il peut no longer partir ."),
        ("Il n'en reste plus.", "Il no longer en reste ."),
        ("Elle n'a dormi que deux heures.", "Elle a dormi seulement deux heures ."),
        ("Il ne peut que partir.", "Il peut seulement partir ."),
        ("Cela ne peut vous nuire.", "Cela ne peut pas vous nuire ."),
        ("Il ne saurait mentir.", "Il ne peut pas mentir ."),
        ("Rien ne peut durer.", None),
        ("Il ne peut certainement pas venir.", None),
        ("C'est plus beau qu'on ne pouvait espérer.", None),
    ],
)
def test_only_and_no_longer_are_told_from_other_words(text, simple):
    tokens = tokenize_french(text)
    assert " ".join(simplify_denials(tokens).copies) == (simple or " ".join(tokens.copies))


def test_no_longer_stands_in_the_english(english):
    said = make_translator(english).translate(["Le chat n'est plus assis."], 16)
    assert "no longer" in said[0].text
    assert "plus" not in said[0].text


@pytest.mark.parametrize(
    ("french", "copies"),
    [
        ("« oui », dit-il.", ['"￭', '￭"']),
        ("oui », dit-il, « non", ['￭"', '"￭']),
        ('Un "oui" ou "non".', ['"￭', '￭"', '"￭', '￭"']),
    ],
)
def test_quotation_marks_open_and_close_as_in_the_source(french, copies):
    tokens = tokenize_french(french)
    assert [copy for copy in tokens.copies if '"' in copy] == copies
    assert [form for form in tokens.forms if '"' in form] == ['"'] * len(copies)


def test_words_keep_their_spaces(english):
    translator = make_translator(english)
    words = [f"￭{word}" if word == "cat" else word for word in translator.words]
    said = replace(translator, words=words).translate(["Le chat est assis."], 16)
    assert said[0].text == "The cat sat."


def test_chinese_quotation_marks_alternate():
    copies = tokenize_chinese("公司“投资”去年“公司”", SEGMENTER).copies
    assert [copy for copy in copies if '"' in copy] == ['"￭', '￭"'] * 2


def weigh_words(costs, text, pair):
    """The cost, and those before and after, of one English pair for words from the third on."""
    words = ["<unk>", "Paris", "city", "of", "the", "￭'s", "would", "be"]
    source, said = pair
    count = len(source.split())
    matches = Matches(
        sentences=np.zeros(1, np.int64),
        starts=np.array([2]),
        ends=np.array([2 + count]),
        pairs=np.zeros(1, np.int64),
        sizes=np.array([len(said.split())]),
        words=np.array([[words.index(w) for w in said.split()] + [0] * (8 - len(said.split()))]),
        walls=np.zeros((1, 9), np.int64),
    )
    piece = tokenize_french(text)
    assert " ".join(piece.copies[2 : 2 + count]) == source
    no_copies = np.zeros(0, np.int64)
    cost, links = costs.weigh([piece], matches, Vocabulary.of_words(words), no_copies)
    return round(float(cost[0]), 3), links[0].tolist()


@pytest.mark.parametrize(
    ("text", "source", "said", "cost", "links"),
    [
        ("Il voit Paris demain", "Paris", "Paris", 0.0, [0, 0]),
        ("Il voit Paris demain", "Paris", "the city", 1.0, [0, 0]),  # no capital for a name
        ("Il voit villes demain", "villes", "Paris", 10.0, [0, 0]),  # a capital for no name
        ("Il voit ville demain", "ville", "the", 100.0, [0, 0]),
        ("Il voit ville lumière", "ville lumière", "city", 1000.0, [0, 0]),
        ("Il voit ville de Paris", "ville de", "city", 0.0, [0, 4]),
        ("Il voit ville de Paris", "ville de", "city of", 0.0, [0, 0]),
        ("La ville de Paris dort", "de Paris", "Paris", 0.0, [4, 0]),
        ("La ville de Paris dort", "de Paris", "of Paris", 0.0, [0, 0]),
        ("La ville de Paris dort", "de Paris", "Paris ￭'s", 0.0, [0, 0]),
        ("Il Voit Paris Demain", "Paris", "city", 0.0, [0, 0]),  # a headline in capitals
        ("Le Paris serait bas", "serait", "would", 0.5, [0, 0]),  # "be" is lost
        ("Le Paris serait bas", "serait", "would be", 0.0, [0, 0]),
    ],
)
def test_english_that_does_not_fit_its_words_has_a_cost(text, source, said, cost, links):
    costs = WordCosts(
        name=1, capital=10, content=100, missing=1000, linker=4, word=0, auxiliary=0.5
    )
    assert weigh_words(costs, text, (source, said)) == (cost, links)


def test_each_english_word_has_a_cost_too():
    costs = WordCosts(name=0, capital=0, content=0, missing=0, linker=0, word=0.25)
    assert weigh_words(costs, "Il voit Paris demain", ("Paris", "the city")) == (0.5, [0, 0])


def test_a_lost_linker_costs_words_that_keep_their_order(english):
    translator = make_translator(english)
    pieces = [translator.tokenize("le chat")]
    matches, names = translator.look_up(pieces)
    links = np.zeros((len(matches), 2), np.float32)
    links[matches.starts == 0, 1] = 3.0
    free, costly = (
        search(translator.model, matches, names, stack=8, best=8, links=each)[0]
        for each in (None, links)
    )

    def score(found, starts):
        return max(f.score for f in found if matches.starts[f.rows].tolist() == starts)

    assert score(free, [0, 1]) - score(costly, [0, 1]) == pytest.approx(3.0, abs=1e-4)
    assert score(free, [1, 0]) == score(costly, [1, 0])


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Le maire n'exclut pas une grève.", "not"),
        ("Les ingénieurs ne négligent jamais ce danger.", "never"),
        ("Elle est partie sans un mot.", "without"),
        ("Ils n'ont aucune preuve.", "no "),
        ("Il n'y aura plus d'employés dans l'usine.", "no employees"),
        ("L'accord n'était plus respecté.", "no longer"),
        ("La banque n'a acheté que deux usines.", "only two"),
        ("Ils ont dit : « Aujourd'hui, les prix montent. »", '"Today'),
        ("Nous pensons que Bombardier livrera ses avions.", "Bombardier"),
        ("Selon les sondages, le président François Hollande monte.", "François Hollande"),
        ("Le gouvernement ne peut rien faire.", "cannot do anything"),
        ("Il n'y a personne.", "There is no"),
        ("Ils ont voyagé sur Spirit.", "Spirit"),
        ("La semaine dernière, The Information a rapporté une perte.", "The Information"),
        ("Il a dit que Maurice Taylor veut acheter l'usine.", "Maurice Taylor"),
        ("Il a dit que Mme Taylor veut acheter l'usine.", "Ms"),
    ],
)
def test_the_bundled_model_keeps_denials(bundled, text, english):
    found = load_package(packages.find_package("fr")).translate_batch([Request(text)], Decoding())
    assert english in found[0].text


def test_the_bundled_model_puts_adjectives_before_nouns(bundled):
    text = "Une réunion publique a suivi une longue enquête judiciaire."
    found = load_package(packages.find_package("fr")).translate_batch([Request(text)], Decoding())
    assert "public meeting" in found[0].text


def test_nothing_gives_nothing(english):
    translator = make_translator(english)
    assert [each.text for each in translator.translate(["", " \n"], 4)] == ["", ""]
    assert translator.translate([], 4) == []


# --- the engine, and the bundled model ------------------------------------------------------


@pytest.fixture
def bundled(monkeypatch):
    """The starter package that travels inside the library."""
    monkeypatch.delenv("CORPUS_NORM_STARTERS")
    return next(package for package in packages.installed() if package.starter)


def test_the_bundled_model_passes_the_gate(bundled):
    for language in ("fr", "zh-Hans"):
        package = packages.find_package(language)
        assert package.starter
        assert package.path == bundled.path
        assert package.bleu >= packages.GATE[language]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "L'entreprise a investi 7 milliards de dollars.", "7 billion"),
        ("fr", "Le président a annoncé une hausse de 1,5 %.", "1.5%"),
        ("zh-Hans", "公司去年投资了120亿美元。", "12 billion"),
    ],
)
def test_the_bundled_model_keeps_amounts(bundled, language, text, expected):
    found = load_package(packages.find_package(language)).translate_batch(
        [Request(text)], Decoding()
    )
    assert expected in found[0].text
    assert not any(char in found[0].text for char in "去年了元")


@pytest.mark.parametrize("text", ["以色列股市上涨。", "以色列军队进入加沙。"])
def test_a_name_is_not_the_words_beside_it_in_the_bible(bundled, text):
    chinese = load_package(packages.find_package("zh-Hans"))
    [found] = chinese.translate_batch([Request(text)], Decoding())
    assert "Israel" in found.text
    assert "children" not in found.text


def test_the_engine_says_what_it_is(bundled):
    translator = load_package(packages.find_package("fr"))
    assert translator.name.startswith(bundled.name)
    assert not translator.reads_context
    assert translator.count_tokens(["L'euro monte.", ""]) == [4, 0]
    assert bundled.digest in translator.recipe(Decoding())
    assert translator.recipe(Decoding()) != translator.recipe(Decoding(beam_size=1))
    chinese = load_package(packages.find_package("zh-Hans"))
    assert chinese.recipe(Decoding()) != translator.recipe(Decoding())


def test_lone_surrogates_are_no_trouble(bundled):
    translator = load_package(packages.find_package("fr"))
    assert translator.translate_batch([Request("le \ud800 chat")], Decoding())[0].text


@pytest.fixture
def copied(bundled, tmp_path):
    return shutil.copytree(bundled.path, tmp_path / bundled.path.name)


@pytest.mark.parametrize("name", ["phrases.json", "english.npz", "fr.npz", "words.txt"])
def test_a_damaged_model_is_named(copied, name):
    (copied / "model" / name).write_bytes(b"\xff not this \xff")
    package = read_package(copied)
    with pytest.raises(ModelIntegrityError, match="cannot be loaded"):
        engine.PhraseEngine(package).translate_batch([Request("le chat")], Decoding())


@pytest.mark.slow
def test_a_package_of_phrases_is_installed_like_any_other(bundled, copied, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "starter"), "zip", tmp_path, copied.name)
    models.install(archive)
    package = packages.find_package("fr")
    assert not package.starter
    assert package.has_phrases
    said = load_package(package).translate_batch([Request("le chat")], Decoding(beam_size=1))
    assert "cat" in said[0].text


@pytest.mark.slow
def test_a_package_without_its_tables_is_not_installed(copied, tmp_path):
    (copied / "model" / "fr.npz").unlink()
    archive = shutil.make_archive(str(tmp_path / "starter"), "zip", tmp_path, copied.name)
    with pytest.raises(ModelIntegrityError, match="its model does not work"):
        models.install(archive)


def test_the_model_card_names_every_source_and_its_licence(bundled):
    card = (bundled.path / "README.md").read_text("utf-8")
    own = json.loads((bundled.path / "metadata.json").read_text("utf-8"))["corpus_norm"]
    assert own["scores"]["fr"]["flores_dev_lines"] == 847, "none that was tuned on"
    assert str(own["scores"]["fr"]["flores_dev_bleu"]) in card
    assert "fr-en.wmt-news08-13" in card
    assert "Open Government Licence - Canada" in card


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        ("11 点 20 分", ("at 11:20",)),
        ("约 1,000 万份", ("约", "10 million", "份")),
        ("8 月 3 日", ("on August 3",)),
        ("投资1300余万元", ("投", "资", "more than 13 million", "元")),
        ("5至6亿人", ("500 million to 600 million", "人")),
        ("iPhone 4 比 3G 好", ("iPhone", "4", "比", "3G", "好")),
    ],
)
def test_spaces_and_words_between_figures_and_their_scale(text, copies):
    words = dict.fromkeys("约份投资元人比好", -1.0)
    assert tokenize_chinese(text, Segmenter(words, -9.0)).copies == copies


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        ("Ⅲ期药", ("III", "期", "药")),
        ("达Ⅳ类", ("达", "IV", "类")),
        ("ⅱ期", ("ii", "期")),
        ("Ω期", ("Ω", "期")),
        ("09:43:50 期", ("09:43:50", "期")),
    ],
)
def test_signs_before_chinese_words_are_tokens_of_their_own(text, copies):
    words = dict.fromkeys("期药达类", -1.0)
    assert tokenize_chinese(text, Segmenter(words, -9.0)).copies == copies
