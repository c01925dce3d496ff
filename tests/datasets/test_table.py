import numpy as np
import pandas as pd
import pytest
from image_files import write_images
from PIL import Image

from qscore_core.datasets import open_dataset, splits_of
from qscore_core.errors import DatasetError, ImageError


def write(tmp_path, name="t.csv", **columns):
    table = pd.DataFrame(columns)
    path = tmp_path / name
    table.to_csv(path, index=False) if name.endswith(".csv") else table.to_parquet(path)
    return f"table:{path}"


def message_of(ref, workspace, split=None):
    with pytest.raises(DatasetError) as error:
        open_dataset(ref, split, workspace=workspace)
    return str(error.value)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_columns_are_read_and_others_kept(name, tmp_path, workspace):
    write_images(tmp_path, "img/a.jpg", "img/b.jpg", "img/c.jpg")
    ref = write(
        tmp_path,
        name,
        image_path=["img/a.jpg", "img/b.jpg", str(tmp_path / "img/c.jpg")],
        id=["x", "y", "z"],
        label=["dog", "cat", None],
        split=["train", "test", "train"],
        camera=[3, 4, 5],
        path=["own", "own", "own"],
    )
    assert splits_of(ref, workspace) == ("test", "train")
    train = open_dataset(ref, "train", workspace=workspace)
    assert list(train.table["id"]) == ["x", "z"]
    assert train.classes == ("cat", "dog")
    assert list(train.labels) == [1, -1]
    assert (train.labelled, train.has_masks) == (False, False)
    assert list(train.table["camera"]) == [3, 5]
    assert list(train.table["path_in_table"]) == ["own", "own"]
    assert list(train.table["path"]) == [f"{tmp_path}/img/a.jpg", f"{tmp_path}/img/c.jpg"]
    assert train.source.image(1).size == (6, 5)


def test_a_path_alone_is_enough(tmp_path, workspace):
    dataset = open_dataset(write(tmp_path, image_path=["a.jpg", "b.jpg"]), workspace=workspace)
    assert list(dataset.table["id"]) == ["a.jpg", "b.jpg"]
    assert (dataset.split, dataset.classes, list(dataset.labels)) == ("all", (), [-1, -1])
    with pytest.raises(ImageError, match=r"a\.jpg` cannot be read: no such file or directory\."):
        dataset.source.image(0)


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
@pytest.mark.parametrize(
    ("labels", "classes", "indices"),
    [
        ([10, 2, 10], ("2", "10"), [1, 0, 1]),
        ([3.0, None, 0.0], ("0", "3"), [1, -1, 0]),
        (["01", "1", "NA"], ("01", "1", "NA"), [0, 1, 2]),
        (["b", "", "a"], ("a", "b"), [1, -1, 0]),
    ],
)
def test_labels(name, labels, classes, indices, tmp_path, workspace):
    dataset = open_dataset(write(tmp_path, name, image_path=["a", "b", "c"], label=labels), workspace=workspace)
    if "NA" not in classes and "01" not in classes:
        assert dataset.classes == classes
    assert set(dataset.classes) == set(classes)
    assert list(dataset.class_names()) == [classes[i] if i >= 0 else "" for i in indices]


def test_whole_numbers_with_gaps_as_a_spreadsheet_writes_them(tmp_path, workspace):
    (tmp_path / "t.csv").write_text("\ufeffimage_path,label\na,1\nb,\n", encoding="utf-8")
    assert open_dataset(f"table:{tmp_path}/t.csv", workspace=workspace).classes == ("1",)


def test_masks(tmp_path, workspace):
    write_images(tmp_path, "a.png", "b.png", size=(4, 2))
    grey = np.array([[0, 127, 128, 255], [0, 0, 0, 0]], dtype=np.uint8)
    Image.fromarray(grey).save(tmp_path / "core.png")
    Image.fromarray(grey).convert("1", dither=Image.Dither.NONE).resize((8, 4), Image.Resampling.NEAREST).save(
        tmp_path / "spurious.png"
    )
    ref = write(
        tmp_path,
        image_path=["a.png", "b.png"],
        core_mask=["core.png", None],
        spurious_mask=["spurious.png", None],
    )
    dataset = open_dataset(ref, workspace=workspace)
    assert dataset.has_masks
    expected = np.array([[False, False, True, True], [False] * 4])
    masks = dataset.source.masks(0)
    assert np.array_equal(masks.core, expected)
    # twice as large, brought to the picture's own size without new values
    assert np.array_equal(masks.spurious, expected)
    assert dataset.source.masks(1) is None


def test_a_mask_of_another_shape_is_refused(tmp_path, workspace):
    write_images(tmp_path, "a.png", size=(4, 2))
    write_images(tmp_path, "m.png", size=(4, 4))
    dataset = open_dataset(write(tmp_path, image_path=["a.png"], core_mask=["m.png"]), workspace=workspace)
    with pytest.raises(ImageError, match=r"m\.png` should have the shape of its picture \(4x2\)\. Found 4x4\."):
        dataset.source.masks(0)


def test_duplicate_ids_are_named_with_their_rows(tmp_path, workspace):
    ref = write(tmp_path, image_path=["a", "b", "c", "d"], id=["x", "y", "z", "y"])
    assert message_of(ref, workspace) == (
        f"Table `{tmp_path}/t.csv`: `id` should be different in every row of a split. "
        "Found `y` in rows 2, 4 (counted from 1 below the header)."
    )


def test_duplicate_paths_without_ids(tmp_path, workspace):
    message = message_of(write(tmp_path, image_path=["a", "a"]), workspace)
    assert "`image_path`, which serves as `id` where that column is missing, should be different" in message


def test_the_same_id_in_two_splits_is_allowed(tmp_path, workspace):
    ref = write(tmp_path, image_path=["a", "b"], id=["x", "x"], split=["train", "test"])
    assert len(open_dataset(ref, "test", workspace=workspace)) == 1


def test_wrong_tables(tmp_path, workspace):
    ref = write(tmp_path, picture=["a"], label=["x"])
    assert message_of(ref, workspace).endswith(
        "should have a column `image_path`. Found the columns `picture`, `label`."
    )
    assert message_of(write(tmp_path, image_path=[]), workspace).endswith("has no rows. Expected one row an image.")
    ref = write(tmp_path, image_path=["a", None], label=["x", "y"])
    assert "should have a value of `image_path` in every row. Found 1 without, first row 2" in message_of(
        ref, workspace
    )
    ref = write(tmp_path, image_path=["a"], label=[0.5])
    assert message_of(ref, workspace).endswith("`label` should hold class names or whole numbers. Found 0.5.")
    ref = write(tmp_path, image_path=["a"], split=["train"])
    assert message_of(ref, workspace, "test").endswith("has no split `test`. Found `train`.")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"x", "should end in .csv, .tsv or .parquet. Found `t.xlsx`."),
        ("t.parquet", b"not parquet", "cannot be read as parquet: "),
        ("t.csv", b"", "cannot be read as csv: No columns to parse from file."),
        ("t.csv", b"image_path\n\xff\xfe", "cannot be read as csv: 'utf-8' codec can't decode"),
        ("t.csv", b'image_path,label\n"a', "cannot be read as csv: Error tokenizing data."),
    ],
)
def test_files_that_are_no_tables(name, content, message, tmp_path, workspace):
    (tmp_path / name).write_bytes(content)
    assert message in message_of(f"table:{tmp_path / name}", workspace)


def test_a_table_that_is_not_there(tmp_path, workspace):
    expected = f"`table:FILE` should name a CSV or Parquet file. Found nothing at `{tmp_path}/t.csv`."
    assert message_of(f"table:{tmp_path}/t.csv", workspace) == expected


def test_the_digest_follows_labels_and_files(tmp_path, workspace):
    write_images(tmp_path, "a.jpg")

    def digest(**columns):
        return open_dataset(write(tmp_path, **columns), workspace=workspace).digest

    first = digest(image_path=["a.jpg"], label=["x"])
    assert digest(image_path=["a.jpg"], label=["x"]) == first
    assert digest(image_path=["a.jpg"]) != first
    write_images(tmp_path, "a.jpg", size=(40, 40))
    assert digest(image_path=["a.jpg"], label=["x"]) != first
    write_images(tmp_path, "m.png")
    masked = digest(image_path=["a.jpg"], core_mask=["m.png"])
    write_images(tmp_path, "m.png", size=(40, 40))
    assert digest(image_path=["a.jpg"], core_mask=["m.png"]) != masked
