"""Encoder and objective as one module, so that one wrapper (precision, several processes) covers both."""

from torch import Tensor, nn

from qscore_core.objectives import Objective


class Learner(nn.Module):
    """`forward(views) -> (terms, representations)`: the named loss terms, and h of each view."""

    def __init__(self, encoder: nn.Module, objective: Objective) -> None:
        super().__init__()
        self.encoder = encoder
        self.objective = objective

    def forward(self, views: list[Tensor]) -> tuple[dict[str, Tensor], list[Tensor]]:
        representations = [self.encoder(view) for view in views]
        return self.objective.terms(views, representations), representations
