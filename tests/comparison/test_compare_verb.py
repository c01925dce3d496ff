"""`compare` against the stages it is made of, where images are missing, without labels, and where it must refuse."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from small_inputs import small_encoder_file, write_pictures
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.comparison import CompareSettings, compare, encoder_rows, neighbourhoods, put_together
from qscore_core.encoder_report import ReportSplits
from qscore_core.evaluation import evaluate_signal
from qscore_core.pipeline import Outcomes, Subject
from qscore_core.qscore import QScores
from qscore_core.signals import Evidence
from qscore_core.workspace import Workspace


def write_noise(folder):
    """40 pictures a split whose class nobody can see, so that every probe errs."""
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for number in range(40):
            path = folder / split / "ab"[number % 2] / f"{number:02d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 255, (24, 24, 3), dtype=np.uint8)).save(path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Two random encoders and a labelled folder, compared once by the command line."""
    folder = tmp_path_factory.mktemp("compare")
    encoders = [f"file:{small_encoder_file(folder, seed)}" for seed in (0, 1)]
    write_noise(folder / "pictures")
    return folder, encoders, f"folder:{folder / 'pictures'}"


def run(folder, *words):
    found = CliRunner().invoke(app, [*words, "--workspace", str(folder / "workspace"), "--device", "cpu", "--json"])
    return found.exit_code, json.loads(found.stdout)


def test_rows_are_what_the_other_verbs_say(ready):
    folder, encoders, data = ready
    code, found = run(folder, "compare", *encoders, "--dataset", data, "--out", str(folder / "rows.csv"),
                      "--images-out", str(folder / "images.parquet"))  # fmt: skip
    assert code == 0, found
    assert [row["encoder"] for row in found["rows"]] == encoders
    assert found["neighbourhood_consistency"] is None  # only when asked
    assert "lidar" not in found["rows"][0]
    images = pd.read_parquet(folder / "images.parquet")
    for row in found["rows"]:
        _, probe = run(folder, "probe", "--encoder", row["encoder"], "--dataset", data)
        _, score = run(folder, "score", "--encoder", row["encoder"], "--dataset", data, "--epsilon", "auto")
        q, correct = (images[f"{name} {row['encoder']}"].to_numpy() for name in ("q", "correct"))
        judged = evaluate_signal("q_score", q, correct)
        assert (row["top1"], row["epsilon"], row["mean_q"]) == (probe["top1"], score["epsilon"], score["mean"])
        assert (row["auroc"], tuple(row["auroc_ci"])) == (judged.auroc, judged.auroc_ci)
        assert row["chance_correct"] == judged.accuracy
    rows = pd.read_csv(folder / "rows.csv")
    assert rows["auroc_low"].tolist() == [row["auroc_ci"][0] for row in found["rows"]]
    pair = found["pairs"][0]
    a, b = (images[f"correct {ref}"] for ref in encoders)
    assert pair["outcomes"]["quadrants"]["only A wrong"] == int((~a & b).sum())
    assert pair["outcomes"]["accuracy"]["difference"] == pytest.approx(a.mean() - b.mean())
    low = [images[f"q {ref}"] <= images[f"q {ref}"].median() for ref in encoders]
    assert pair["quadrants"]["both low"] == int((low[0] & low[1]).sum())
    gap = (images[f"rank {encoders[1]}"] - images[f"rank {encoders[0]}"]).to_numpy()
    furthest = [images["id"][place] for place in np.argsort(-gap, kind="stable")[:10] if gap[place] > 0]
    assert pair["disagreement"]["only_first_low"] == furthest


def test_images_that_one_encoder_lacks_are_left_out_of_all_numbers(ready):
    folder, encoders, data = ready
    workspace, settings = Workspace.at(folder / "workspace"), CompareSettings()
    subjects = [Subject(ref, data, "cpu") for ref in encoders]
    whole = compare(subjects, ReportSplits("train", "test"), workspace, settings)
    first, second = whole.members
    cut = put_together([first, _without_the_first(second, 7)], settings.report.evaluation)
    assert cut.shared.images == 33
    assert [len(cut.shared.missing[ref]) for ref in encoders] == [0, 7]
    assert (cut.q(encoders[0]) == whole.q(encoders[0])[7:]).all()
    row = encoder_rows(cut)[0]
    assert (row["images"], row["top1"]) == (33, whole.correct(encoders[0])[7:].mean())
    assert row["auroc"] == evaluate_signal("q", whole.q(encoders[0])[7:], whole.correct(encoders[0])[7:]).auroc


def test_neighbourhood_consistency_counts_fit_images_by_id(ready):
    folder, encoders, data = ready
    workspace = Workspace.at(folder / "workspace")
    found = compare([Subject(ref, data, "cpu") for ref in encoders], ReportSplits("train", "test"), workspace,
                    CompareSettings())  # fmt: skip
    near = neighbourhoods(found, workspace, k=5)
    named = []
    for member in found.members:
        ids = member.analysis.fit.table["id"].to_numpy()
        named.append([set(ids[row[:5]]) for row in Evidence(member.analysis, workspace).plain.index])
    shares = [len(a & b) / len(a | b) for a, b in zip(*named, strict=True)]
    np.testing.assert_allclose(near.consistency, shares)
    assert near.pairs[0, 1] == pytest.approx(np.mean(shares))
    assert 0 < near.pairs[0, 1] < 1


def _without_the_first(member, count):
    """As if extraction had skipped the first images."""
    analysis, scores, outcomes = member.analysis, member.analysis.scores, member.outcomes
    target = replace(analysis.target, table=analysis.target.table.iloc[count:].reset_index(drop=True))
    parts = (scores.q[count:], scores.discriminative_active[count:], scores.highly_active[count:])
    answers = {name: values[count:] for name, values in vars(outcomes).items()}
    return replace(
        member,
        analysis=replace(analysis, target=target, scores=QScores(*parts)),
        outcomes=Outcomes(**answers),
    )


def test_without_labels_only_scores_are_compared(tmp_path):
    encoders = [f"file:{small_encoder_file(tmp_path, seed)}" for seed in (0, 1)]
    write_pictures(tmp_path / "pictures", 20)
    flat = tmp_path / "flat"
    flat.mkdir()
    for number, path in enumerate(sorted((tmp_path / "pictures").rglob("*.png"))):
        path.rename(flat / f"{number}.png")
    code, found = run(tmp_path, "compare", *encoders, "--dataset", f"folder:{flat}")
    assert code == 0, found
    assert found["rows"][0]["top1"] is None
    assert found["pairs"][0]["outcomes"] is None
    assert sum(found["pairs"][0]["quadrants"].values()) == 40


@pytest.mark.parametrize(
    ("encoders", "message"),
    [
        (["habitats:simclr"], "2 to 8 encoders. Found 1"),
        (["habitats:simclr"] * 2, "name each encoder once"),
        ([f"file:{number}" for number in range(9)], "2 to 8 encoders. Found 9"),
    ],
)
def test_too_few_too_many_and_repeated_encoders_are_refused(tmp_path, encoders, message):
    code, found = run(tmp_path, "compare", *encoders, "--dataset", "habitats?count=20")
    assert code == 2
    assert message in found["error"]
