"""The Q-Score regulariser (equation 3 of arXiv 2203.01881) as named terms, and lasso beside it for comparison.

    minimise  L_ssl - lambda1/(2N) * sum_i 1[Q_i < alpha] Q_i + lambda2 * sum_k 1[||H_k||_1 > beta] ||H_k||_1

H [2N, feature] holds the unit representations of both views of the batch, H_k is its column k, alpha the mean of Q_i
and beta the mean of ||H_k||_1 over the batch. The Q term is divided by all 2N rows, the column term is summed over
features.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from qscore_core.errors import SettingsError
from qscore_core.qscore import q_score

Scale = Literal["absolute", "gradient"]


@dataclass(frozen=True)
class Weights:
    """Coefficients of the three terms; a term of weight 0 is left out.

    `absolute` takes them as they stand (lambda1, lambda2). `gradient` takes them relative to the SSL loss: 0.1 is a
    term whose gradient on the representations is, at the run's first step, a tenth of the SSL loss's. Values of losses
    could not serve as the measure: some have their optimum at -1, others far above 0.
    """

    q_score: float = 0.0
    columns: float = 0.0
    lasso: float = 0.0
    scale: Scale = "absolute"

    def __post_init__(self) -> None:
        for name, value in self.of_terms().items():
            if not 0 <= value < float("inf"):
                raise SettingsError(f"The weight of `{name}` should be 0 or more. Found {value}.")
        if self.scale not in ("absolute", "gradient"):
            raise SettingsError(f"`scale` should be `absolute` or `gradient`. Found `{self.scale}`.")

    def of_terms(self) -> dict[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "scale"}


@dataclass(frozen=True)
class Watch:
    """How the batch stands: mean Q-Score and the share of rows whose L_i n D is empty (Q = 0)."""

    mean_q: Tensor
    empty: Tensor


def low_q_term(q: Float[Tensor, " row"]) -> Float[Tensor, ""]:
    """-1/(2N) * sum_i 1[Q_i < alpha] Q_i, alpha the batch mean; a threshold only, so no gradient flows through it."""
    return -(q * (q < q.mean())).sum() / len(q)


def heavy_column_term(h: Float[Tensor, "row feature"]) -> Float[Tensor, ""]:
    """sum_k 1[||H_k||_1 > beta] ||H_k||_1, beta the mean of the columns' norms."""
    norms = h.abs().sum(dim=0)
    return (norms * (norms > norms.mean())).sum()


def lasso_term(h: Float[Tensor, "row feature"]) -> Float[Tensor, ""]:
    """sum_k ||H_k||_1: the column term without its threshold."""
    return h.abs().sum()


class QScoreRegulariser(nn.Module):
    """Equation 3's terms with unit weights, and the weights to give them; D and those weights are part of its state."""

    def __init__(self, weights: Weights, dim: int, epsilon: float) -> None:
        super().__init__()
        self.weights, self.epsilon = weights, epsilon
        self.register_buffer("discriminative", torch.zeros(dim, dtype=torch.bool))
        self.register_buffer("resolved", torch.zeros(len(weights.of_terms()), dtype=torch.float64))

    def set_discriminative(self, discriminative: Bool[Tensor, " feature"]) -> None:
        self.discriminative.copy_(discriminative)

    def terms(self, h: Float[Tensor, "row feature"]) -> tuple[dict[str, Tensor], Watch]:
        """Terms at weight 1 by name, for unit rows `h` of both views; those of weight 0 are left out."""
        q = q_score(h, self.discriminative, self.epsilon)
        formulas: dict[str, Callable[[], Tensor]] = {
            "q_score": lambda: low_q_term(q),
            "columns": lambda: heavy_column_term(h),
            "lasso": lambda: lasso_term(h),
        }
        wanted = self.weights.of_terms()
        terms = {name: formula() for name, formula in formulas.items() if wanted[name] > 0}
        return terms, Watch(q.detach().mean(), (q.detach() == 0).float().mean())

    def weight(self, name: str, own_gradient: float, ssl_gradient: float) -> float:
        """The coefficient of a term, given the norms of its and the SSL loss's gradient on the representations.

        With relative weights the first step's norms decide and the result stays. A term without gradient in that step
        (no Q above 0 yet) waits for one that has.
        """
        wanted = self.weights.of_terms()
        if self.weights.scale == "absolute":
            return wanted[name]
        place = list(wanted).index(name)
        if self.resolved[place] == 0 and own_gradient > 0:
            self.resolved[place] = wanted[name] * ssl_gradient / own_gradient
        return float(self.resolved[place])
