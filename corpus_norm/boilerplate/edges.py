"""The first and the last sentence of an article, which the model is least sure of."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from corpus_norm.boilerplate.characters import Column
    from corpus_norm.boilerplate.features import Features

EDGE = 0.22  # the least probability of a sentence
BARE_EDGE = 0.35  # of one without a stopword, which may be the item of a list
LIKELY = 0.5
LEAD = 8  # blocks above the body


def relax_boundaries(seen: Features, in_body: list[bool], probability: Column) -> list[bool]:
    """Sentences just before or after the body stay in it when in doubt.

    A last sentence lost hurts a reader more than one of furniture kept, and F1 does not change.
    So do those below a single line of furniture, such as "Read also", where the first is likely;
    and a likely sentence a few blocks above, with what stands between, where none of that is known
    furniture: a lead, and then a list.
    """
    if True not in in_body:
        return in_body
    kept = list(in_body)
    is_sentence = ~seen.is_hit & seen.ends_sentence
    may_be_edge = is_sentence & (probability > np.where(seen.stopword_share > 0.1, EDGE, BARE_EDGE))
    for index in takewhile(may_be_edge.__getitem__, range(kept.index(True) - 1, -1, -1)):
        kept[index] = True
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    between = ~seen.is_hit & (probability > EDGE)
    above = takewhile(between.__getitem__, range(first - 1, max(first - LEAD, 0) - 1, -1))
    for lead in [index for index in above if is_sentence[index] and probability[index] > LIKELY]:
        kept[lead:first] = [True] * (first - lead)
    while last < len(kept) and may_be_edge[last]:
        kept[last] = True
        last += 1
    below = last + 1
    if below < len(kept) and is_sentence[below] and probability[below] > LIKELY:
        for index in takewhile(may_be_edge.__getitem__, range(below, len(kept))):
            kept[index] = True
    return kept
