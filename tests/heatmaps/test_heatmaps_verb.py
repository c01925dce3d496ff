"""The verb: its files hold what the core computes, for every target, and requests that make no sense are refused."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from small_inputs import small_encoder_file, spoil, write_pictures
from typer.testing import CliRunner

from qscore_core.activation import FeatureSettings
from qscore_core.cli import app
from qscore_core.datasets import read_image
from qscore_core.encoders import load_encoder
from qscore_core.heatmaps import Feature, FeaturesOfEach, Similarity, class_scores, heat_maps, overlay, shown
from qscore_core.pipeline import Subject, analyse, probe_of, representations_of
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.workspace import Workspace

IDS = ["class1/0004.png", "class0/0000.png"]


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    """A folder with pictures and an encoder, one workspace for all tests."""
    folder = tmp_path_factory.mktemp("verb")
    write_pictures(folder / "pictures", 12, classes=3)
    spoil(folder / "pictures" / "test" / "class2" / "0011.png", "text")
    return folder, f"file:{small_encoder_file(folder, seed=5)}", f"folder:{folder / 'pictures'}"


@pytest.fixture
def command(subject, tmp_path):
    folder, encoder, dataset = subject

    def run(*words, status=0, encoder=encoder, dataset=dataset):
        fixed = ["--workspace", folder / "workspace", "--device", "cpu", "--json", "--out", tmp_path / "out"]
        chosen = ["heatmaps", "--encoder", encoder, "--dataset", dataset, *words, *fixed]
        result = CliRunner().invoke(app, list(map(str, chosen)))
        assert result.exit_code == status, result.output
        return json.loads(result.stdout) if status == 0 else json.loads(result.stdout)["error"]

    return run


def named(ids=IDS):
    return [word for id_ in ids for word in ("--images", f"test/{id_}")]


def network_input(subject, ids=IDS):
    folder, encoder, _ = subject
    loaded = load_encoder(encoder, workspace=Workspace.at(folder / "workspace"))
    frames = [loaded.transform.geometry(read_image(folder / "pictures" / "test" / id_)) for id_ in ids]
    return loaded, loaded.transform.normalize(torch.from_numpy(np.stack(frames))), np.stack(frames)


def test_files_hold_the_maps_and_their_overlays(command, subject, tmp_path):
    told = command(*named(), "--target", "feature:5", "--opacity", "0.25", "--scale", "shared")
    encoder, pixels, pictures = network_input(subject)
    expected = heat_maps(encoder, pixels, Feature(5)).numpy()
    files = ["0000-test_class1_0004.png", "0001-test_class0_0000.png"]
    assert told["files"] == [str(tmp_path / "out" / name) for name in (*files, "maps.npz")]
    assert [(one["id"], one["file"]) for one in told["images"]] == [
        (f"test/{id_}", file) for id_, file in zip(IDS, told["files"], strict=False)
    ]
    assert (told["target"], told["method"], told["layer"], told["split"]) == ("feature:5", "grad_cam", "layer4", "test")
    with np.load(told["files"][-1]) as arrays:
        np.testing.assert_allclose(arrays["heat"], expected, rtol=1e-5, atol=1e-7)
        assert arrays["ids"].tolist() == [f"test/{id_}" for id_ in IDS]
        assert np.array_equal(arrays["pictures"], pictures)
    maps = shown(expected)
    for file, picture, values in zip(told["files"], pictures, expected / expected.max(), strict=False):
        drawn = np.asarray(Image.open(file)).astype(int)
        assert abs(drawn - overlay(picture, values, 0.25, signed=False)).max() <= 1
    assert [one["signal"] for one in told["images"]] == maps.signal.tolist()


@pytest.mark.parametrize("target", ["discriminative", "class:class1", "similar:test/class2/0002.png", "all", "norm"])
def test_targets_are_the_core_s(command, subject, target):
    folder, ref, dataset = subject
    told = command(*named(), "--target", target, "--epsilon", "2", "--method", "input_x_gradient")
    encoder, pixels, _ = network_input(subject)
    workspace = Workspace.at(folder / "workspace")
    stored = lambda split: representations_of(Subject(ref, dataset, "cpu"), split, workspace).representations  # noqa: E731
    if target == "discriminative":
        analysis = analyse(stored("test"), stored("train"), ScoreSettings(FeatureSettings(2.0)), workspace)
        ids = list(analysis.target.table["id"])
        rows = analysis.target.matrix[[ids.index(f"test/{id_}") for id_ in IDS]].astype(np.float64)
        active = rows > (rows.mean(1) + 2 * rows.std(1))[:, None]
        wanted = FeaturesOfEach(torch.from_numpy(active & analysis.features.discriminative))
    elif target == "class:class1":
        wanted = class_scores(probe_of(stored("train"), ProbeSettings(), workspace), [1, 1])
    elif target.startswith("similar"):
        other = network_input(subject, ["class2/0002.png"])[1]
        wanted = Similarity(encoder(other)[0])
    else:
        wanted = {"all": lambda h: h.sum(1), "norm": lambda h: h.norm(dim=1)}[target]
        gradient = torch.autograd.grad(wanted(encoder(pixels.requires_grad_())).sum(), pixels)[0]
        expected = (gradient * pixels).sum(1).detach()
    if not callable(wanted) or hasattr(wanted, "score"):
        expected = heat_maps(encoder, pixels, wanted, "input_x_gradient")
    with np.load(told["files"][-1]) as arrays:
        assert arrays["heat"].any()
        np.testing.assert_allclose(arrays["heat"], expected, rtol=1e-3, atol=1e-6)
    assert told["layer"] is None


def test_the_lowest_scores_come_first(command, subject, tmp_path):
    folder, encoder, dataset = subject
    words = ["--encoder", encoder, "--dataset", dataset, "--epsilon", "2", "--workspace", folder / "workspace"]
    CliRunner().invoke(app, list(map(str, ["score", *words, "--out", tmp_path / "scores.csv"])))
    lines = [line.split(",") for line in (tmp_path / "scores.csv").read_text().splitlines()[1:]]
    expected = [line[0] for line in sorted(lines, key=lambda line: float(line[4]))][:3]
    told = command("--lowest-q", "3", "--epsilon", "2", "--target", "all", "--method", "closed_form")
    assert [one["id"] for one in told["images"]] == expected


def test_an_image_without_a_firing_feature_has_no_signal(command):
    # At epsilon 7.9 nothing fires among 64 features, of which the largest z is at most the root of 63.
    told = command(*named(), "--target", "discriminative", "--epsilon", "7.9")
    assert [one["signal"] for one in told["images"]] == [False, False]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 2, "Name the images: either --images ID, once for each, or --lowest-q N."),
        ([*named(), "--lowest-q", "2"], 2, "Name the images: either --images ID, once for each, or --lowest-q N."),
        ([*named(), "--method", "lime"], 2, "`method` should be one of closed_form, grad_cam, "),
        ([*named(), "--target", "face"], 2, "`target` should be one of feature:NUMBER, discriminative, all, "),
        ([*named(), "--target", "all:1"], 2, "`target` should be one of feature:NUMBER, discriminative, all, "),
        ([*named(), "--target", "feature:x"], 2, "`target` should name a feature by its number, as in `feature:0`."),
        ([*named(), "--target", "feature:64"], 2, "`feature` should lie between 0 and 63. Found 64."),
        (
            [*named(), "--target", "class:wolf"],
            2,
            "split `train`: class0, class1, class2. Found `wolf`.",
        ),
        (["--images", "test/x.png"], 1, "has no image `test/x.png`. Its ids look like `test/class0/0000.png`."),
        (["--images", "test/class2/0011.png"], 1, "it is not an image, or in a format that Pillow does not know."),
        ([*named(), "--target", "norm", "--method", "closed_form"], 2, "Closed form needs features as the target, and"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_file(command, tmp_path, words, status, message):
    assert message in command(*words, status=status)
    assert not (tmp_path / "out").exists()


def test_numbers_alone_have_no_pictures(command):
    assert "`features:mine` holds numbers and no pictures" in command(*named(), dataset="features:mine", status=1)


def test_the_seed_is_the_noise_s(command):
    told = [command(*named(), "--target", "all", "--method", "smooth_grad", "--seed", seed) for seed in (3, 4)]
    assert [one["settings"] for one in told] == [{"samples": 25, "noise": 0.15, "seed": seed} for seed in (3, 4)]
