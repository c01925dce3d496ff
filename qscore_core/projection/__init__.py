"""Maps: representations laid out on a plane by PCA (at once) or UMAP (in minutes), kept in the workspace.

>>> from qscore_core.projection import PCA_SETTINGS, project
>>> project(representations, PCA_SETTINGS, workspace).xy  # doctest: +SKIP
"""

from qscore_core.projection.kept import project, stored_projection
from qscore_core.projection.settings import METHODS, PCA_SETTINGS, UMAP_SETTINGS, ProjectionSettings, settings_of
from qscore_core.projection.values import Projection

__all__ = [
    "METHODS",
    "PCA_SETTINGS",
    "UMAP_SETTINGS",
    "Projection",
    "ProjectionSettings",
    "project",
    "settings_of",
    "stored_projection",
]
