"""Heat maps of any target by any method: checks what was asked, sizes the batches, and leaves no trace behind."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from qscore_core.encoders import Encoder
from qscore_core.errors import SettingsError
from qscore_core.heatmaps.attributions import Batch
from qscore_core.heatmaps.batches import in_batches, rows_that_fit
from qscore_core.heatmaps.closed_form import device_of
from qscore_core.heatmaps.methods import METHODS, Method, layers_of, reason_against
from qscore_core.heatmaps.scored import Scored, saved_bytes
from qscore_core.heatmaps.settings import MethodSettings
from qscore_core.heatmaps.targets import Target
from qscore_core.progress import OnProgress, silent


def heat_maps(
    encoder: Encoder,
    pixels: Float[Tensor, "image 3 height width"],
    target: Target,
    method: str = "grad_cam",
    layer: str | None = None,
    settings: MethodSettings | None = None,
    on_progress: OnProgress = silent,
) -> Float[Tensor, "image height width"]:
    """What of each picture the target's score comes from, float32 on the CPU, in the frame of the network's input.

    `pixels` are normalised. `layer` names the stage that Grad-CAM looks at, by default the last. Values are as the
    method gives them: signed where it is, neither scaled nor clipped. Raises SettingsError for what does not fit
    together, EncoderError where the encoder lacks what the method needs, QScoreError where memory does not suffice.
    """
    chosen = _method(method)
    error = reason_against(method, encoder, target)
    if error:
        raise error
    layer = _layer(encoder, chosen, layer)
    settings = _settings(method, settings)
    _require_matching(target, len(pixels))
    if len(pixels) == 0:
        return torch.zeros(0, *pixels.shape[2:])
    # Gradients are needed even where the caller has turned them off.
    with torch.inference_mode(False), torch.enable_grad():
        scored, device = Scored(encoder.module, target), device_of(encoder.module)
        prepare = _preparing(pixels, target, device, layer)
        passes = chosen.passes(settings)
        rows = _rows(scored, prepare, len(pixels) * passes, device)
        return in_batches(
            lambda images, rows: chosen.attribute(scored, prepare(images, rows), settings).detach().float().cpu(),
            len(pixels),
            rows,
            passes,
            on_progress,
        )


def _preparing(pixels: Tensor, target: Target, device: torch.device, layer: str) -> Callable[[slice, int], Batch]:
    def prepare(images: slice, rows: int) -> Batch:
        # a clone: tensors made in inference mode take part in no gradient
        taken = pixels[images].clone().detach().to(device).requires_grad_()
        return Batch(taken, tuple(part[images].clone().to(device) for part in target.per_image), rows, layer)

    return prepare


def _rows(scored: Scored, prepare: Callable[[slice, int], Batch], most: int, device: torch.device) -> int:
    """Pictures per pass; measured on the first where there is more than one to look at."""
    if most == 1:
        return 1
    one = prepare(slice(0, 1), 1)
    return rows_that_fit(saved_bytes(scored, one.pixels, one.per_image), device)


def _method(name: str) -> Method:
    if name not in METHODS:
        raise SettingsError(f"`method` should be one of {', '.join(METHODS)}. Found `{name}`.")
    return METHODS[name]


def _layer(encoder: Encoder, method: Method, layer: str | None) -> str:
    known = layers_of(encoder)
    if layer is None:
        return known[-1] if known else ""
    if not method.has_layer:
        raise SettingsError(f"{method.title} has no layer to choose. Leave `layer` out, or use grad_cam.")
    if layer not in known:
        raise SettingsError(f"`layer` should be one of {', '.join(known)}. Found `{layer}`.")
    return layer


def _settings(name: str, settings: MethodSettings | None) -> MethodSettings:
    default = METHODS[name].settings
    if settings is not None and type(settings) is not type(default):
        raise SettingsError(
            f"`settings` of `{name}` should be {type(default).__name__}. Found {type(settings).__name__}."
        )
    return settings or default


def _require_matching(target: Target, images: int) -> None:
    for part in target.per_image:
        if len(part) != images:
            raise SettingsError(
                f"The target should know as many images as there are pictures, {images}. Found {len(part)}."
            )
