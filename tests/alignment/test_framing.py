"""A mask goes through the geometry of its picture, hard and soft ones alike."""

import numpy as np
import pytest
import torch
from PIL import Image

from qscore_core.alignment import framed_mask
from qscore_core.encoders.transform import Transform


@pytest.mark.parametrize("size", [(40, 30), (30, 41), (24, 24), (10, 60)])
def test_a_hard_mask_is_framed_as_the_picture_is(size):
    mask = np.zeros(size[::-1], bool)
    mask[2:9, 3:20] = True
    transform = Transform(resize=28, crop=24, interpolation="nearest")
    picture = Image.fromarray(mask.astype(np.uint8) * 255).convert("RGB")
    framed = framed_mask(mask, transform)
    np.testing.assert_array_equal(framed, transform.geometry(picture)[:, :, 0] > 127)
    assert framed.dtype == torch.float32


@pytest.mark.parametrize("size", [(40, 30), (30, 41), (24, 24), (10, 60)])
def test_a_soft_mask_is_framed_as_the_picture_is_and_keeps_its_values(size):
    grey = np.random.default_rng(0).integers(0, 256, size[::-1]).astype(np.uint8)
    transform = Transform(resize=28, crop=24)
    expected = transform.geometry(Image.fromarray(grey).convert("RGB"))[:, :, 0] / 255
    framed = framed_mask(grey.astype(np.float32) / 255, transform)
    np.testing.assert_allclose(framed, expected, atol=1.1 / 255)
    assert 0 <= framed.min() < framed.max() <= 1


def test_a_known_place_of_a_wide_picture_lands_where_the_network_sees_it():
    # 200 x 100 at resize 50 is 100 x 50; the centre crop of 50 takes columns 25 to 74, which are 50 to 149 before.
    mask = np.zeros((100, 200), bool)
    mask[20:40, 60:80] = True
    expected = np.zeros((50, 50))
    expected[10:20, 5:15] = 1
    transform = Transform(resize=50, crop=50)
    np.testing.assert_array_equal(framed_mask(mask, transform), expected)
    soft = framed_mask(mask.astype(np.float32), transform)
    np.testing.assert_allclose(soft[11:19, 6:14], 1)
    np.testing.assert_array_equal(soft > 0.5, expected > 0)
