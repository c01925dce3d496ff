import json
import os

import numpy as np
import pandas as pd
import pytest

from qscore_core.activation_index import build_index
from qscore_core.errors import RepresentationError, WorkspaceError
from qscore_core.representations import MATRIX, TABLE, Skipped, close_artefact, index_of, open_representations


def stored(workspace, h, labels=(0, 1), classes=("a", "b"), digest="abc"):
    h = np.asarray(h, np.float32)
    folder = workspace.artefact("representations", digest)
    h.tofile(folder / MATRIX)
    names = [f"image{row}" for row in range(len(h))]
    table = pd.DataFrame({"id": names, "path": names, "label": np.resize(labels, len(h)), "split": "test", "size": 0.5})
    about = {"digest": digest, "ref": "made:up", "split": "test", "dim": h.shape[1], "extra": 1}
    close_artefact(folder, table, classes, [Skipped("bad", "bad.png", "empty")], about)
    return open_representations(folder)


def heavy_tailed(images, dim, seed=0):
    return np.maximum(np.random.default_rng(seed).standard_normal((images, dim)) ** 3, 0).astype(np.float32)


def test_what_was_stored_is_what_is_opened(workspace):
    h = heavy_tailed(7, 33)
    found = stored(workspace, h)
    assert (found.images, found.dim, found.ref, found.split, found.digest) == (7, 33, "made:up", "test", "abc")
    assert found.matrix.tobytes() == h.tobytes()
    assert isinstance(found.matrix, np.memmap)
    assert found.skipped == (Skipped("bad", "bad.png", "empty"),)
    assert found.table["size"].tolist() == [0.5] * 7
    assert found.about["extra"] == 1


def test_labels_and_class_names(workspace):
    found = stored(workspace, heavy_tailed(4, 8))
    assert found.labelled
    assert found.class_names().tolist() == ["a", "b", "a", "b"]
    part = stored(workspace, heavy_tailed(4, 8), labels=(0, -1), digest="part")
    assert not part.labelled
    assert part.class_names().tolist() == ["a", "", "a", ""]
    assert not stored(workspace, heavy_tailed(4, 8), labels=(-1,), classes=(), digest="none").labelled


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_blocks_are_the_matrix(workspace, monkeypatch, rows):
    monkeypatch.setattr("qscore_core.activation_index.BLOCK_BYTES", rows * 4 * 33)
    found = stored(workspace, heavy_tailed(7, 33))
    blocks = list(found.blocks())
    assert max(len(block) for block in blocks) <= rows
    np.testing.assert_array_equal(np.concatenate(blocks), found.matrix)


def test_unfinished_representations_are_not_opened(workspace):
    found = stored(workspace, heavy_tailed(3, 8))
    (found.folder / "manifest.json").unlink()
    with pytest.raises(WorkspaceError, match="holds no finished representations; run `extract` to make or finish them"):
        open_representations(found.folder)


@pytest.mark.parametrize(("damage", "bytes_left"), [("cut", 90), ("gone", 0)])
def test_a_damaged_matrix_is_not_opened(workspace, damage, bytes_left):
    folder = stored(workspace, heavy_tailed(3, 8)).folder
    os.truncate(folder / MATRIX, 90) if damage == "cut" else (folder / MATRIX).unlink()
    with pytest.raises(WorkspaceError, match=rf"should hold 96 bytes\. Found {bytes_left}\. Delete the folder"):
        open_representations(folder)


def test_the_index_is_built_once_and_then_read(workspace):
    found = stored(workspace, heavy_tailed(9, 64))
    first = index_of(found, workspace)
    (found.folder / MATRIX).write_bytes(b"")  # from here on the matrix is not needed
    second, expected = index_of(found, workspace), build_index(heavy_tailed(9, 64))
    for index in (first, second):
        np.testing.assert_array_equal(index.z, expected.z)
        np.testing.assert_array_equal(index.counts, expected.counts)


def test_smaller_epsilons_and_two_sided_have_indexes_of_their_own(workspace):
    found = stored(workspace, np.random.default_rng(0).standard_normal((9, 64)))
    plain, low = index_of(found, workspace), index_of(found, workspace, epsilon=1.0)
    both = index_of(found, workspace, two_sided=True)
    assert (plain.floor, low.floor, both.floor) == (2.0, 1.0, 2.0)
    assert len(low.z) > len(both.z) > len(plain.z)
    assert index_of(found, workspace, epsilon=7.0).floor == 2.0


def test_an_index_of_an_unfinished_run_is_made_again(workspace):
    found = stored(workspace, heavy_tailed(9, 64))
    index_of(found, workspace)
    folder = next(found.folder.glob("index*"))
    (folder / "manifest.json").unlink()
    (folder / "z.f32").write_bytes(b"torn")
    np.testing.assert_array_equal(index_of(found, workspace).z, build_index(heavy_tailed(9, 64)).z)


def test_constant_representations_are_named_as_a_collapse(workspace):
    found = stored(workspace, np.repeat(np.arange(5)[:, None], 64, axis=1))
    with pytest.raises(RepresentationError) as caught:
        index_of(found, workspace)
    assert str(caught.value) == (
        "Every representation of `made:up` split `test` is constant over its 64 features, so no feature stands out in "
        "any image. The encoder has collapsed or its weights were not loaded."
    )


def test_a_few_constant_rows_are_no_collapse(workspace):
    h = heavy_tailed(9, 64)
    h[:8] = 3.0
    assert index_of(stored(workspace, h), workspace).images == 9


def test_a_manifest_is_plain_json(workspace):
    about = json.loads((stored(workspace, heavy_tailed(3, 8)).folder / "manifest.json").read_text())
    assert about["classes"] == ["a", "b"]
    assert about["skipped"] == [{"id": "bad", "path": "bad.png", "reason": "empty"}]
    assert (stored(workspace, heavy_tailed(3, 8)).folder / TABLE).is_file()
