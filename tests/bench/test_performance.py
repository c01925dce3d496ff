"""Measuring a part again leaves the others as they were."""

from dataclasses import replace

import torch

from bench.measure import Row
from bench.performance import Part, keep, kept_as, page, read_parts

FAST = Part("a machine", (Row("speed", "3 x", ">= 2 x", True, "both in one run"),))
SMALL = Part("another machine", (Row("memory", "9 GB", "<= 4 GB", False), Row("rows", "7", "", None)))


def test_a_part_is_replaced_and_the_others_stay(tmp_path):
    path = tmp_path / "performance.json"
    assert read_parts(path) == {}
    assert list(keep({"memory": SMALL}, path)) == ["memory"]
    assert list(keep({"start": FAST}, path)) == ["start", "memory"]
    again = replace(FAST, machine="a third machine")
    assert keep({"start": again}, path) == {"start": again, "memory": SMALL} == read_parts(path)


def test_the_page_names_the_machine_of_every_part():
    lines = page({"whole_matrix": FAST, "small": SMALL}).splitlines()
    assert [line for line in lines if line.startswith("## ")] == ["## whole matrix", "## small"]
    assert "a machine." in lines
    assert "another machine." in lines
    assert "| speed | 3 x | >= 2 x | holds | both in one run |" in lines
    assert "| memory | 9 GB | <= 4 GB | **missed** |  |" in lines
    assert "| rows | 7 |  |  |  |" in lines


def test_what_a_gpu_does_stands_beside_what_the_cpu_does(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert kept_as("training") == "training"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [kept_as(name) for name in ("training", "start")] == ["training_on_a_GPU", "start"]
    parts = keep({"training_on_a_GPU": SMALL, "training": FAST, "app": FAST}, tmp_path / "performance.json")
    assert list(parts) == ["training", "app", "training_on_a_GPU"]
    assert "## training on a GPU" in page(parts)
