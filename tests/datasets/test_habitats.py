"""The built-in data set: same pictures for same seed, true masks, honest causes."""

import json
import multiprocessing
import subprocess
import sys
from math import pi
from pathlib import Path

import numpy as np
import pytest

from qscore_core.datasets.habitats import (
    CLASSES,
    HABITATS,
    IMAGE_SIZE,
    SPLITS,
    Drawn,
    draw_picture,
    draw_split,
    thumbprint,
    thumbprint_drift,
)
from qscore_core.datasets.habitats.fields import FINE_X, FINE_Y, inside
from qscore_core.datasets.habitats.local import Pose, look
from qscore_core.datasets.habitats.outlines import ANGLES, outline
from qscore_core.datasets.habitats.scene import _habitat, contrast

FRAME = IMAGE_SIZE**2
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def train() -> Drawn:
    return draw_split("train", count=300, workers=1)


def assert_same(a: Drawn, b: Drawn) -> None:
    for name in ("images", "core", "spurious", "body"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert a.table.equals(b.table)


class TestDeterminism:
    def test_any_number_of_workers_draws_the_same(self, train: Drawn) -> None:
        seen: list[tuple[int, int]] = []
        drawn = draw_split("train", count=300, workers=2, on_progress=lambda done, total: seen.append((done, total)))
        assert_same(train, drawn)
        assert seen[-1] == (300, 300)
        assert seen == sorted(seen)

    def test_a_picture_alone_is_the_picture_in_its_split(self, train: Drawn) -> None:
        alone = draw_picture("train", 137)
        assert np.array_equal(alone.image, train.images[137])
        assert np.array_equal(alone.core, train.core[137])
        assert alone.causes.size == train.table["size"][137]

    def test_seed_split_and_index_each_change_the_picture(self) -> None:
        variants = (("train", 7, 0), ("train", 7, 1), ("test", 7, 0), ("train", 17, 0))
        assert len({draw_picture(*variant).image.tobytes() for variant in variants}) == 4


class TestMasks:
    def test_core_lies_in_the_body_and_spurious_never_on_it(self, train: Drawn) -> None:
        assert not (train.core & ~train.body).any()
        assert not (train.spurious & train.body).any()

    def test_nearly_every_picture_shows_both_attributes(self, train: Drawn) -> None:
        assert (train.core.sum(axis=(1, 2)) >= 12).mean() >= 0.95
        assert (train.spurious.sum(axis=(1, 2)) >= 12).mean() >= 0.95

    def test_neither_attribute_is_everything(self, train: Drawn) -> None:
        # The head is never core; backdrop, shadow and occluders are neither body nor spurious.
        assert (train.core.sum(axis=(1, 2)) < train.body.sum(axis=(1, 2))).mean() > 0.95
        assert (~train.body & ~train.spurious).any(axis=(1, 2)).all()

    def test_the_pattern_is_in_the_core_and_not_on_the_head(self) -> None:
        """A checkerboard changes brightness from pixel to pixel far more than a plain head does."""
        ratios = []
        for index in range(CLASSES.index("checked"), 500, 10):
            picture = draw_picture("train", index)
            head = picture.body & ~picture.core
            if picture.causes.blur == 0 and picture.causes.occluded_share == 0 and head.sum() > 60:
                steps = np.abs(np.diff(picture.image.mean(axis=2), axis=0))
                # Two pixels in from the edge of either part; eyes are in the head, hence medians against means.
                within = picture.core[1:] & picture.core[:-1], head[1:] & head[:-1]
                ratios.append(steps[within[0]].mean() / max(np.median(steps[within[1]]), 0.5))
        assert len(ratios) >= 5
        assert np.median(ratios) > 3


class TestStatistics:
    def test_classes_are_balanced(self, train: Drawn) -> None:
        assert train.table["class"].value_counts().to_dict() == dict.fromkeys(CLASSES, 30)
        assert [CLASSES[label] for label in train.table["label"]] == train.table["class"].tolist()

    @pytest.mark.parametrize("split", ["train", "test"])
    def test_habitat_fits_in_nine_of_ten(self, split: str) -> None:
        rng = np.random.default_rng(0)
        drawn = np.array([_habitat(split, k % 10, rng) for k in range(4000)])
        fits = drawn == np.arange(4000) % 10
        # Binomial with n = 4000, p = 0.9: standard deviation sqrt(0.9 * 0.1 / 4000) = 0.0047; four of them.
        assert abs(fits.mean() - 0.9) < 0.019
        # The others are even: 400 misfits over 10 habitats, 40 each, standard deviation 6; five of them.
        assert np.abs(np.bincount(drawn[~fits], minlength=10) - 40).max() < 30

    def test_the_table_names_the_habitat_that_fits(self, train: Drawn) -> None:
        own = [HABITATS[label] for label in train.table["label"]]
        assert ((train.table["habitat"] == own) == train.table["habitat_fits"]).all()
        # n = 300: standard deviation 0.0173; four of them.
        assert abs(train.table["habitat_fits"].mean() - 0.9) < 0.07

    def test_no_habitat_fits_in_swapped(self) -> None:
        table = draw_split("swapped", count=60, workers=1).table
        assert not table["habitat_fits"].any()
        assert all(HABITATS[label] != habitat for label, habitat in zip(table["label"], table["habitat"], strict=True))

    def test_sizes_fill_their_range(self, train: Drawn) -> None:
        size = train.table["size"]
        assert size.between(0.12, 0.70).all()
        assert size.min() < 0.16
        assert size.max() > 0.55

    def test_colour_alone_does_not_tell_the_class(self, train: Drawn) -> None:
        """Nearest class mean of the body's mean colour: at most twice chance, on pictures it has not seen."""
        colour = np.stack([image[body].mean(axis=0) for image, body in zip(train.images, train.body, strict=True)])
        label = train.table["label"].to_numpy()
        means = np.stack([colour[:200][label[:200] == k].mean(axis=0) for k in range(10)])
        nearest = ((colour[200:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
        assert (nearest == label[200:]).mean() < 0.25


class TestCauses:
    def test_visible_body_is_size_times_visible_share(self, train: Drawn) -> None:
        expected = train.table["size"] * train.table["visible_share"] * FRAME
        counted = train.body.sum(axis=(1, 2))
        # Thin spines cover many pixels by less than half, so counting pixels is off by a part of the outline.
        assert np.abs(counted - expected).max() < 0.07 * FRAME
        assert np.abs(counted - expected).mean() < 0.01 * FRAME

    def test_contrast_is_that_of_the_finished_image(self, train: Drawn) -> None:
        for k in range(20):
            body, near = train.body[k], np.zeros((72, 72), dtype=bool)
            for dy in range(9):
                for dx in range(9):
                    near[dy : dy + 64, dx : dx + 64] |= body
            around = near[4:-4, 4:-4] & ~body
            apart = train.images[k][body].mean(axis=0) - train.images[k][around].mean(axis=0)
            assert train.table["contrast"][k] == pytest.approx(np.sqrt((apart**2).mean()) / 255)

    def test_contrast_of_a_white_square_on_black_is_one(self) -> None:
        body = np.zeros((64, 64), dtype=bool)
        body[20:40, 20:40] = True
        image = np.repeat(np.where(body, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
        assert contrast(image, body) == 1.0
        assert contrast(image, np.ones_like(body)) == 0.0  # nothing around it

    def test_blurred_pictures_are_smoother(self, train: Drawn) -> None:
        steps = np.abs(np.diff(train.images.astype(float), axis=2)).mean(axis=(1, 2, 3))
        blur = train.table["blur"]
        assert steps[blur > 0.8].mean() < 0.7 * steps[blur == 0].mean()

    def test_ranges(self, train: Drawn) -> None:
        assert train.table["visible_share"].between(0.3, 1).all()
        assert train.table["occluded_share"].between(0, 0.4).all()
        assert set(train.table["distractors"]) >= {0, 1, 2}
        assert train.table["distractors"].max() <= 4
        assert train.table["rotation"].between(0, 360).all()


class TestGeometry:
    def test_a_round_body_by_hand(self) -> None:
        """Radius 1 at 10 pixels a unit is a disc of 10 pixels: area 100 pi = 314.16 pixels, and half of it right
        of its centre."""
        disc = outline(np.ones_like(ANGLES))
        assert disc.area == pytest.approx(pi)
        local = look(Pose(32, 32, 10, 0.7, 1.0, 1), 1.0)
        distance, _ = local.distance(disc)
        cover = local.spread(inside(distance, local.sample))
        assert cover.sum() == pytest.approx(314.16, rel=0.005)
        assert cover[:, 32:].sum() == pytest.approx(157.08, rel=0.01)
        assert cover[32, 32] == 1
        assert cover[32, 20] == 0

    @pytest.mark.parametrize("stretch", [0.78, 1.28])
    def test_turning_and_stretching_keep_the_area(self, stretch: float) -> None:
        shape = outline(1 + 0.2 * np.cos(3 * ANGLES))
        local = look(Pose(30.3, 33.8, 12, 2.1, stretch, -1), float(shape.radius.max()))
        cover = local.spread(inside(local.distance(shape)[0], local.sample))
        assert cover.sum() == pytest.approx(shape.area * 144, rel=0.01)

    def test_the_fine_grid_is_centred(self) -> None:
        assert FINE_X.mean() == FINE_Y.mean() == 32


class TestThumbprint:
    def test_no_drift_from_itself_even_through_json(self, train: Drawn) -> None:
        stored = json.loads(json.dumps(thumbprint(train.images)))
        assert np.shape(stored) == (32, 48)
        assert thumbprint_drift(stored, thumbprint(train.images)) == 0

    def test_brighter_pictures_drift(self, train: Drawn) -> None:
        brighter = np.minimum(train.images.astype(int) + 4, 255).astype(np.uint8)
        assert 2 < thumbprint_drift(thumbprint(train.images), thumbprint(brighter)) <= 4.1

    def test_another_seed_drifts(self, train: Drawn) -> None:
        other = draw_split("train", count=32, seed=1, workers=1)
        assert thumbprint_drift(thumbprint(train.images), thumbprint(other.images)) > 50

    def test_one_cell_by_hand(self) -> None:
        image = np.zeros((1, 64, 64, 3), dtype=np.uint8)
        image[0, :8, :16, 1] = 100  # half of the first 16 x 16 cell, green only: mean 50
        assert thumbprint(image)[0][:6] == [0, 50, 0, 0, 0, 0]

    def test_thumbprints_without_a_common_picture_do_not_agree(self) -> None:
        assert thumbprint_drift([], [[1.0]]) == float("inf")


class TestProcesses:
    def test_a_script_without_a_main_guard(self, tmp_path: Path) -> None:
        """Its lines run once: the workers never import the caller's main module."""
        script = tmp_path / "plain.py"
        script.write_text(
            "print('once')\n"
            "from qscore_core.datasets.habitats import draw_split\n"
            "print(draw_split('test', count=60, workers=2).images.shape)\n"
        )
        ran = subprocess.run(
            [sys.executable, script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        assert ran.stdout.split("\n") == ["once", "(60, 64, 64, 3)", ""]

    def test_in_a_daemonic_process(self) -> None:
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_draw_and_exit, daemon=True)
        process.start()
        process.join(200)  # seconds; a busy machine starts interpreters slowly
        assert process.exitcode == 60

    def test_a_failing_worker_is_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONHASHSEED", "not a number")
        with pytest.raises(RuntimeError, match=r"^A worker drawing split 'test' failed: .*PYTHONHASHSEED"):
            draw_split("test", count=100, workers=2)


def _draw_and_exit() -> None:
    sys.exit(len(draw_split("test", count=60, workers=2).images))


class TestWrongUse:
    def test_messages(self) -> None:
        with pytest.raises(ValueError, match=r"^`split` should be one of train, test, swapped\. Found 'val'\.$"):
            draw_picture("val", 0)
        with pytest.raises(ValueError, match=r"^`index` should not be negative\. Found -1\.$"):
            draw_picture("train", -1)
        with pytest.raises(ValueError, match=r"^`seed` should not be negative\. Found -2\.$"):
            draw_split("test", count=10, seed=-2)
        with pytest.raises(ValueError, match=r"^`count` should lie between 1 and 1000 for split 'test'\. Found 1001"):
            draw_split("test", count=1001)
        with pytest.raises(ValueError, match=r"^`workers` should be at least 1\. Found 0\.$"):
            draw_split("test", workers=0)

    def test_the_splits_are_as_announced(self) -> None:
        assert SPLITS == {"train": 4000, "test": 1000, "swapped": 1000}
        assert len(CLASSES) == len(HABITATS) == len(set(CLASSES)) == len(set(HABITATS)) == 10
