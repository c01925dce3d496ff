"""Fine-tuning as a user sees it: where it starts, what the arms share, what it leaves."""

import csv
import json
from dataclasses import replace

import pytest
import safetensors.torch
import torch
from training_set import SHAPE, TINY_OBJECTIVES, finetune, finetuning, parent, stripes, tiny_settings

from qscore_core.activation import FeatureSettings, activation_rates, discriminative_features, highly_active
from qscore_core.devices import Hardware
from qscore_core.encoders import load_encoder
from qscore_core.encoders.heads import stored_heads
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.encoders.own_format import read_own_metadata, save_encoder
from qscore_core.errors import SettingsError, TrainingError
from qscore_core.processes import make_fabric
from qscore_core.progress import silent
from qscore_core.regulariser import Weights
from qscore_core.training import ARMS, RECIPES, run_task, starting_point
from qscore_core.training.discriminative import find_discriminative
from qscore_core.training.frames import open_frames
from qscore_core.training.head_warmup import warm_up_heads
from qscore_core.training.task import Work


def cpu():
    return make_fabric(Hardware(torch.device("cpu")), "32-true")


def frames_in(workspace):
    return open_frames(stripes(), 16, workspace=workspace, workers=0, on_progress=silent)


def run_file(workspace, run, name):
    return workspace.root / "runs" / run / name


def metrics_of(workspace, run):
    with run_file(workspace, run, "metrics.csv").open() as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_an_encoder_with_its_lineage_and_its_metrics(workspace):
    ref = parent(workspace)
    result = finetune(ref, workspace, epochs=2)
    own = read_own_metadata(result.encoder_path)
    assert own.method == "simclr"
    assert own.record["parent"] == {"ref": ref, "fingerprint": load_encoder(ref, workspace=workspace).fingerprint}
    assert (own.record["arm"], own.record["new_heads"]) == ("test", False)
    assert own.record["settings"]["weights"]["columns"] == 1e-4
    rows = metrics_of(workspace, result.run)
    assert [row["epoch"] for row in rows] == ["0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"]
    expected = {"nt_xent", "q_score", "columns", "gradient_ssl", "gradient_columns", "spread", "mean_q", "empty"}
    assert expected <= rows[0].keys()
    assert result.run.startswith("simclr-test-stripes-")
    assert load_encoder(f"run:{result.run}", workspace=workspace).dim == SHAPE.dim


def test_zero_epochs_give_the_parent_back(workspace):
    ref = parent(workspace)
    result = finetune(ref, workspace, epochs=0)
    before = load_encoder(ref, workspace=workspace).module.state_dict()
    after = load_encoder(f"run:{result.run}", workspace=workspace).module.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("method", TINY_OBJECTIVES)
def test_heads_queue_and_momentum_go_on_where_the_parent_left_them(method, workspace):
    task = finetuning(parent(workspace, method), workspace)
    assert task.start.heads is not None
    _, objective = task.start.learner_parts(seed=7)
    kept = stored_heads(load_encoder(task.start.ref, workspace=workspace))
    state = objective.state_dict()
    assert state.keys() == kept.tensors.keys()
    assert all(torch.equal(state[name], value) for name, value in kept.tensors.items())


def test_another_objective_gets_new_heads_that_follow_from_the_seed(workspace):
    ref = parent(workspace)
    tasks = [finetuning(ref, workspace, method="byol", seed=seed) for seed in (1, 1, 2)]
    one, same, other = (task.build().objective.projector.layers[0].weight for task in tasks)
    assert tasks[0].start.heads is None
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_warming_up_heads_moves_them_alone_and_lowers_their_loss(workspace):
    task = finetuning(parent(workspace), workspace, method="byol")
    learner = task.build()
    before = {name: value.clone() for name, value in learner.state_dict().items()}
    work = Work(learner, frames_in(workspace), cpu(), silent)
    warm_up_heads(work, task.settings, steps=20)
    after = learner.state_dict()
    # a moving average of equal weights moves by rounding only
    moved = {name for name, value in after.items() if not torch.allclose(value, before[name], atol=1e-6)}
    assert not any(name.startswith(("encoder.", "objective.momentum_encoder.")) for name in moved)
    assert {"objective.projector.layers.0.weight", "objective.predictor.layers.0.weight"} <= moved
    assert learner.encoder.training


def test_new_heads_are_warmed_up_in_a_run_and_the_record_says_so(workspace):
    ref = parent(workspace)
    with_warm_up = finetune(ref, workspace, method="byol", epochs=1)
    without = finetune(ref, workspace, method="byol", epochs=1, plan={"head_warmup_steps": 0})
    assert read_own_metadata(with_warm_up.encoder_path).record["new_heads"] is True
    one, two = (
        safetensors.torch.load_file(run_file(workspace, result.run, "heads.safetensors"))
        for result in (with_warm_up, without)
    )
    assert not torch.equal(one["predictor.layers.0.weight"], two["predictor.layers.0.weight"])


def test_d_is_that_of_the_parent_on_the_pictures_it_is_trained_on(workspace):
    task = finetuning(parent(workspace), workspace)
    encoder = load_encoder(task.start.ref, workspace=workspace)
    settings = FeatureSettings(epsilon=1.0)
    frames = frames_in(workspace)
    found = find_discriminative(task.build().encoder, frames, encoder.transform, settings, cpu(), silent)
    pictures = [torch.from_numpy(encoder.transform.geometry(stripes().source.image(row))) for row in range(64)]
    h = encoder(encoder.transform.normalize(torch.stack(pictures)))
    rates = activation_rates(highly_active(h, 1.0)).numpy()
    assert found.tolist() == discriminative_features(rates, settings).tolist()


def test_d_is_kept_unless_it_is_to_be_found_again(workspace):
    ref = parent(workspace)
    kept = finetuning(ref, workspace)
    refreshed = finetuning(ref, workspace, plan={"refresh_epochs": 2})
    for task, expected in ((kept, [0]), (refreshed, [0, 2, 4])):
        learner = task.build()
        work = Work(learner, frames_in(workspace), cpu(), silent)
        found = []
        for epoch in range(5):
            learner.regulariser.discriminative.zero_()
            if epoch == 0:
                task.prepare(work)
            task.before_epoch(work, epoch)
            found += [epoch] if learner.regulariser.discriminative.any() else []
        assert found == expected


def test_arms_see_the_same_pictures_and_differ_by_their_weights_alone(workspace):
    ref = parent(workspace)
    control, again, other = (
        finetune(ref, workspace, run_id=name, weights=weights, epochs=1)
        for name, weights in (("a", Weights()), ("b", Weights()), ("c", Weights(columns=0.1)))
    )
    bytes_of = [safetensors.torch.load_file(result.encoder_path) for result in (control, again, other)]
    assert all(torch.equal(bytes_of[0][name], bytes_of[1][name]) for name in bytes_of[0])
    assert not torch.equal(bytes_of[0]["conv1.weight"], bytes_of[2]["conv1.weight"])
    first, second = (metrics_of(workspace, name)[0]["nt_xent"] for name in ("a", "c"))
    assert float(first) == pytest.approx(float(second), rel=0.1)  # the same views, so nearly the same loss


def test_an_encoder_without_a_known_objective_asks_for_one(workspace, tmp_path):
    settings = tiny_settings()
    path = tmp_path / "supervised.safetensors"
    save_encoder(path, build_resnet(SHAPE, 0), SHAPE, settings.network.transform, "supervised", {})
    with pytest.raises(TrainingError) as refused:
        starting_point(f"file:{path}", workspace, None, TINY_OBJECTIVES)
    assert str(refused.value) == (
        f"The objective that `file:{path}` was trained with should be known to continue it. Found `supervised`. "
        "Name the one to use: `method` as one of `simclr`, `swav`, `moco`, `byol`, `dino`, `simsiam`, `vicreg`, "
        "`barlow`."
    )
    assert starting_point(f"file:{path}", workspace, "vicreg", TINY_OBJECTIVES).heads is None
    with pytest.raises(SettingsError, match=r"^`method` should be one of `simclr`, .*Found `simsalabim`\.$"):
        starting_point(f"file:{path}", workspace, "simsalabim", TINY_OBJECTIVES)


def test_heads_of_another_shape_are_refused(workspace):
    ref = parent(workspace)
    path = run_file(workspace, "parent-simclr", "heads.safetensors")
    heads = safetensors.torch.load_file(path)
    heads["projector.layers.0.weight"] = torch.zeros(3, 3)
    safetensors.torch.save_file(heads, path)
    with pytest.raises(TrainingError, match=r"^The heads kept with `run:parent-simclr` should fit its objective\."):
        finetuning(ref, workspace).build()


def test_the_papers_recipe_is_the_papers():
    paper = RECIPES["paper"]
    assert (paper.epochs, paper.optimizer, paper.learning_rate) == (50, "lars", 1e-5)
    assert (paper.epsilon, paper.lower, paper.upper) == (4.0, 50.0, 95.0)
    assert ARMS["q-score"] == Weights(q_score=1e-4, columns=1e-4)
    assert ARMS["control"] == Weights()


def test_a_batch_that_memory_cannot_hold_is_taken_in_parts(workspace, caplog):
    task = finetuning(parent(workspace), workspace, epochs=1)
    crowded = replace(task, start=replace(task.start, module=Crowded.of(task.start.module, most=10)))
    result = run_task(crowded, workspace=workspace, dataset=stripes())
    assert result.encoder_path.is_file()
    assert caplog.messages == [
        "Out of device memory: going on from the last checkpoint with 8 pictures at a time. "
        "The batch and its loss stay as they are; each step takes about a third longer."
    ]


def test_memory_for_nothing_at_all_is_an_error(workspace):
    task = finetuning(parent(workspace), workspace, epochs=1)
    crowded = replace(task, start=replace(task.start, module=Crowded.of(task.start.module, most=1)))
    with pytest.raises(TrainingError, match=r"^Two pictures at a time do not fit into the device's memory\."):
        run_task(crowded, workspace=workspace, dataset=stripes())


class Crowded(type(build_resnet(SHAPE, 0))):
    """A network on a device that holds `most` pictures while training, and says so as torch does."""

    @classmethod
    def of(cls, network, most):
        made = cls(network.shape)
        made.load_state_dict(network.state_dict())
        made.most = most
        return made

    def forward(self, pixels):
        if self.training and len(pixels) > self.most:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward(pixels)


def test_settings_are_json(workspace):
    task = finetuning(parent(workspace), workspace)
    assert json.loads(json.dumps(task.identity()))["parent"] == "run:parent-simclr"
