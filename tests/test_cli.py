import json
import signal

import numpy as np
import pandas as pd
import pytest
import reference_formulas as reference
import torch
from small_inputs import small_encoder_file, spoil, write_pictures
from typer.testing import CliRunner

from qscore_core.cli import app

SCORES = [
    *("id", "path", "label", "split", "q_score", "highly_active", "discriminative_active"),
    *("mean", "std", "max_z", "q_score_v1"),
]


class Command:
    """Runs a verb as a user would; stdout must be one JSON document, on success and on failure."""

    def __init__(self, workspace):
        self.workspace = workspace

    def __call__(self, *words, status=0):
        self.result = CliRunner().invoke(app, [*map(str, words), "--workspace", str(self.workspace.root), "--json"])
        assert self.result.exit_code == status, self.result.output
        return json.loads(self.result.stdout)

    def error(self, *words, status=1):
        document = self(*words, status=status)
        assert list(document) == ["error"]
        assert document["error"] in self.result.stderr
        return document["error"]


@pytest.fixture(autouse=True)
def _same_signals_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def command(workspace):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield Command(workspace)
    torch.set_num_threads(threads)


@pytest.fixture
def subject(tmp_path):
    """Options that name a small encoder and two labelled splits of 30 pictures."""
    write_pictures(tmp_path / "pictures", 30, classes=3)
    return ["--encoder", f"file:{small_encoder_file(tmp_path)}", "--dataset", f"folder:{tmp_path / 'pictures'}"]


def heavy_tailed(images, dim, seed=0):
    h = np.random.default_rng(seed).standard_normal((images, dim)) ** 3
    return np.maximum(h, 0).astype(np.float32).astype(np.float64)


def digits(images, dim):
    """Real data: the pixels of handwritten digits, cut or widened to `dim` by products of neighbouring pixels."""
    from sklearn.datasets import load_digits

    pixels = load_digits().data[:images]
    wide = np.concatenate(
        [pixels] + [pixels * np.roll(pixels, shift, axis=1) for shift in range(1, dim // 64 + 1)], axis=1
    )
    return wide[:, 20 : 20 + dim] if dim < 64 else wide[:, :dim]


ARRAYS = {"random": heavy_tailed, "real": digits}


@pytest.mark.parametrize("dim", [18, 512, 2048])
@pytest.mark.parametrize("kind", ARRAYS)
def test_imported_features_score_as_a_plain_loop_does(command, tmp_path, kind, dim):
    fit, target = np.split(ARRAYS[kind](80, dim), 2)
    for split, values in (("train", fit), ("test", target)):
        np.save(tmp_path / "h.npy", values)
        found = command("import-features", tmp_path / "h.npy", "--name", "mine", "--split", split)
        assert found == {"ref": "features:mine", "images": 40, "dim": dim, "split": split}
    for epsilon in (2, 3, 4):
        rates = reference.rates(fit, epsilon)
        for lower, upper in ((50, 95), (0, 100), (25, 75)):
            out = tmp_path / "scores.parquet"
            band = ["--percentiles", lower, upper]
            told = command("score", "--dataset", "features:mine", "--epsilon", epsilon, *band, "--out", out)
            members = reference.discriminative(rates, lower, upper)
            expected, table = reference.q_scores(target, members, epsilon), pd.read_parquet(out)
            np.testing.assert_allclose(table["q_score"], expected, rtol=0, atol=1e-6)
            assert (told["discriminative"], told["empty"]) == (len(members), int((expected == 0).sum()))
            assert told["mean"] == pytest.approx(expected.mean(), abs=1e-6)


def test_the_scores_file_has_its_columns_in_data_set_order(command, tmp_path, subject):
    for name in ("scores.csv", "deep/scores.parquet"):
        told = command("score", *subject, "--epsilon", "2", "--out", tmp_path / name)
        read = pd.read_csv if name.endswith("csv") else pd.read_parquet
        table = read(tmp_path / name)
        assert told["out"] == str(tmp_path / name)
        assert list(table.columns) == SCORES
        assert table["id"].tolist() == [f"test/class{c}/{n:04d}.png" for c in range(3) for n in range(c, 30, 3)]
        assert table["label"].tolist() == [0] * 10 + [1] * 10 + [2] * 10
        assert set(table["split"]) == {"test"}
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["scores.parquet"]


def test_score_tells_what_it_did(command, subject):
    told = command("score", *subject, "--epsilon", "2.5", "--percentiles", "10", "90")
    assert {"images", "dim", "epsilon", "percentiles", "discriminative", "empty", "mean", "quantiles", "out"} <= set(
        told
    )
    assert (told["images"], told["dim"], told["epsilon"], told["percentiles"]) == (30, 64, 2.5, [10, 90])
    assert (told["split"], told["fitted_on_itself"], told["out"]) == ("test", False, None)
    assert told["fit"].endswith("/train")
    assert list(told["quantiles"].values()) == sorted(told["quantiles"].values())
    itself = command("score", *subject, "--split", "train", "--epsilon", "2.5")
    assert itself["fitted_on_itself"]
    assert "D was found on the same split that is scored" in command.result.stderr
    other = command("score", *subject, "--fit", f"{subject[3]}/test", "--epsilon", "2.5")
    assert other["fitted_on_itself"]


def test_epsilon_auto_is_a_number_in_the_answer(command, subject):
    told = command("score", *subject, "--epsilon", "auto")
    assert told["epsilon"] == told["fit_check"]["auto_epsilon"]
    assert 2 <= told["epsilon"] <= 5


def test_an_encoder_that_does_not_suit_is_told_beside_the_answer(command, subject):
    told = command("score", *subject, "--epsilon", "6")
    assert told["fit_check"]["suits"] is False
    assert "of the images have no highly active discriminative feature" in command.result.stderr
    assert told["fit_check"]["findings"][0] in command.result.stderr


def test_extract_lists_what_it_skipped_and_is_reused(command, subject, tmp_path):
    bad = next((tmp_path / "pictures" / "train").rglob("0004.png"))
    spoil(bad, "text")
    told = command("extract", *subject, "--split", "train", "--batch-size", "8", "--workers", "0")
    assert {"artefact", "images", "dim", "skipped", "reused", "images_per_second"} <= set(told)
    assert (told["images"], told["dim"], told["reused"]) == (29, 64, False)
    assert told["images_per_second"] > 0
    assert [(skipped["path"], skipped["id"]) for skipped in told["skipped"]] == [(str(bad), "train/class1/0004.png")]
    assert f"skipped {bad}: Image `{bad}` cannot be read: it is not an image" in command.result.stderr
    assert "extract: " in command.result.stderr
    assert command("extract", *subject, "--split", "train")["reused"] is True


def test_encoders_and_datasets_are_listed(command):
    encoders = command("encoders")
    assert {"ref", "method", "arch", "dim", "source", "available"} <= set(encoders[0])
    assert "torchvision:resnet50/IMAGENET1K_V2" in {entry["ref"] for entry in encoders}
    habitats = next(entry for entry in command("datasets") if entry["ref"] == "habitats")
    assert {"ref", "splits", "images", "classes", "masks"} <= set(habitats)
    assert (habitats["splits"], habitats["classes"], habitats["masks"]) == (["train", "test", "swapped"], 10, True)


def test_a_checkpoint_is_inspected(command, tmp_path):
    told = command("inspect", small_encoder_file(tmp_path))
    expected = {
        "layout",
        "method",
        "arch",
        "dim",
        "stem",
        "prefix",
        "kept",
        "dropped",
        "missing",
        "unexpected",
        "heads",
    }
    assert expected <= set(told)
    assert told["dim"] == 64
    (tmp_path / "page.pth").write_text("<!DOCTYPE html><html>not found</html>")
    assert "page.pth" in command.error("inspect", tmp_path / "page.pth")


def test_probe_and_compress(command, subject):
    told = command("probe", *subject)
    assert {"top1", "classes", "recipe"} <= set(told)
    assert (told["classes"], told["recipe"], told["images"], told["train_images"]) == (3, "fast", 30, 30)
    assert told["top1"] in [right / 30 for right in range(31)]
    curve = command("compress", *subject, "--epsilon", "2")
    assert {"curve", "epsilon"} <= set(curve)


def test_evaluate_judges_every_signal_with_intervals(command, tmp_path):
    rng, labels = np.random.default_rng(0), np.arange(60) % 3
    for split in ("train", "test"):
        values = heavy_tailed(60, 64, seed=len(split))
        values[np.arange(60), labels] += rng.random(60) * 30  # some images are easy, some are not
        np.save(tmp_path / "h.npy", values)
        np.save(tmp_path / "y.npy", labels)
        files = [tmp_path / "h.npy", "--labels", tmp_path / "y.npy"]
        command("import-features", *files, "--name", "mine", "--split", split)
    told = command("evaluate", "--dataset", "features:mine", "--epsilon", "3", "--out", tmp_path / "tables")
    assert {"accuracy", "signals", "differences", "risk_coverage", "deciles", "classes", "surface"} <= set(told)
    names = {"signals.csv", "risk_coverage.csv", "deciles.csv", "classes.csv", "surface.csv", "images.parquet"}
    assert {path.name for path in (tmp_path / "tables").iterdir()} == names
    for signal_ in told["signals"]:
        assert {"name", "auroc", "auroc_ci", "auprc_correct", "auprc_error"} <= set(signal_)
        assert signal_["auroc_ci"][0] <= signal_["auroc"] <= signal_["auroc_ci"][1]
    assert {"q_score", "q_score_v1", "max_z"} <= {signal_["name"] for signal_ in told["signals"]}


def test_classes_of_two_arrays_are_matched_by_name(command, tmp_path):
    # One feature a class; the test array lacks the first class, so its own numbering is shifted by one.
    for split, names in (("train", ["a", "b", "c"]), ("test", ["b", "c"])):
        labels = np.resize(names, 90)
        values = heavy_tailed(90, 64, seed=len(names)) * 0.01
        values[np.arange(90), [ord(name) - 97 for name in labels]] += 5
        np.save(tmp_path / "h.npy", values)
        np.save(tmp_path / "y.npy", labels)
        files = [tmp_path / "h.npy", "--labels", tmp_path / "y.npy"]
        command("import-features", *files, "--name", "mine", "--split", split)
    assert command("probe", "--dataset", "features:mine")["top1"] > 0.8  # 0.5 or less where the numbers were compared
    np.save(tmp_path / "y.npy", np.resize(["b", "zebu"], 90))
    command("import-features", *files, "--name", "mine", "--split", "test")
    message = command.error("probe", "--dataset", "features:mine")
    assert message.endswith("split `test` should hold classes of the train split only. Found also `zebu`.")


def test_unlabelled_features_are_scored_but_not_probed(command, tmp_path):
    for split in ("train", "test"):
        np.save(tmp_path / "h.npy", heavy_tailed(20, 64))
        command("import-features", tmp_path / "h.npy", "--name", "mine", "--split", split)
    assert command("score", "--dataset", "features:mine", "--epsilon", "3")["images"] == 20
    expected = "`features:mine` split `train` should have a label for every image. Found 20 of 20 without one."
    for verb in ("probe", "evaluate", "compress"):
        assert command.error(verb, "--dataset", "features:mine") == expected


def test_jobs_are_listed_and_an_unknown_one_is_named(command):
    assert command("jobs") == []
    assert command.error("jobs", "show", "none") == "This workspace has no job `none`."
    assert command.error("jobs", "cancel", status=2) == "`jobs cancel` should name a job; `jobs list` shows them."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["score", "--dataset", "habitats", "--epsilon", "big"],
            "`epsilon` should be a number or `auto`. Found `big`.",
        ),
        (["score", "--dataset", "habitats", "--epsilon", "0"], "`epsilon` should lie between 0.5 and 10.0. Found 0.0."),
        (
            ["score", "--dataset", "habitats", "--epsilon", "nan"],
            "`epsilon` should lie between 0.5 and 10.0. Found nan.",
        ),
        (
            ["score", "--dataset", "habitats", "--percentiles", "95", "50"],
            "`percentiles` should rise from 0 to 100. Found 95.0 and 50.0; the paper uses 50 95.",
        ),
        (["score", "--dataset", "habitats", "--out", "x.txt"], "`out` should end in .csv or .parquet. Found `x.txt`."),
        (
            ["extract", "--dataset", "habitats", "--precision", "fp8"],
            "`precision` should be fp32, bf16 or fp16. Found `fp8`.",
        ),
        (["extract", "--dataset", "habitats"], "`habitats` needs an encoder; only `features:NAME` comes without one."),
    ],
)
def test_wrong_use_has_status_2_and_says_what_is_right(command, words, message):
    assert command.error(*words, status=2) == message


def test_an_unknown_option_has_status_2_and_leaves_stdout_empty(workspace):
    for words in (["extract", "--no-such"], ["no-such-verb"], ["score"]):
        result = CliRunner().invoke(app, [*words, "--workspace", str(workspace.root), "--json"])
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr


def test_failures_have_status_1_and_name_the_input(command, tmp_path, subject):
    assert "/nowhere" in command.error("extract", *subject[:2], "--dataset", "folder:/nowhere")
    np.save(tmp_path / "h.npy", np.ones((5, 17)))
    command("import-features", tmp_path / "h.npy", "--name", "narrow")
    message = command.error("score", "--dataset", "features:narrow")
    assert message.startswith("Every representation of `features:narrow`") or "largest" in message
    np.save(tmp_path / "h.npy", heavy_tailed(5, 17))
    command("import-features", tmp_path / "h.npy", "--name", "narrow")
    expected = "the largest possible z is sqrt(17 - 1) = 4.00. Use an encoder with more than 17 features or a smaller"
    assert expected in command.error("score", "--dataset", "features:narrow")


def test_an_out_file_that_cannot_be_written_is_named(command, subject, tmp_path):
    (tmp_path / "file").write_text("x")
    message = command.error("score", *subject, "--epsilon", "2", "--out", tmp_path / "file" / "scores.csv")
    assert message.startswith(f"Cannot write `{tmp_path / 'file' / 'scores.csv'}`: ")
    assert "choose another folder" in message
    (tmp_path / "taken.csv").mkdir()
    message = command.error("score", *subject, "--epsilon", "2", "--out", tmp_path / "taken.csv")
    assert message == f"Cannot write `{tmp_path / 'taken.csv'}`: there is a folder of that name; choose another name."


@pytest.mark.parametrize("verb", ["extract", "pretrain", "finetune"])
def test_of_several_processes_only_the_first_speaks_but_each_tells_its_failure(workspace, monkeypatch, verb):
    monkeypatch.setenv("LOCAL_RANK", "1")
    encoder = [] if verb == "pretrain" else ["--encoder", "habitats:untrained"]
    words = [verb, *encoder, "--dataset", "folder:/nowhere", "--workspace", str(workspace.root), "--json"]
    first = CliRunner().invoke(app, words)
    other = CliRunner().invoke(app, [*words, "--devices", "2"])
    assert (first.exit_code, other.exit_code) == (1, 1)
    assert (json.loads(first.stdout)["error"], other.stdout) == (first.stderr.strip(), "")
    assert other.stderr == first.stderr


def test_without_json_the_answer_is_readable(workspace, subject):
    result = CliRunner().invoke(app, ["extract", *subject, "--split", "test", "--workspace", str(workspace.root)])
    assert result.exit_code == 0
    assert ["images", "30"] in [line.split() for line in result.stdout.splitlines()]


def test_ctrl_c_says_that_nothing_is_lost(command, subject, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("qscore_core._representing._represent", stop)
    message = command.error("extract", *subject, "--split", "test", "--workers", "0", status=130)
    assert message == "Stopped. What was computed is kept: run the same command again to go on."


def test_help_lists_every_verb():
    result = CliRunner().invoke(app, ["--help"])
    verbs = ["encoders", "datasets", "inspect", "import-features", "extract", "score", "probe", "compress", "evaluate"]
    assert all(verb in result.stdout for verb in [*verbs, "pretrain", "jobs", "serve"])
