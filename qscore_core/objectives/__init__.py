"""Self-supervised objectives as named terms.

objective = SimCLRSettings(ViewRecipe(size=48)).build(dim=512)
terms = objective.terms(views, [encoder(view) for view in views])
loss = sum(terms.values())
"""

from qscore_core.objectives.objective import Objective
from qscore_core.objectives.simclr import SimCLR, SimCLRSettings
from qscore_core.objectives.views import ViewRecipe, make_view, view_generator

ObjectiveSettings = SimCLRSettings
"""The settings of any objective: a union that grows with the methods."""

METHODS: dict[str, type[ObjectiveSettings]] = {settings.method: settings for settings in (SimCLRSettings,)}

__all__ = [
    "METHODS",
    "Objective",
    "ObjectiveSettings",
    "SimCLR",
    "SimCLRSettings",
    "ViewRecipe",
    "make_view",
    "view_generator",
]
