"""Each method as a function of one batch: Captum's attribution, brought to one signed value per pixel.

Captum keeps the colour channels apart. They are summed where the method splits the score among them (input x
gradient, integrated gradients, guided Grad-CAM); of gradients the channel that matters most counts (arXiv 1312.6034).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from captum.attr import (
    GuidedGradCam,
    InputXGradient,
    IntegratedGradients,
    LayerGradCam,
    NoiseTunnel,
    Occlusion,
    Saliency,
)
from torch import Tensor

from qscore_core.heatmaps.closed_form import combined_map, upsampled
from qscore_core.heatmaps.scored import Scored
from qscore_core.heatmaps.settings import (
    IntegratedGradientsSettings,
    MethodSettings,
    OcclusionSettings,
    SmoothGradSettings,
)
from qscore_core.heatmaps.targets import FeatureTarget


@dataclass(frozen=True, eq=False)
class Batch:
    """Pixels [image, 3, height, width] that require a gradient, what the target knows of each image, and the frame.

    The network sees at most `rows` pictures at a time; `layer` names its stage for the methods that look at one.
    """

    pixels: Tensor
    per_image: tuple[Tensor, ...]
    rows: int
    layer: str

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[2], self.pixels.shape[3]


Attribute = Callable[[Scored, Batch, MethodSettings], Tensor]
"""(scored, batch, settings) -> heat [image, height, width]"""


def closed_form(scored: Scored, batch: Batch, _: MethodSettings) -> Tensor:
    target = scored.target
    assert isinstance(target, FeatureTarget)
    with torch.no_grad():
        maps = scored.network.activation_maps(batch.pixels)
        chosen = target.chosen(maps.mean(dim=(2, 3)), *batch.per_image)
        return upsampled(combined_map(maps, chosen), batch.size)


def grad_cam(scored: Scored, batch: Batch, _: MethodSettings) -> Tensor:
    heat = LayerGradCam(scored, scored.layer(batch.layer)).attribute(
        batch.pixels, additional_forward_args=batch.per_image
    )
    return upsampled(heat[:, 0], batch.size)


def guided_grad_cam(scored: Scored, batch: Batch, _: MethodSettings) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Setting backward hooks", UserWarning)
        method = GuidedGradCam(scored, scored.layer(batch.layer))
        heat = method.attribute(batch.pixels, additional_forward_args=batch.per_image, interpolate_mode="bilinear")
    return heat.sum(1)


def saliency(scored: Scored, batch: Batch, _: MethodSettings) -> Tensor:
    gradient = Saliency(scored).attribute(batch.pixels, abs=False, additional_forward_args=batch.per_image)
    return gradient.abs().amax(1)


def input_x_gradient(scored: Scored, batch: Batch, _: MethodSettings) -> Tensor:
    return InputXGradient(scored).attribute(batch.pixels, additional_forward_args=batch.per_image).sum(1)


def integrated_gradients(scored: Scored, batch: Batch, settings: MethodSettings) -> Tensor:
    assert isinstance(settings, IntegratedGradientsSettings)
    heat = IntegratedGradients(scored).attribute(
        batch.pixels,
        n_steps=settings.steps,
        internal_batch_size=max(batch.rows, len(batch.pixels)),
        additional_forward_args=batch.per_image,
    )
    return heat.sum(1)


def smooth_grad(scored: Scored, batch: Batch, settings: MethodSettings) -> Tensor:
    """Image by image, each with noise of its own range and from the seed, whatever images stand beside it."""
    assert isinstance(settings, SmoothGradSettings)
    tunnel, heats = NoiseTunnel(Saliency(scored)), []
    device = batch.pixels.device
    for image, *rest in zip(batch.pixels, *batch.per_image, strict=True):
        spread = float(image.detach().max() - image.detach().min())
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(settings.seed)
            gradient = tunnel.attribute(
                image[None],
                nt_samples=settings.samples,
                nt_samples_batch_size=batch.rows,
                stdevs=settings.noise * spread,
                abs=False,
                additional_forward_args=tuple(part[None] for part in rest),
            )
        heats.append(gradient[0].abs().amax(0))
    return torch.stack(heats)


def occlusion(scored: Scored, batch: Batch, settings: MethodSettings) -> Tensor:
    assert isinstance(settings, OcclusionSettings)
    window, stride = (
        tuple(max(1, round(share * side)) for side in batch.size) for share in (settings.window, settings.stride)
    )
    with torch.no_grad():
        heat = Occlusion(scored).attribute(
            batch.pixels,
            sliding_window_shapes=(batch.pixels.shape[1], *window),
            strides=(batch.pixels.shape[1], *stride),
            perturbations_per_eval=max(1, batch.rows // len(batch.pixels)),
            additional_forward_args=batch.per_image,
        )
    return heat[:, 0]  # all channels are covered at once and share the value
