import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from qscore_core.encoders.layouts.codebases import CODEBASES
from qscore_core.encoders.networks.resnet import SAME_PADDING
from qscore_core.encoders.presets import PRESETS

PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def test_every_codebase_names_presets_that_exist():
    for codebase in CODEBASES:
        assert {codebase.presets.usual, codebase.presets.small, codebase.presets.vit} <= PRESETS.keys(), codebase.title


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_preset_can_be_used(preset):
    assert preset.same in SAME_PADDING
    assert preset.transform.crop <= preset.transform.resize
    assert preset.sentence.endswith(".")
    assert all(dim % heads == 0 for dim, heads in preset.attention)


@pytest.mark.parametrize(
    ("name", "sizes", "interpolation", "normalized", "same", "padding"),
    [
        ("imagenet", (256, 224), "bilinear", True, "none", None),
        ("dino", (256, 224), "bicubic", True, "none", None),
        ("byol-tf", (256, 224), "bicubic", True, "all", None),
        ("simclr-tf", (256, 224), "bicubic", False, "pool", None),
        ("tonylins", (256, 256), "bilinear", False, "none", None),
        ("separius", (256, 224), "bilinear", False, "none", None),
        ("solo-cifar", (32, 32), "bilinear", True, "none", 2),
        ("stl10-96", (96, 96), "bilinear", False, "none", None),
    ],
)
def test_what_the_sources_evaluations_do(name, sizes, interpolation, normalized, same, padding):
    preset = PRESETS[name]
    transform = preset.transform
    assert ((transform.resize, transform.crop), transform.interpolation) == (sizes, interpolation)
    assert ((transform.mean, transform.std) != PLAIN) == normalized
    assert (preset.same, preset.stem_padding) == (same, padding)


@pytest.mark.parametrize("name", ["swav", "solo-imagenet100-2021"])
def test_the_older_deviation(name):
    assert PRESETS[name].transform.std == (0.228, 0.224, 0.225)


def test_heads_by_width():
    assert [PRESETS[name].heads(384) for name in ("dino", "dinov2", "moco-v3-vit", "imagenet")] == [6, 6, 12, None]


def test_seven_eighths_are_256_to_224():
    """TensorFlow crops the centre's 0.875 and resizes to 224; resizing to 256 and cropping 224 sees the same square."""
    picture = Image.fromarray(np.linspace(0, 255, 256 * 320 * 3).reshape(256, 320, 3).astype(np.uint8))
    theirs = transforms.CenterCrop(round(0.875 * 256))(picture)
    ours = PRESETS["simclr-tf"].transform.geometry(picture)
    torch.testing.assert_close(torch.from_numpy(ours), torch.from_numpy(np.array(theirs)))
