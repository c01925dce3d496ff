"""How hard Habitats is: `python -m bench.habitats_probes` prints the table of the README.

A linear probe on raw pixels (brought to 32 x 32), on the untrained and on the trained built-in encoder; on the test
split, on its parts where the habitat fits the class and where not, and on `swapped`.
"""

import argparse
from pathlib import Path

import numpy as np

from qscore_core.datasets import open_dataset
from qscore_core.datasets.habitats_set import HabitatsSource
from qscore_core.pipeline import Subject, probe_of, representations_of
from qscore_core.probe import ProbeSettings, fit_probe
from qscore_core.workspace import Workspace

ENCODERS = {"untrained encoder": "habitats:untrained", "`habitats:simclr`": "habitats:simclr"}
SPLITS = ("train", "test", "swapped")


def raw_pixels(split: str, workspace: Workspace) -> np.ndarray:
    """float32 [image, 3072]: means of 2 x 2 pixels, in [0, 1]."""
    source = open_dataset("habitats", split, workspace=workspace).source
    assert isinstance(source, HabitatsSource)
    images = np.asarray(source.images, np.float32) / 255
    halves = images.reshape(len(images), 32, 2, 32, 2, 3).mean(axis=(2, 4))
    return halves.reshape(len(images), -1)


def correct_by_split(name: str, workspace: Workspace) -> dict[str, np.ndarray]:
    """Whether the probe is right, bool [image], for `test` and `swapped`."""
    labels = {split: open_dataset("habitats", split, workspace=workspace).labels for split in SPLITS}
    if name in ENCODERS:
        found = {
            split: representations_of(Subject(ENCODERS[name], "habitats"), split, workspace).representations
            for split in SPLITS
        }
        probe = probe_of(found["train"], ProbeSettings(), workspace)
        rows = {split: found[split].matrix for split in SPLITS}
    else:
        rows = {split: raw_pixels(split, workspace) for split in SPLITS}
        probe = fit_probe(rows["train"], labels["train"], 10, ProbeSettings(normalize=False))
    return {split: probe.correct(rows[split], labels[split]) for split in ("test", "swapped")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path)
    workspace = Workspace.at(parser.parse_args().workspace)
    fits = open_dataset("habitats", "test", workspace=workspace).table["habitat_fits"].to_numpy(bool)
    print("| linear probe on | test | habitat fits | does not | swapped |\n| --- | --- | --- | --- | --- |")
    for name in ("raw pixels", *ENCODERS):
        correct = correct_by_split(name, workspace)
        parts = (correct["test"], correct["test"][fits], correct["test"][~fits], correct["swapped"])
        print(f"| {name} | " + " | ".join(f"{100 * part.mean():.1f} %" for part in parts) + " |")


if __name__ == "__main__":
    main()
