"""All compared encoders at once: who errs alone, and on what several or all of them err."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool

ALL_RIGHT, SEVERAL_WRONG, ALL_WRONG = "all right", "several wrong", "all wrong"


def short_names(refs: Sequence[str]) -> tuple[str, ...]:
    """What follows the last `:` or `/` of each reference where that tells them apart, else the references."""
    ends = tuple(ref.rstrip("/").replace(":", "/").rpartition("/")[2] for ref in refs)
    return ends if len(set(ends)) == len(refs) else tuple(refs)


def groups(names: Sequence[str]) -> tuple[str, ...]:
    """What `who_errs` can say of an image, in the order in which a page offers it."""
    several = (SEVERAL_WRONG,) if len(names) > 2 else ()
    return (ALL_RIGHT, *(_alone(name) for name in names), *several, ALL_WRONG)


def who_errs(correct: Mapping[str, Bool[np.ndarray, " image"]]) -> np.ndarray:
    """One of `groups` for each image, object [image], from whether the probe of each named encoder is right."""
    names = list(correct)
    wrong = ~np.stack([correct[name] for name in names])
    number = wrong.sum(axis=0)
    said = np.full(wrong.shape[1], SEVERAL_WRONG, dtype=object)
    said[number == 0] = ALL_RIGHT
    for name, own in zip(names, wrong, strict=True):
        said[own & (number == 1)] = _alone(name)
    said[number == len(names)] = ALL_WRONG
    return said


def _alone(name: str) -> str:
    return f"only {name} wrong"
