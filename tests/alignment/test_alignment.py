"""An alignment against a plain loop over pictures and features; what is left out; what is kept."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from plain_metrics import plain_metrics
from torch.nn.functional import interpolate

from qscore_core.alignment import (
    KINDS,
    METRIC_KEYS,
    AlignmentSettings,
    HeatSettings,
    Measured,
    Thresholds,
    align,
    framed_mask,
    heat_shares,
    measure,
    stored_alignment,
)
from qscore_core.alignment.planning import other_pictures
from qscore_core.errors import DatasetError, EncoderError, ImageError, SettingsError

SETTINGS = AlignmentSettings(Thresholds(0.4, 0.5), top=3, sweep_heat=(0.0, 0.2, 0.4, 1.0), sweep_mask=(0.25, 0.5))
BROKEN = 4


class Plain:
    """The scene once more, slowly."""

    def __init__(self, scene):
        self.scene = scene
        self.rows = [row for row in range(len(scene.dataset)) if row != BROKEN]
        self.h = np.asarray(scene.analysis.target.matrix, np.float64)
        self.z = (self.h - self.h.mean(1, keepdims=True)) / self.h.std(1, keepdims=True)
        self.members = scene.analysis.features.discriminative

    def maps(self, row):
        transform = self.scene.encoder.transform
        pixels = transform.geometry(self.scene.dataset.source.image(row))
        with torch.inference_mode():
            return self.scene.encoder.module.activation_maps(transform.normalize(torch.from_numpy(pixels)[None]))[0]

    def heat(self, place):
        firing = [j for j in range(64) if self.members[j] and self.z[place, j] > 2]
        return self.brought_to_frame(self.maps(self.rows[place])[firing].sum(0))

    def brought_to_frame(self, heat):
        side = self.scene.encoder.transform.crop
        return interpolate(heat[None, None], (side, side), mode="bilinear")[0, 0].numpy()

    def mask(self, place, kind):
        mask = getattr(self.scene.dataset.source.masks(self.rows[place]), kind)
        return framed_mask(mask, self.scene.encoder.transform).numpy()

    def values(self, heat, place, kind, thresholds=SETTINGS.thresholds):
        found = plain_metrics(heat, self.mask(place, kind), thresholds.heat, thresholds.mask)
        return [found[key] for key in METRIC_KEYS]


@pytest.fixture(scope="module")
def found(scene):
    return measure(scene.encoder, scene.dataset, scene.analysis, SETTINGS)


def test_every_picture_equals_the_plain_loop(scene, found):
    plain, others = Plain(scene), other_pictures(11, 0)
    assert list(found.pictures["id"]) == [scene.dataset.table["id"][row] for row in plain.rows]
    for place in range(0, 11, 2):
        heat = plain.heat(place)
        assert found.measured.heat[place] == heat.any()
        for number, kind in enumerate(KINDS):
            expected = plain.values(heat, place, kind)
            np.testing.assert_allclose(found.measured.values[place, number], expected, atol=1e-3)
            control = plain.values(heat, others[place], kind)
            np.testing.assert_allclose(found.measured.shuffled[place, number], control, atol=1e-3)
            share = plain.mask(place, kind).mean() or np.nan
            assert found.measured.shares[place, number] == pytest.approx(share, nan_ok=True)


def test_the_sweep_holds_the_metric_at_every_pair_of_thresholds(scene, found):
    plain = Plain(scene)
    heat = plain.heat(3)
    for number, kind in enumerate(KINDS):
        for row, mask_threshold in enumerate(SETTINGS.sweep_mask):
            for column, heat_threshold in enumerate(SETTINGS.sweep_heat):
                expected = plain.values(heat, 3, kind, Thresholds(heat_threshold, mask_threshold))[0]
                assert found.measured.sweep[3, number, row, column] == pytest.approx(expected, abs=1e-4)
    at_settings = found.measured.sweep[:, :, 1, 2]
    np.testing.assert_allclose(at_settings, found.measured.values[:, :, 0], atol=1e-5)


def test_each_feature_is_judged_on_the_pictures_with_its_largest_z(scene, found):
    plain, seen = Plain(scene), 0
    for feature in np.flatnonzero(plain.members):
        ranked = sorted(np.flatnonzero(plain.z[:, feature] > 2), key=lambda place: -plain.z[place, feature])[:3]
        pairs = found.pairs[found.pairs["feature"] == feature]
        assert set(pairs["image"]) == set(ranked)
        seen += len(pairs)
    assert seen == len(found.pairs) > 10
    assert list(found.features["feature"]) == list(np.flatnonzero(plain.members))
    for pair in range(0, len(found.pairs), 5):
        feature, place = found.pairs.loc[pair, ["feature", "image"]].astype(int)
        heat = plain.brought_to_frame(plain.maps(plain.rows[place])[feature])
        for number, kind in enumerate(KINDS):
            expected = plain.values(heat, place, kind)
            np.testing.assert_allclose(found.measured.pair_values[pair, number], expected, atol=1e-3)


def test_a_kind_that_a_picture_lacks_has_no_number(found):
    values = found.measured.values
    assert np.isnan(values[2, 1]).all()
    assert np.isfinite(values[2, 0]).all() == found.measured.heat[2]
    assert np.isnan(found.measured.sweep[2, 1]).all()


def test_batches_and_a_limit_change_nothing_of_a_picture(scene, found, monkeypatch):
    monkeypatch.setattr("qscore_core.alignment.measuring.BATCH", 4)
    again = measure(scene.encoder, scene.dataset, scene.analysis, SETTINGS)
    for field in fields(Measured):
        np.testing.assert_allclose(getattr(again.measured, field.name), getattr(found.measured, field.name), atol=1e-5)
    few = measure(scene.encoder, scene.dataset, scene.analysis, replace(SETTINGS, images=3))
    np.testing.assert_allclose(few.measured.values, found.measured.values[:3], atol=1e-5)
    assert (few.images, few.pairs["image"].max()) == (3, 2)


def test_no_picture_is_its_own_control():
    for seed in range(3):
        others = other_pictures(9, seed)
        assert sorted(others) == list(range(9))
        assert (others != np.arange(9)).all()
    assert list(other_pictures(1, 0)) == [0]


def test_progress_is_told(scene):
    told = []
    measure(scene.encoder, scene.dataset, scene.analysis, SETTINGS, on_progress=told.append)
    assert (told[-1].phase, told[-1].done, told[-1].total) == ("where features look", 11, 11)


def test_images_without_a_firing_feature_have_no_heat(scene):
    nothing = replace(scene.analysis.features, discriminative=np.zeros(64, bool))
    found = measure(scene.encoder, scene.dataset, replace(scene.analysis, features=nothing), SETTINGS)
    assert (found.measured.heat.any(), len(found.pairs), len(found.features)) == (False, 0, 0)
    assert np.isnan(found.measured.values).all()
    shares = heat_shares(found)
    assert (shares.images, shares.empty, shares.core, shares.spurious) == (11, 11, None, None)


def test_a_mask_that_cannot_be_read_is_said_and_left_out(scene):
    class Damaged:
        def image(self, row):
            return scene.dataset.source.image(row)

        def masks(self, row):
            if row == 0:
                raise ImageError("Mask `core0.png` cannot be read: the file is empty.")
            return scene.dataset.source.masks(row)

    found = measure(scene.encoder, replace(scene.dataset, source=Damaged()), scene.analysis, SETTINGS)
    assert found.failures == ("Mask `core0.png` cannot be read: the file is empty.",)
    assert np.isnan(found.measured.values[0]).all()
    assert np.isfinite(found.measured.values[1]).any()


def test_nothing_stays_on_the_network(scene):
    measure(scene.encoder, scene.dataset, scene.analysis, SETTINGS)
    assert all(not module._forward_hooks for module in scene.encoder.module.modules())
    assert not scene.encoder.module.training


def test_it_is_measured_once_and_kept(scene, monkeypatch):
    given = scene.encoder, scene.dataset, scene.analysis, scene.workspace, SETTINGS
    assert stored_alignment(*given) is None
    made = align(*given)
    monkeypatch.setattr("qscore_core.alignment.stored.measure", lambda *_: pytest.fail("measured again"))
    for kept in (align(*given), stored_alignment(*given)):
        for field in fields(Measured):
            np.testing.assert_array_equal(getattr(kept.measured, field.name), getattr(made.measured, field.name))
        for table in ("pictures", "features", "pairs"):
            assert getattr(kept, table).equals(getattr(made, table))
        assert (kept.settings, kept.classes, kept.epsilon, kept.failures) == (SETTINGS, made.classes, 2.0, ())
    other = replace(SETTINGS, thresholds=Thresholds(0.1, 0.5))
    assert stored_alignment(scene.encoder, scene.dataset, scene.analysis, scene.workspace, other) is None


def test_shares_are_the_mass_with_scipy_s_interval(scene, found):
    from scipy.stats import ttest_rel

    mass = found.measured.values[:, 0, METRIC_KEYS.index("mass")].astype(float)
    known = np.isfinite(mass)
    pairs = mass[known], found.measured.shares[known, 0].astype(float)
    shares = heat_shares(found, 0.9)
    expected = ttest_rel(*pairs).confidence_interval(0.9)
    assert shares.core.lead_ci == pytest.approx((expected.low, expected.high))
    assert (shares.core.share, shares.core.chance) == pytest.approx((pairs[0].mean(), pairs[1].mean()))
    assert (shares.core.images, shares.images, shares.empty) == (known.sum(), 11, (~found.measured.heat).sum())
    one = heat_shares(measure(scene.encoder, scene.dataset, scene.analysis, AlignmentSettings(images=1)))
    assert one.core is None or (one.core.images, one.core.lead_ci) == (1, None)
    assert HeatSettings().level == 0.95


def test_what_cannot_be_done_is_said(scene):
    with pytest.raises(DatasetError, match=r"has no masks, so heat cannot be compared with them\. Use `habitats`, a "):
        measure(scene.encoder, replace(scene.dataset, has_masks=False), scene.analysis)
    other = replace(scene.encoder, module=torch.nn.Flatten())
    with pytest.raises(EncoderError, match=r"has no map whose mean is h; maps of its features need a ResNet\.$"):
        measure(other, scene.dataset, scene.analysis)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"top": 0}, r"^`top` should be at least 1\. Found 0\.$"),
        ({"images": 0}, r"^`images` should be at least 1\. Found 0\.$"),
        ({"sweep_heat": (0.5, 0.1)}, r"^The thresholds of a sweep should rise\. Found \(0\.5, 0\.1\)\.$"),
        ({"sweep_mask": (0.5, 2.0)}, r"^The mask threshold should lie between 0 and 1\. Found 2\.0\.$"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings, message):
    with pytest.raises(SettingsError, match=message):
        AlignmentSettings(**settings)
