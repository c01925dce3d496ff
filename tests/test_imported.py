import numpy as np
import pandas as pd
import pytest

from qscore_core.errors import DatasetError, RepresentationError
from qscore_core.imported import ImportRequest, feature_splits, import_features, imported_names, open_features


def array(images=6, dim=20, seed=0):
    return np.random.default_rng(seed).random((images, dim))


def saved(folder, values, name="h.npy"):
    np.save(folder / name, values)
    return folder / name


def imported(workspace, file, **given):
    return import_features(ImportRequest(file, given.pop("name", "mine"), **given), workspace)


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "int64", "uint8"])
def test_numbers_of_any_kind_become_float32(tmp_path, workspace, kind):
    values = (array() * 100).astype(kind)
    found = imported(workspace, saved(tmp_path, values))
    np.testing.assert_array_equal(found.matrix, values.astype(np.float32))
    assert (found.ref, found.split, found.images, found.dim) == ("features:mine", "all", 6, 20)
    assert not found.labelled
    assert found.table["id"].tolist()[:2] == ["mine/all/0000000", "mine/all/0000001"]


def test_column_order_in_memory_does_not_matter(tmp_path, workspace):
    np.testing.assert_array_equal(
        imported(workspace, saved(tmp_path, np.asfortranarray(array()))).matrix, array().astype(np.float32)
    )


def test_npz_and_parquet(tmp_path, workspace):
    np.savez(tmp_path / "one.npz", anything=array())
    np.savez(tmp_path / "named.npz", features=array(), labels=np.zeros(6))
    pd.DataFrame(array(), columns=[f"f{j}" for j in range(20)]).to_parquet(tmp_path / "columns.parquet")
    pd.DataFrame({"id": range(6), "embedding": list(array())}).to_parquet(tmp_path / "lists.parquet")
    for name in ("one.npz", "named.npz", "columns.parquet", "lists.parquet"):
        found = imported(workspace, tmp_path / name)
        np.testing.assert_array_equal(found.matrix, array().astype(np.float32))


@pytest.mark.parametrize("ending", [".npy", ".txt", ".csv"])
def test_labels_from_an_array_or_a_text(tmp_path, workspace, ending):
    labels = tmp_path / f"labels{ending}"
    names = ["zebra", "ant", "zebra", "ant", "owl", "zebra"]
    np.save(labels, names) if ending == ".npy" else labels.write_text("\n".join(names) + "\n")
    found = imported(workspace, saved(tmp_path, array()), labels=labels)
    assert found.classes == ("ant", "owl", "zebra")
    assert found.class_names().tolist() == names
    assert found.labelled


def test_numeric_labels_are_sorted_as_numbers_and_minus_one_is_unlabelled(tmp_path, workspace):
    found = imported(
        workspace, saved(tmp_path, array()), labels=saved(tmp_path, np.array([10, 2, -1, 2, 10, 9]), "y.npy")
    )
    assert found.classes == ("2", "9", "10")
    assert found.labels.tolist() == [2, 0, -1, 0, 2, 1]
    assert not found.labelled


def test_a_csv_keeps_commas_inside_quotes(tmp_path, workspace):
    paths = tmp_path / "paths.csv"
    paths.write_text("\n".join(f'"a, {row}.png",x' for row in range(6)))
    assert imported(workspace, saved(tmp_path, array()), images=paths).table["path"].tolist()[2] == "a, 2.png"


def test_splits_of_a_name_and_replacing_one(tmp_path, workspace):
    imported(workspace, saved(tmp_path, array(6)), split="train")
    imported(workspace, saved(tmp_path, array(4)), split="test")
    assert set(feature_splits("mine", workspace)) == {"train", "test"}
    assert open_features("features:mine", "test", workspace).images == 4
    imported(workspace, saved(tmp_path, array(5)), split="test")
    assert open_features("features:mine", "test", workspace).images == 5
    assert open_features("features:mine", "train", workspace).images == 6
    assert imported_names(workspace) == ["mine"]
    with pytest.raises(DatasetError, match=r"`features:mine` has the splits test, train\. Found `val`\."):
        open_features("features:mine", "val", workspace)


def test_the_only_split_needs_no_name(tmp_path, workspace):
    imported(workspace, saved(tmp_path, array()))
    assert open_features("features:mine", None, workspace).split == "all"


def test_an_unknown_name_lists_the_known_ones(tmp_path, workspace):
    with pytest.raises(
        DatasetError, match=r"`features:other` was not imported into this workspace\. Imported: none yet\."
    ):
        open_features("features:other", None, workspace)
    imported(workspace, saved(tmp_path, array()))
    with pytest.raises(DatasetError, match=r"Imported: `features:mine`\."):
        open_features("features:other", None, workspace)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_rows_that_are_not_finite_are_counted_and_the_first_is_named(tmp_path, workspace, bad, monkeypatch):
    monkeypatch.setattr("qscore_core.imported.ROWS_AT_ONCE", 4)
    values = array(10)
    values[[6, 7], 3] = bad
    with pytest.raises(
        RepresentationError,
        match=r"h\.npy` should hold finite numbers\. Found NaN or infinity in 2 rows, the first is row 6",
    ):
        imported(workspace, saved(tmp_path, values))
    with pytest.raises(DatasetError, match="was not imported"):
        open_features("features:mine", None, workspace)


def test_labels_of_another_length_are_refused(tmp_path, workspace):
    file, labels = saved(tmp_path, array()), tmp_path / "labels.txt"
    labels.write_text("a\nb\n")
    with pytest.raises(DatasetError) as caught:
        imported(workspace, file, labels=labels)
    assert str(caught.value) == f"`{labels}` should hold one entry a row of the array. Found 2 labels for 6 rows."
    with pytest.raises(DatasetError, match=r"Found 2 images for 6 rows\."):
        imported(workspace, file, images=labels)


def test_labels_that_cannot_be_read_are_named(tmp_path, workspace):
    file = saved(tmp_path, array())
    with pytest.raises(DatasetError, match=r"`.*none\.txt` \(given as labels\) is not a file"):
        imported(workspace, file, labels=tmp_path / "none.txt")
    with pytest.raises(
        DatasetError, match=r"cannot be read as labels: it should hold one entry a row, and has shape \(6, 10\)"
    ):
        imported(workspace, file, labels=saved(tmp_path, np.eye(10)[:6], "onehot.npy"))
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(DatasetError, match=r"binary\.txt` cannot be read as labels"):
        imported(workspace, file, labels=tmp_path / "binary.txt")
    with pytest.raises(DatasetError, match="cannot be read as labels"):
        imported(workspace, file, labels=saved(tmp_path, np.array([{}] * 6), "objects.npy"))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (np.zeros(12), r"Found shape \(12,\), type float64"),
        (np.zeros((2, 3, 4)), r"Found shape \(2, 3, 4\), type float64"),
        (np.zeros((0, 8)), r"Found shape \(0, 8\)"),
        (np.zeros((8, 1)), r"Found shape \(8, 1\)"),
        (np.array([["a", "b"]]), "type <U1"),
        (np.zeros((3, 4), complex), "type complex128"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(tmp_path, workspace, values, found):
    with pytest.raises(RepresentationError, match=f"should hold numbers of shape N x r, one row an image.*{found}"):
        imported(workspace, saved(tmp_path, values))


def unreadable(folder):
    np.save(folder / "pickle.npy", np.array([{"a": 1}, None], dtype=object))
    (folder / "empty.npy").write_bytes(b"")
    (folder / "empty.npz").write_bytes(b"")
    (folder / "empty.parquet").write_bytes(b"")
    (folder / "text.npy").write_text("1 2 3")
    np.savez(folder / "two.npz", a=array(), b=array())
    np.savez_compressed(folder / "cut.npz", a=array(100))
    data = bytearray((folder / "cut.npz").read_bytes())
    data[200:260] = bytes(60)
    (folder / "cut.npz").write_bytes(bytes(data))
    pd.DataFrame({"f0": [0.1] * 6, "f1": [0.2] * 6, "label": [1] * 6}).to_parquet(folder / "labelled.parquet")
    pd.DataFrame({"embedding": [[1.0, 2.0], [1.0]]}).to_parquet(folder / "ragged.parquet")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("pickle.npy", "Python objects"),
        ("empty.npy", ""),
        ("empty.npz", ""),
        ("empty.parquet", ""),
        ("text.npy", ""),
        ("two.npz", "it holds a, b; name one of them `representations`"),
        ("cut.npz", ""),
        ("labelled.parquet", "column `label` is no feature; leave it out"),
        ("ragged.parquet", "same shape"),
    ],
)
def test_files_that_cannot_be_read_are_named_and_run_no_code(tmp_path, workspace, name, reason):
    unreadable(tmp_path)
    ending = name.rpartition(".")[2]
    with pytest.raises(RepresentationError, match=rf"{name}` cannot be read as a \.{ending} array: .*{reason}"):
        imported(workspace, tmp_path / name)


def test_other_files_are_refused(tmp_path, workspace):
    (tmp_path / "h.pt").write_bytes(b"x")
    with pytest.raises(RepresentationError, match=r"h\.pt` should end in \.npy, \.npz or \.parquet\."):
        imported(workspace, tmp_path / "h.pt")
    with pytest.raises(RepresentationError, match=r"none\.npy` is not a file\."):
        imported(workspace, tmp_path / "none.npy")


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "a/b"])
def test_names_that_cannot_be_references_are_refused(tmp_path, workspace, name):
    with pytest.raises(DatasetError, match="`name` and `split` should be letters, digits, dots, dashes"):
        imported(workspace, saved(tmp_path, array()), name=name)
