"""Self-supervised objectives as named terms.

objective = SimCLRSettings(ViewRecipe(size=48)).build(encoder, dim=512)
terms = objective.terms([encoder(view) for view in views], objective.targets(views))
loss = sum(terms.values())
"""

from qscore_core.objectives.barlow import BarlowSettings
from qscore_core.objectives.byol import BYOLSettings
from qscore_core.objectives.dino import DINOSettings
from qscore_core.objectives.draws import Draws, view_draws
from qscore_core.objectives.moco import MoCoSettings
from qscore_core.objectives.objective import Objective
from qscore_core.objectives.simclr import SimCLRSettings
from qscore_core.objectives.simsiam import SimSiamSettings
from qscore_core.objectives.swav import SwAVSettings
from qscore_core.objectives.vicreg import VICRegSettings
from qscore_core.objectives.views import ViewRecipe, make_view

ObjectiveSettings = (
    SimCLRSettings
    | SwAVSettings
    | MoCoSettings
    | BYOLSettings
    | DINOSettings
    | SimSiamSettings
    | VICRegSettings
    | BarlowSettings
)
"""The settings of any objective."""

METHODS: dict[str, type[ObjectiveSettings]] = {
    settings.method: settings
    for settings in (
        SimCLRSettings,
        SwAVSettings,
        MoCoSettings,
        BYOLSettings,
        DINOSettings,
        SimSiamSettings,
        VICRegSettings,
        BarlowSettings,
    )
}

__all__ = [
    "METHODS",
    "BYOLSettings",
    "BarlowSettings",
    "DINOSettings",
    "Draws",
    "MoCoSettings",
    "Objective",
    "ObjectiveSettings",
    "SimCLRSettings",
    "SimSiamSettings",
    "SwAVSettings",
    "VICRegSettings",
    "ViewRecipe",
    "make_view",
    "view_draws",
]
