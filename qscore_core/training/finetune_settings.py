"""Everything that fixes a fine-tuning run, and the recipes that it may follow."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from qscore_core.activation import FeatureSettings
from qscore_core.errors import SettingsError
from qscore_core.regulariser import Weights
from qscore_core.training.settings import TrainingSettings


@dataclass(frozen=True)
class FinetuneRecipe:
    """What a recipe says; the objective, its views and the network follow from the encoder.

    `refresh_epochs`: D is found again after so many epochs (0: found once and kept). `head_warmup_steps` counts for
    encoders without heads of their own only.
    """

    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    epsilon: float | Literal["auto"] = 4.0
    lower: float = 50.0
    upper: float = 95.0
    refresh_epochs: int = 0
    head_warmup_steps: int = 200
    precision: str = "auto"

    def steps(self, images: int) -> int:
        """Steps of an arm on so many pictures: full batches only."""
        return self.epochs * (images // self.batch_size)


RECIPES: dict[str, FinetuneRecipe] = {
    # Section 5 of arXiv 2203.01881; what it leaves open (batch size, weight decay, length of the warm-up) as in
    # solo-learn's recipes, which it builds on.
    "paper": FinetuneRecipe(
        epochs=50, batch_size=256, optimizer="lars", learning_rate=1e-5, weight_decay=1e-4, warmup_epochs=10
    ),
    # Under two minutes an arm for Habitats on two cores: far fewer steps, so a rate at which they matter.
    "quick": FinetuneRecipe(
        epochs=2,
        batch_size=128,
        optimizer="adamw",
        learning_rate=3e-4,
        weight_decay=5e-2,
        warmup_epochs=0.25,
        epsilon="auto",
    ),
}


@dataclass(frozen=True)
class FinetuneSettings:
    """A fine-tuning run: the encoder `parent` goes on with its objective, plus the terms of one arm.

    `features` says how D is found; `arm` names `weights`.
    """

    parent: str
    arm: str
    weights: Weights
    features: FeatureSettings
    training: TrainingSettings
    refresh_epochs: int = 0
    head_warmup_steps: int = 200

    def __post_init__(self) -> None:
        if self.refresh_epochs < 0 or self.head_warmup_steps < 0:
            raise SettingsError(
                "`refresh_epochs` and `head_warmup_steps` should be at least 0. "
                f"Found {self.refresh_epochs} and {self.head_warmup_steps}."
            )
        if self.features.two_sided:
            raise SettingsError("Equation 3 knows features above the mean only: fine-tune without `two_sided`.")

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them, the method's name included."""
        own = {name: value for name, value in asdict(self).items() if name != "training"}
        return {**self.training.as_dict(), **own}
