"""All that a run trains or keeps as state in modules, and the part of it that several processes share."""

from torch import Tensor, nn

from qscore_core.encoders.networks.resnet import ResNet
from qscore_core.objectives import Objective
from qscore_core.regulariser import QScoreRegulariser


class Learner(nn.Module):
    """Encoder, objective and, when fine-tuning, regulariser as one tree, so that one state dict holds everything."""

    def __init__(self, encoder: ResNet, objective: Objective, regulariser: QScoreRegulariser | None) -> None:
        super().__init__()
        self.encoder = encoder
        self.objective = objective
        self.regulariser = regulariser


class ViewEncoder(nn.Module):
    """`forward(views) -> h of each view`: one call a step, as wrappers for several processes need it."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, views: list[Tensor]) -> list[Tensor]:
        return [self.encoder(view) for view in views]
