"""The methods by name: what each shows in a sentence, what it needs, and whether it runs where it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from qscore_core.encoders import Encoder
from qscore_core.errors import EncoderError, QScoreError, SettingsError
from qscore_core.heatmaps import attributions
from qscore_core.heatmaps.attributions import Attribute
from qscore_core.heatmaps.closed_form import has_feature_maps
from qscore_core.heatmaps.settings import (
    IntegratedGradientsSettings,
    MethodSettings,
    NoSettings,
    OcclusionSettings,
    SmoothGradSettings,
)
from qscore_core.heatmaps.targets import FeatureTarget, Target

NOTHING_TO_SET = NoSettings()
LAYERS = ("layer1", "layer2", "layer3", "layer4")


@dataclass(frozen=True)
class Need:
    """What a method needs, how an encoder or a target lacks it in words, and the error that then is raised."""

    what: str
    lack: str
    met: Callable[[Encoder, Target], bool]
    error: type[QScoreError] = EncoderError


STAGES = Need(
    "stages of maps (layer1 to layer4)",
    "encoder `{encoder}` ({arch}) has none of these",
    lambda encoder, _: bool(layers_of(encoder)),
)
RELUS = Need(
    "ReLUs, whose gradients it changes",
    "encoder `{encoder}` ({arch}) has none",
    lambda encoder, _: any(isinstance(module, nn.ReLU) for module in encoder.module.modules()),
)
POOLED = Need(
    "a last map whose mean is h",
    "encoder `{encoder}` ({arch}) has none",
    lambda encoder, _: has_feature_maps(encoder),
)
FEATURES = Need(
    "features as the target",
    "the target is another score of h",
    lambda _, target: isinstance(target, FeatureTarget),
    SettingsError,
)


@dataclass(frozen=True)
class Method:
    """A way to bring a score back to the picture. `signed`: whether negative heat speaks against the score.

    `passes(settings)` is the number of variants of an image that one map takes; `source` says where it is published.
    """

    title: str
    sentence: str
    source: str
    attribute: Attribute
    signed: bool
    needs: tuple[Need, ...] = ()
    settings: MethodSettings = NOTHING_TO_SET
    passes: Callable[[MethodSettings], int] = lambda _: 1

    @property
    def has_layer(self) -> bool:
        return STAGES in self.needs


METHODS: dict[str, Method] = {
    "closed_form": Method(
        "Closed form",
        "The features' own maps at the last stage, added up: Grad-CAM of features, exactly, without a gradient.",
        "arXiv 1610.02391, the case of a pooled map",
        attributions.closed_form,
        signed=True,
        needs=(FEATURES, POOLED),
    ),
    "grad_cam": Method(
        "Grad-CAM",
        "The maps of a stage, each weighted by how much the score rises with it.",
        "arXiv 1610.02391",
        attributions.grad_cam,
        signed=True,
        needs=(STAGES,),
    ),
    "guided_grad_cam": Method(
        "Guided Grad-CAM",
        "Grad-CAM times the gradient at each pixel that passes only through what speaks for the score: finer, edgy.",
        "arXiv 1610.02391",
        attributions.guided_grad_cam,
        signed=True,
        needs=(STAGES, RELUS),
    ),
    "saliency": Method(
        "Saliency",
        "How strongly the score answers to a small change of each pixel, in the colour that matters most.",
        "arXiv 1312.6034",
        attributions.saliency,
        signed=False,
    ),
    "input_x_gradient": Method(
        "Input x gradient",
        "The gradient at each pixel times the pixel's difference from the mean colour.",
        "arXiv 1605.01713",
        attributions.input_x_gradient,
        signed=True,
    ),
    "integrated_gradients": Method(
        "Integrated gradients",
        "Input x gradient averaged on the way from the mean colour to the picture; it adds up to the score's change.",
        "arXiv 1703.01365",
        attributions.integrated_gradients,
        signed=True,
        settings=IntegratedGradientsSettings(),
        passes=lambda settings: settings.steps,
    ),
    "smooth_grad": Method(
        "SmoothGrad",
        "The gradient averaged over noisy copies of the picture, so that what noise alone moves drops out.",
        "arXiv 1706.03825",
        attributions.smooth_grad,
        signed=False,
        settings=SmoothGradSettings(),
        passes=lambda settings: settings.samples,
    ),
    "occlusion": Method(
        "Occlusion",
        "How much the score falls when a square of the picture is covered with the mean colour.",
        "arXiv 1311.2901",
        attributions.occlusion,
        signed=True,
        settings=OcclusionSettings(),
    ),
}


def layers_of(encoder: Encoder) -> tuple[str, ...]:
    """The stages that Grad-CAM can look at, first to last; empty where the network has none."""
    return tuple(name for name in LAYERS if isinstance(getattr(encoder.module, name, None), nn.Module))


def reason_against(name: str, encoder: Encoder, target: Target) -> QScoreError | None:
    """Why a method does not run here, as the error that `heat_maps` then raises; None where it does."""
    for need in METHODS[name].needs:
        if not need.met(encoder, target):
            lack = need.lack.format(encoder=encoder.ref, arch=encoder.arch)
            others = ", ".join(methods_for(encoder, target))
            return need.error(f"{METHODS[name].title} needs {need.what}, and {lack}. These methods run: {others}.")
    return None


def methods_for(encoder: Encoder, target: Target) -> tuple[str, ...]:
    """Names of the methods that run for an encoder and a target."""
    return tuple(name for name, method in METHODS.items() if all(need.met(encoder, target) for need in method.needs))
