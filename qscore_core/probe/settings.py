"""How a linear probe is fitted: two recipes and what they share."""

from dataclasses import dataclass

from qscore_core.errors import SettingsError


@dataclass(frozen=True)
class LogisticRecipe:
    """`fast`: multinomial logistic regression on standardised features, solved to convergence by L-BFGS.

    `strengths` are scikit-learn's C, the inverse of the L2 penalty, from strong to weak regularisation. `tolerance`
    bounds the largest entry of the gradient of the mean loss.
    """

    strengths: tuple[float, ...] = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    tolerance: float = 1e-5
    max_iterations: int = 2000

    @property
    def candidates(self) -> tuple[float, ...]:
        return self.strengths


@dataclass(frozen=True)
class SgdRecipe:
    """`paper`: 100 epochs of SGD with a cosine schedule; the paper states the epochs, the rest is the usual choice.

    Rows of length one have small gradients, hence learning rates above one.
    """

    learning_rates: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0)
    epochs: int = 100
    batch_size: int = 256
    momentum: float = 0.9
    weight_decay: float = 0.0

    @property
    def candidates(self) -> tuple[float, ...]:
        return self.learning_rates


@dataclass(frozen=True)
class ProbeSettings:
    """`validation_share` of each class's training images chooses the recipe's candidate; no test image ever does.

    `recipe` is `fast` or `paper`. `normalize` scales every representation to length one first, as the paper does.
    """

    recipe: str = "fast"
    validation_share: float = 0.1
    seed: int = 0
    normalize: bool = True
    fast: LogisticRecipe = LogisticRecipe()
    paper: SgdRecipe = SgdRecipe()

    def __post_init__(self) -> None:
        if self.recipe not in ("fast", "paper"):
            raise SettingsError(f"`recipe` should be `fast` or `paper`. Found `{self.recipe}`.")
        if not 0 < self.validation_share <= 0.5:
            raise SettingsError(
                f"`validation_share` should exceed 0 and be at most 0.5. Found {self.validation_share}; 0.1 is usual."
            )
        if not self.candidates or min(self.candidates) <= 0:
            raise SettingsError(
                f"The candidates of `{self.recipe}` should be positive numbers. Found {self.candidates}."
            )

    @property
    def candidates(self) -> tuple[float, ...]:
        """The values of C or of the learning rate from which the validation images choose."""
        return (self.fast if self.recipe == "fast" else self.paper).candidates
