"""Each colour change with one factor per image equals torchvision's function applied image by image."""

import pytest
import torch
from torchvision.transforms import functional as torchvision_functional

from qscore_core.objectives import colours


@pytest.fixture
def pixels():
    """Random pictures, and the corners where hue and saturation are undefined: black, white, grey, pure colours."""
    generator = torch.Generator().manual_seed(3)
    corners = torch.tensor([[0.0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    flat = corners[:, :, None, None].expand(-1, -1, 7, 9)
    return torch.cat([torch.rand(6, 3, 7, 9, generator=generator), flat])


FACTORS = torch.tensor([0.0, 0.3, 1.0, 1.4, 2.0, 0.7, 0.5, 1.5, 1.2, 0.8, 1.1, 0.9])


@pytest.mark.parametrize("name", ["adjust_brightness", "adjust_contrast", "adjust_saturation"])
def test_blending_changes_equal_torchvision_image_by_image(pixels, name):
    expected = [getattr(torchvision_functional, name)(p, float(f)) for p, f in zip(pixels, FACTORS, strict=True)]
    torch.testing.assert_close(getattr(colours, name)(pixels, FACTORS), torch.stack(expected), rtol=0, atol=1e-6)


def test_hue_equals_torchvision_image_by_image(pixels):
    turns = torch.tensor([-0.5, -0.31, -0.1, 0.0, 0.05, 0.5, 0.1, -0.2, 0.3, 0.25, -0.4, 1 / 3])
    expected = [torchvision_functional.adjust_hue(p, float(t)) for p, t in zip(pixels, turns, strict=True)]
    torch.testing.assert_close(colours.adjust_hue(pixels, turns), torch.stack(expected), rtol=0, atol=1e-5)


def test_a_third_of_the_circle_turns_red_into_green():
    red = torch.tensor([1.0, 0.0, 0.0])[None, :, None, None]
    green = colours.adjust_hue(red, torch.tensor([1 / 3]))
    torch.testing.assert_close(green.flatten(), torch.tensor([0.0, 1.0, 0.0]), rtol=0, atol=1e-6)


def test_greyscale_and_solarize_equal_torchvision(pixels):
    torch.testing.assert_close(colours.greyscale(pixels), torchvision_functional.rgb_to_grayscale(pixels))
    torch.testing.assert_close(colours.solarize(pixels, 0.5), torchvision_functional.solarize(pixels, 0.5))
