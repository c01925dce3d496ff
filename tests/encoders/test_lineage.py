"""Where encoders come from, told by the files of runs."""

from small_inputs import SHAPE, TRANSFORM

from qscore_core.encoders import known_encoders, save_encoder
from qscore_core.encoders.lineage import lineage
from qscore_core.encoders.networks.resnet import build_resnet

SETTINGS = {"method": "simclr", "dataset": "habitats", "seed": 3}


def made(workspace, run, record):
    path = workspace.artefact("runs", run) / "encoder.safetensors"
    save_encoder(path, build_resnet(SHAPE, 0), SHAPE, TRANSFORM, "simclr", record)
    return f"run:{run}"


def child(workspace, run, parent, arm):
    return made(workspace, run, {"settings": SETTINGS, "parent": {"ref": parent, "fingerprint": ""}, "arm": arm})


def told(ref, workspace):
    return [str(origin) for origin in lineage(ref, workspace)]


def test_a_chain_of_runs_is_told_to_its_beginning(workspace):
    first = made(workspace, "first", {"settings": SETTINGS})
    second = child(workspace, "second", first, "control")
    third = child(workspace, "third", second, "q-score")
    assert told(third, workspace) == [
        "from run:second, arm q-score, seed 3",
        "from run:first, arm control, seed 3",
        "trained from random weights with simclr on habitats, seed 3",
    ]


def test_it_ends_where_the_workspace_knows_no_more(workspace):
    assert told(child(workspace, "a", "habitats:simclr", "lasso"), workspace) == [
        "from habitats:simclr, arm lasso, seed 3"
    ]
    assert told("habitats:simclr", workspace) == []
    assert told("run:nowhere", workspace) == []
    assert told("run:../../etc", workspace) == []


def test_a_circle_ends(workspace):
    ref = child(workspace, "own", "run:own", "control")
    assert told(ref, workspace) == ["from run:own, arm control, seed 3"]


def test_a_file_without_a_training_record_tells_nothing(workspace):
    assert told(made(workspace, "bare", {"seed": 0}), workspace) == []


def test_the_list_of_encoders_tells_it_too(workspace):
    child(workspace, "a", "habitats:simclr", "lasso")
    made(workspace, "bare", {})
    sources = {entry.ref: entry.source for entry in known_encoders(workspace)}
    assert sources["run:a"] == "trained in this workspace from habitats:simclr, arm lasso, seed 3"
    assert sources["run:bare"] == "trained in this workspace"
