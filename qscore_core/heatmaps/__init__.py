"""Heat maps: where in a picture a feature, a set of features or another score of its representation comes from.

>>> from qscore_core.heatmaps import AllFeatures, heat_maps, shown
>>> heat = heat_maps(encoder, pixels, AllFeatures(), "grad_cam")  # doctest: +SKIP
>>> shown(heat.numpy()).values  # doctest: +SKIP
"""

from qscore_core.heatmaps.archive import archived
from qscore_core.heatmaps.closed_form import combined_map, feature_maps, has_feature_maps, upsampled
from qscore_core.heatmaps.composing import STYLES, Style, composed, resized, with_masks
from qscore_core.heatmaps.computing import heat_maps
from qscore_core.heatmaps.display import SCALES, SIGNS, DisplaySettings, ShownMaps, contours, shown
from qscore_core.heatmaps.drawing import coloured, jpeg, overlay, png, with_contour
from qscore_core.heatmaps.firing import firing_features
from qscore_core.heatmaps.kept import KeptMaps, kept_maps
from qscore_core.heatmaps.methods import METHODS, Method, layers_of, methods_for, reason_against
from qscore_core.heatmaps.settings import (
    IntegratedGradientsSettings,
    MethodSettings,
    NoSettings,
    OcclusionSettings,
    SmoothGradSettings,
)
from qscore_core.heatmaps.targets import (
    AllFeatures,
    ClassScores,
    Feature,
    FeaturesOfEach,
    FeatureTarget,
    Norm,
    Similarity,
    Target,
    class_scores,
)

__all__ = [
    "METHODS",
    "SCALES",
    "SIGNS",
    "STYLES",
    "AllFeatures",
    "ClassScores",
    "DisplaySettings",
    "Feature",
    "FeatureTarget",
    "FeaturesOfEach",
    "IntegratedGradientsSettings",
    "KeptMaps",
    "Method",
    "MethodSettings",
    "NoSettings",
    "Norm",
    "OcclusionSettings",
    "ShownMaps",
    "Similarity",
    "SmoothGradSettings",
    "Style",
    "Target",
    "archived",
    "class_scores",
    "coloured",
    "combined_map",
    "composed",
    "contours",
    "feature_maps",
    "firing_features",
    "has_feature_maps",
    "heat_maps",
    "jpeg",
    "kept_maps",
    "layers_of",
    "methods_for",
    "overlay",
    "png",
    "reason_against",
    "resized",
    "shown",
    "upsampled",
    "with_contour",
    "with_masks",
]
