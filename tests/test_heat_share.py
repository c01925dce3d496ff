"""Heat inside masks: by hand, against Captum's Grad-CAM and a plain loop, on pictures with masks."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from captum.attr import LayerGradCam
from PIL import Image
from small_inputs import small_encoder_file, spoil, write_pictures

from qscore_core.activation import FeatureSettings
from qscore_core.datasets import open_dataset
from qscore_core.encoders import load_encoder
from qscore_core.encoders.transform import Transform
from qscore_core.errors import DatasetError, EncoderError
from qscore_core.extraction import ExtractSettings
from qscore_core.heat_share import (
    HeatSettings,
    discriminative_heat,
    framed_mask,
    heat_shares,
    picture_heats,
    share_inside,
)
from qscore_core.pipeline import Subject, analyse, representations_of
from qscore_core.qscore import ScoreSettings

COUNT = 12


def test_by_hand():
    maps = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [0.0, 1.0]], [[9.0, 9.0], [9.0, 9.0]]]])
    heat = discriminative_heat(maps, torch.tensor([[True, True, False]]), (2, 2))
    # First and second channel together, without the third: 1 3 / 3 5.
    assert heat.tolist() == [[[1.0, 3.0], [3.0, 5.0]]]
    # The left column holds 1 + 3 of 12.
    assert share_inside(heat, torch.tensor([[[True, False], [True, False]]])).item() == pytest.approx(4 / 12)


def test_a_mask_of_everything_holds_all_heat_and_no_feature_gives_none():
    maps = torch.rand(2, 5, 3, 3)
    heat = discriminative_heat(maps, torch.tensor([[True] * 5, [False] * 5]), (6, 6))
    shares = share_inside(heat, torch.ones(2, 6, 6, dtype=torch.bool))
    assert shares[0].item() == pytest.approx(1)
    assert shares[1].isnan()


def bilinear(heat, size):
    """Half-pixel centres, clamped at the border: what bilinear upsampling means, one pixel at a time."""
    out, side = np.zeros((size, size)), len(heat)
    for row in range(size):
        for column in range(size):
            y, x = (min(max((place + 0.5) * side / size - 0.5, 0), side - 1) for place in (row, column))
            top, left = int(y), int(x)
            bottom, right, down, across = min(top + 1, side - 1), min(left + 1, side - 1), y - top, x - left
            upper = heat[top, left] * (1 - across) + heat[top, right] * across
            lower = heat[bottom, left] * (1 - across) + heat[bottom, right] * across
            out[row, column] = upper * (1 - down) + lower * down
    return out


def test_upsampling_equals_a_plain_loop():
    maps = torch.rand(1, 3, 4, 4, dtype=torch.float64)
    chosen = torch.tensor([[True, False, True]])
    expected = bilinear((maps[0, 0] + maps[0, 2]).numpy(), 11)
    np.testing.assert_allclose(discriminative_heat(maps, chosen, (11, 11))[0], expected, atol=1e-12)


def test_a_single_feature_s_heat_is_captum_s_grad_cam(tmp_path, workspace):
    module = load_encoder(f"file:{small_encoder_file(tmp_path)}", workspace=workspace).module
    pixels = torch.randn(2, 3, 24, 24)
    maps = module.activation_maps(pixels)
    for feature in (0, 5, 63):
        expected = LayerGradCam(module, module.layer4[-1]).attribute(pixels.requires_grad_(), target=feature)
        chosen = torch.zeros(2, 64, dtype=torch.bool)
        chosen[:, feature] = True
        found = discriminative_heat(maps, chosen, maps.shape[-2:])
        # Grad-CAM weighs the channel by the mean gradient of its spatial mean: one over the number of places.
        places = maps.shape[-2] * maps.shape[-1]
        torch.testing.assert_close(found / places, expected.detach()[:, 0], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("size", [(40, 30), (30, 41), (24, 24), (10, 60)])
def test_a_mask_is_framed_as_the_picture_is(size):
    mask = np.zeros(size[::-1], bool)
    mask[2:9, 3:20] = True
    transform = Transform(resize=28, crop=24, interpolation="nearest")
    picture = Image.fromarray(mask.astype(np.uint8) * 255).convert("RGB")
    np.testing.assert_array_equal(framed_mask(mask, transform), transform.geometry(picture)[:, :, 0] > 127)


@pytest.fixture
def scene(tmp_path, workspace):
    """Pictures with masks (the third without a spurious one), one of them broken; encoder, data set and analysis."""
    write_pictures(tmp_path / "pictures", COUNT, splits=("test",))
    paths = sorted((tmp_path / "pictures").rglob("*.png"))
    rows, rng = [], np.random.default_rng(0)
    for number, path in enumerate(paths):
        masks = [tmp_path / f"{kind}{number}.png" for kind in ("core", "spurious")]
        for place, mask in enumerate(masks):
            drawn = rng.random((32, 32)) < 0.3
            Image.fromarray((drawn & ((number, place) != (2, 1))).astype(np.uint8) * 255).save(mask)
        rows.append({"image_path": path, "core_mask": masks[0], "spurious_mask": masks[1]})
    pd.DataFrame(rows).to_csv(tmp_path / "table.csv", index=False)
    spoil(paths[4], "text")
    reference = f"table:{tmp_path / 'table.csv'}"
    subject = Subject(f"file:{small_encoder_file(tmp_path)}", reference, "cpu", ExtractSettings(workers=0))
    stored = representations_of(subject, None, workspace).representations
    settings = ScoreSettings(FeatureSettings(epsilon=2.0, lower=0, upper=100))
    return SimpleNamespace(
        encoder=load_encoder(subject.encoder, workspace=workspace),
        dataset=open_dataset(reference, None, workspace=workspace),
        analysis=analyse(stored, stored, settings, workspace),
    )


def test_shares_equal_a_plain_loop_over_pictures(scene):
    found = heat_shares(scene.encoder, scene.dataset, scene.analysis)
    expected = {"core": [], "spurious": []}
    h, members, place, empty = scene.analysis.target.matrix, scene.analysis.features.discriminative, 0, 0
    for row in range(COUNT):
        if row == 4:
            continue
        pixels = scene.encoder.transform.geometry(scene.dataset.source.image(row))
        maps = scene.encoder.module.activation_maps(scene.encoder.transform.normalize(torch.from_numpy(pixels)[None]))[
            0
        ]
        firing = [j for j in range(64) if members[j] and h[place, j] > h[place].mean() + 2 * h[place].std()]
        place, empty = place + 1, empty + (not firing)
        heat = sum((bilinear(maps[j].numpy(), 24) for j in firing), np.zeros((24, 24)))
        masks = scene.dataset.source.masks(row)
        for kind in expected:
            mask = framed_mask(getattr(masks, kind), scene.encoder.transform)
            if firing and mask.any():
                expected[kind].append((heat[mask].sum() / heat.sum(), mask.mean()))
    assert (found.epsilon, found.images, found.empty) == (2.0, COUNT - 1, empty)
    for kind, pairs in expected.items():
        share, chance = np.array(pairs).T
        of_kind = getattr(found, kind)
        assert of_kind.images == len(pairs)
        assert (of_kind.share, of_kind.chance) == pytest.approx((share.mean(), chance.mean()), abs=1e-5)
        assert of_kind.lead == pytest.approx((share - chance).mean(), abs=1e-5)
    assert found.spurious.images == found.core.images - 1


def test_the_interval_of_the_lead_is_scipy_s(scene):
    from scipy.stats import ttest_rel

    pairs = []
    for row, heat in picture_heats(scene.encoder, scene.dataset, scene.analysis):
        if heat is not None:
            mask = framed_mask(scene.dataset.source.masks(row).core, scene.encoder.transform)
            pairs.append((float(heat.numpy()[mask].sum() / heat.sum()), mask.mean()))
    share, chance = np.array(pairs).T
    found = heat_shares(scene.encoder, scene.dataset, scene.analysis, HeatSettings(level=0.9))
    expected = ttest_rel(share, chance).confidence_interval(0.9)
    assert found.core.lead_ci == pytest.approx((expected.low, expected.high), abs=1e-5)


def test_only_the_first_pictures_are_looked_at(scene):
    told = []
    found = heat_shares(scene.encoder, scene.dataset, scene.analysis, HeatSettings(images=3), on_progress=told.append)
    assert (found.images, told[-1].done, told[-1].total) == (3, 3, 3)
    one = heat_shares(scene.encoder, scene.dataset, scene.analysis, HeatSettings(images=1))
    assert one.core is None or (one.core.images, one.core.lead_ci) == (1, None)


def test_images_without_a_firing_feature_have_no_heat(scene):
    nothing = replace(scene.analysis.features, discriminative=np.zeros(64, bool))
    found = heat_shares(scene.encoder, scene.dataset, replace(scene.analysis, features=nothing))
    assert (found.images, found.empty, found.core, found.spurious) == (COUNT - 1, COUNT - 1, None, None)


def test_nothing_stays_on_the_network(scene):
    before = {name: value.clone() for name, value in scene.encoder.module.state_dict().items()}
    heat_shares(scene.encoder, scene.dataset, scene.analysis)
    assert all(not module._forward_hooks for module in scene.encoder.module.modules())
    assert not scene.encoder.module.training
    assert all(torch.equal(value, before[name]) for name, value in scene.encoder.module.state_dict().items())


def test_what_cannot_be_done_is_said(scene):
    with pytest.raises(DatasetError, match=r"has no masks, so heat cannot be compared with them\.$"):
        heat_shares(scene.encoder, replace(scene.dataset, has_masks=False), scene.analysis)
    other = replace(scene.encoder, module=torch.nn.Flatten())
    with pytest.raises(EncoderError, match=r"has no map whose mean is h; heat needs a ResNet\.$"):
        heat_shares(other, scene.dataset, scene.analysis)
