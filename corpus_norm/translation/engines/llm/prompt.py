"""What a language model is shown: a sentence, its language, and the line to go on with.

The adapter in this folder was trained with these very lines, so a change of them is a new
:data:`VERSION`, which is part of every engine's recipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    r"""The prompt for one sentence; ``language`` is the English name of its language.

    ``context`` is what stands before the sentence in its paragraph.

    >>> build_prompt("French", "Il pleut.")
    'French: Il pleut.\nEnglish:'
    >>> build_prompt("French", "Elle aussi.", "Marie est partie.")
    'Context: Marie est partie.\nFrench: Elle aussi.\nEnglish:'
    """
    head = f"Context: {context}\n" if context else ""
    return f"{head}{language}: {text}\nEnglish:"


def show_examples(language: str) -> str:
    r"""The examples for a language, each as a prompt with its answer.

    >>> show_examples("Chinese").splitlines()[1]
    'English: The company lost 1.2 billion yuan last year, Xinhua reported.'
    """
    name = language if language in EXAMPLES else "French"
    return "".join(
        f"{build_prompt(name, source)} {english}{STOP}\n" for source, english in EXAMPLES[name]
    )


def find_context(paragraph: str, text: str) -> str:
    """What stands before ``text`` in its paragraph, cut to the last few words.

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
