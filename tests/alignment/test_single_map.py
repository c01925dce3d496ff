"""The numbers beside one map."""

import math

import pytest
import torch

from qscore_core.alignment import Thresholds, agreement


def test_by_hand():
    # heat 4 2 1 1 in a row of four pixels; the core covers the first, the spurious mask nothing
    heat = torch.tensor([[4.0, 2.0, 1.0, 1.0]])
    masks = torch.stack([torch.tensor([[1.0, 0, 0, 0]]), torch.zeros(1, 4)])
    found = agreement(heat, masks)
    assert list(found) == ["core"]
    core = found["core"]
    assert core.share == core.chance("mass") == 0.25
    assert core.chance("auc") == 0.5
    assert core.values["mass"] == 0.5  # 4 of 8
    assert core.values["heat_iou"] == pytest.approx(4 / 6)  # hot from 2 on: 4 inside of 6
    assert agreement(heat, masks, Thresholds(heat=0.6))["core"].values["heat_iou"] == 1


def test_no_heat_has_no_agreement():
    found = agreement(torch.zeros(2, 2), torch.ones(2, 2, 2))
    assert all(math.isnan(value) for kind in found.values() for value in kind.values.values())
