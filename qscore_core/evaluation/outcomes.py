"""Scores and outcomes that can be compared with each other."""

import numpy as np
from jaxtyping import Bool, Float

from qscore_core.errors import RepresentationError


def require_comparable(scores: Float[np.ndarray, " image"], correct: Bool[np.ndarray, " outcome"]) -> None:
    """Refuses another number of outcomes than of scores, no image at all, and scores without a rank."""
    if len(scores) != len(correct):
        raise RepresentationError(
            f"`correct` should hold one outcome per score. Found {len(correct):,} outcomes for {len(scores):,} scores."
        )
    if len(scores) == 0:
        raise RepresentationError("`scores` should hold at least one image. Found none.")
    broken = int((~np.isfinite(scores)).sum())
    if broken:
        raise RepresentationError(
            f"`scores` should be finite. Found NaN or infinite scores for {broken:,} of {len(scores):,} images; "
            "leave these images out."
        )


def require_both_outcomes(correct: Bool[np.ndarray, " outcome"]) -> None:
    """Refuses outcomes that leave nothing to predict."""
    if correct.all() or not correct.any():
        found = "only correct" if correct.all() else "only mis-classified"
        raise RepresentationError(
            f"Predicting mistakes needs correct and mis-classified images. Found {found} ones among {len(correct):,}. "
            "Use a split on which the probe makes some mistakes and gets some images right."
        )
