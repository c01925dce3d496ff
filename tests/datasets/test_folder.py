import os
import pickle
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_files import write_images

from qscore_core.datasets import open_dataset, splits_of
from qscore_core.datasets.listing import natural_key
from qscore_core.errors import BadReferenceError, DatasetError, ImageError


def opened(root, workspace, split=None):
    return open_dataset(f"folder:{root}", split, workspace=workspace)


def test_splits_and_classes(tmp_path, workspace):
    write_images(tmp_path / "d", "train/cat/10.jpg", "train/cat/2.jpg", "train/dog/1.png", "test/dog/1.jpg")
    assert splits_of(f"folder:{tmp_path}/d", workspace) == ("test", "train")
    train, test = (opened(tmp_path / "d", workspace, split) for split in ("train", "test"))
    assert list(train.table["id"]) == ["train/cat/2.jpg", "train/cat/10.jpg", "train/dog/1.png"]
    assert train.table["path"][0] == f"{tmp_path}/d/train/cat/2.jpg"
    assert train.classes == test.classes == ("cat", "dog")
    assert list(train.labels) == [0, 0, 1]
    # the test split has no cat; dog keeps its index
    assert list(test.labels) == [1]
    assert (train.labelled, train.has_masks, train.source.masks(0)) == (True, False, None)
    assert train.source.image(0).size == (6, 5)


@pytest.mark.parametrize(
    ("paths", "splits", "classes"),
    [
        (["cat/1.jpg", "dog/1.jpg"], ("all",), ("cat", "dog")),
        (["1.jpg", "2.jpg"], ("all",), ()),
        (["train/1.jpg", "val/1.jpg"], ("train", "val"), ()),
        (["night/cat/1.jpg", "day/cat/1.jpg"], ("day", "night"), ("cat",)),
        (["Train/cat/1.jpg", "swapped/cat/1.jpg"], ("Train", "swapped"), ("cat",)),
        # `train` as a means of transport
        (["bus/1.jpg", "train/1.jpg"], ("all",), ("bus", "train")),
        (["train/cat/1.jpg", "examples/1.jpg"], ("train",), ("cat",)),
        (["cat/1.jpg", "dog/a/1.jpg", "dog/b/1.jpg"], ("all",), ("cat", "dog")),
        (["cat/1.jpg", ".hidden/1.jpg", "docs/readme.txt.d/note.jpg.txt"], ("all",), ("cat",)),
    ],
)
def test_layouts(paths, splits, classes, tmp_path, workspace):
    images = [path for path in paths if path.endswith(".jpg")]
    write_images(tmp_path / "d", *images)
    for path in set(paths) - set(images):
        (tmp_path / "d" / path).parent.mkdir(parents=True)
        (tmp_path / "d" / path).write_text("x")
    assert splits_of(f"folder:{tmp_path}/d", workspace) == tuple(sorted(splits, key=natural_key))
    dataset = opened(tmp_path / "d", workspace, splits[0])
    assert dataset.classes == classes
    assert len(dataset) >= 1
    assert dataset.labelled == bool(classes)


def test_flat_images_are_unlabelled(tmp_path, workspace):
    dataset = opened(write_images(tmp_path / "d", "1.jpg", "2.jpg"), workspace)
    assert list(dataset.labels) == [-1, -1]
    assert list(dataset.class_names()) == ["", ""]
    assert list(dataset.table["id"]) == ["1.jpg", "2.jpg"]


def test_hidden_and_other_files_are_left_out(tmp_path, workspace):
    write_images(tmp_path / "d", "cat/1.jpg", "cat/.2.jpg", "stray.jpg")
    (tmp_path / "d/cat/notes.txt").write_text("x")
    assert list(opened(tmp_path / "d", workspace).table["id"]) == ["cat/1.jpg"]


def test_a_class_with_one_image_opens(tmp_path, workspace):
    write_images(tmp_path / "d", "cat/1.jpg", "cat/2.jpg", "dog/1.jpg")
    assert list(opened(tmp_path / "d", workspace).labels) == [0, 0, 1]


def test_a_folder_without_images_says_what_it_found(tmp_path, workspace):
    (tmp_path / "d/docs").mkdir(parents=True)
    for name in ("docs/a.txt", "b.txt"):
        (tmp_path / "d" / name).write_text("x")
    with pytest.raises(DatasetError) as error:
        opened(tmp_path / "d", workspace)
    assert str(error.value) == (
        f"Folder `{tmp_path}/d` holds no image. Looked for .jpg, .jpeg, .png, .webp, .bmp, .gif, .tif, .tiff, ...; "
        "found 2 other files such as `b.txt`."
    )
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match=r"holds no image\. Looked for .*; found no file at all\."):
        opened(tmp_path / "empty", workspace)


def test_a_path_that_is_no_folder(tmp_path, workspace):
    write_images(tmp_path, "a.jpg")
    with pytest.raises(DatasetError, match=r"`folder:PATH` should name a folder of images\. Found a file: `.*a\.jpg`"):
        opened(tmp_path / "a.jpg", workspace)
    with pytest.raises(DatasetError, match="Found nothing there"):
        opened(tmp_path / "absent", workspace)
    with pytest.raises(BadReferenceError, match="unknown option `splt`"):
        opened(f"{tmp_path}?splt=a", workspace)


def test_splits_that_are_not_there(tmp_path, workspace):
    write_images(tmp_path / "d", "train/cat/1.jpg", "test/cat/1.jpg")
    with pytest.raises(DatasetError) as error:
        opened(tmp_path / "d", workspace, "val")
    assert str(error.value) == f"Data set `folder:{tmp_path}/d` has no split `val`. Found `test`, `train`."
    with pytest.raises(DatasetError, match=r"has several splits: `test`, `train`\. Say which one \(--split\)\."):
        opened(tmp_path / "d", workspace)


def test_links_are_followed_but_not_in_circles(tmp_path, workspace):
    root = write_images(tmp_path / "d", "train/cat/1.jpg", "test/cat/1.jpg")
    write_images(tmp_path / "elsewhere", "2.jpg")
    (root / "train/dog").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/back").symlink_to(root)
    (root / "train/cat/up").symlink_to(root)
    (root / "loop").symlink_to(root)
    (root / "train/cat/broken.jpg").symlink_to(tmp_path / "absent.jpg")
    dataset = opened(root, workspace, "train")
    assert "train/dog/2.jpg" in set(dataset.table["id"])
    assert not dataset.table["id"].str.contains("/up/").any()
    assert splits_of(f"folder:{root}", workspace) == ("test", "train")
    # the broken link is listed, so that extraction counts it, and reading it says why it cannot be shown
    row = list(dataset.table["id"]).index("train/cat/broken.jpg")
    with pytest.raises(ImageError, match=r"broken\.jpg` cannot be read: no such file or directory\."):
        dataset.source.image(row)


def test_the_digest_names_the_listing(tmp_path, workspace):
    root = write_images(tmp_path / "d", "a/1.jpg", "a/2.jpg")

    def digest(folder=root):
        return opened(folder, workspace).digest

    first = digest()
    assert digest() == first
    shutil.copytree(root, tmp_path / "e")  # copies times too
    assert digest(tmp_path / "e") == first
    os.utime(root / "a/1.jpg", ns=(1, 1))
    touched = digest()
    (root / "a/3.jpg").write_bytes(b"x")
    added = digest()
    (root / "a/3.jpg").rename(root / "a/4.jpg")
    assert len({first, touched, added, digest()}) == 4


def test_the_source_travels_to_workers(tmp_path, workspace):
    source = opened(write_images(tmp_path / "d", "1.jpg"), workspace).source
    assert pickle.loads(pickle.dumps(source)).image(0).size == (6, 5)


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_a_name_that_is_no_unicode(tmp_path, workspace):
    write_images(tmp_path / "d", "1.jpg")
    strange = os.fsdecode(b"\xff.jpg")
    (tmp_path / "d/1.jpg").rename(tmp_path / "d" / strange)
    dataset = opened(tmp_path / "d", workspace)
    assert list(dataset.table["id"]) == ["\\udcff.jpg"]
    assert dataset.source.image(0).size == (6, 5)


@given(st.lists(st.text(max_size=6), max_size=8))
def test_natural_order_is_total(names):
    ordered = sorted(names, key=natural_key)
    backwards = ordered[::-1]
    backwards.sort(key=natural_key)
    assert backwards == ordered


def test_natural_order_by_hand():
    assert sorted(["b10", "b9", "b", "a100", "10", "9"], key=natural_key) == ["9", "10", "a100", "b", "b9", "b10"]
