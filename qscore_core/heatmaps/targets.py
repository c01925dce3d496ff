"""What a heat map explains: a score of the representation h, differentiable in it, as a frozen value.

Whatever a target knows of single images stands in `per_image`, so that batches, noisy copies and interpolated copies
of the images take their part of it along.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import cosine_similarity, normalize

from qscore_core.errors import SettingsError
from qscore_core.probe import LinearProbe


class Target(ABC):
    """A score per image. `score(h [image, feature], *per_image) -> [image]`."""

    @property
    def per_image(self) -> tuple[Tensor, ...]:
        """What belongs to single images, each tensor with the images first."""
        return ()

    @abstractmethod
    def score(self, h: Tensor, *per_image: Tensor) -> Tensor:
        """The score of each image. Raises SettingsError where the target does not fit h."""

    def __call__(self, h: Float[Tensor, "image feature"]) -> Float[Tensor, " image"]:
        return self.score(h, *self.per_image)


class FeatureTarget(Target):
    """The sum of some features; their maps are at hand in closed form."""

    @abstractmethod
    def chosen(self, h: Tensor, *per_image: Tensor) -> Bool[Tensor, "image feature"]:
        """Which features of each image are summed."""

    def score(self, h: Tensor, *per_image: Tensor) -> Tensor:
        return (h * self.chosen(h, *per_image)).sum(1)


@dataclass(frozen=True)
class Feature(FeatureTarget):
    """Feature j, the same one in every image."""

    number: int

    def chosen(self, h: Tensor) -> Bool[Tensor, "image feature"]:
        if not 0 <= self.number < h.shape[1]:
            raise SettingsError(f"`feature` should lie between 0 and {h.shape[1] - 1}. Found {self.number}.")
        chosen = torch.zeros_like(h, dtype=torch.bool)
        chosen[:, self.number] = True
        return chosen


@dataclass(frozen=True, eq=False)
class FeaturesOfEach(FeatureTarget):
    """A set of features for each image, such as L_i n D."""

    features: Bool[Tensor, "image feature"]

    @property
    def per_image(self) -> tuple[Tensor, ...]:
        return (self.features,)

    def chosen(self, h: Tensor, features: Tensor) -> Bool[Tensor, "image feature"]:
        if features.shape[1] != h.shape[1]:
            raise SettingsError(f"The sets should be of {h.shape[1]} features. Found sets of {features.shape[1]}.")
        return features


@dataclass(frozen=True)
class AllFeatures(FeatureTarget):
    """The sum of the whole representation."""

    def chosen(self, h: Tensor) -> Bool[Tensor, "image feature"]:
        return torch.ones_like(h, dtype=torch.bool)


@dataclass(frozen=True)
class Norm(Target):
    """The L2 norm of h."""

    def score(self, h: Tensor) -> Tensor:
        return h.norm(dim=1)


@dataclass(frozen=True, eq=False)
class Similarity(Target):
    """Cosine between h and the representation of a reference image."""

    reference: Float[Tensor, " feature"]

    def score(self, h: Tensor) -> Tensor:
        if self.reference.shape != h.shape[1:]:
            raise SettingsError(f"The reference should have {h.shape[1]} features. Found {len(self.reference)}.")
        return cosine_similarity(h, self.reference.to(h)[None], dim=1)


@dataclass(frozen=True, eq=False)
class ClassScores(Target):
    """weight h + bias with one class per image; h is scaled to length one first where `normalize` says so."""

    weight: Float[Tensor, "image feature"]
    bias: Float[Tensor, " image"]
    normalize: bool

    @property
    def per_image(self) -> tuple[Tensor, ...]:
        return self.weight, self.bias

    def score(self, h: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        if weight.shape[1] != h.shape[1]:
            raise SettingsError(
                f"The probe should be fitted on {h.shape[1]} features. Found {weight.shape[1]}. "
                "Fit one for this encoder."
            )
        rows = normalize(h, dim=1) if self.normalize else h
        return (rows * weight.to(h)).sum(1) + bias.to(h)


def class_scores(probe: LinearProbe, classes: Sequence[int]) -> ClassScores:
    """The probe's logit of one class per image, with the standardisation that the probe holds in its weights.

    Raises SettingsError for a class that the probe does not know or never saw.
    """
    places = np.asarray(classes, dtype=np.int64)
    for place in np.unique(places):
        if not 0 <= place < probe.classes or not np.isfinite(probe.bias[place]):
            raise SettingsError(f"Class {place} had no training image, so the probe has no score for it.")
    weight, bias = torch.from_numpy(probe.weight[places]), torch.from_numpy(probe.bias[places])
    return ClassScores(weight.float(), bias.float(), probe.record.normalize)
