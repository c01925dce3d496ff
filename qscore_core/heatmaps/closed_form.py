"""The maps of all features in one pass: where h is the spatial mean of the last map, channel j is the map of feature j.

Grad-CAM of h_j at that map weighs channel k by the mean of d h_j / d channel k, which is 1/(H W) for k = j and 0
otherwise: it is channel j itself, up to that constant (method of arXiv 2203.01881; Grad-CAM is arXiv 1610.02391).
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from qscore_core.encoders import Encoder
from qscore_core.errors import EncoderError


def has_feature_maps(encoder: Encoder) -> bool:
    """Whether the encoder's network offers `activation_maps(pixels)`, a last map whose spatial mean is h."""
    return hasattr(encoder.module, "activation_maps")


def feature_maps(
    encoder: Encoder, pixels: Float[Tensor, "image 3 height width"]
) -> Float[Tensor, "image feature map_height map_width"]:
    """Output of the last stage for normalised pixels, on the encoder's device; no gradient is taken.

    Raises EncoderError for an encoder that has no map whose mean is h.
    """
    if not has_feature_maps(encoder):
        raise EncoderError(f"Encoder `{encoder.ref}` has no map whose mean is h; maps of its features need a ResNet.")
    with torch.inference_mode():
        return encoder.module.activation_maps(pixels.to(device_of(encoder.module))).float()


def device_of(module: nn.Module) -> torch.device:
    """Where a network is; the CPU for one without weights."""
    return next((parameter.device for parameter in module.parameters()), torch.device("cpu"))


def combined_map(
    maps: Float[Tensor, "image feature map_height map_width"], chosen: Bool[Tensor, "image feature"]
) -> Float[Tensor, "image map_height map_width"]:
    """Sum of the chosen channels of each image: the paper's Ar where they are L_i n D, all zero where none is."""
    return torch.einsum("ifhw,if->ihw", maps, chosen.to(maps.dtype))


def upsampled(
    heat: Float[Tensor, "image map_height map_width"], size: tuple[int, int]
) -> Float[Tensor, "image height width"]:
    """Brought bilinearly (half-pixel centres) to `size`, (height, width)."""
    return interpolate(heat[:, None], size, mode="bilinear", align_corners=False)[:, 0]
