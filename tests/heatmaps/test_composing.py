"""Maps put together with pictures, pixel by pixel."""

import io

import numpy as np
import pytest
from PIL import Image

from qscore_core.errors import SettingsError
from qscore_core.heatmaps import Style, archived, coloured, composed, overlay, resized, with_masks

PICTURE = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
VALUES = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)


def test_styles_at_the_pictures_own_size():
    np.testing.assert_array_equal(composed(PICTURE, VALUES, False, Style("map"), 8), coloured(VALUES, False))
    expected = overlay(PICTURE, VALUES, 0.3, False)
    np.testing.assert_array_equal(composed(PICTURE, VALUES, False, Style("overlay", opacity=0.3), 8), expected)


def test_a_contour_is_where_the_hot_area_ends_whatever_the_scale_of_the_map():
    one = composed(PICTURE, VALUES, False, Style("contour", level=0.5), 32)
    fainter = composed(PICTURE, VALUES / 4, False, Style("contour", level=0.5), 32)
    np.testing.assert_array_equal(one, fainter)
    changed = (one != resized(PICTURE, 32)).any(axis=(1, 2))
    # rows rise from 0 to 1, so that one half lies between the fourth and the fifth of eight
    assert changed.any()
    assert np.abs(np.flatnonzero(changed) - 15.5).max() < 6


def test_all_are_brought_to_the_size_asked_for():
    for name in ("overlay", "map", "contour"):
        assert composed(PICTURE, VALUES, False, Style(name), 40).shape == (40, 40, 3)


def test_masks_keep_their_place_and_everything_else_gets_dark():
    core, spurious = np.zeros((2, 8, 8), bool)
    core[:2], spurious[1:4] = True, True
    drawn = with_masks(np.full((8, 8, 3), 100, np.uint8), core, spurious, 8)
    assert drawn[4:].max() == 22  # 0.22 of 100
    np.testing.assert_array_equal(drawn[0, 0], [68, 131, 124])  # 0.45 * 100 + 0.55 * (42, 157, 143)
    np.testing.assert_array_equal(drawn[1], drawn[0])  # both masks: the core counts
    np.testing.assert_array_equal(drawn[2, 0], [172, 106, 90])  # 0.45 * 100 + 0.55 * (231, 111, 81)


def test_an_unknown_style_is_refused():
    with pytest.raises(SettingsError, match=r"`style` should be one of overlay, map, contour\. Found `jet`\."):
        Style("jet")


def test_an_archive_holds_its_arrays():
    with np.load(io.BytesIO(archived(heat=VALUES, picture=PICTURE))) as arrays:
        np.testing.assert_array_equal(arrays["heat"], VALUES)
        np.testing.assert_array_equal(arrays["picture"], PICTURE)


def test_resized_is_pillows():
    expected = Image.fromarray(PICTURE).resize((20, 20), Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(resized(PICTURE, 20), np.asarray(expected))
