"""Records on disk, and the making of those of runs."""

import json

import pytest
from made_up_records import encoder, report, run
from small_inputs import SHAPE, TRANSFORM, small_encoder_file, write_pictures

from bench.record_encoder import training_of
from bench.record_finetune import keep_run, record_run
from bench.records import Snapshot, read_encoders, read_runs, snapshot_of, write_encoder, write_run
from qscore_core.encoder_report import ReportSettings, encoder_report, report_splits
from qscore_core.encoders import save_encoder
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.evaluation import EvaluationSettings
from qscore_core.pipeline import Subject
from qscore_core.probe import LogisticRecipe, ProbeSettings
from qscore_core.workspace import write_json


def test_encoders_come_back_as_they_were_written(tmp_path):
    written = [encoder("untrained"), encoder("simclr", heat=False)]
    paths = [write_encoder(record, tmp_path) for record in written]
    assert [path.name for path in paths] == ["encoder-untrained.json", "encoder-simclr.json"]
    assert read_encoders(tmp_path) == written[::-1]


def test_a_run_recorded_again_replaces_its_line(tmp_path):
    assert read_runs(tmp_path) == []
    for record in (run("lasso", 1), run("control", 1), run("control", 0, top1=0.5), run("control", 0, top1=0.7)):
        write_run(record, tmp_path / "new")
    found = read_runs(tmp_path / "new")
    assert found == [run("control", 0, top1=0.7), run("control", 1), run("lasso", 1)]
    lines = (tmp_path / "new" / "finetune.jsonl").read_text().splitlines()
    assert [json.loads(line)["after"]["top1"] for line in lines] == [0.7, 0.8, 0.8]


def test_a_snapshot_by_hand():
    # 8 of 10 right: all 8 where the habitat fits, none of 2 where not; of `swapped` 4 of 5.
    expected = Snapshot(2.2, 0.8, 1.0, 0.0, 0.8, 0.0508, 0.125, 0.6, 0.85, 0.25, 0.0413, 114.38, 0.25, None)
    assert snapshot_of(report(), "auto") == expected
    without = snapshot_of(report(heat=False), "4")
    assert (without.epsilon, without.auroc, without.core, without.top1) == (4.0, None, None, 0.8)


def test_the_training_of_a_built_in_encoder_is_in_its_file():
    found = training_of("simclr")
    assert found["settings"]["method"] == "simclr"
    assert found["settings"]["seed"] == 0
    assert "thumbprint" not in found
    assert training_of("untrained") is None


LAST_EPOCH = {
    **{"nt_xent": 2.5, "q_score": -0.2, "gradient_ssl": 0.3, "gradient_q_score": 0.02},
    **{"spread": 0.5, "mean_q": 0.06, "empty": 0.2},
}


@pytest.fixture
def finished_run(workspace, tmp_path):
    """A run folder as fine-tuning leaves it, of a small encoder."""
    folder = workspace.root / "runs" / "simclr-q-score-1"
    folder.mkdir(parents=True)
    record = {"final_terms": LAST_EPOCH}
    save_encoder(folder / "encoder.safetensors", build_resnet(SHAPE, 1), SHAPE, TRANSFORM, "simclr", record)
    parent = f"file:{small_encoder_file(workspace.root)}"
    dataset = f"folder:{write_pictures(tmp_path / 'pictures', 40, classes=4)}"
    settings = {"method": "simclr", "arm": "q-score", "seed": 1, "parent": parent, "features": {"epsilon": 2.3}}
    settings |= {"dataset": dataset}
    write_json(folder / "settings.json", settings)
    return folder.name


def test_the_record_of_a_run_compares_it_with_its_parent(workspace, finished_run, tmp_path):
    data = f"folder:{tmp_path / 'pictures'}"
    fast = ProbeSettings(fast=LogisticRecipe(strengths=(0.01,)))
    how = ReportSettings(epsilons=(2.0,), probe=fast, evaluation=EvaluationSettings(resamples=20))
    record = record_run(finished_run, "quick", workspace, how, "noise")
    assert record.key == ("noise", "quick", "simclr", "q-score", 1)
    assert str(tmp_path) not in str(record.settings["dataset"])  # a folder of this machine says nothing elsewhere
    assert (record.before.epsilon, record.after.epsilon) == (2.3, 2.3)
    which = report_splits(data, workspace)
    after = encoder_report(Subject(f"run:{finished_run}", data), which, workspace, settings=how)
    assert record.after.top1 == after.accuracy("test").top1
    assert record.after.rankme == after.metrics["rankme"]
    assert record.before.rankme != record.after.rankme
    assert record.last_epoch == LAST_EPOCH
    assert read_runs(keep_run(record, tmp_path / "records", workspace).parent) == [record]
