"""The work of a CPU done on a GPU, with the built-in encoder and its pictures; skipped where there is no GPU.

Both devices compute in float32 and add up in another order, which moves a result by a few units in its seventh digit;
layers, views and thresholds make more of it. Where more than that is allowed the reason stands beside it.
"""

import gc
import os
import signal
from contextlib import contextmanager
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from job_process import in_state, until

from qscore_core.alignment import AlignmentSettings, measure
from qscore_core.datasets import open_dataset
from qscore_core.devices import Hardware, computes_in_bf16, device_name, pick_device
from qscore_core.encoders import load_encoder
from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.errors import TrainingStoppedError
from qscore_core.extraction import ExtractSettings
from qscore_core.heatmaps import (
    METHODS,
    FeaturesOfEach,
    IntegratedGradientsSettings,
    Norm,
    OcclusionSettings,
    SmoothGradSettings,
    heat_maps,
    kept_maps,
)
from qscore_core.heatmaps.batches import rows_that_fit
from qscore_core.jobs import start_job
from qscore_core.pipeline import Subject, analyse, representations_of, with_epsilon
from qscore_core.processes import make_fabric
from qscore_core.progress import silent
from qscore_core.qscore import ScoreSettings
from qscore_core.several_views import ViewSettings, views_of
from qscore_core.training import ARMS, NETWORKS, OBJECTIVES, RECIPES, Pretraining, run_task, starting_point
from qscore_core.training.checkpoint import load_checkpoint, save_checkpoint
from qscore_core.training.estimate import estimate
from qscore_core.training.files import RunFiles
from qscore_core.training.loop import epoch_steps, training_steps
from qscore_core.training.metrics import read_metrics
from qscore_core.training.planning import plan_arm
from qscore_core.training.recipes import recipe
from qscore_core.training.run import build_state, frames_for
from qscore_core.workspace import Workspace

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device here")

CPU = Hardware(torch.device("cpu"))
GPU = Hardware(pick_device("cuda")) if torch.cuda.is_available() else CPU
ENCODER, DATA, PICTURES = "habitats:simclr", "habitats?count=128", 128
ROUNDING = 1e-5
QUICK = {
    "integrated_gradients": IntegratedGradientsSettings(steps=6),
    "smooth_grad": SmoothGradSettings(samples=4),
    "occlusion": OcclusionSettings(1 / 3, 1 / 3),
}


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory):
    """One a device, since results are named by what made them, and the device does not count."""
    return {name: Workspace.at(tmp_path_factory.mktemp(name)) for name in ("cpu", "cuda")}


@pytest.fixture(scope="module")
def pictures(workspaces):
    return {name: open_dataset(DATA, "train", workspace=workspace) for name, workspace in workspaces.items()}


@pytest.fixture(scope="module")
def found(workspaces, pictures):
    """The representations of the same pictures by both devices."""
    del pictures
    return {name: represented(name, workspaces[name]) for name in workspaces}


def represented(device, workspace, **how):
    subject = Subject(ENCODER, DATA, device, ExtractSettings(workers=1, **how))
    return representations_of(subject, "train", workspace).representations


def analysed(found, workspaces, name):
    settings = with_epsilon(ScoreSettings(), "auto", found["cpu"], workspaces["cpu"])
    return analyse(found[name], found[name], settings, workspaces[name])


def error_of(one, other):
    """Length of the difference, relative to the second's."""
    one, other = (np.asarray(values, np.float64) for values in (one, other))
    return np.linalg.norm(one - other) / np.linalg.norm(other)


@contextmanager
def capped(size):
    """Lets this process have no more than so many bytes of the GPU's memory."""
    release()
    torch.cuda.set_per_process_memory_fraction(size / torch.cuda.mem_get_info()[1])
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def release():
    gc.collect()
    torch.cuda.empty_cache()


# --- Representations and scores ---


def test_representations_are_those_of_the_cpu(found):
    assert found["cuda"].about["device"] == "cuda:0"
    # an H100 gave 2e-7, and 1.2e-4 where convolutions might round what they take in (TF32)
    assert error_of(found["cuda"].matrix, found["cpu"].matrix) < ROUNDING


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precisions_are_close(precision, found, workspaces):
    half = represented("cuda", workspaces["cuda"], precision=precision)
    # three and two digits a layer; their errors point everywhere, so they add up like steps of a random walk
    assert error_of(half.matrix, found["cpu"].matrix) < {"bf16": 0.05, "fp16": 0.01}[precision]


def test_the_same_features_are_found_and_the_scores_agree(found, workspaces):
    cpu, gpu = (analysed(found, workspaces, name) for name in ("cpu", "cuda"))
    # an entry that lies on epsilon up to rounding moves a rate by one picture; then its feature may change sides
    assert (cpu.features.discriminative != gpu.features.discriminative).mean() < 0.01
    same = cpu.scores.discriminative_active == gpu.scores.discriminative_active
    assert same.mean() > 0.9
    np.testing.assert_allclose(gpu.scores.q[same], cpu.scores.q[same], rtol=1e-3, atol=1e-6)


def test_views_of_pictures_are_the_same_ones(found, workspaces):
    cpu, gpu = (views_of(found[name], workspaces[name], ViewSettings(2, 32), name).h for name in ("cpu", "cuda"))
    # a hue near the seam of a sector, or a pixel half way between two, may fall to the other side
    assert error_of(gpu, cpu) < 1e-3


# --- Heat maps ---


def heat_on(device, workspaces, pictures, method):
    encoder = load_encoder(ENCODER, workspace=workspaces[device], device=device)
    pixels = np.stack([encoder.transform.geometry(pictures[device].source.image(row)) for row in range(5)])
    chosen = torch.rand(5, encoder.dim, generator=torch.Generator().manual_seed(0)) < 0.1
    pixels = encoder.transform.normalize(torch.from_numpy(pixels))
    return heat_maps(encoder, pixels, FeaturesOfEach(chosen), method, settings=QUICK.get(method))


@pytest.mark.parametrize("method", [name for name in METHODS if name != "smooth_grad"])
def test_heat_maps_are_those_of_the_cpu(method, workspaces, pictures):
    cpu, gpu = (heat_on(name, workspaces, pictures, method) for name in ("cpu", "cuda"))
    assert gpu.device.type == "cpu"
    # a ReLU whose input is zero up to rounding passes its gradient on one device and not on the other
    assert error_of(gpu, cpu) < 1e-2


def test_noise_is_drawn_by_each_device_anew_but_always_the_same(workspaces, pictures):
    cpu, gpu, again = (heat_on(name, workspaces, pictures, "smooth_grad") for name in ("cpu", "cuda", "cuda"))
    assert error_of(again, gpu) < 1e-2
    assert error_of(gpu, cpu) < 1  # other noise on the same gradients


def test_maps_are_made_in_parts_where_memory_is_short():
    network = NETWORKS["resnet50"]
    weights = Weights(build_resnet(network.shape, 0).state_dict(), network.shape, network.transform, "untrained", "")
    encoder = assemble("test:resnet50", weights, "cuda")
    pixels = torch.randn(24, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    expected = heat_maps(encoder, pixels, Norm(), "saliency")
    heard = []
    with capped(torch.cuda.memory_allocated() + (1 << 30)):  # for about ten pictures; the free memory tells of more
        heat = heat_maps(encoder, pixels, Norm(), "saliency", on_progress=heard.append)
    assert heard[0].done < 24
    assert error_of(heat, expected) < 1e-2


def test_memory_that_torch_keeps_for_later_counts_as_free():
    release()
    whole = rows_that_fit(1 << 30, GPU.device)
    kept = torch.empty(torch.cuda.mem_get_info()[0] * 3 // 4, dtype=torch.uint8, device="cuda")
    held = rows_that_fit(1 << 30, GPU.device)
    del kept
    assert held < rows_that_fit(1 << 30, GPU.device) == whole
    release()


def test_kept_maps_and_heat_against_masks_are_those_of_the_cpu(found, workspaces, pictures):
    analysis, settings = analysed(found, workspaces, "cpu"), AlignmentSettings(images=64, top=2)
    alignments, maps = [], []
    for name, workspace in workspaces.items():
        encoder = load_encoder(ENCODER, workspace=workspace, device=name)
        alignments.append(measure(encoder, pictures[name], analysis, settings).measured)
        maps.append(kept_maps(encoder, pictures[name], range(8), workspace).of_features(0, np.arange(8)))
    assert error_of(maps[1], maps[0]) < 1e-3  # kept to three digits
    for field in fields(alignments[0]):
        cpu, gpu = (np.asarray(getattr(each, field.name), np.float64) for each in alignments)
        # a pixel whose heat lies on a threshold up to rounding counts on one side or the other, and so does a rank
        assert np.nanmean(np.abs(gpu - cpu)) < 1e-3, field.name
        assert np.array_equal(np.isnan(cpu), np.isnan(gpu)), field.name


# --- Training ---


def arm(workspace, data, **changes):
    """Eight steps of the recipe `quick`."""
    start = starting_point(ENCODER, workspace, None, OBJECTIVES["habitats"])
    quick = replace(RECIPES["quick"], batch_size=32, epsilon=2.2, **changes)
    return plan_arm(start, data, quick, "q-score", ARMS["q-score"])


def first_step(task, workspace, data, hardware):
    frames = frames_for(task.settings, data, workspace, silent)
    fabric = make_fabric(hardware, task.settings.precision_on(hardware.device))
    state = build_state(task, epoch_steps(len(frames), task.settings.batch_size), fabric)
    return next(training_steps(state, frames, task.settings, fabric)).values.terms


@pytest.mark.parametrize("method", OBJECTIVES["habitats"])
def test_the_first_step_of_every_method_is_the_cpu_s(method, workspaces, pictures):
    settings = replace(recipe(method, "habitats"), dataset=DATA, batch_size=32, precision="32-true")
    cpu, gpu = (
        first_step(Pretraining(settings), workspaces["cpu"], pictures["cpu"], hardware) for hardware in (CPU, GPU)
    )
    # views as above, and in a random network batch norm of few pictures makes small differences larger
    assert gpu == pytest.approx(cpu, rel=2e-3, abs=2e-4)  # some losses are means of cosines near 0


@pytest.mark.parametrize("method", OBJECTIVES["habitats"])
def test_the_same_steps_give_the_same_bytes(method, workspaces, pictures):
    settings = replace(recipe(method, "habitats"), dataset=DATA, batch_size=32, precision="32-true", epochs=2)
    frames = frames_for(settings, pictures["cuda"], workspaces["cuda"], silent)
    ends = []
    for _ in range(2):
        fabric = make_fabric(GPU, "32-true")
        state = build_state(Pretraining(settings), epoch_steps(len(frames), 32), fabric)
        list(training_steps(state, frames, settings, fabric))
        ends.append(state.learner.state_dict())
    assert [name for name, value in ends[0].items() if not torch.equal(value, ends[1][name])] == []


@pytest.mark.parametrize("method", ["swav", "moco", "dino"])
def test_a_short_pretraining(method, workspaces, pictures):
    settings = replace(recipe(method, "habitats"), dataset=DATA, batch_size=32, epochs=2, warmup_epochs=0.5)
    done = run_task(Pretraining(settings), workspace=workspaces["cuda"], dataset=pictures["cuda"], hardware=GPU)
    loss = read_metrics(RunFiles(done.encoder_path.parent)).objective_loss
    assert done.device == "cuda:0"
    assert len(loss) == 8
    assert np.isfinite(loss).all()
    assert load_encoder(f"run:{done.run}", workspace=workspaces["cuda"]).method == method


@pytest.mark.parametrize(("precision", "near"), [("32-true", 1e-3), ("bf16-mixed", 2e-2), ("16-mixed", 5e-3)])
def test_fine_tuning_in_every_precision(precision, near, workspaces, pictures):
    task = arm(workspaces["cuda"], pictures["cuda"], precision=precision)
    done = run_task(task, workspace=workspaces["cuda"], dataset=pictures["cuda"], hardware=GPU)
    metrics = read_metrics(RunFiles(done.encoder_path.parent))
    assert np.isfinite(metrics.table.to_numpy()).all()
    plain = arm(workspaces["cpu"], pictures["cpu"], precision="32-true")
    expected = first_step(plain, workspaces["cpu"], pictures["cpu"], CPU)["nt_xent"]
    assert metrics.column("nt_xent")[0] == pytest.approx(expected, rel=near)  # digits of h in that precision
    assert metrics.column("mean_q")[0] > 0
    assert metrics.column("gradient_columns")[0] > 0


def test_auto_is_bf16_where_the_gpu_has_it(workspaces, pictures):
    expected = "bf16-mixed" if computes_in_bf16(GPU.device) else "32-true"
    assert arm(workspaces["cuda"], pictures["cuda"]).settings.precision_on(GPU.device) == expected


def interrupt_once():
    """Sends Ctrl-C to this very process at the first sign of training."""
    sent = []

    def listen(progress):
        if progress.phase == "fine-tuning" and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    return listen


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed", "16-mixed"])
def test_a_stopped_run_ends_with_the_bytes_of_an_undisturbed_one(precision, workspaces, pictures):
    task = arm(workspaces["cuda"], pictures["cuda"], precision=precision)
    where = {"workspace": workspaces["cuda"], "dataset": pictures["cuda"], "hardware": GPU}
    whole = run_task(task, **where, run_id=f"whole-{precision}")
    with pytest.raises(TrainingStoppedError):
        run_task(task, **where, run_id=f"stopped-{precision}", on_progress=interrupt_once())
    torch.cuda.manual_seed(99)
    resumed = run_task(task, **where, run_id=f"stopped-{precision}")
    assert resumed.encoder_path.read_bytes() == whole.encoder_path.read_bytes()


def test_a_checkpoint_brings_back_the_gpu_s_random_numbers(workspaces, pictures, tmp_path):
    fabric = make_fabric(GPU, "32-true")
    state = build_state(arm(workspaces["cuda"], pictures["cuda"]), 4, fabric)
    torch.cuda.manual_seed(7)
    save_checkpoint(tmp_path / "checkpoint.pt", state, fabric)
    drawn = torch.rand(3, device="cuda")
    load_checkpoint(tmp_path / "checkpoint.pt", state, fabric)
    assert torch.equal(torch.rand(3, device="cuda"), drawn)


def test_an_estimate_measures_the_memory_of_its_own_steps(workspaces, pictures):
    measured = {}
    for size in (128, 32):
        settings = replace(recipe("simclr", "habitats"), dataset=DATA, batch_size=size, epochs=8)
        measured[size] = estimate(Pretraining(settings), workspaces["cuda"], pictures["cuda"], GPU, silent)
    assert measured[32].device == "cuda:0"
    assert measured[32].seconds > 0
    assert measured[32].memory < measured[128].memory < torch.cuda.mem_get_info()[1]


def test_a_batch_that_does_not_fit_is_taken_in_parts(workspaces, pictures, caplog):
    settings = replace(
        recipe("simclr", "habitats"),
        dataset=DATA,
        batch_size=PICTURES,
        epochs=3,
        warmup_epochs=0.5,
        precision="32-true",
    )
    where = {"workspace": workspaces["cuda"], "dataset": pictures["cuda"], "hardware": GPU}
    release()
    needed = estimate(Pretraining(settings), workspaces["cuda"], pictures["cuda"], GPU, silent).memory
    whole = run_task(Pretraining(settings), **where, run_id="roomy")
    with capped(0.75 * needed):
        parts = run_task(Pretraining(settings), **where, run_id="tight")
    assert "Out of device memory: going on from the last checkpoint with 64 pictures at a time" in caplog.text
    losses = [read_metrics(RunFiles(done.encoder_path.parent)).objective_loss for done in (whole, parts)]
    # the same loss on the same views, but batch norms of the encoder see half as many pictures
    assert losses[1].to_numpy() == pytest.approx(losses[0].to_numpy(), rel=0.05)


# --- Jobs ---


def test_a_job_waits_for_the_gpu_and_works_on_it(workspace, light):
    arguments = ["--encoder", ENCODER, "--dataset", DATA, "--split", "train", "--epsilon", "auto", "--device", "cuda"]
    first = light("sort shells", device=device_name("cuda"))
    until(workspace, first, in_state("running"))
    job = start_job("score", arguments, workspace)
    assert job.device == "cuda:0"
    assert until(workspace, job, in_state("queued")).place == "next in line for cuda:0, behind “sort shells”"
    first.finish()
    ended = until(workspace, job, in_state("done", "failed"))
    assert (ended.state, ended.error) == ("done", "")
