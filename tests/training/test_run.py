"""Runs as a user sees them: files, resuming, stopping, refusing."""

import csv
import json
import os
import re
import signal
from dataclasses import replace

import pytest
import safetensors.torch
import torch
from training_set import SHAPE, pretrain, stripes, tiny_settings

from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.encoders.own_format import read_own_metadata
from qscore_core.errors import SettingsError, TrainingError, TrainingStoppedError, WorkspaceError
from qscore_core.workspace import Workspace, read_json


def test_a_run_leaves_its_settings_metrics_heads_and_an_encoder_with_its_record(workspace):
    heard = []
    result = pretrain(tiny_settings(), workspace=workspace, dataset=stripes(), on_progress=heard.append)
    folder = workspace.root / "runs" / result.run
    assert result.encoder_path == folder / "encoder.safetensors"
    assert (result.epochs, result.device) == (3, "cpu")
    metadata = read_own_metadata(result.encoder_path)
    assert (metadata.shape, metadata.transform, metadata.method) == (SHAPE, tiny_settings().network.transform, "simclr")
    assert metadata.record["settings"] == json.loads(json.dumps(tiny_settings().as_dict()))
    assert metadata.record["steps"] == 12
    with (folder / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "step", "nt_xent", "gradient_ssl", "spread", "learning_rate", "seconds"]
    # few steps, so a row for each
    assert [(row["epoch"], row["step"]) for row in rows[:5]] == [
        ("0.25", "1"),
        ("0.5", "2"),
        ("0.75", "3"),
        ("1", "4"),
        ("1.25", "5"),
    ]
    last_epoch = sum(float(row["nt_xent"]) for row in rows[8:12]) / 4
    assert metadata.record["final_terms"]["nt_xent"] == pytest.approx(last_epoch, rel=1e-5)
    assert "projector.layers.0.weight" in safetensors.torch.load_file(folder / "heads.safetensors")
    status = read_json(folder / "status.json")
    assert (status["state"], status["done"], status["total"], status["pid"]) == ("done", 192, 192, os.getpid())
    assert heard[-1].done == heard[-1].total == 192


def test_a_finished_run_is_returned_as_it_is(workspace):
    first = pretrain(tiny_settings(), workspace=workspace, dataset=stripes())
    written = first.encoder_path.stat().st_mtime_ns
    assert pretrain(tiny_settings(), workspace=workspace, dataset=stripes()) == first
    assert first.encoder_path.stat().st_mtime_ns == written


def test_zero_epochs_give_the_untrained_encoder(workspace):
    result = pretrain(tiny_settings(epochs=0, seed=9), workspace=workspace, dataset=stripes())
    saved = safetensors.torch.load_file(result.encoder_path)
    expected = build_resnet(SHAPE, seed=9).state_dict()
    assert torch.equal(saved["conv1.weight"], expected["conv1.weight"].half())


def test_training_moves_the_weights_and_the_batch_statistics(workspace):
    result = pretrain(tiny_settings(), workspace=workspace, dataset=stripes())
    saved = safetensors.torch.load_file(result.encoder_path)
    start = build_resnet(SHAPE, seed=0).state_dict()
    assert not torch.equal(saved["layer4.0.conv2.weight"], start["layer4.0.conv2.weight"].half())
    assert not torch.equal(saved["bn1.running_mean"], start["bn1.running_mean"])


def test_a_given_run_id_names_the_run_and_keeps_to_its_settings(workspace):
    result = pretrain(tiny_settings(), workspace=workspace, dataset=stripes(), run_id="mine")
    assert result.run == "mine"
    settings = tiny_settings()
    view = replace(settings.objective.view, hue=0.3)
    changed = replace(settings, objective=replace(settings.objective, view=view))
    with pytest.raises(SettingsError) as refused:
        pretrain(changed, workspace=workspace, dataset=stripes(), run_id="mine")
    assert str(refused.value) == (
        "Run `mine` was started with `objective.view.hue` = 0.1. Found 0.3. "
        "Resume it with the settings that it was started with, or start a new run."
    )


def test_a_loss_that_is_no_number_ends_the_run_and_names_the_last_good_checkpoint(workspace):
    settings = tiny_settings(learning_rate=1e38, epochs=30)
    with pytest.raises(TrainingError) as ended:
        pretrain(settings, workspace=workspace, dataset=stripes(), run_id="wild")
    message = str(ended.value)
    assert re.fullmatch(
        r"Run `wild` ended: In step \d+ the (loss term|weight) `[\w.]+` is not finite\. "
        r"(There is no checkpoint yet|The last good checkpoint is `.*checkpoint\.pt`)\. "
        r"Lower `learning_rate` \(now 1e\+38\)\.",
        message,
    )
    status = read_json(workspace.root / "runs" / "wild" / "status.json")
    assert (status["state"], status["message"]) == ("failed", message)


def test_the_checkpoint_before_a_spoiled_step_stays(workspace):
    """The rate explodes in the second epoch only: the first one's checkpoint is whole and named."""
    settings = tiny_settings(epochs=30)
    with pytest.raises(TrainingStoppedError):
        pretrain(settings, workspace=workspace, dataset=stripes(), run_id="run", on_progress=interrupt_once())
    checkpoint = workspace.root / "runs" / "run" / "checkpoint.pt"
    saved = torch.load(checkpoint, weights_only=True)
    saved["state"]["schedule"]["base_lrs"] = [1e38, 1e38]
    torch.save(saved, checkpoint)
    before = checkpoint.read_bytes()
    with pytest.raises(TrainingError, match=re.escape(f"The last good checkpoint is `{checkpoint}`.")):
        pretrain(settings, workspace=workspace, dataset=stripes(), run_id="run")
    assert checkpoint.read_bytes() == before


def interrupt_once():
    """Sends Ctrl-C to this very process at the first sign of training."""
    sent = []

    def listen(progress):
        if progress.phase == "pretraining" and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    return listen


def test_the_former_signal_handlers_are_back_after_a_stop(workspace):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(TrainingStoppedError):
        pretrain(tiny_settings(epochs=9), workspace=workspace, dataset=stripes(), on_progress=interrupt_once())
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_damaged_checkpoint_is_named(workspace):
    with pytest.raises(TrainingStoppedError):
        pretrain(tiny_settings(), workspace=workspace, dataset=stripes(), run_id="run", on_progress=interrupt_once())
    checkpoint = workspace.root / "runs" / "run" / "checkpoint.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(TrainingError) as refused:
        pretrain(tiny_settings(), workspace=workspace, dataset=stripes(), run_id="run")
    assert re.fullmatch(
        rf"Checkpoint `{re.escape(str(checkpoint))}` cannot be read \(\w+\)\. Delete it to start this run anew\.",
        str(refused.value),
    )


def test_more_pictures_a_batch_than_there_are_is_refused(workspace):
    with pytest.raises(SettingsError) as refused:
        pretrain(tiny_settings(batch_size=65), workspace=workspace, dataset=stripes())
    assert str(refused.value) == (
        "`batch_size` should be at most the number of pictures. Found 65 for 64 pictures in `stripes`, split `train`."
    )


def test_half_precision_on_the_cpu_is_refused(workspace):
    with pytest.raises(SettingsError, match=r"^`precision` 16-mixed needs a GPU\."):
        pretrain(tiny_settings(precision="16-mixed"), workspace=workspace, dataset=stripes())


def test_two_processes_cannot_work_on_one_run(workspace):
    folder = workspace.artefact("runs", "shared")
    with (
        Workspace(workspace.root).lock(folder),
        pytest.raises(WorkspaceError, match="Another process is working on"),
    ):
        pretrain(tiny_settings(), workspace=workspace, dataset=stripes(), run_id="shared")
