"""`align` as a user runs it."""

import json

import pandas as pd
import pytest
from small_inputs import small_encoder_file, write_pictures
from typer.testing import CliRunner

from qscore_core.alignment import METRIC_KEYS
from qscore_core.cli import app

HABITATS = "habitats?count=60"


class Verb:
    def __init__(self, workspace):
        self.common = ["--workspace", str(workspace), "--json", "--device", "cpu"]

    def __call__(self, *words, status=0):
        self.result = CliRunner().invoke(app, ["align", *map(str, words), *self.common])
        assert self.result.exit_code == status, self.result.output
        return json.loads(self.result.stdout)


@pytest.fixture(scope="module")
def align(tmp_path_factory):
    folder = tmp_path_factory.mktemp("align")
    verb = Verb(folder / "workspace")
    verb.folder, verb.encoder = folder, f"file:{small_encoder_file(folder)}"
    return verb


@pytest.fixture(scope="module")
def found(align):
    outs = [
        word for name in ("out", "features-out", "sweep-out") for word in (f"--{name}", align.folder / f"{name}.csv")
    ]
    return align("--encoder", align.encoder, "--dataset", HABITATS, "--epsilon", 2, "--top", 4, *outs)


def test_it_tells_overlaps_thresholds_and_counts(found):
    assert (found["images"], found["split"], found["epsilon"], found["metric"]) == (60, "test", 2.0, "heat_iou")
    assert found["thresholds"] == {"heat": 0.5, "mask": 0.5}
    for kind in ("core", "spurious"):
        of_kind = found[kind]
        assert of_kind["images"] + of_kind["without_heat"] >= 60 - of_kind["without_mask"]
        assert of_kind["ci"][0] <= of_kind["mean"] <= of_kind["ci"][1]
        assert 0 < of_kind["chance"] < 1
        assert 0 < of_kind["shuffled"] < 1
        assert list(found["metrics"][kind]) == list(METRIC_KEYS)
        assert found["metrics"][kind]["heat_iou"]["mean"] == of_kind["mean"]
    assert [row["outcome"] for row in found["outcomes"]] == ["correct", "misclassified"]
    assert sum(row["core_images"] for row in found["outcomes"]) == found["core"]["images"]
    assert len(found["classes"]) == 10


def test_tables_are_written(found):
    tables = [pd.read_csv(found[name]) for name in ("out", "features_out", "sweep_out")]
    images, features, sweep = tables
    assert len(images) == 60
    assert images["core_heat_iou"].mean() == pytest.approx(found["core"]["mean"], abs=1e-6)
    assert images["core_share"].between(0, 1).all()
    assert len(features) == found["discriminative"] > 0
    assert features["leaning"].dropna().is_monotonic_increasing
    assert len(sweep) == 2 * 3 * 21
    at_half = sweep[(sweep["kind"] == "core") & (sweep["mask_threshold"] == 0.5) & (sweep["heat_threshold"] == 0.5)]
    assert at_half["mean"].item() == pytest.approx(found["core"]["mean"], abs=1e-6)


def test_another_metric_and_threshold(align, found):
    words = ["--encoder", align.encoder, "--dataset", HABITATS, "--epsilon", 2, "--top", 4]
    other = align(*words, "--metric", "mass", "--heat-threshold", 0.1, "--images", 30)
    assert (other["images"], other["metric"], other["thresholds"]["heat"]) == (30, "mass", 0.1)
    assert other["core"]["mean"] != found["core"]["mean"]


def test_what_changed_after(align, found):
    other = f"file:{small_encoder_file(align.folder, seed=3)}"
    words = ["--encoder", align.encoder, "--dataset", HABITATS, "--epsilon", 2, "--top", 4]
    told = align(*words, "--after", other, "--changes-out", align.folder / "changes.csv")
    assert (told["core"], told["after"]) == (found["core"], other)
    rows, table = told["changes"], pd.read_csv(told["changes_out"])
    assert [row["kind"] for row in rows[:2]] == ["core", "spurious"]
    assert rows[0]["difference"] == pytest.approx(rows[0]["after"] - rows[0]["before"])
    assert len(table) == 60
    assert set(table["change"]) <= {row["change"] for row in rows[2:]}


def test_without_a_train_split_there_are_no_outcomes(align):
    folder = align.folder / "one"
    write_pictures(folder, 6, splits=("only",))
    paths = sorted(folder.rglob("*.png"))
    rows = pd.DataFrame({"image_path": paths, "core_mask": paths[::-1]})
    rows.to_csv(align.folder / "t.csv", index=False)
    table = f"table:{align.folder / 't.csv'}"
    found = align("--encoder", align.encoder, "--dataset", table, "--epsilon", 2)
    assert (found["outcomes"], found["classes"]) == ([], [])
    assert found["spurious"] == {
        **{"images": 0, "mean": None, "ci": [None, None], "chance": None, "shuffled": None},
        **{"without_heat": found["core"]["without_heat"], "without_mask": 6},
    }
    assert "Note: no outcomes; they need labels and a split `train` besides the one looked at." in align.result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--metric", "iou"], "`metric` should be one of heat_iou, "),
        (["--heat-threshold", "2"], "The heat threshold should lie between 0 and 1. Found 2.0."),
        (["--top", "0"], "`top` should be at least 1. Found 0."),
        (["--features-out", "f.txt"], "`out` should end in .csv or .parquet. Found `f.txt`."),
    ],
)
def test_wrong_options_are_told_before_any_work(align, words, message):
    error = align("--encoder", align.encoder, "--dataset", HABITATS, *words, status=2)["error"]
    assert message in error


def test_a_set_without_masks_is_refused(align):
    write_pictures(align.folder / "plain", 6, splits=("test",))
    error = align("--encoder", align.encoder, "--dataset", f"folder:{align.folder / 'plain'}", status=1)["error"]
    assert "has no masks, so heat cannot be compared with them. Use `habitats`, a `table:` with the columns" in error
