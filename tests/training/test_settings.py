"""Settings: refused values by message, digests by value."""

from dataclasses import replace

import pytest
import torch
from training_set import stripes, tiny_settings

from qscore_core.errors import DatasetError, SettingsError
from qscore_core.objectives import METHODS
from qscore_core.training import OBJECTIVES, Pretraining, default_settings
from qscore_core.training.claim import run_name
from qscore_core.training.networks import NETWORKS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "adam"}, "`optimizer` should be one of `adamw`, `lars`, `sgd`. Found `adam`."),
        (
            {"precision": "8-bit"},
            "`precision` should be one of `auto`, `32-true`, `bf16-mixed`, `16-mixed`. Found `8-bit`.",
        ),
        ({"epochs": -1}, "`epochs` should be at least 0. Found -1."),
        ({"batch_size": 1}, "`batch_size` should be at least 2. Found 1."),
        ({"micro_batch": 1}, "`micro_batch` should be at least 2. Found 1."),
        ({"learning_rate": 0.0}, "`learning_rate` should exceed 0. Found 0.0."),
        ({"weight_decay": -0.1}, "`weight_decay` should be at least 0. Found -0.1."),
        ({"warmup_epochs": -1.0}, "`warmup_epochs` should be at least 0. Found -1.0."),
        ({"seed": -1}, "`seed` should lie in 0..2147483647. Found -1."),
    ],
)
def test_values_without_meaning_are_refused(changes, message):
    with pytest.raises(SettingsError) as refused:
        tiny_settings(**changes)
    assert str(refused.value) == message


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_a_named_precision_is_kept_on_every_device(precision):
    assert tiny_settings(precision=precision).precision_on(torch.device("cpu")) == precision


@pytest.mark.parametrize(
    ("known", "chosen"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, "bf16-mixed"),
        ({"amx_bf16": True}, "bf16-mixed"),
        ({"avx512_bf16": False, "avx2": True}, "32-true"),
        ({}, "32-true"),
    ],
)
def test_auto_takes_bf16_only_where_the_cpu_has_instructions_for_it(monkeypatch, known, chosen):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known, raising=False)
    assert tiny_settings(precision="auto").precision_on(torch.device("cpu")) == chosen


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError) as refused:
        default_settings("simsalabim", stripes())
    assert str(refused.value) == (
        "`method` should be one of `simclr`, `swav`, `moco`, `byol`, `dino`, `simsiam`, `vicreg`, `barlow`. "
        "Found `simsalabim`."
    )


def test_a_run_is_named_by_what_it_does():
    settings = tiny_settings()
    name = run_name(Pretraining(settings), stripes())
    assert name.startswith("simclr-stripes-")
    assert name == run_name(Pretraining(tiny_settings()), stripes())
    view = replace(settings.objective.view, hue=0.2)
    for other in (replace(settings, seed=1), replace(settings, objective=replace(settings.objective, view=view))):
        assert run_name(Pretraining(other), stripes()) != name
    assert run_name(Pretraining(settings), stripes(digest="other pictures")) != name


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_recipe_for_every_kind_of_data(method):
    assert all(objectives[method].method == method for objectives in OBJECTIVES.values())


def test_the_recipe_follows_from_the_data():
    drawn = default_settings("simclr", replace(stripes(), ref="habitats"))
    assert drawn.network == NETWORKS["habitats-r512"]
    small = default_settings("simclr", stripes())
    assert (small.dataset, small.split) == ("stripes", "train")
    assert small.objective.view.size == 32


def test_the_recipe_skips_unreadable_pictures_and_refuses_a_split_of_them():
    assert default_settings("simclr", stripes(5, broken=(0, 1))).objective.view.size == 32
    with pytest.raises(DatasetError, match=r"^`stripes` has no readable picture in split `train`\.$"):
        default_settings("simclr", stripes(3, broken=(0, 1, 2)))
