"""Display transforms by hand, and what lands in a picture."""

import io

import numpy as np
import pytest
from PIL import Image

from qscore_core.errors import SettingsError
from qscore_core.heatmaps import SCALES, SIGNS, DisplaySettings, coloured, contours, overlay, png, shown, with_contour
from qscore_core.heatmaps.display import smoothed

HEAT = np.array([[[1, -4], [2, 0]], [[8, 0], [0, 0]], [[0, 0], [0, 0]], [[-1, 0], [0, -2]]], np.float32)


@pytest.mark.parametrize(
    ("sign", "scale", "expected", "signal"),
    [
        ("positive", "image", [[0.5, 0, 1, 0], [1, 0, 0, 0], [0] * 4, [0] * 4], [True, True, False, False]),
        ("positive", "shared", [[1 / 8, 0, 2 / 8, 0], [1, 0, 0, 0], [0] * 4, [0] * 4], [True, True, False, False]),
        ("absolute", "image", [[0.25, 1, 0.5, 0], [1, 0, 0, 0], [0] * 4, [0.5, 0, 0, 1]], [True, True, False, True]),
        ("signed", "image", [[0.25, -1, 0.5, 0], [1, 0, 0, 0], [0] * 4, [-0.5, 0, 0, -1]], [True, True, False, True]),
        ("signed", "shared", [[1 / 8, -0.5, 2 / 8, 0], [1, 0, 0, 0], [0] * 4, [-1 / 8, 0, 0, -0.25]], None),
    ],
)
def test_sign_and_scale_by_hand(sign, scale, expected, signal):
    before = HEAT.copy()
    found = shown(HEAT, DisplaySettings(sign, scale))
    np.testing.assert_allclose(found.values.reshape(4, 4), expected)
    assert found.signal.tolist() == (signal or [True, True, False, True])
    assert found.signed == (sign == "signed")
    assert np.array_equal(HEAT, before)


def test_no_map_at_all():
    for scale in SCALES:
        assert shown(np.empty((0, 3, 3), np.float32), DisplaySettings(scale=scale)).values.shape == (0, 3, 3)


def test_smoothing_is_a_gaussian_that_keeps_the_sum_and_stays_within_each_map():
    heat = np.zeros((2, 41, 41))
    heat[0, 20, 20] = 1
    found = smoothed(heat, 3.0)
    rows, columns = np.mgrid[-20:21, -20:21]
    expected = np.exp(-(rows**2 + columns**2) / 18)
    np.testing.assert_allclose(found[0], expected / expected.sum(), atol=1e-4)
    assert not found[1].any()
    corner = np.zeros((1, 30, 30))
    corner[0, 0, 0] = 1
    assert smoothed(corner, 2.0).sum() == pytest.approx(1, abs=1e-3)
    assert smoothed(heat, 0.0) is heat


def test_smoothing_comes_before_the_sign():
    heat = np.zeros((1, 9, 9))
    heat[0, 4, 4], heat[0, 4, 5] = 1, -1
    both = shown(heat, DisplaySettings("positive", smoothing=2.0)).values
    np.testing.assert_allclose(both[0], np.maximum(smoothed(heat, 2.0)[0], 0) / smoothed(heat, 2.0).max())


def test_a_contour_runs_where_the_map_takes_the_level():
    ramp = np.tile(np.arange(5.0), (4, 1))
    (line,) = contours(ramp, 2.5)
    assert (line[:, 0] == 2.5).all()
    assert sorted({line[0, 1], line[-1, 1]}) == [0, 3]
    assert contours(ramp, 9.0) == []
    picture = np.zeros((4, 5, 3), np.uint8)
    drawn = with_contour(picture, np.tile(np.array([0, 0, 1.0, 1, 1]), (4, 1)), 0.9)
    assert (drawn == 255).all(axis=(0, 2)).tolist() == [False, False, True, False, False]
    assert not picture.any()


def luminance(colours):
    linear = (colours / 255.0) ** 2.2
    return linear @ [0.2126, 0.7152, 0.0722]


def test_colours_are_dark_at_zero_and_rise_evenly():
    one = luminance(coloured(np.linspace(0, 1, 50)[None], signed=False)[0])
    assert (np.diff(one) > 0).all()
    two = luminance(coloured(np.linspace(-1, 1, 51)[None], signed=True)[0])
    assert abs(int(two.argmin()) - 25) <= 1
    assert two[0] > 10 * two[25] < two[-1] / 10
    assert two[0] == pytest.approx(two[-1], rel=0.35)


def test_the_overlay_goes_from_the_picture_to_the_map():
    rng = np.random.default_rng(0)
    picture, values = rng.integers(0, 256, (6, 7, 3), np.uint8), rng.random((6, 7))
    assert np.array_equal(overlay(picture, values, 0, signed=False), picture)
    assert np.array_equal(overlay(picture, values, 1, signed=False), coloured(values, signed=False))
    half = overlay(picture, values, 0.5, signed=True).astype(int)
    assert abs(2 * half - picture.astype(int) - coloured(values, signed=True).astype(int)).max() <= 1
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(picture)))), picture)


def test_what_cannot_be_shown_is_said():
    assert (set(SIGNS), set(SCALES)) == ({"positive", "absolute", "signed"}, {"image", "shared"})
    with pytest.raises(SettingsError, match=r"^`sign` should be one of positive, absolute, signed\. Found `both`\.$"):
        DisplaySettings(sign="both")
    with pytest.raises(SettingsError, match=r"^`scale` should be one of image, shared\. Found `log`\.$"):
        DisplaySettings(scale="log")
    with pytest.raises(SettingsError, match=r"^`smoothing` should be at least 0\. Found -1\.$"):
        DisplaySettings(smoothing=-1.0)
    picture = np.zeros((4, 5, 3), np.uint8)
    with pytest.raises(SettingsError, match=r"^`opacity` should lie between 0 and 1\. Found 2\.$"):
        overlay(picture, np.zeros((4, 5)), 2.0, signed=False)
