"""Patterns that are compiled at their first use, and what a first document must not load."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from copy import copy
from dataclasses import FrozenInstanceError, replace
from functools import reduce
from importlib import import_module
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_norm
from corpus_norm.boilerplate.features import ADDRESS
from corpus_norm.document import Block, BlockKind, make_block
from corpus_norm.extraction.tree import _HINT, _find_bit, _read_names
from corpus_norm.lines import measure, measure_narrow
from corpus_norm.patterns import Recent, _LazyPattern, compile_lazily, has_far_letters


def test_a_lazy_pattern_does_what_a_compiled_one_does():
    lazy, eager = (
        compile_lazily(r"(?P<n>\d)", re.IGNORECASE),
        re.compile(r"(?P<n>\d)", re.IGNORECASE),
    )
    assert lazy.sub("x", "a1b2") == eager.sub("x", "a1b2")
    assert lazy.search("a1")["n"] == "1"
    assert (lazy.flags, lazy.groupindex, repr(lazy)) == (eager.flags, eager.groupindex, repr(eager))
    assert compile_lazily(rb"\d").findall(b"a1b2") == [b"1", b"2"]


@pytest.mark.parametrize(
    "where",
    [
        "bylines:_HAN",
        "dates.lines:_WIDE",
        "language.documents:_WIDE",
        "lines:_WIDE",
        "segmentation:_HAN",
    ],
)
def test_no_text_that_a_pattern_of_far_letters_matches_is_spared_it(where):
    module, name = where.split(":")
    pattern = getattr(import_module(f"corpus_norm.{module}"), name)
    matched = [char for char in map(chr, range(0x110000)) if pattern.search(char)]
    assert len(matched) > 20_000
    assert all(map(has_far_letters, matched))


def test_a_mistake_in_a_pattern_shows_at_the_first_use():
    lazy = compile_lazily("(")
    with pytest.raises(re.error):
        lazy.search("a")


def test_a_block_made_quickly_is_one_like_any_other():
    made, usual = (make(BlockKind.QUOTE, "Oui.", 3, language="fr") for make in (make_block, Block))
    assert type(made) is Block
    assert (made, hash(made), repr(made)) == (usual, hash(usual), repr(usual))
    assert copy(made) == usual
    assert replace(made, start=4) == replace(usual, start=4)
    with pytest.raises(FrozenInstanceError):
        made.start = 4


def test_all_lazy_patterns_of_the_library_compile():
    count = 0
    for module in pkgutil.walk_packages(corpus_norm.__path__, "corpus_norm."):
        if module.name.endswith(("__main__", ".ray", ".spark")):
            continue
        for value in vars(import_module(module.name)).values():
            if isinstance(value, _LazyPattern):
                assert isinstance(value.pattern, str | bytes)
                count += 1
    assert count > 250


def test_a_first_english_text_loads_neither_the_audit_nor_the_sources():
    code = (
        "import sys, corpus_norm; corpus_norm.normalize('The harbour was shut on Monday.'); "
        "print([name for name in ('corpus_norm.audit', 'corpus_norm.sources', 'pyarrow') "
        "if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_answers_are_kept_for_repeated_texts_within_bounds():
    asked = []

    def answer(texts):
        asked.extend(texts)
        return map(str.upper, texts)

    recent = Recent(room=5_000)
    for number in range(1_000):
        assert recent.find_all(["menu", f"line {number}"], answer)[0] == "MENU"
    assert asked.count("menu") == 1, "it was asked for all the time"
    assert len(recent._new) + len(recent._old) < 150
    long = "a" * 10_000
    assert recent.find_all([long, long, ""], answer) == ["A" * 10_000] * 2 + [""]
    assert long not in {*recent._new, *recent._old}


@given(st.text("hTtpſs:/wW.@ac oOmMfrukK_é中", max_size=20))
def test_an_address_is_found_by_its_sign_as_by_its_letters(text):
    plain = r"https?:|www\.|\w@\w|\.(?:com|org|net|fr|cn|tw|hk|uk)\b"
    assert bool(ADDRESS.search(text)) == bool(re.search(plain, text, re.IGNORECASE))


@given(st.text("a é中。’…ｱ가ㄱ", max_size=20))
def test_a_line_is_as_wide_as_its_characters(text):
    wide = sum(character in "中。가ㄱ" for character in text)
    marks = sum(character in "’…" for character in text)
    assert measure_narrow(text) == len(text) + wide
    assert measure(text) == len(text) + wide + (marks if wide else 0)


@given(st.lists(st.sampled_from(["menu", "ads", "post-er", "head", "line", "İnav", "x"])))
def test_the_hints_of_single_names_are_those_of_all_together(names):
    joined = " ".join(names)
    wanted = reduce(or_, map(_find_bit, _HINT.findall(joined.lower())), 0)
    assert _read_names(joined) == wanted
