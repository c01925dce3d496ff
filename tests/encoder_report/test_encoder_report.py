"""The report against the stages it is made of, on Habitats, and on data without labels, masks or a second split."""

import json
from dataclasses import replace

import numpy as np
import pytest
import reference_formulas as reference
from small_inputs import small_encoder_file, write_pictures
from typer.testing import CliRunner

from qscore_core.alignment import AlignmentSettings, HeatSettings, heat_shares, measure
from qscore_core.cli import app
from qscore_core.datasets import open_dataset
from qscore_core.encoder_report import ReportSettings, ReportSplits, encoder_report, report_splits, stored_report
from qscore_core.encoders import load_encoder
from qscore_core.errors import DatasetError
from qscore_core.evaluation import EvaluationSettings, evaluate_signal
from qscore_core.extraction import ExtractSettings
from qscore_core.imported import ImportRequest, import_features
from qscore_core.model_metrics import model_metrics
from qscore_core.pipeline import Subject, analyse, outcomes_of, probe_of, representations_of, with_epsilon
from qscore_core.probe import LogisticRecipe, ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.workspace import Workspace

HABITATS = "habitats?count=60"
QUICK = ReportSettings(
    epsilons=(3.0, 2.0, "auto"),
    probe=ProbeSettings(fast=LogisticRecipe(strengths=(0.01,))),
    evaluation=EvaluationSettings(resamples=30),
    heat=HeatSettings(images=20),
)
WITHOUT_WORKERS = ExtractSettings(workers=0)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace, a small encoder on Habitats, and the report on it."""
    workspace = Workspace.at(tmp_path_factory.mktemp("report") / "workspace")
    encoder = f"file:{small_encoder_file(workspace.root)}"
    subject = Subject(encoder, HABITATS, "cpu", WITHOUT_WORKERS)
    return workspace, subject, encoder_report(subject, report_splits(HABITATS, workspace), workspace, settings=QUICK)


def stored(made, split):
    workspace, subject, _ = made
    return representations_of(subject, split, workspace).representations


def test_it_says_what_it_is_about(made):
    _, subject, report = made
    assert (report.encoder, report.dataset, report.method) == (subject.encoder, HABITATS, "untrained")
    assert (report.dim, report.fit, report.split, report.fit_images, report.images) == (64, "train", "test", 60, 60)


def test_accuracies_are_the_probes_on_each_split_and_habitat(made):
    workspace, _, report = made
    train = stored(made, "train")
    probe = probe_of(train, QUICK.probe, workspace)
    test, swapped = (outcomes_of(probe, stored(made, split), train.classes).correct for split in ("test", "swapped"))
    fits = open_dataset(HABITATS, "test", workspace=workspace).table["habitat_fits"].to_numpy()
    expected = [
        *(("test", "all", test), ("test", "habitat fits", test[fits])),
        *(("test", "habitat does not fit", test[~fits]), ("swapped", "all", swapped)),
    ]
    found = [(a.split, a.part, a.images, a.top1) for a in report.accuracies]
    assert found == [(split, part, len(right), right.mean()) for split, part, right in expected]
    assert all(accuracy.low <= accuracy.top1 <= accuracy.high for accuracy in report.accuracies)


def test_scores_equal_the_plain_loop(made):
    report, train, test = made[2], stored(made, "train").matrix, stored(made, "test").matrix
    assert [score.asked for score in report.scores] == ["3", "2", "auto"]
    for score in report.scores:
        members = reference.discriminative(reference.rates(train, score.epsilon), 50, 95)
        q = reference.q_scores(test, members, score.epsilon)
        active = [len(reference.highly_active(row, score.epsilon)) for row in reference.rows(test)]
        assert score.discriminative == len(members)
        assert score.mean_q == pytest.approx(q.mean(), abs=1e-6)
        assert score.quartiles == pytest.approx(np.quantile(q, (0.25, 0.5, 0.75)), abs=1e-6)
        assert (score.empty_share, score.mean_active) == pytest.approx(((q == 0).mean(), np.mean(active)))
        assert sum(score.histogram.counts) == (q > 0).sum()


def test_evaluation_check_metrics_and_heat_are_the_pipelines(made):
    workspace, subject, report = made
    train, test = stored(made, "train"), stored(made, "test")
    correct = outcomes_of(probe_of(train, QUICK.probe, workspace), test, train.classes).correct
    settings = with_epsilon(ScoreSettings(), "auto", train, workspace)
    analysis, auto = analyse(test, train, settings, workspace), report.score("auto")
    assert auto.epsilon == settings.features.epsilon
    assert auto.evaluation == evaluate_signal("q_score", analysis.scores.q, correct, QUICK.evaluation)
    assert (auto.findings, auto.suits) == (analysis.check.findings, analysis.check.suits)
    assert report.metrics == model_metrics(train)
    dataset, encoder = (
        open_dataset(HABITATS, "test", workspace=workspace),
        load_encoder(subject.encoder, workspace=workspace),
    )
    assert report.heat == heat_shares(measure(encoder, dataset, analysis, AlignmentSettings(images=20)))


def test_a_second_call_answers_from_the_workspace(made, monkeypatch):
    workspace, subject, report = made
    monkeypatch.setattr("qscore_core.encoder_report.making._made", lambda _: pytest.fail("made again"))
    assert encoder_report(subject, report_splits(HABITATS, workspace), workspace, settings=QUICK) == report


def test_a_stored_report_is_opened_and_one_that_was_never_made_is_not(made):
    workspace, subject, report = made
    which = report_splits(HABITATS, workspace)
    rows = {split: stored(made, split) for split in which.names}
    assert stored_report(subject, which, rows, workspace, QUICK) == report
    assert stored_report(subject, which, rows, workspace, replace(QUICK, epsilons=(2.5,))) is None
    assert stored_report(replace(subject, encoder="other"), which, rows, workspace, QUICK) is None


def test_another_question_is_another_report(made):
    workspace, subject, report = made
    which = ReportSplits("train", "swapped", ("test",))
    other = encoder_report(subject, which, workspace, settings=QUICK)
    assert (other.split, [a.split for a in other.accuracies]) == ("swapped", ["swapped", "swapped", "test"])
    assert other.accuracy("swapped").top1 == report.accuracy("swapped").top1


def test_the_same_number_asked_for_twice_stands_twice(made):
    workspace, subject, report = made
    auto = report.score("auto").epsilon
    settings = ReportSettings((auto, "auto"), probe=QUICK.probe, evaluation=QUICK.evaluation, heat=QUICK.heat)
    first, second = encoder_report(subject, ReportSplits("train", "test"), workspace, settings=settings).scores
    assert (first.asked, second.asked) == (f"{auto:g}", "auto")
    assert first.evaluation == second.evaluation == report.score("auto").evaluation


def test_a_flat_folder_without_labels(tmp_path, workspace):
    write_pictures(tmp_path / "pictures", 12, classes=1, splits=("all",))
    subject = Subject(
        f"file:{small_encoder_file(tmp_path)}", f"folder:{tmp_path / 'pictures/all/class0'}", "cpu", WITHOUT_WORKERS
    )
    which = report_splits(subject.dataset, workspace)
    assert which.fit == which.target
    report = encoder_report(subject, which, workspace, settings=QUICK)
    assert (report.accuracies, report.heat, report.images) == ((), None, 12)
    assert all(score.evaluation is None for score in report.scores)
    assert {"rankme", "zeros", "negatives", "spread", "stable_rank"} <= set(report.metrics)
    assert "cluster_learnability" not in report.metrics  # twelve images make no clusters


def test_a_probe_is_not_asked_about_its_own_images(tmp_path, workspace):
    write_pictures(tmp_path / "pictures", 12)
    subject = Subject(f"file:{small_encoder_file(tmp_path)}", f"folder:{tmp_path / 'pictures'}", "cpu", WITHOUT_WORKERS)
    report = encoder_report(subject, ReportSplits("train", "train"), workspace, settings=QUICK)
    assert report.accuracies == ()
    assert report.scores[0].evaluation is None


def test_a_probe_without_a_mistake_leaves_nothing_to_predict(tmp_path, workspace):
    labels = np.arange(40) % 2
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        h = np.maximum(rng.standard_normal((40, 64)), 0)
        h[:, :20] += 100 * labels[:, None]  # a third of the features tell the classes apart
        np.save(tmp_path / "h.npy", h)
        np.save(tmp_path / "y.npy", labels)
        request = ImportRequest(tmp_path / "h.npy", "mine", split, tmp_path / "y.npy", None)
        import_features(request, workspace)
    subject = Subject(None, "features:mine")
    report = encoder_report(subject, report_splits("features:mine", workspace), workspace, settings=QUICK)
    assert report.accuracy("test").top1 == 1.0
    assert (report.encoder, report.method, report.heat) == (None, "", None)
    assert all(score.evaluation is None for score in report.scores)


def test_further_splits_need_labels_of_the_same_classes(tmp_path, workspace):
    write_pictures(tmp_path, 4, classes=2, splits=("train", "test", "easy", "hard"))
    write_pictures(tmp_path, 6, classes=3, splits=("odd",))
    found = report_splits(f"folder:{tmp_path}", workspace)
    assert found == ReportSplits("train", "test", ("easy", "hard"))
    assert found.names == ("train", "test", "easy", "hard")
    assert report_splits(f"folder:{tmp_path}", workspace, "easy", "odd").others == ("hard", "test", "train")


def test_splits_that_cannot_be_guessed_are_asked_for(tmp_path, workspace):
    write_pictures(tmp_path, 2, splits=("a", "b"))
    with pytest.raises(DatasetError, match=r"has the splits a, b: name one with --fit\.$"):
        report_splits(f"folder:{tmp_path}", workspace)
    with pytest.raises(DatasetError, match=r"has the splits a, b: name one with --split\.$"):
        report_splits(f"folder:{tmp_path}", workspace, fit="a")


def test_the_verb_prints_it(made):
    workspace, subject, report = made
    words = [
        "encoder-report",
        "--encoder",
        subject.encoder,
        "--dataset",
        HABITATS,
        "--epsilon",
        "3",
        "--epsilon",
        "auto",
    ]
    result = CliRunner().invoke(app, [*words, "--workspace", str(workspace.root), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [score["asked"] for score in told["scores"]] == ["3", "auto"]
    assert told["metrics"] == report.metrics
    assert f"Note: {told['scores'][0]['findings'][0]}" in result.stderr
    assert {accuracy["split"] for accuracy in told["accuracies"]} == {"test", "swapped"}
