"""The prompt of a language model, and greedy decoding through llama.cpp.

The adapter in this folder was trained with exactly these prompts, so any change to them needs a
new :data:`VERSION`, which is part of every engine's recipe.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from corpus_norm.errors import ModelError, ModelIntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

VERSION = 1
STOP = "\n"
"""Ends the English: a sentence is one line."""

CONTEXT_CHARACTERS = 240
"""How much of the paragraph before a sentence is shown, at most."""

EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "French": (
        (
            "Le groupe a perdu 1,2 milliard d’euros en 2022, selon Les Échos.",
            "The group lost 1.2 billion euros in 2022, according to Les Échos.",
        ),
        (
            "« Rien n’est décidé », a déclaré la ministre.",
            "“Nothing has been decided,” the minister said.",
        ),
        (
            "Née à Lyon en 1971, elle a étudié les mathématiques avant d’entrer dans la police.",
            "Born in Lyon in 1971, she studied mathematics before she joined the police.",
        ),
    ),
    "Chinese": (
        (
            "据新华社报道，该公司去年亏损12亿元。",
            "The company lost 1.2 billion yuan last year, Xinhua reported.",
        ),
        ("部长表示：“目前尚未作出决定。”", "“Nothing has been decided yet,” the minister said."),
        (
            "她1971年出生于上海，加入警队之前学习数学。",
            "Born in Shanghai in 1971, she studied mathematics before she joined the police.",
        ),
    ),
}
"""Shown before the sentence to a model without an adapter, which has to be told what is wanted.

For other languages the French ones are shown, as they show the form as well as any.
"""


def build_prompt(language: str, text: str, context: str = "") -> str:
    r"""Return the prompt for one sentence; ``language`` is the English name of its language.

    ``context`` is the text before the sentence in its paragraph.

    >>> build_prompt("French", "Il pleut.")
    'French: Il pleut.\nEnglish:'
    >>> build_prompt("French", "Elle aussi.", "Marie est partie.")
    'Context: Marie est partie.\nFrench: Elle aussi.\nEnglish:'
    """
    head = f"Context: {context}\n" if context else ""
    return f"{head}{language}: {text}\nEnglish:"


def show_examples(language: str) -> str:
    r"""Return the examples for a language, each as a prompt with its answer.

    >>> show_examples("Chinese").splitlines()[1]
    'English: The company lost 1.2 billion yuan last year, Xinhua reported.'
    """
    name = language if language in EXAMPLES else "French"
    return "".join(
        f"{build_prompt(name, source)} {english}{STOP}\n" for source, english in EXAMPLES[name]
    )


def find_context(paragraph: str, text: str) -> str:
    """Return the text before ``text`` in its paragraph, cut to the last few words.

    >>> find_context("Marie est partie. Elle aussi.", "Elle aussi.")
    'Marie est partie.'
    >>> find_context("Elle aussi.", "Elle aussi."), find_context("", "Non.")
    ('', '')
    """
    before, found, _ = paragraph.partition(text)
    if not found:
        return ""
    shown = before.strip()[-CONTEXT_CHARACTERS:]
    return shown if len(before.strip()) == len(shown) else shown.partition(" ")[2] or shown


CONTEXT_TOKENS = 2048


class Llama(Protocol):
    """The part of :class:`llama_cpp.Llama` that decoding needs, with access to logits."""

    @property
    def version(self) -> str:
        """The version of the binding."""
        ...

    def tokenize(self, text: str) -> list[int]:
        """Return the begin-of-text token and the tokens of a text, none read as a special token."""
        ...

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        ...

    def ends(self, token: int) -> bool:
        """Return whether ``token`` ends the model's output."""
        ...

    def clear(self) -> None:
        """Forget all tokens that were read."""
        ...

    def read(self, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
        """Read tokens; return the logits of the next token."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """Options of a greedy search for an output: a cap in tokens, and limits on repetition.

    ``repetition_penalty`` and ``no_repeat_ngram`` work as in
    :class:`~corpus_norm.translation.engines.Decoding`, on the output alone.  With ``detour``, the
    search takes the second most probable token where the choice was closest and continues from
    there, which gives another fluent answer (Wang and Zhou 2024, arXiv:2402.10200, branch at other
    places).
    """

    cap: int
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    detour: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A generated line: its text, mean log-probability, tokens, and whether the cap cut it."""

    text: str
    score: float
    tokens: int
    at_cap: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """A chosen token, the runner-up, and their log-probabilities."""

    token: int
    score: float
    second: int
    second_score: float

    @property
    def margin(self) -> float:
        """How clear the choice was, in nats."""
        return self.score - self.second_score

    def take_second(self) -> _Step:
        """Return the step with the runner-up as the chosen token."""
        return _Step(self.second, self.second_score, self.token, self.score)


def generate_line(model: Llama, prompt: str, search: Search) -> Output:
    """Generate the next line greedily, token by token; with a detour, generate another line.

    The score includes the token that ends the line, as CTranslate2's does.

    Raises:
        ValueError: the prompt leaves no room for an output.
    """
    prompt_tokens = model.tokenize(prompt)
    cap = min(search.cap, CONTEXT_TOKENS - len(prompt_tokens))
    if cap < 1:
        raise ValueError(f"a prompt of {len(prompt_tokens)} tokens; {CONTEXT_TOKENS} is the limit")
    steps = _go_on(model, prompt_tokens, [], cap, search)
    if search.detour:
        turn = min(range(len(steps)), key=lambda place: steps[place].margin)
        steps = [*steps[:turn], steps[turn].take_second()]
        steps = _go_on(model, prompt_tokens, steps, cap, search)
    chosen = [step.token for step in steps]
    text = model.detokenize([token for token in chosen if not model.ends(token)])
    return Output(
        text=text.partition(STOP)[0].strip(),
        score=sum(step.score for step in steps) / len(steps),
        tokens=len(steps),
        at_cap=not _is_end(model, chosen[-1]),
    )


def _go_on(
    model: Llama, prompt: Sequence[int], steps: Sequence[_Step], cap: int, search: Search
) -> list[_Step]:
    """Return the steps and those that follow, until the line ends or has ``cap`` tokens."""
    done = list(steps)
    model.clear()
    unread = [*prompt, *(step.token for step in done)]
    while len(done) < cap and not (done and _is_end(model, done[-1].token)):
        logits = model.read(unread)
        done.append(_choose(logits, [step.token for step in done], search))
        unread = [done[-1].token]
    return done


def _choose(logits: npt.NDArray[np.float32], chosen: Sequence[int], search: Search) -> _Step:
    """Choose the most probable next token and the runner-up; in a tie, the lower number."""
    import numpy as np

    braked = _brake(logits, chosen, search)
    first = int(np.argmax(braked))
    others = braked.copy()
    others[first] = -math.inf
    second = int(np.argmax(others))
    peak = float(logits.max())
    norm = peak + float(np.log(np.exp(logits - peak).sum()))
    return _Step(first, float(logits[first]) - norm, second, float(logits[second]) - norm)


def _is_end(model: Llama, token: int) -> bool:
    return model.ends(token) or STOP in model.detokenize([token])


def _brake(
    logits: npt.NDArray[np.float32], chosen: Sequence[int], search: Search
) -> npt.NDArray[np.float32]:
    """Return the logits with repeated tokens made less likely, and repeated n-grams impossible.

    The penalty is that of Keskar et al. 2019 (arXiv:1909.05858), section 4.1, with the usual fix
    for negative logits: these are multiplied, not divided.
    """
    if search.repetition_penalty == 1 and not search.no_repeat_ngram:
        return logits
    braked = logits.copy()
    said = sorted(set(chosen))
    above = braked[said] > 0
    braked[said] *= above / search.repetition_penalty + ~above * search.repetition_penalty
    size = search.no_repeat_ngram
    if size and len(chosen) >= size:
        head = tuple(chosen[len(chosen) - size + 1 :])
        spans = (tuple(chosen[i : i + size]) for i in range(len(chosen) - size + 1))
        braked[[span[-1] for span in spans if span[:-1] == head]] = -math.inf
    return braked


class LlamaCpp:
    """A :class:`Llama` that runs in llama.cpp: a model, with an adapter if there is one.

    Raises:
        ModelError: the binding is not installed.
        ModelIntegrityError: a file cannot be loaded.
    """

    def __init__(self, model: Path, adapter: Path | None, threads: int) -> None:
        self._library: Any = import_llama_cpp()
        # The binding treats llama.cpp's warnings as errors and would print them.
        self._log = self._library.llama_log_callback(lambda *_: None)
        self._library.llama_log_set(self._log, None)
        try:
            self._llama = self._library.Llama(
                str(model),
                lora_path=str(adapter) if adapter else None,
                n_ctx=CONTEXT_TOKENS,
                n_threads=threads,
                n_threads_batch=threads,
                n_gpu_layers=0,  # CPUs and GPUs round differently
                swa_full=False,  # the cache is never rewound, so it need not keep old keys
                verbose=False,
            )
        except (RuntimeError, ValueError, OSError) as error:
            names = f"{model} and the adapter {adapter}" if adapter else str(model)
            raise ModelIntegrityError(
                f"llama.cpp cannot load {names} ({' '.join(str(error).split())}); "
                "check that the file is whole, and that the adapter was made for this model",
                subject=str(model),
            ) from error
        self._vocabulary = self._library.llama_model_get_vocab(self._llama.model)

    @property
    def version(self) -> str:
        """The version of the binding."""
        return f"llama-cpp-python {self._library.__version__}"

    def tokenize(self, text: str) -> list[int]:
        """Return the tokens of a text; ``<eos>`` and the like are read as plain characters."""
        tokens: list[int] = self._llama.tokenize(text.encode(), add_bos=True, special=False)
        return tokens

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        data: bytes = self._llama.detokenize(list(tokens))
        return data.decode("utf-8", "replace")

    def ends(self, token: int) -> bool:
        """Return whether the token ends a text, or a turn in a conversation."""
        return bool(self._library.llama_vocab_is_eog(self._vocabulary, token))

    def clear(self) -> None:
        """Forget all tokens that were read."""
        self._llama.reset()

    def read(self, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
        """Read tokens; return the logits of the next token, valid until the next call."""
        import numpy as np

        self._llama.eval(tokens)
        logits = self._library.llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(logits, shape=(self._llama.n_vocab(),))


def import_llama_cpp() -> Any:  # noqa: ANN401 -- the binding has no types of its own
    """Return the binding, or raise an error that says how to install it."""
    try:
        return import_module("llama_cpp")
    except ModuleNotFoundError as error:
        raise ModelError(
            "language models need llama-cpp-python; install it: pip install 'corpus-norm[llm]'",
            subject="llama_cpp",
        ) from error
