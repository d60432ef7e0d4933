"""Language models as engines: what they are asked, how answers are read, what rows say of them."""

from __future__ import annotations

import struct
import sys
import tempfile
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from growth import cpu_seconds, grows_evenly
from test_conversion import digests
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.conversion.job import Workers
from corpus_norm.display import describe_language_model
from corpus_norm.document import Flag, RawDocument
from corpus_norm.errors import (
    ModelError,
    ModelIntegrityError,
    ModelNotInstalledError,
    SettingsError,
)
from corpus_norm.guard import StageTimer
from corpus_norm.pipeline import process
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import translate, translate_documents
from corpus_norm.translation.engines import Decoding, Hypothesis, Request
from corpus_norm.translation.engines import llm as engine_module
from corpus_norm.translation.engines.llm import (
    LanguageModelTranslator,
    check_models,
    find_names,
    load_engine,
    read_file,
    runtime,
)
from corpus_norm.translation.engines.llm.client import Answer, ServerError
from corpus_norm.translation.engines.llm.prompt import (
    Names,
    build_messages,
    find_context,
    read_english,
)
from corpus_norm.translation.engines.llm.runtime import LocalClient, LocalModel
from corpus_norm.translation.masking import write_amounts
from corpus_norm.translation.models.language_models import ModelFile, read_header


class FakeClient:
    """Answers a prompt with the value of the first key in its last message; remembers prompts."""

    def __init__(self, answers, score=-0.5):
        self.answers = answers
        self.score = score
        self.asked = []

    def complete(self, messages, max_tokens, options=None):
        self.asked.append((messages, max_tokens, options))
        text = messages[-1]["content"]
        answer = next((a for key, a in self.answers.items() if key in text), "")
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer[: 3 * max_tokens], self.score, 4, len(answer) > 3 * max_tokens)

    @property
    def texts(self):
        return [messages[-1]["content"] for messages, _, _ in self.asked]


def make_file(folder, name="tiny", *, kind="model", licence="mit"):
    """A GGUF file without weights."""
    fields = {"general.architecture": "toy", "general.type": kind, "general.license": licence}
    body = b"".join(_text(key) + struct.pack("<I", 8) + _text(text) for key, text in fields.items())
    after = _text("toy.layers") + struct.pack("<II", 4, 18)
    array = _text("tokenizer.tokens") + struct.pack("<IIQ", 9, 8, 0)
    path = folder / f"{name}.gguf"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 5) + body + after + array)
    return path


def _text(text):
    return struct.pack("<Q", len(text)) + text.encode()


MODEL = ModelFile(path=Path("small.gguf"), digest="ab" * 16, size_bytes=1)


def make_engine(client=None, language="French", **options):
    client = client or FakeClient({})
    return LanguageModelTranslator(lambda: client, language, MODEL, **options)


# --- prompts and answers --------------------------------------------------------------------


def test_the_prompt_ends_with_the_sentence_after_the_same_examples_every_time():
    first, second = build_messages("Chinese", "下雨了。"), build_messages("Chinese", "他走了。")
    assert first[:-1] == second[:-1]
    assert second[-1] == {"role": "user", "content": "他走了。"}
    assert "Chinese news" in first[0]["content"]
    assert [m["role"] for m in first] == ["system", *["user", "assistant"] * 3, "user"]


@pytest.mark.parametrize(
    "marker", ["<|im_end|>", "<eos>", "</s>", "[INST]", "[/INST]", "<｜end｜>"]
)
def test_the_control_tokens_of_models_are_plain_text_in_a_document(marker):
    text = f"Elle a écrit {marker} hier."
    [*_, last] = build_messages("French", text)
    assert marker not in last["content"]
    assert read_english(f"She wrote {marker[0]} {marker[1:]} here.", text) == (
        f"She wrote {marker} here."
    )


@pytest.mark.parametrize(
    ("answer", "english"),
    [
        ("It rains.", "It rains."),
        ("\n It rains.\nNote: in French, …", "It rains."),
        ("Translation: “It rains.”", "It rains."),
        ('"Yes," he said, "no."', '"Yes," he said, "no."'),
        ("<think>Hmm", ""),
        ("", ""),
    ],
)
def test_an_answer_is_its_first_line(answer, english):
    assert read_english(answer, "Il pleut.") == english


def test_quotation_marks_of_the_sentence_stay():
    assert read_english("“It rains.”", "« Il pleut. »") == "“It rains.”"


def test_a_long_context_is_cut_between_words():
    context = find_context("mot " * 200 + "Elle aussi.", "Elle aussi.")
    assert 200 < len(context) <= 240
    assert set(context.split()) == {"mot"}


def test_the_english_of_rare_names_is_given_before_the_sentence():
    names = Names({"普林塞萨": "Princesa", "普林塞萨港": "Puerto Princesa", "巴拉望": "Palawan"})
    [*_, last] = build_messages("Chinese", "驶往巴拉望的普林塞萨港。", "船来了。", names)
    assert last["content"] == (
        "(船来了。)\n(巴拉望 = Palawan, 普林塞萨港 = Puerto Princesa)\n驶往巴拉望的普林塞萨港。"
    )
    many = Names({f"{sign}尔巴": sign for sign in "甲乙丙丁戊己"})
    assert [name for _, name in many.find("，".join(many.english) * 2)] == list("甲乙丙丁戊")


def test_names_come_from_the_starter_model_for_simplified_chinese_alone(starter):
    names = find_names("zh-Hans")
    assert len(names.english) > 1000
    assert all(len(name) > 2 and name[0] > "\u3400" for name in names.english)
    assert all(english[0].isupper() for english in names.english.values())
    assert not find_names("fr").english


def test_a_second_attempt_names_the_figures_and_latin_names_of_the_sentence():
    text = "公司（Huaxing Co.）2024年亏损12 billion元，降5%，2024年裁员35,000人。"
    [*_, last] = build_messages("Chinese", text, again=True)
    assert last["content"].endswith(" Keep: Huaxing Co., 2024, 12 billion, 5%, 35,000.)")
    [*_, last] = build_messages("French", "Marie a perdu 7 %.", again=True)
    assert last["content"].endswith(" Keep: 7 %.)")
    assert "Keep" not in build_messages("Chinese", "他走了。", again=True)[-1]["content"]
    assert "Keep" not in build_messages("Chinese", text)[-1]["content"]


# --- the engine -----------------------------------------------------------------------------


def test_large_amounts_are_written_in_english_before_the_model_sees_them():
    client = FakeClient({"12 billion元": "It lost 12 billion yuan and 35,000 jobs."})
    engine = make_engine(client, "Chinese")
    [done] = translate(["公司亏损一百二十亿元，裁员3.5万人。"], "zh-Hans", engine=engine)
    assert client.texts == ["公司亏损12 billion元，裁员35,000人。"]
    assert set(done.flags) == {"draft"}


WRITTEN = [
    ("亏损5623.24万元，8217.5亿元", "亏损56.2324 million元，821.75 billion元"),
    (
        "约20多万个、1300余万元、3亿多",
        "约more than 200,000个、more than 13 million元、more than 300 million",
    ),
    ("75万7千人，11万7015辆", "757,000人，117,015辆"),
    ("二十多万人", "more than 200,000人"),
    ("5至6亿元，从500万到600万", "500 million to 600 million元，从5 million到6 million"),
    (
        "数百万人，上千亿元，百亿元，突破千万",
        "millions of人，more than 100 billion元，10 billion元，突破10 million",
    ),
    ("十余家，200余名", "more than 10家，more than 200名"),
    ("上升3个百分点、46个基点，6成企业", "上升3 percentage points、46 basis points，60%企业"),
    ("共 360 万人、２.１８万人", "共 3.6 million人、21,800人"),
    ("記者25日獲悉，損失3.5億元", "記者 on the 25th 獲悉，損失350 million元"),
    ("截至25日，24日至26日", "截至 the 25th，on the 24th to 26th"),
    (
        "5月底或7月初，2020年9月中旬，5-6月",
        "the end of May 或 early July，mid-September 2020，May to June",
    ),
    ("20世纪70年代，上世纪九十年代", "the 1970s，the 1990s"),
    (
        "在26日清晨驶离，24日晚，记者获悉",
        "在 the early morning of the 26th 驶离，on the evening of the 24th，记者获悉",
    ),
    ("当天早上，他发了照片", "on the morning of that day，他发了照片"),
    ("24日晚上8点，24日晚间", "on the 24th 晚上8点，on the evening of the 24th"),
    ("截至7月25日14时，全市", "截至7月25日 14:00，全市"),
    (
        "于30日10时终止，上午9时30分至晚上10时",
        "于 10:00 on the 30th 终止，9:30 a.m. 至 10 p.m.",
    ),
    ("较2019年同期增长6%", "较 the same period of 2019 增长6%"),
    ("下午4点多，13时许", "shortly after 4 p.m.，about 13:00"),
]


@pytest.mark.parametrize(("text", "written"), WRITTEN)
def test_amounts_and_doubtful_dates_are_written_in_english(text, written):
    assert write_amounts(text, "zh-Hans") == written


@pytest.mark.parametrize(
    "text",
    [
        "7月25日，2020年12月31日，7月24日至26日",  # models add a year to English ones
        "10月1日、2日，3日内，5日游，第24日，当天晚些时候，当晚8时，7月26日清晨，去年同期",
        "10时间，2时半，第3时，102时",
        "百万富翁，千万不要，成千上万的人，万科，郑万高铁",
        "1100千伏，18.9千米",
        "60余岁，第3成",
        "1234567890123456789012345678901234567890万",
    ],
)
def test_what_is_no_amount_or_no_doubtful_date_stays(text):
    assert write_amounts(text, "zh-Hans") == text


def test_a_unit_with_the_sign_of_a_thousand_is_no_scale():
    assert write_amounts("装机82万千瓦", "zh-Hans") == "装机820,000千瓦"


@pytest.mark.parametrize("piece", ["亿", "1亿", "1-", "１", "多万", "24日、", "几百万", "1 "])
def test_the_work_of_writing_amounts_grows_with_the_text(piece):
    def measure(size):
        return cpu_seconds(lambda: write_amounts(piece * size, "zh-Hans"))

    assert grows_evenly(measure, 1000, 4000, most_growth=10, negligible_s=0.1)


def test_the_dateline_of_a_report_is_translated_alone_and_its_day_by_rule():
    client = FakeClient({"新华社北京": "Xinhua, Beijing (Yu Junjie).", "治理": "The work began."})
    engine = make_engine(client, "Chinese")
    [done] = engine.translate_batch(
        [Request("新华社北京7月25日电（记者余俊杰）治理工作于近日正式启动。")], Decoding()
    )
    assert done.text == "Xinhua, Beijing (Yu Junjie), July 25: The work began."
    assert client.texts == ["治理工作于近日正式启动。", "新华社北京（记者余俊杰）"]


def test_a_report_without_english_has_no_dateline_either():
    client = FakeClient({"新华社北京": "Xinhua, Beijing"})
    request = Request("新华社北京7月25日电 治理工作于近日正式启动。")
    [done] = make_engine(client, "Chinese").translate_batch([request], Decoding())
    assert done.text == ""


def test_a_score_and_the_cap_reach_the_sentence():
    engine = make_engine(FakeClient({"Oui": "Yes", "Non": "ha" * 500}))
    yes, no = translate(
        ["Oui.", "Non."],
        "fr",
        Settings(translation=TranslationSettings(audit=False)),
        engine=engine,
    )
    assert (yes.text, yes.score, yes.flags) == ("Yes", -0.5, ("draft",))
    assert set(no.flags) == {Flag.OUTPUT_AT_CAP, Flag.DRAFT}


def test_a_model_that_says_nothing_leaves_the_sentence_untranslated():
    [done] = translate(["Oui."], "fr", engine=make_engine())
    assert (done.text, set(done.flags)) == ("", {Flag.UNTRANSLATED, Flag.EMPTY_OUTPUT})


def test_chinese_left_in_an_answer_is_asked_for_again_and_the_better_answer_kept():
    client = FakeClient({"word for word": "Fu came.", "傅": "傅 came."})
    [done] = make_engine(client, "Chinese").translate_batch([Request("傅来了。")], Decoding())
    assert done.text == "Fu came."
    worse = FakeClient({"word for word": "傅来 came.", "傅": "傅 came."})
    [done] = make_engine(worse, "Chinese").translate_batch([Request("傅来了。")], Decoding())
    assert done.text == "傅 came."


def test_what_the_audit_doubts_is_asked_for_again_in_other_words():
    client = FakeClient({"word for word": "7 billion", "7 billion": "7 million"})
    [done] = translate(["7 milliards"], "fr", engine=make_engine(client))
    assert (done.text, done.flags) == ("7 billion", (Flag.DRAFT,))
    assert len(client.asked) == 2


LONG = "据了解，小三峡隧道是三峡库区范围内最长的高铁隧道，也是国内设计时速达到350公里的最长隧道。"


def test_the_clauses_of_a_sentence_that_loses_an_amount_twice_are_translated_alone():
    client = FakeClient({"据了解": "It is a tunnel.", "350": "At 350 km/h."})
    [done] = translate([LONG], "zh-Hans", engine=make_engine(client, "Chinese"))
    assert done.text == "It is a tunnel. At 350 km/h."
    assert Flag.AMOUNT_MISSING not in done.flags
    assert len(client.asked) == 4  # twice the sentence, and two parts


def test_what_is_no_better_in_parts_stays_whole():
    client = FakeClient({"三峡": "It is the longest tunnel.", "350": "It is the longest."})
    [done] = translate([LONG], "zh-Hans", engine=make_engine(client, "Chinese"))
    assert done.text == "It is the longest tunnel."
    assert Flag.AMOUNT_MISSING in done.flags


def test_an_answer_in_circles_is_asked_for_again_with_a_penalty():
    client = FakeClient({"Il pleut": "rain and rain and " * 9})
    translate(["Il pleut sur la ville depuis trois longs jours."], "fr", engine=make_engine(client))
    assert [options for _, _, options in client.asked] == [{}, {"frequency_penalty": 0.6}]


def test_a_grammar_is_sent_where_there_is_one():
    client = FakeClient({"Oui": "Yes."})
    make_engine(client, grammar="root ::= [a-z]+").translate_batch([Request("Oui.")], Decoding())
    assert client.asked[0][2] == {"grammar": "root ::= [a-z]+"}


def test_the_paragraph_before_a_sentence_is_shown_only_on_request():
    request = Request("Elle aussi.", "Marie est partie. Elle aussi. Puis Paul.")
    for context, head in ((True, "(Marie est partie.)\n"), (False, "")):
        client = FakeClient({"Elle": "So did she."})
        engine = make_engine(client, context=context)
        assert engine.reads_context is context
        engine.translate_batch([request], Decoding())
        assert client.texts == [f"{head}Elle aussi."]


def test_requests_in_parallel_keep_their_order():
    answers = {f"n{i}.": f"No. {i}" for i in range(20)}
    requests = [Request(f"n{i}.") for i in range(20)]
    outputs = make_engine(FakeClient(answers), connections=4).translate_batch(requests, Decoding())
    assert [hypothesis.text for hypothesis in outputs] == [f"No. {i}" for i in range(20)]


def test_what_was_translated_before_a_failure_is_not_asked_for_again():
    client = FakeClient({"Oui": "Yes.", "Non": ServerError("down")})
    done = translate(["Oui.", "Non."], "fr", engine=make_engine(client))
    assert [each.text for each in done] == ["Yes.", ""]
    assert done[1].flags == (Flag.UNTRANSLATED,)
    assert client.texts.count("Oui.") == 1


def test_a_server_that_fails_is_told_once_with_its_reason(caplog):
    client = FakeClient({"Non": ServerError("http://h:1/v1 answered 401: bad key")})
    engine = make_engine(client)
    for _ in range(2):
        translate(["Non.", "Non!"], "fr", engine=engine)
    assert caplog.text.count("answered 401: bad key") == 1
    assert "without English" in caplog.text


def test_an_answer_without_end_is_cut_and_flagged(monkeypatch):
    endless = Answer("x " * 500_000, 0.0, 9, at_cap=False)
    monkeypatch.setattr(FakeClient, "complete", lambda *_: endless)
    before = time.process_time()
    [done] = translate(["Il pleut à Lille."], "fr", engine=make_engine(FakeClient({})))
    assert time.process_time() - before < 20
    assert len(done.text) < 2_000
    assert Flag.OUTPUT_AT_CAP in done.flags


def test_a_command_tells_how_many_documents_have_no_english(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine_module, "_check_server", lambda *_: client)
    client = FakeClient({"Lille": ServerError("down")})
    client.model, client.address = "m", "http://127.0.0.1:9"
    Path("a.txt").write_text("Il pleut à Lille, dit le maire de la ville.", "utf-8")
    address = ["--engine", "server", "--server-url", "http://127.0.0.1:9/v1", "--no-memory"]
    monkeypatch.setattr("corpus_norm.conversion.job.Workers.choose", _work_here)
    result = CliRunner().invoke(app, ["convert", "a.txt", "-o", "out", *address])
    assert result.exit_code == 0
    assert "1 document without English, as the translation failed" in result.output
    assert "models install" not in result.output


def _work_here(*_):
    return Workers(0, 1e9)


def test_what_waits_is_cancelled_when_the_time_is_over():
    class SlowClient(FakeClient):
        def complete(self, *arguments):
            time.sleep(0.05)
            return super().complete(*arguments)

    client = SlowClient({"n0": TimeoutError("the time of the document is over"), "n": "x"})
    with pytest.raises(TimeoutError):
        make_engine(client).translate_batch([Request(f"n{i}") for i in range(40)], Decoding())
    assert len(client.asked) < 40


def test_the_recipe_tells_models_prompts_and_penalties_apart_but_no_beam():
    decoding = Decoding()
    plain = make_engine().recipe(decoding)
    others = {
        make_engine(context=True).recipe(decoding),
        make_engine(language="Chinese").recipe(decoding),
        make_engine(names=Names({"巴拉望": "Palawan"})).recipe(decoding),
        make_engine(described="xllamacpp 9").recipe(decoding),
        make_engine(grammar="root ::= [a-z]+").recipe(decoding),
        make_engine().recipe(replace(decoding, repetition_penalty=1.2)),
        make_engine().recipe(replace(decoding, detour=True)),
        make_engine().recipe(replace(decoding, max_output_tokens=8)),
    }
    assert len(others) == 8
    assert plain not in others
    assert make_engine().recipe(replace(decoding, beam_size=1)) == plain
    assert make_engine().name == "small abababab"


# --- the process of llama.cpp ---------------------------------------------------------------

PROGRAM = """
    import http.server, json, os, pathlib, socketserver, sys, threading

    model, _, threads, _, path = sys.argv[1:]
    log = pathlib.Path(model)
    starts = log.read_text().count("start")
    log.write_text(log.read_text() + "start ")
    if starts < {deaths_at_start}:
        os.abort()
    if {refuses}:
        sys.exit("no such model")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = body["messages"][-1]["content"]
            if "mort" in text and starts < {deaths_at_work}:
                os.abort()
            data = json.dumps({{"choices": [{{"message": {{"content": text.upper()}}}}]}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def address_string(self):
            return ""

        def log_message(self, *args):
            pass

    server = socketserver.ThreadingUnixStreamServer(path, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)
"""


@pytest.fixture
def local(tmp_path, monkeypatch):
    """Make a model whose process is a program that answers in capitals and dies as told.

    No process leaves its socket behind, however it ended.
    """
    models = []
    sockets = Path(tempfile.mkdtemp())  # the path of a socket must be short
    monkeypatch.setattr(runtime.tempfile, "tempdir", str(sockets))

    def make(deaths_at_start=0, deaths_at_work=0, *, refuses=False):
        program, log = tmp_path / "program.py", tmp_path / "log.txt"
        text = textwrap.dedent(PROGRAM).format(
            deaths_at_start=deaths_at_start, deaths_at_work=deaths_at_work, refuses=refuses
        )
        program.write_text(text, "utf-8")
        log.write_text("", "utf-8")
        models.append(LocalModel(log, program=(sys.executable, str(program))))
        return models[-1]

    yield make
    for model in models:
        model.stop()
    assert list(sockets.iterdir()) == []
    sockets.rmdir()


def ask(model, *texts):
    engine = LanguageModelTranslator(model.start, "French", MODEL)
    return engine.translate_batch([Request(text) for text in texts], Decoding())


def test_a_process_starts_at_the_first_request_and_ends_when_it_is_stopped(local):
    model = local()
    assert model.process_id is None
    assert [done.text for done in ask(model, "oui", "non")] == ["OUI", "NON"]
    first = model.process_id
    ask(model, "encore")
    assert model.process_id == first
    model.stop()
    assert model.process_id is None
    assert ask(model, "oui")[0].text == "OUI"


def test_a_process_that_dies_as_it_starts_is_started_again(local, caplog):
    model = local(deaths_at_start=2)
    assert ask(model, "oui")[0].text == "OUI"
    assert "signal 6" in caplog.text


def test_a_process_that_always_dies_is_given_up(local):
    with pytest.raises(ModelIntegrityError, match="exit code -6"):
        local(deaths_at_start=9).start()


def test_a_model_that_cannot_be_loaded_is_tried_once_and_says_why(local, tmp_path):
    with pytest.raises(ModelIntegrityError, match=r"exit code 1: no such model\); check"):
        local(refuses=True).start()
    assert (tmp_path / "log.txt").read_text("utf-8") == "start "


def test_a_request_that_ends_the_process_is_repeated_once(local):
    assert ask(local(deaths_at_work=1), "la mort")[0].text == "LA MORT"


def test_a_request_that_always_ends_the_process_costs_that_sentence_alone(local):
    engine = LanguageModelTranslator(local(deaths_at_work=9).start, "French", MODEL)
    settings = Settings(translation=TranslationSettings(audit=False))
    good, bad = translate(["oui", "la mort"], "fr", settings, engine=engine)
    assert (good.text, bad.flags) == ("OUI", (Flag.UNTRANSLATED,))


def test_what_is_not_read_again_is_the_same_whatever_was_asked_before(monkeypatch):
    client, asked = LocalClient(lambda: None), []

    def answer(_method, _path, body, _attempts):
        asked.append((body["messages"][-1]["content"], body.get("cache_prompt")))
        if "mort" in asked[-1][0]:
            raise ServerError("down")
        return {"choices": [{"message": {"content": "Yes."}}]}

    monkeypatch.setattr(client, "_request", answer)
    for shared, text in (
        ("fr", "Oui."),
        ("fr", "Non."),
        ("fr", "Nous."),
        ("zh", "他"),
        ("zh", "."),
    ):
        client.complete([{"content": shared}, {"content": text}], 9)
    first, again = (".", False), (".", True)
    assert asked[:5] == [first, ("Oui.", None), ("Non.", None), again, ("Nous.", None)]
    assert asked[5:] == [first, ("他", None), (".", None)]
    client.complete([{"content": "zh"}, {"content": "..."}], 9)
    assert asked[8:] == [("-", True), ("...", None)]
    with pytest.raises(ServerError):
        client.complete([{"content": "zh"}, {"content": "la mort"}], 9)
    client.complete([{"content": "zh"}, {"content": "他"}], 9)
    assert asked[-2:] == [first, ("他", None)]


def test_a_missing_library_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(runtime, "find_spec", lambda _: None)
    settings = TranslationSettings(engine="llm", llm_model=str(make_file(tmp_path)))
    with pytest.raises(ModelError, match=r"pip install 'corpus-norm\[llm\]'"):
        check_models(settings)


def test_a_python_without_unix_sockets_is_sent_to_a_server(monkeypatch, tmp_path):
    monkeypatch.setattr(runtime, "HAS_UNIX_SOCKETS", False)
    settings = TranslationSettings(engine="llm", llm_model=str(make_file(tmp_path)))
    with pytest.raises(ModelError, match="--engine server"):
        check_models(settings)


# --- choosing a model -----------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """Settings with a model file, and fakes in the place of llama.cpp."""
    path = make_file(tmp_path / "models")
    client = FakeClient({"pleut": "It is raining in Paris.", "雨": "It rains."})
    fake = SimpleNamespace(start=lambda: client)
    monkeypatch.setattr(engine_module, "_open_file", lambda *_: fake)
    monkeypatch.setattr(engine_module, "describe_library", lambda: "fake 1")
    return Settings(translation=TranslationSettings(engine="llm", llm_model=str(path)))


def test_a_document_is_translated_by_the_model_of_the_settings(loaded):
    document = corpus_norm.normalize("Il pleut sur Paris depuis trois jours.", loaded)
    [sentence] = document.sentences
    assert sentence.text_en == "It is raining in Paris."
    assert Flag.DRAFT in sentence.flags
    assert Flag.DRAFT in document.flags
    assert document.translation_model.startswith("tiny ")


def test_a_language_model_may_take_longer_over_a_document(loaded):
    class Alarms(StageTimer):
        def begin(self, index, documents=1):
            last.append(documents)

    raw = [RawDocument("a.txt", "Il pleut sur Paris depuis trois jours.")]
    shares = []
    for settings in (loaded, Settings()):
        last = []
        process(raw, settings, packages=[], timer=Alarms())
        shares.append(last[-1])
    assert shares == [30, 1]


def test_what_was_a_draft_is_none_once_another_engine_has_translated_it(loaded):
    document = corpus_norm.normalize("Il pleut sur Paris depuis trois jours.", loaded)
    engine = SimpleNamespace(
        name="other",
        reads_context=False,
        recipe=str,
        count_tokens=lambda texts: [1] * len(texts),
        translate_batch=lambda requests, _: [Hypothesis("It rains.", -0.1, 3) for _ in requests],
    )
    [again] = translate_documents([document], engines={"fr": engine})
    assert Flag.DRAFT not in again.flags
    assert Flag.DRAFT not in again.sentences[0].flags


def test_both_scripts_are_chinese_to_the_model(loaded):
    for code in ("zh-Hans", "zh-Hant"):
        assert load_engine(code, loaded.translation)._language == "Chinese"


def test_a_language_without_a_name_has_no_engine(loaded):
    with pytest.raises(ModelNotInstalledError, match="no name for the language 'tlh'"):
        load_engine("tlh", loaded.translation)


def test_a_dataset_says_which_model_wrote_its_english(loaded, tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("Il pleut sur Paris depuis trois jours.", "utf-8")
    dataset = corpus_norm.convert([source], tmp_path / "out", loaded)
    [record] = dataset.manifest.models
    assert (record.name, record.licence, record.target) == ("tiny", "mit", "en")
    [row] = dataset.to_arrow().to_pylist()
    assert row["translation_model"] == f"tiny {record.digest[:8]}"
    assert "draft" in row["flags"]


def preview(tmp_path, *options):
    """What ``convert`` says before it begins."""
    source = tmp_path / "a.txt"
    source.write_text("Il pleut sur Paris depuis trois jours.", "utf-8")
    command = ["convert", str(source), "-o", str(tmp_path / "o"), "--engine", "llm", "--dry-run"]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_writes_what_python_writes(loaded, monkeypatch, tmp_path):
    choose = Workers.choose  # in this process, where the fakes are
    monkeypatch.setattr(Workers, "choose", lambda _, memory_mb: choose(None, memory_mb))
    sources = [tmp_path / name for name in ("a.txt", "b.txt")]
    for source in sources:
        source.write_text("Il pleut sur Paris depuis trois jours.", "utf-8")
    command = ["convert", *map(str, sources), "-o", str(tmp_path / "one"), "--no-memory"]
    options = ["--engine", "llm", "--llm-model", loaded.translation.llm_model]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    corpus_norm.convert(sources, tmp_path / "two", loaded, memory=False)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_the_command_names_model_and_licence(loaded, tmp_path):
    said = preview(tmp_path, "--llm-model", loaded.translation.llm_model)
    assert "licence of tiny: mit" in said
    assert "translating with tiny" in said


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (
            {"engine": "gpt"},
            "unknown engine 'gpt'; .* auto, argos, starter, llm, server",
        ),
        ({"engine": "llm"}, "llm and llm_model go together"),
        ({"llm_model": "a.gguf"}, "llm and llm_model go together"),
        ({"engine": "server"}, "server and server_url go together"),
        ({"server_url": "http://127.0.0.1/v1"}, "server and server_url go together"),
    ],
)
def test_settings_that_make_no_sense_are_refused(chosen, message):
    with pytest.raises(SettingsError, match=message):
        Settings(translation=TranslationSettings(**chosen))


def test_the_model_is_in_the_digest_of_the_settings():
    chosen = TranslationSettings(engine="llm", llm_model="a.gguf")
    digests = {
        Settings(translation=each).digest()
        for each in (chosen, replace(chosen, llm_model="b.gguf"), TranslationSettings())
    }
    assert len(digests) == 3


# --- files ----------------------------------------------------------------------------------


def test_a_file_says_what_it_is(tmp_path):
    path = make_file(tmp_path)
    assert read_header(path)["toy.layers"] == 18
    file = read_file(str(path))
    assert (file.name, file.licence, file.architecture) == ("tiny", "mit", "toy")
    assert "licence: mit" in describe_language_model(file)


@pytest.mark.parametrize("content", [b"", b"GGML" + bytes(40), b"GGUF\3\0\0\0" + b"\xff" * 40])
def test_what_is_no_gguf_file_is_refused(tmp_path, content):
    path = tmp_path / "a.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelIntegrityError, match="is no GGUF file"):
        read_file(str(path))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelNotInstalledError, match=r"no language model '.*absent.gguf'"):
        read_file(str(tmp_path / "absent.gguf"))


def test_an_adapter_is_no_model(tmp_path):
    path = make_file(tmp_path, kind="adapter")
    with pytest.raises(ModelError, match="is an adapter"):
        read_file(str(path))


def test_a_known_model_that_is_not_installed_names_the_command():
    with pytest.raises(ModelNotInstalledError, match=r"models install qwen2\.5-1\.5b"):
        read_file("qwen2.5-1.5b")
