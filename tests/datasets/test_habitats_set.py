import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from qscore_core.datasets import known_datasets, open_dataset, splits_of
from qscore_core.datasets.habitats import CLASSES, draw_picture
from qscore_core.datasets.habitats_set import stored_pictures
from qscore_core.errors import BadReferenceError, DatasetError
from qscore_core.workspace import MANIFEST, Workspace

FEW = "habitats?count=6"


def test_pictures_masks_and_causes_are_the_drawn_ones(workspace):
    dataset = open_dataset(FEW, "test", workspace=workspace)
    drawn = draw_picture("test", 4)
    assert np.array_equal(dataset.source.image(4), drawn.image)
    masks = dataset.source.masks(4)
    assert np.array_equal(masks.core, drawn.core)
    assert np.array_equal(masks.spurious, drawn.spurious)
    row = dataset.table.iloc[4]
    assert (row["id"], row["habitat"], row["label"]) == (
        "habitats/test/00004",
        drawn.causes.habitat,
        drawn.causes.label,
    )
    assert (dataset.classes, dataset.has_masks, dataset.labelled, len(dataset)) == (CLASSES, True, True, 6)


def test_pictures_are_drawn_once_and_progress_is_told(workspace):
    events = []
    open_dataset(FEW, "test", workspace=workspace, on_progress=events.append)
    assert (events[-1].phase, events[-1].done, events[-1].total) == ("Drawing Habitats, test", 6, 6)
    again = []
    open_dataset(FEW, "test", workspace=workspace, on_progress=again.append)
    assert again == []


def test_a_drawing_without_its_manifest_is_drawn_again(workspace):
    first = open_dataset(FEW, "test", workspace=workspace)
    folder = first.source.folder
    (folder / MANIFEST).unlink()
    (folder / "images.npy").write_bytes(b"half")
    second = open_dataset(FEW, "test", workspace=workspace)
    assert np.array_equal(second.source.image(5), draw_picture("test", 5).image)


def test_counts_seeds_and_splits_have_their_own_digest(workspace):
    digests = {
        open_dataset(ref, split, workspace=workspace).digest
        for ref, split in ((FEW, "test"), (FEW, "swapped"), ("habitats?count=3", "test"), (FEW + "&seed=1", "test"))
    }
    assert len(digests) == 4


def test_the_source_is_small_to_send(workspace):
    source = open_dataset(FEW, "test", workspace=workspace).source
    first = source.image(0)  # opens the memory map, which must not travel
    packed = pickle.dumps(source)
    assert len(packed) < 1000
    assert np.array_equal(pickle.loads(packed).image(0), first)


def opened_digest(root):
    return open_dataset(FEW, "test", workspace=Workspace(root)).digest


def test_two_processes_at_once_share_one_drawing(workspace):
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        digests = set(pool.map(opened_digest, [workspace.root] * 2))
    assert len(digests) == 1
    assert len(list((workspace.root / "habitats").glob(f"*/{MANIFEST}"))) == 1


def test_stored_pictures_draws_nothing(workspace):
    assert stored_pictures(workspace, "train") is None
    assert not (workspace.root / "habitats").exists()


def test_what_is_known(workspace):
    entry = known_datasets(workspace)[0]
    assert (entry.ref, entry.splits, entry.images, entry.classes, entry.masks) == (
        "habitats",
        ("train", "test", "swapped"),
        6000,
        10,
        True,
    )
    assert splits_of("habitats", workspace) == ("train", "test", "swapped")


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("habitats:more", "should be `habitats` alone. Found `more` behind."),
        ("habitats?count=0", "`count` should be a whole number. Found `0`."),
        ("habitats?size=3", "has the unknown option `size`. Known for `habitats:` count, seed."),
        ("pictures", "should start with one of `habitats:`, `folder:`, `table:`, `torchvision:`, `salient"),
        ("pictures", "`waterbirds:`. Found `pictures`."),
    ],
)
def test_wrong_references(ref, message, workspace):
    with pytest.raises(BadReferenceError) as error:
        open_dataset(ref, "test", workspace=workspace)
    assert message in str(error.value)


def test_a_split_that_is_not_there(workspace):
    with pytest.raises(
        DatasetError, match=r"Data set `habitats` has no split `val`\. Found `train`, `test`, `swapped`\."
    ):
        open_dataset("habitats", "val", workspace=workspace)
