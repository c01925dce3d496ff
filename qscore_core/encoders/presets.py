"""Presets: how a codebase feeds its encoder, and what else of it no state dict tells.

Each is named after the source whose linear evaluation it repeats. A recognised codebase chooses one, `preset=` in a
reference another, and single options stand above both.
"""

from dataclasses import dataclass

from qscore_core.encoders.transform import (
    CIFAR10_MEAN,
    CIFAR_TRANSFORM,
    IMAGENET_TRANSFORM,
    Transform,
)

NO_NORMALIZATION = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
OLD_STD = (0.228, 0.224, 0.225)
SOLO_EVAL_STD = (0.2470, 0.2430, 0.2610)
BICUBIC_TRANSFORM = Transform(256, 224, interpolation="bicubic")


@dataclass(frozen=True)
class Preset:
    """`stem_padding` replaces that of a 3x3 stem, `same` is `ResNetShape.same`, `attention` heads by a ViT's width."""

    name: str
    transform: Transform
    sentence: str
    stem_padding: int | None = None
    same: str = "none"
    attention: tuple[tuple[int, int], ...] = ()

    def heads(self, dim: int) -> int | None:
        """Attention heads of a ViT with `dim` features, None where the source has no such network."""
        return dict(self.attention).get(dim)


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "imagenet",
            IMAGENET_TRANSFORM,
            "Shorter side to 256, centre 224, ImageNet's mean and deviation: MoCo, SimSiam, VICReg, Barlow Twins, "
            "lightly, VISSL, mmselfsup, solo-learn since late 2022.",
        ),
        Preset(
            "swav",
            Transform(256, 224, std=OLD_STD),
            "As `imagenet`, with the deviation 0.228 for red that SwAV's code has.",
        ),
        Preset(
            "solo-imagenet100-2021",
            Transform(256, 224, std=OLD_STD),
            "As `imagenet`, with the deviation 0.228 for red that solo-learn had until late 2022.",
        ),
        Preset(
            "dino",
            BICUBIC_TRANSFORM,
            "As `imagenet`, resized bicubically; ViTs with heads of 64 features.",
            attention=((192, 3), (384, 6), (768, 12), (1024, 16)),
        ),
        Preset(
            "dinov2",
            BICUBIC_TRANSFORM,
            "As `dino`; position embeddings stored for 518 pixels are interpolated to 224.",
            attention=((384, 6), (768, 12), (1024, 16), (1536, 24)),
        ),
        Preset(
            "moco-v3-vit",
            IMAGENET_TRANSFORM,
            "As `imagenet`; MoCo v3's ViT-S has 12 attention heads, not 6.",
            attention=((384, 12), (768, 12), (1024, 16), (1280, 16)),
        ),
        Preset(
            "byol-tf",
            BICUBIC_TRANSFORM,
            "As `imagenet`, resized bicubically; convolutions and max-pool padded as in TensorFlow, as BYOL's were.",
            same="all",
        ),
        Preset(
            "simclr-tf",
            Transform(256, 224, interpolation="bicubic", **NO_NORMALIZATION),
            "Centre seven eighths, bicubic 224, values 0 to 1 without normalisation; the max-pool padded as in "
            "TensorFlow: SimCLR's own evaluation.",
            same="pool",
        ),
        Preset(
            "simclr",
            Transform(256, 224, interpolation="bicubic", **NO_NORMALIZATION),
            "Centre seven eighths, bicubic 224, values 0 to 1 without normalisation.",
        ),
        Preset(
            "tonylins",
            Transform(256, 256, **NO_NORMALIZATION),
            "Shorter side to 256, centre 256, values 0 to 1 without normalisation, as the converter's evaluation.",
        ),
        Preset(
            "separius",
            Transform(256, 224, **NO_NORMALIZATION),
            "Shorter side to 256, centre 224, values 0 to 1 without normalisation, as the converter's evaluation.",
        ),
        Preset("cifar10", CIFAR_TRANSFORM, "32 pixels, CIFAR-10's mean and deviation."),
        Preset(
            "solo-cifar",
            Transform(32, 32, CIFAR10_MEAN, SOLO_EVAL_STD),
            "32 pixels, normalised as in solo-learn's linear evaluation; its stem pads by 2.",
            stem_padding=2,
        ),
        Preset("cifar-plain", Transform(32, 32, **NO_NORMALIZATION), "32 pixels, values 0 to 1, no normalisation."),
        Preset("lightly-cifar", Transform(32, 32), "32 pixels with ImageNet's mean and deviation, as lightly's."),
        Preset("stl10-96", Transform(96, 96, **NO_NORMALIZATION), "96 pixels, values 0 to 1, no normalisation."),
    )
}
