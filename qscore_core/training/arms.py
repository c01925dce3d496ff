"""The arms of a fine-tuning experiment: they differ in the regulariser's weights and in nothing else."""

from collections.abc import Mapping
from dataclasses import replace

from qscore_core.regulariser import Scale, Weights

CONTROL, TUNED = "control", "tuned"
PAPER_WEIGHT = 1e-4  # lambda1 = lambda2 in section 5 of arXiv 2203.01881

ARMS: dict[str, Weights] = {
    CONTROL: Weights(),
    "q-score": Weights(q_score=PAPER_WEIGHT, columns=PAPER_WEIGHT),
    "lasso": Weights(lasso=PAPER_WEIGHT),
    # The best of `bench.choose_tuned` by validation accuracy, though no better than control by more than chance.
    TUNED: Weights(q_score=0.1, columns=0.0, scale="gradient"),
    "q-term-alone": Weights(q_score=PAPER_WEIGHT),
    "column-term-alone": Weights(columns=PAPER_WEIGHT),
}

MEANINGS: dict[str, str] = {
    CONTROL: "the SSL objective alone, for comparison (lambda = 0)",
    "q-score": "equation 3 with the paper's coefficients",
    "lasso": "an L1 penalty on all representations instead of equation 3",
    TUNED: "the Q term alone at a tenth of the SSL loss's gradient, the best of six tried on held-out train pictures",
    "q-term-alone": "equation 3 without its column term",
    "column-term-alone": "equation 3 without its Q term",
}


def adjusted(arm: str, coefficients: Mapping[str, float], scale: Scale) -> Weights:
    """An arm with other coefficients for the terms that it has; `control` has none and `tuned` stays as it is.

    `coefficients` holds one for every term by its name in `Weights`. Raises SettingsError for a negative one.
    """
    usual = ARMS[arm]
    if arm in (CONTROL, TUNED):
        return usual
    own = {name: coefficients[name] for name, weight in usual.of_terms().items() if weight}
    return replace(usual, **own, scale=scale)
