"""Patterns are tried only where they can match; none that matches may be left out."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.boilerplate import load_lexicon
from corpus_norm.boilerplate.lexicon import MAX_CHARS
from corpus_norm.boilerplate.searches import EDGES, find_first_characters, find_initial, find_needed

SAMPLE = (Path(__file__).parent / "data" / "boilerplate.txt").read_text("utf-8")
LINES = [line[2:] for line in SAMPLE.splitlines() if line[:1] in "+-~"]
BUTTONS = [
    "12 comments",
    "(12 comments)",
    "» Share",
    "© 2019 Courier",
    "Photo: AP",
    "Ann Example/Reuters",
    "Zoé dit :",
    "约3小时前",
    "【更多】",
    "(c) Courier",
    "À LIRE AUSSI",
    "A reader says:",
    "Get 20% off now",
]


def read_patterns():
    folder = resources.files("corpus_norm.boilerplate") / "lexicon"
    for item in folder.iterdir():
        for kind, modes in tomllib.loads(item.read_text("utf-8")).items():
            for mode, patterns in modes.items():
                for pattern in patterns:
                    yield mode, kind, pattern


PATTERNS = sorted(set(read_patterns()))


@pytest.mark.parametrize("line", BUTTONS)
def test_a_line_is_found_where_any_pattern_fits_it(line):
    assert load_lexicon().find(line) is not None


def test_no_pattern_is_left_out_that_matches():
    for mode, _, pattern in PATTERNS:
        before, after = EDGES[mode]
        compiled = re.compile(f"{before}(?:{pattern}){after}", re.IGNORECASE)
        for line in [*LINES, *BUTTONS]:
            if len(line) <= MAX_CHARS[mode] and compiled.search(line):
                assert load_lexicon().find(line) is not None, (pattern, line)


@pytest.mark.parametrize(
    ("pattern", "first", "needed"),
    [
        ("share", {"s"}, [{"share"}]),
        ("Share|tweet", {"s", "t"}, [{"share", "tweet"}]),
        ("(?:re)?tweets?", {"r", "t"}, [{"tweet"}]),
        (r"\d+ (?:views?|likes)", {"0"}, [{" "}, {"view", "likes"}]),
        (r"\(c\) .{0,9}inc\.?", {"("}, [{"(c) "}, {"inc"}]),
        ("(?-i:[A-Z]) says", None, [{" says"}]),
        ("[^a]b{0,2}c+d", None, [{"c"}, {"d"}]),
        (".*", None, []),
        ("", None, []),
        ("(?:a|)", None, []),
        (r"\bnow\b", {"n"}, [{"now"}]),
        ("(?<!x)now", None, [{"now"}]),
        ("(?i:now)", None, []),
    ],
)
def test_what_a_pattern_needs_is_read_off_its_text(pattern, first, needed):
    assert find_first_characters(pattern) == first
    assert [set(each) for each in find_needed(pattern)] == needed


ATOMS = st.sampled_from(["a", "b", "cd", r"\d", ".", r"\.", "[ab]", "(?:a|bc)", "(?:b(?:c|d))"])
QUANTIFIED = st.tuples(ATOMS, st.sampled_from(["", "", "?", "*", "+", "{0,2}", "{1,2}", "+?"]))
SIMPLE = st.lists(QUANTIFIED.map("".join), min_size=1, max_size=5).map("".join)


@given(st.lists(SIMPLE, min_size=1, max_size=3).map("|".join), st.text("abcd1.", max_size=8))
def test_every_match_has_what_was_read_off(pattern, text):
    if re.fullmatch(pattern, text) and text:
        first = find_first_characters(pattern)
        assert first is None or find_initial(f"x{text}")[0] == "x"
        assert first is None or ("0" if text[0].isdecimal() else text[0]) in first
        assert all(any(each in text for each in texts) for texts in find_needed(pattern))
