"""Words that the phrase table lacks: names in pinyin, glosses, French inflections."""

from __future__ import annotations

import numpy as np
import pytest

from corpus_norm.translation.engines.phrases.tokens import Tokens
from corpus_norm.translation.engines.phrases.words import (
    RareWords,
    close_compounds,
    find_cognate,
    french_variants,
    spell_names,
)
from training.phrases.glosses import choose_glosses, clean_gloss, count_pairs, spell

SAID = "wang王 xin鑫 min敏 du杜 te特 er尔 li李 xiao晓 lin林 ou欧 yang阳 na娜 de的 ba巴 si斯 tan坦"
PINYIN = {part[-1]: part[:-1] for part in SAID.split()}
RARE = RareWords({"湖光": "Huguang"}, PINYIN, frozenset({"巴斯"}))


def rewrite(text):
    words = tuple(text.split())
    found = RARE.rewrite(Tokens(words, words))
    return list(zip(found.forms, found.copies, strict=True))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("校长 王 鑫 表示", ("王鑫", "Wang Xin")),
        ("李 晓 林 说", ("李晓林", "Li Xiaolin")),
        ("记者 欧阳 娜", ("欧阳娜", "Ouyang Na")),
        ("会见 杜 特 尔 特 时", ("杜特尔特", "Duteerte")),
        ("会见 杜 特 尔特", ("杜特尔特", "Duteerte")),
    ],
)
def test_a_name_in_characters_is_one_word_in_pinyin(text, name):
    assert name in rewrite(text)


@pytest.mark.parametrize(
    "text",
    [
        "王 鑫 表 格",  # no title before, and no verb of saying after
        "校长 的 王",
        "王 的 说",
        "校长 李 说",  # a surname alone
        "巴斯 坦",  # a common word and a character
    ],
)
def test_other_characters_are_left_alone(text):
    assert [form for form, _ in rewrite(text)] == text.split()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王 晓 敏 家 在 四川", ["Wang Xiaomin"]),  # three characters need no title
        ("据 王 鑫 、 李 敏 、 林 娜 ）", ["Li Min"]),  # two do, outside of a list; 林 is a forest
        ("李 河 村", []),  # a village
        ("总统 巴斯 · 坦", ["Basi Tan"]),
        ("巴 斯 坦 · 杜 特 尔 特 · 湖光 说", ["Basitan Duteerte Huguang"]),
        ("巴 · 的 说", []),
    ],
)
def test_names_without_a_title_and_foreign_names_of_parts(text, names):
    found = [copy for _, copy in rewrite(text) if " " in copy]
    assert found == names


def test_a_table_knows_the_english_of_names():
    def name_of(words):
        return {("巴斯",): "Bass", ("杜", "特尔"): "Duterte", ("坦",): "Tan Dun"}.get(words, "")

    words = ("总统", "巴斯", "·", "坦", "·", "娜娜", "会见", "杜", "特尔")
    copies = RARE.rewrite(Tokens(words, words), name_of).copies
    assert copies[1] == "Bass Tan Nana"  # the table's names of a character are chance
    assert copies[-1] == "Duterte"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("普罗文扎诺（Provenzano）说", "Provenzano说"),
        ("尼克拉斯·贝克斯特伦 (Nicklas Backstrom)说", "Nicklas Backstrom说"),
        ("在白厅 (Whitehall) 开始", "在白厅 (Whitehall) 开始"),  # not by its sound
        ("到访马德里阿托查（Atocha）", "到访马德里阿托查（Atocha）"),  # too long for six letters
        ("埃尔·史密斯（Smith）", "埃尔·史密斯（Smith）"),  # only half of the name
        ("马云（创始人）", "马云（创始人）"),
    ],
)
def test_a_name_is_written_as_the_brackets_behind_it_spell_it(text, written):
    assert spell_names(text) == written


def test_what_the_table_lacks_is_copied_as_gloss_or_pinyin():
    assert rewrite("湖光 鑫 犇 Apple 3") == [
        ("湖光", "Huguang"),
        ("鑫", "Xin"),
        ("犇", "犇"),
        ("Apple", "Apple"),
        ("3", "3"),
    ]


def test_a_model_without_the_files_changes_nothing(tmp_path):
    tokens = Tokens(("杜", "特", "尔"), ("杜", "特", "尔"))
    assert RareWords.read(tmp_path, "zh", {}).rewrite(tokens) == tokens


def test_the_files_are_read(tmp_path):
    (tmp_path / "zh.glosses.txt").write_text("湖光\tHuguang\n", "utf-8")
    (tmp_path / "zh.pinyin.txt").write_text("xin\t鑫欣\n", "utf-8")
    read = RareWords.read(tmp_path, "zh", {"巴斯": 50, "斯坦": 3, "巴": 99})
    assert read == RareWords({"湖光": "Huguang"}, {"鑫": "xin", "欣": "xin"}, frozenset({"巴斯"}))


@pytest.mark.parametrize(
    ("form", "known"),
    [
        ("reproduira", "reproduire"),
        ("découvriraient", "découvrir"),
        ("poursuivaient", "poursuivre"),
        ("connaîtrait", "connaître"),
        ("franchissait", "franchir"),
        ("envisageaient", "envisager"),
        ("conduisais", "conduire"),
        ("martiennes", "martienne"),
    ],
)
def test_an_inflected_word_leads_to_one_that_may_be_known(form, known):
    assert known in set(french_variants(form))


@pytest.mark.parametrize(
    ("form", "english"),
    [
        ("sévérité", "severity"),
        ("hydraulique", "hydraulic"),
        ("séismographe", ""),  # English has no such word here
        ("pacifisme", "pacifism"),
        ("œsophage", "oesophage"),
        ("mât", ""),  # too short
    ],
)
def test_a_word_is_written_as_english_spells_it(form, english):
    known = {"severity", "hydraulic", "pacifism", "oesophage", "mat"}
    assert find_cognate(form, known) == english


class Known:
    """A table of a few words, and of one compound."""

    def knows(self, tokens):
        return np.isin(tokens, ["microordinateurs", "semiconducteurs", "audessus", "34"])

    def has(self, phrase):
        return tuple(phrase) == ("au", "-", "dessus")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("un micro - ordinateur", "un microordinateur"),  # the plural is known
        ("les semi - conducteurs !", "les semiconducteurs !"),
        ("un arc - en - ciel", "un arc - en - ciel"),
        ("de 3 - 4 ans", "de 3 - 4 ans"),
        ("au - dessus", "au - dessus"),  # known with its hyphen, too
        ("semi - conducteurs - semi - conducteurs", "semiconducteurs - semiconducteurs"),
        ("- fin -", "- fin -"),
        ("", ""),
    ],
)
def test_a_compound_is_closed_where_only_that_spelling_is_known(text, closed):
    words = tuple(text.split())
    found = close_compounds(Tokens(words, words), Known())
    assert " ".join(found.forms) == closed
    assert len(found.copies) == len(found.forms)


# --- the dictionary -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gloss", "clean"),
    [
        ("Lakeside, town in northern Ruritania", "Lakeside"),
        ("Xinyang prefecture-level city in Henan", "Xinyang"),
        ("lake trout (Salvelinus namaycush)", "lake trout"),
        ("to swim across", ""),
        ("surname Ou", ""),
        ("old variant of 鑫", ""),
        ("a very long gloss of more than four words", ""),
    ],
)
def test_a_gloss_is_what_can_stand_in_a_sentence(gloss, clean):
    assert clean_gloss(gloss) == clean


def test_only_words_that_would_be_cut_into_characters_have_glosses():
    known = {"湖": 9, "光": 9, "湖水": 9, "鱼": 5, "到": 50, "了": 90}
    entries = {
        "湖光鱼": ["lake trout"],
        "湖水鱼": ["pond fish"],  # cut into a word and a character
        "湖水光": ["Lakelight"],  # a name
        "到了": ["at last", "arrival"],  # often two words
        "湖水": ["lake water"],  # known
    }
    assert choose_glosses(entries, known, {"到了": 400}) == {
        "湖光鱼": "lake trout",
        "湖水光": "Lakelight",
    }


def test_pairs_of_characters_are_counted_in_the_first_column(tmp_path):
    path = tmp_path / "zh-en.tsv"
    path.write_text("到了到了\tarrived 到了\n湖光\tlake\n", "utf-8")
    assert count_pairs([path], frozenset({"到了", "湖光"})) == {"到了": 2, "湖光": 1}


def test_characters_are_grouped_by_their_pinyin():
    pytest.importorskip("pypinyin", reason="training needs pypinyin")
    assert spell("鑫欣女") == {"nu": "女", "xin": "欣鑫"}
