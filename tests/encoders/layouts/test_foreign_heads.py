"""Heads out of other codebases' files: they compute what they computed there, or they are not taken."""

import dataclasses

import pytest
import torch
from author_files import barlow, dino_resnet_full, dino_vit_full, moco_v1, moco_v2, moco_v3, simsiam, swav_flat, vicreg
from library_files import (
    lightly_barlow_or_vicreg,
    lightly_byol,
    lightly_dino,
    lightly_moco,
    lightly_simclr,
    lightly_swav,
    mm_byol,
    solo_byol,
    solo_moco_v2,
    solo_old,
    solo_simclr,
    solo_simsiam,
    solo_swav,
)
from slim_networks import layers
from torch import nn

from qscore_core.encoders import inspect_checkpoint, load_encoder
from qscore_core.encoders.heads import stored_heads
from qscore_core.objectives import METHODS, MoCoSettings, SimCLRSettings, ViewRecipe
from qscore_core.training import starting_point

VIEW = ViewRecipe(size=32)
FALLBACK = {
    name: kind(**{field.name: VIEW for field in dataclasses.fields(kind) if field.name.endswith("view")})
    for name, kind in METHODS.items()
} | {"simclr": SimCLRSettings(VIEW, temperature=0.3)}


@pytest.fixture
def write(tmp_path):
    def of(written):
        torch.save(written.content, tmp_path / "w.pth")
        return f"file:{tmp_path / 'w.pth'}"

    return of


def group(state, prefix):
    return {key.removeprefix(prefix): tensor for key, tensor in state.items() if key.startswith(prefix)}


def filled(module, state, prefix):
    module.load_state_dict(group(state, prefix))
    return module.eval()


def simsiam_head(dim):
    return layers(dim, 16, 16, 16, bias=False, last=nn.BatchNorm1d(16, affine=False))


def without_last_bias(module):
    module[-1].bias = None
    return module


PROJECTORS = [
    (swav_flat, None, "swav", "module.projection_head.", lambda: layers(128, 16, 8)),
    (moco_v2, None, "moco", "module.encoder_q.fc.", lambda: layers(128, 16, 8, norm=False)),
    (simsiam, None, "simsiam", "module.encoder.fc.", lambda: simsiam_head(128)),
    (barlow, None, "barlow", "module.projector.", lambda: without_last_bias(layers(128, 16, 16, 8, bias=False))),
    (vicreg, None, "vicreg", "module.projector.", lambda: without_last_bias(layers(128, 16, 16, 8))),
    (solo_byol, None, "byol", "projector.", lambda: layers(32, 16, 8)),
    (solo_old, None, "byol", "projector.", lambda: layers(32, 16, 8)),
    (solo_moco_v2, None, "moco", "projector.", lambda: layers(32, 16, 8, norm=False)),
    (solo_simsiam, None, "simsiam", "projector.", lambda: simsiam_head(32)),
    (solo_swav, None, "swav", "projector.", lambda: layers(32, 16, 8)),
    (lightly_byol, None, "byol", "projection_head.layers.", lambda: layers(128, 16, 8, bias=False)),
    (
        lightly_barlow_or_vicreg,
        "vicreg",
        "vicreg",
        "projection_head.layers.",
        lambda: layers(128, 16, 16, 8, bias=False),
    ),
    (
        lightly_barlow_or_vicreg,
        "barlow",
        "barlow",
        "projection_head.layers.",
        lambda: layers(128, 16, 16, 8, bias=False),
    ),
]


@pytest.mark.parametrize(("file", "said", "method", "prefix", "head"), PROJECTORS)
def test_the_projector_gives_what_it_gave_there(file, said, method, prefix, head, write, workspace):
    written = file()
    state = written.content.get("state_dict", written.content.get("model", written.content))
    start = starting_point(write(written), workspace, said, FALLBACK)
    assert start.heads is not None
    assert start.objective.method == method
    _, objective = start.learner_parts(seed=0)
    h = torch.rand(4, start.network.shape.dim)
    expected = filled(head(), state, prefix)(h)
    torch.testing.assert_close(objective.eval().projector(h), expected, atol=1e-5, rtol=1e-5)


def test_a_queue_and_a_momentum_encoder_go_on(write, workspace):
    written = moco_v2()
    start = starting_point(write(written), workspace, None, FALLBACK)
    state = written.content["state_dict"]
    bank = start.heads["info_nce.memory_bank.bank"]
    assert torch.equal(bank, state["module.queue"].T)
    assert (start.objective.queue_length, start.objective.hidden_dim, start.objective.output_dim) == (32, 16, 8)
    _, objective = start.learner_parts(seed=0)
    pixels = torch.rand(2, 3, 64, 64)
    momentum = load_encoder(f"{write(written)}?weights=momentum", workspace=workspace)
    torch.testing.assert_close(objective.eval().momentum_encoder([pixels])[0], momentum(pixels))


@pytest.mark.parametrize("file", [dino_resnet_full, lightly_dino])
def test_dino_goes_on_from_its_teacher_or_its_student(file, write, workspace):
    ref = write(file())
    for role in ("momentum", "online"):
        start = starting_point(f"{ref}?weights={role}", workspace, None, FALLBACK)
        same = torch.equal(start.heads["projector.layers.0.weight"], start.heads["momentum_projector.layers.0.weight"])
        # DINO's two heads are the same tensors in this fixture, lightly's are not
        assert same == (role == "momentum" or file is dino_resnet_full)
        assert (start.objective.output_dim, start.objective.bottleneck_dim, start.objective.batch_norm) == (
            12,
            8,
            False,
        )
        assert start.heads["cross_entropy.center"].shape == (1, 1, 12)
        start.learner_parts(seed=0)


def test_prototypes_in_both_forms(write, workspace):
    plain = starting_point(write(swav_flat()), workspace, None, FALLBACK)
    assert plain.heads["prototypes.heads.0.weight"].shape == (plain.objective.prototypes, 8)
    written = solo_swav()
    start = starting_point(write(written), workspace, None, FALLBACK)
    state = written.content["state_dict"]
    length = state["prototypes.weight_g"] / state["prototypes.weight_v"].norm(dim=1, keepdim=True)
    torch.testing.assert_close(start.heads["prototypes.heads.0.weight"], state["prototypes.weight_v"] * length)


def test_what_the_file_does_not_say_comes_from_the_usual_settings(write, workspace):
    start = starting_point(write(lightly_simclr()), workspace, None, FALLBACK)
    assert start.heads is not None
    expected = dataclasses.replace(FALLBACK["simclr"], hidden_dim=16, output_dim=8)
    assert start.objective == expected


def test_a_moco_file_without_queue_starts_with_noise(write, workspace):
    bank = starting_point(write(lightly_moco()), workspace, None, FALLBACK).heads["info_nce.memory_bank.bank"]
    assert bank.shape == (MoCoSettings.queue_length, 8)
    torch.testing.assert_close(bank.norm(dim=1), torch.ones(len(bank)))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (moco_v1, "its head is one layer"),
        (moco_v3, "it has no queue"),
        (solo_simclr, "its projector has no batch norms"),
        (lightly_swav, "its prototypes have biases"),
        (mm_byol, "its projector ends in a batch norm"),
    ],
)
def test_other_heads_are_not_taken(file, why, write, workspace):
    del why
    start = starting_point(write(file()), workspace, None, FALLBACK)
    assert start.heads is None
    assert start.objective == FALLBACK[start.objective.method]


def test_a_damaged_or_missing_part_leaves_all_of_them(write, workspace):
    written = moco_v2()
    del written.content["state_dict"]["module.encoder_k.fc.2.bias"]
    written.content["state_dict"]["module.encoder_k.fc.2.weight"] = torch.zeros(9, 16)
    assert stored_heads(load_encoder(write(written), workspace=workspace)) is None


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (moco_v2, "module.queue"),
        (moco_v2, "module.encoder_q.fc.0.bias"),
        (simsiam, "module.predictor.0.weight"),
        (simsiam, "module.encoder.fc.6.weight"),
        (solo_swav, "prototypes.weight_v"),
        (dino_resnet_full, "center"),
    ],
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (1, 2, 3, 4)])
def test_heads_in_shapes_that_no_head_has(file, name, shape, tmp_path):
    written = file()
    holder = written.content["dino_loss"] if name == "center" else written.content["state_dict"]
    holder[name] = torch.zeros(shape)
    torch.save(written.content, tmp_path / "w.pth")
    assert inspect_checkpoint(tmp_path / "w.pth").finetune_heads == ()


def test_another_method_gets_no_heads_of_this_one(write, workspace):
    ref = write(barlow())
    assert starting_point(ref, workspace, "vicreg", FALLBACK).heads is None
    assert starting_point(ref, workspace, "barlow", FALLBACK).heads is not None


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        (moco_v2, ("projector", "momentum_encoder", "momentum_projector", "queue")),
        (solo_byol, ("projector", "momentum_encoder", "momentum_projector", "predictor")),
        (swav_flat, ("projector", "prototypes")),
        (moco_v1, ()),
        (dino_vit_full, ()),
    ],
)
def test_the_report_names_what_fine_tuning_takes_over(file, parts, write, tmp_path):
    write(file())
    assert inspect_checkpoint(tmp_path / "w.pth").finetune_heads == parts
