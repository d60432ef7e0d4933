"""Which packages a language goes through, and what comes out at the end of a chain."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from corpus_norm.errors import ModelNotInstalledError, SettingsError
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import Decoding, Hypothesis, Package, Request, missing_models
from corpus_norm.translation.engines.routes import (
    ChainEngine,
    SimplifyingEngine,
    choose_packages,
    find_route,
    has_route,
    open_engines,
)


def make_package(source, target, version="1.0", **fields):
    name = f"{source}_{target}"
    return Package(name, Path(f"/{name}"), source, target, version, 1, **fields)


class Fake:
    """Puts its name around a text; 'ø' gives nothing."""

    reads_context = False

    def __init__(self, name):
        self.name = name
        self.asked = []

    def recipe(self, decoding):
        return f"{self.name} {decoding}"

    def count_tokens(self, texts):
        return [len(text) for text in texts]

    def translate_batch(self, requests, decoding):
        self.asked.append([request.text for request in requests])
        return [
            Hypothesis("" if "ø" in r.text else f"{self.name}({r.text})", -1.0, 3) for r in requests
        ]


def find(source, *pairs):
    route = find_route(source, [make_package(*pair) for pair in pairs])
    return route.simplify, [package.name for package in route.packages]


def test_the_direct_package_comes_before_any_chain():
    assert find("fr", ("fr", "es"), ("es", "en"), ("fr", "en")) == (False, ["fr_en"])


def test_the_shortest_chain_is_taken():
    pairs = [("fr", "es"), ("es", "it"), ("it", "en"), ("fr", "de"), ("de", "en")]
    assert find("fr", *pairs) == (False, ["fr_de", "de_en"])


def test_languages_that_lead_back_are_no_trap():
    with pytest.raises(ModelNotInstalledError, match="models install fr"):
        find("fr", ("fr", "es"), ("es", "fr"))


def test_between_two_languages_the_newer_package_is_taken():
    packages = [make_package("fr", "es", v) for v in ("1.0", "1.9", "1.2")]
    route = find_route("fr", [*packages, make_package("es", "en")])
    assert route.packages[0].version == "1.9"


def test_traditional_chinese_goes_its_own_way_through_simplified_or_is_converted():
    hant, hans = "zh-Hant", "zh-Hans"
    assert find(hant, (hant, "en"), (hant, hans), (hans, "en")) == (False, ["zh-Hant_en"])
    chain = (False, ["zh-Hant_zh-Hans", "zh-Hans_en"])
    assert find("zh-TW", (hant, hans), (hans, "en")) == chain
    assert find("zh-HK", (hans, "en")) == (True, ["zh-Hans_en"])
    assert find(hant, (hans, "fr"), ("fr", "en")) == (True, ["zh-Hans_fr", "fr_en"])
    with pytest.raises(ModelNotInstalledError, match="models install zh"):
        find(hant, ("fr", "en"))


def test_simplified_chinese_is_not_converted():
    with pytest.raises(ModelNotInstalledError):
        find("zh-Hans", ("zh-Hant", "en"))


def test_a_language_with_a_chain_is_not_missing():
    packages = [make_package("de", "fr"), make_package("fr", "en")]
    assert has_route("de", packages)
    assert missing_models(["de", "fr", "it"], packages) == ["it"]


def test_a_starter_below_the_gate_is_no_step_of_a_chain():
    weak = make_package("fr", "en", bleu=1.0, starter=True)
    assert not has_route("de", [make_package("de", "fr"), weak])


def test_a_chain_hands_on_what_each_step_gave_once():
    one, two = Fake("a"), Fake("b")
    done = ChainEngine([one, two]).translate_batch(
        [Request("x"), Request("y"), Request("x")], Decoding()
    )
    assert [h.text for h in done] == ["b(a(x))", "b(a(y))", "b(a(x))"]
    assert two.asked == [["a(x)", "a(y)"]]


def test_nothing_in_the_middle_of_a_chain_is_nothing_at_its_end():
    one, two = Fake("a"), Fake("b")
    done = ChainEngine([one, two]).translate_batch([Request("ø"), Request("x")], Decoding())
    assert [h.text for h in done] == ["", "b(a(x))"]


@pytest.mark.parametrize("caps", list(product([False, True], repeat=2)))
def test_a_chain_is_cut_where_any_step_was_and_scored_over_all_tokens(caps):
    class Fixed(Fake):
        def __init__(self, name, hypothesis):
            super().__init__(name)
            self.hypothesis = hypothesis

        def translate_batch(self, requests, decoding):
            return [self.hypothesis for _ in requests]

    steps = [
        Fixed("a", Hypothesis("x", -1.0, 2, caps[0])),
        Fixed("b", Hypothesis("y", -0.25, 6, caps[1])),
    ]
    [done] = ChainEngine(steps).translate_batch([Request("z")], Decoding())
    assert (done.score, done.tokens, done.at_cap) == (
        pytest.approx(-0.4375, abs=1e-4),
        6,
        any(caps),
    )


def test_a_chain_names_every_step():
    engine = SimplifyingEngine(ChainEngine([Fake("a"), Fake("b")]))
    assert engine.name == "opencc t2s > a > b"
    assert engine.recipe(Decoding()).startswith("opencc 1.")
    assert engine.recipe(Decoding()) != engine.recipe(Decoding(beam_size=1))


def test_traditional_characters_reach_the_engine_simplified_and_once():
    inside = Fake("a")
    engine = SimplifyingEngine(inside)
    done = engine.translate_batch([Request("臺灣"), Request("台湾")], Decoding())
    assert [h.text for h in done] == ["a(台湾)"] * 2
    assert inside.asked == [["台湾"]]
    assert engine.count_tokens(["臺灣"]) == [2]


# The choice of the engine


def choose(engine):
    return choose_packages(Settings(translation=TranslationSettings(engine=engine)))


def test_starters_that_are_not_there_are_said_to_be_missing_with_the_way_to_others():
    with pytest.raises(ModelNotInstalledError, match=r"no starter model; .* models install fr zh$"):
        choose("starter")


def test_installed_packages_are_for_auto_and_argos(tiny_model):
    assert [p.name for p in choose("argos")] == [p.name for p in choose("auto")]
    assert len(choose("argos")) == 1


def test_a_starter_below_the_gate_is_used_where_it_is_asked_for(monkeypatch, tiny_model):

    monkeypatch.setenv("CORPUS_NORM_STARTERS", str(tiny_model))
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(tiny_model / "none"))
    assert [p.usable for p in choose("auto")] == [False]
    assert [p.usable for p in choose("starter")] == [True]
    assert choose("argos") == []


def test_an_engine_without_packages_is_never_replaced_by_one_with_packages(tiny_model):
    settings = Settings(
        translation=TranslationSettings(engine="server", server_url="http://127.0.0.1:1")
    )
    assert choose_packages(settings) == []
    assert open_engines(["fr"], Settings()).keys() == {"fr"}
    assert open_engines(["tlh"], settings) == {}


def test_an_unknown_engine_lists_those_there_are():
    with pytest.raises(SettingsError, match="choose one of auto, argos, starter"):
        choose("google")
