"""Salient ImageNet from a synthetic copy in its exact layout."""

from itertools import product

import numpy as np
import pytest
from mask_set_files import assert_mask_lies_on_the_object
from PIL import Image
from salient_files import MAIN, SIZES, VOTES, WNIDS, cropped, write_salient, write_votes

from qscore_core.alignment import framed_mask
from qscore_core.datasets import open_dataset, splits_of
from qscore_core.datasets.mask_sets.salient_geometry import laid_back
from qscore_core.datasets.mask_sets.salient_votes import ANSWERS, kind_of
from qscore_core.encoders.transform import IMAGENET_TRANSFORM
from qscore_core.errors import BadReferenceError, DatasetError, ImageError


@pytest.fixture
def reference(tmp_path):
    return write_salient(tmp_path)


@pytest.fixture
def dataset(reference, workspace):
    return open_dataset(reference, workspace=workspace)


def row_of(dataset, name):
    return list(dataset.table["id"]).index(name)


def test_the_vote_rule_on_every_pattern_of_five():
    patterns = list(product(ANSWERS, repeat=5))
    assert len(patterns) == 243
    for answers in patterns:
        against = answers.count("separate_object") + answers.count("background")
        assert kind_of(answers) == ("spurious" if against in (3, 4, 5) else "core")


def test_pictures_labels_and_kinds(dataset, reference, workspace):
    assert splits_of(reference, workspace) == ("all",)
    assert (dataset.classes, dataset.has_masks, dataset.labelled) == (tuple(WNIDS.values()), True, True)
    rows = dataset.table.set_index("id")
    assert sorted(rows.index) == [*(f"n01440764_{name}" for name in "abc"), "n01443537_x", "n01443537_y"]
    assert rows.loc["n01440764_a", ["core_features", "spurious_features"]].tolist() == ["59 686", "701"]
    assert rows.loc["n01440764_b", ["core_features", "spurious_features"]].tolist() == ["59 1030", ""]
    assert rows.loc["n01443537_x", ["core_features", "spurious_features"]].tolist() == ["", "12 13"]
    assert list(rows["label"]) == [0, 0, 0, 1, 1]


def test_masks_of_a_kind_are_joined_by_their_pixelwise_maximum_over_the_features_that_list_the_picture(dataset):
    row = row_of(dataset, "n01440764_a")
    stored = [np.asarray(Image.open(file), float) / 255 for file in dataset.source.files[row]["core"]]
    assert len(stored) == 2
    framed = framed_mask(dataset.source.masks(row).core, IMAGENET_TRANSFORM).numpy()
    expected = np.maximum(*stored)
    assert abs(framed - expected).mean() < 0.01
    assert ((framed >= 0.5) != (expected >= 0.5)).mean() < 0.01
    assert dataset.source.masks(row).core.dtype == np.float32


@pytest.mark.parametrize("name", ["n01440764_b", "n01443537_x", "n01443537_y"])
def test_picture_and_mask_agree_whatever_the_picture_s_shape(dataset, name):
    row = row_of(dataset, name)
    masks = dataset.source.masks(row)
    if name.endswith("b"):
        assert masks.spurious is None
        assert_mask_lies_on_the_object_of(dataset, row, dataset.source.files[row]["core"][0])
    else:
        assert masks.core is None  # a class without any core feature
        assert masks.spurious.shape == dataset.source.image(row).size[::-1]


def assert_mask_lies_on_the_object_of(dataset, row, file):
    mask = laid_back(np.asarray(Image.open(file), np.float32) / 255, dataset.source.image(row).size)
    assert_mask_lies_on_the_object(dataset, row, mask)


@pytest.mark.parametrize("size", [*SIZES.values(), (100, 80), (1000, 251)])
def test_a_mask_is_laid_back_where_it_was_cut_out(size):
    columns, rows = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    whole = Image.fromarray(((np.sin(9 * columns) * np.cos(7 * rows) + 1) * 127).astype(np.uint8))
    stored = np.asarray(cropped(whole), np.float32) / 255
    back = laid_back(stored, size)
    assert back.shape == size[::-1]
    again = framed_mask(back, IMAGENET_TRANSFORM).numpy()
    inner = (slice(4, -4),) * 2
    assert abs(again - stored)[inner].max() < 0.06
    known = laid_back(np.ones((224, 224)), size) == 1
    assert abs(back - np.asarray(whole) / 255)[known][5:-5].mean() < 0.02
    assert known.mean() == pytest.approx((224 / 256) ** 2 * min(size) / max(size), abs=0.03)


def test_a_second_crop_would_miss_the_object(dataset):
    # What the official loader does: it crops the mask that is cropped already.
    row = row_of(dataset, "n01440764_b")
    files = dataset.source.files[row]["core"]
    file = Image.open(files[0])
    twice = np.asarray(cropped(file), float) / 255 >= 0.5
    assert twice.sum() > 1.2 * (np.asarray(file) > 127).sum()
    framed = framed_mask(dataset.source.masks(row).core, IMAGENET_TRANSFORM).numpy()
    assert (framed >= 0.5).sum() < 1.02 * (np.maximum(*map(np.asarray, map(Image.open, files))) > 127).sum()


def test_a_missing_mask_a_missing_picture_an_empty_cell_and_a_feature_without_votes(dataset):
    row = row_of(dataset, "n01440764_c")
    assert dataset.table.loc[row, "core_features"] == "59"
    assert dataset.source.masks(row).core is None
    assert dataset.source.masks(row).spurious is not None
    assert "n01440764_far" not in set(dataset.table["id"])
    assert not dataset.table["core_features"].str.contains("999").any()


def test_other_endings_and_a_json_dictionary(tmp_path, workspace):
    reference = write_salient(tmp_path, "wordnet_dict.json")
    for path in list((tmp_path / "salient_imagenet_dataset").rglob("feature_59/*a.JPEG")):
        Image.open(path).save(path.with_suffix(".png"))
        path.unlink()
    for path in list((tmp_path / "ILSVRC2012").rglob("*_b.JPEG")):
        path.rename(path.with_suffix(".jpg"))
    dataset = open_dataset(reference, workspace=workspace)
    assert len(dataset) == 5
    row = row_of(dataset, "n01440764_a")
    assert sorted(file.rsplit(".")[-1] for file in dataset.source.files[row]["core"]) == ["JPEG", "png"]


@pytest.mark.parametrize(
    "place",
    [
        "salient_imagenet_dataset/discover_spurious_features.csv",
        "salient_imagenet_dataset/mturk_results/discover_spurious_features.csv",
        "salient_imagenet/mturk_results/discover_spurious_features.csv",
        "elsewhere/votes.csv",
    ],
)
def test_votes_are_looked_for_where_people_put_them(place, tmp_path, reference, workspace):
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "salient_imagenet-main/mturk_results/discover_spurious_features.csv").rename(tmp_path / place)
    option = f"&votes={tmp_path / place}" if place.startswith("elsewhere") else ""
    assert len(open_dataset(reference + option, workspace=workspace)) == 5


def test_the_folder_around_it_is_taken_as_well(tmp_path, reference, workspace):
    del reference
    around = f"salient-imagenet:{tmp_path}?imagenet={tmp_path / 'ILSVRC2012'}"
    assert len(open_dataset(around, workspace=workspace)) == 5


def test_a_class_that_the_user_does_not_have_is_left_out(tmp_path, reference, workspace):
    for path in (tmp_path / "ILSVRC2012/train/n01443537").iterdir():
        path.unlink()
    assert set(open_dataset(reference, workspace=workspace).table["label"]) == {0}


def test_the_digest_follows_masks_votes_and_pictures(tmp_path, reference, workspace):
    def digest():
        return open_dataset(reference, workspace=workspace).digest

    first = digest()
    assert digest() == first
    csv = tmp_path / "salient_imagenet-main/mturk_results/discover_spurious_features.csv"
    write_votes(csv, VOTES | {(0, 701): [MAIN] * 5})
    voted = digest()
    next((tmp_path / "salient_imagenet_dataset").rglob("*_a.JPEG")).write_bytes(b"other")
    assert len({first, voted, digest()}) == 3


def test_a_mask_of_another_size_is_refused(dataset):
    row = row_of(dataset, "n01440764_b")
    path = dataset.source.files[row]["core"][0]
    Image.open(path).resize((200, 224)).save(path)
    with pytest.raises(ImageError, match=r"should be 224x224, as Salient ImageNet stores it\. Found 200x224\.$"):
        dataset.source.masks(row)


def test_nothing_in_the_dictionary_is_run(tmp_path, reference, workspace):
    (tmp_path / "salient_imagenet_dataset/wordnet_dict.py").write_text("__import__('os').mkdir('/tmp/never')")
    with pytest.raises(
        DatasetError, match=r"should be one dictionary \{0: 'n01440764', \.\.\.\}\. It is something else"
    ):
        open_dataset(reference, workspace=workspace)


def test_what_is_missing_is_said(tmp_path, reference, workspace):
    def message(ref, kind=DatasetError):
        with pytest.raises(kind) as error:
            open_dataset(ref, workspace=workspace)
        return str(error.value)

    base = reference.split("?")[0]
    assert "should say where ImageNet's pictures are: `?imagenet=PATH`" in message(base, BadReferenceError)
    assert "has the unknown option `image`" in message(f"{base}?image=x", BadReferenceError)
    assert f"Found no folder `train` in `{tmp_path}`." in message(f"{base}?imagenet={tmp_path}")
    (tmp_path / "empty/train/n01440764").mkdir(parents=True)
    assert "none of the pictures that" in message(f"{base}?imagenet={tmp_path / 'empty'}")
    assert "Found nothing there: `/nowhere`." in message("salient-imagenet:/nowhere?imagenet=/x")
    assert "Found nothing at `/nowhere/v.csv`." in message(f"{reference}&votes=/nowhere/v.csv")
    csv = tmp_path / "salient_imagenet-main/mturk_results/discover_spurious_features.csv"
    csv.write_text(csv.read_text().replace("main_object", "whole", 1))
    assert "answers should be main_object, separate_object, background. Found `whole`." in message(reference)
    csv.write_text("a,b\n1,2\n")
    assert "should be discover_spurious_features.csv with the columns `Input.class_index`" in message(reference)
    csv.unlink()
    assert "needs the votes `discover_spurious_features.csv`, which are not in its zip file" in message(reference)
    (tmp_path / "salient_imagenet_dataset/wordnet_dict.py").unlink()
    assert "with `wordnet_dict.py` inside. Found no such thing in it" in message(reference)
