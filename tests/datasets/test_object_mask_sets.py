"""Sets with one mask of the object, each from a synthetic copy in its own layout, with pictures that are not square."""

import numpy as np
import pandas as pd
import pytest
from mask_set_files import assert_mask_lies_on_the_object, write_grey, write_picture
from PIL import Image

from qscore_core.datasets import open_dataset, splits_of
from qscore_core.errors import BadReferenceError, DatasetError, ImageError

WIDE, TALL = (90, 60), (56, 84)


def assert_every_core_lies_on_its_object(dataset):
    assert dataset.has_masks
    for row in range(len(dataset)):
        masks = dataset.source.masks(row)
        assert_mask_lies_on_the_object(dataset, row, masks.core)
        assert masks.spurious is None


def message_of(ref, workspace, split=None, kind=DatasetError):
    with pytest.raises(kind) as error:
        open_dataset(ref, split, workspace=workspace)
    return str(error.value)


# Hard ImageNet


@pytest.fixture
def hard(tmp_path):
    masks = tmp_path / "hardImageNet"
    for split, name, wnid, size in (
        ("train", "n02109525_12", "n02109525", WIDE),
        ("train", "n02109525_13", "n02109525", TALL),
        ("val", "ILSVRC2012_val_00000007", "n03775071", WIDE),
        ("val", "ILSVRC2012_val_00000009", "n02109525", TALL),
    ):
        place = write_picture(tmp_path / "ILSVRC" / split / wnid / f"{name}.JPEG", size)
        write_grey(masks / split / f"{wnid}_{name}.JPEG.png", 3 * place)
        (masks / split / f"{wnid}_{name}.JPEG.png").rename(masks / split / f"{wnid}_{name}.JPEG")  # a PNG by content
    (masks / "meta").mkdir()
    (masks / "meta/idx_to_wnid.pkl").write_bytes(b"never read")
    return f"hard-imagenet:{masks}?imagenet={tmp_path / 'ILSVRC'}"


def test_hard_imagenet(hard, workspace):
    assert splits_of(hard, workspace) == ("train", "val")
    train, val = (open_dataset(hard, split, workspace=workspace) for split in ("train", "val"))
    assert (train.classes, list(train.labels)) == (("n02109525",), [0, 0])
    assert list(train.table["id"]) == ["n02109525_n02109525_12", "n02109525_n02109525_13"]
    assert (val.classes, list(val.labels)) == (("n02109525", "n03775071"), [0, 1])
    assert_every_core_lies_on_its_object(train)
    assert_every_core_lies_on_its_object(val)


def test_hard_imagenet_with_a_flat_val_and_the_background_as_spurious(hard, tmp_path, workspace):
    for path in list((tmp_path / "ILSVRC/val").rglob("*.JPEG")):
        path.rename(tmp_path / "ILSVRC/val" / path.name)
    for folder in ("n02109525", "n03775071"):
        (tmp_path / "ILSVRC/val" / folder).rmdir()
    val = open_dataset(f"{hard}&spurious=background", "val", workspace=workspace)
    masks = val.source.masks(1)
    assert np.array_equal(masks.spurious, ~masks.core)
    assert val.digest != open_dataset(hard, "val", workspace=workspace).digest


def test_hard_imagenet_says_what_is_missing(hard, tmp_path, workspace):
    base = hard.split("?")[0]
    assert "should say where ImageNet's pictures are" in message_of(base, workspace, "val", BadReferenceError)
    wrong = message_of(f"{hard}&spurious=all", workspace, "val", BadReferenceError)
    assert wrong.endswith("`spurious` should be `background`. Found `all`.")
    assert "`hardImageNet` or one around it, with `train` inside" in message_of(
        f"hard-imagenet:{tmp_path / 'ILSVRC/val'}?imagenet=x", workspace, "val"
    )


# ImageNet-S


@pytest.fixture
def imagenet_s(tmp_path):
    root = tmp_path / "ImageNetS50"
    wnids = [f"n{1000 + number:08d}" for number in range(50)]
    for wnid in wnids:
        (root / "validation-segmentation" / wnid).mkdir(parents=True)
    for number, (wnid, size) in enumerate(((wnids[2], WIDE), (wnids[49], TALL))):
        place = write_picture(root / "validation" / wnid / f"ILSVRC2012_val_0000000{number}.JPEG", size)
        ids = np.full(place.shape, 7) + 0 * place
        ids[0], ids[place] = 1000, wnids.index(wnid) + 1
        colours = np.stack([ids % 256, ids // 256, 0 * ids], axis=-1)
        write_grey(root / "validation-segmentation" / wnid / f"ILSVRC2012_val_0000000{number}.png", colours)
    return f"imagenet-s:{root}"


def test_imagenet_s(imagenet_s, workspace):
    assert splits_of(imagenet_s, workspace) == ("validation",)
    dataset = open_dataset(imagenet_s, workspace=workspace)
    assert (len(dataset.classes), list(dataset.labels)) == (50, [2, 49])
    assert dataset.table["id"][0] == "n00001002/ILSVRC2012_val_00000000"
    assert_every_core_lies_on_its_object(dataset)


def test_a_part_of_imagenet_s_needs_the_list_of_classes(imagenet_s, tmp_path, workspace):
    folder = tmp_path / "ImageNetS50/validation-segmentation/n00001001"
    folder.rmdir()
    assert "for each of 50, 300, 919 classes, whose order gives the numbers in the masks. Found 49." in message_of(
        imagenet_s, workspace
    )
    names = tmp_path / "im50.txt"
    names.write_text("\n".join(f"n{1000 + number:08d}" for number in reversed(range(50))))
    assert_every_core_lies_on_its_object(open_dataset(f"{imagenet_s}?categories={names}", workspace=workspace))


def test_class_numbers_above_255_stand_in_green_too(tmp_path):
    from qscore_core.datasets.mask_sets.imagenet_s import OwnClass

    ids = np.array([[300, 44], [1000, 0]])
    write_grey(tmp_path / "m.png", np.stack([ids % 256, ids // 256, 0 * ids], axis=-1))
    found = OwnClass((str(tmp_path / "m.png"),), (300,))(0, (2, 2))
    assert found.tolist() == [[True, False], [False, False]]
    write_grey(tmp_path / "m.png", ids % 256)
    with pytest.raises(ImageError, match=r"should hold a class number in red and green\. Found grey\.$"):
        OwnClass((str(tmp_path / "m.png"),), (300,))(0, (2, 2))


# ImageNet's boxes

XML = """<annotation><folder>{wnid}</folder><filename>{name}</filename>
<size><width>{width}</width><height>{height}</height><depth>3</depth></size>{objects}</annotation>"""
OBJECT = """<object><name>{wnid}</name><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox>
</object>"""


def box_of(place):
    rows, columns = np.flatnonzero(place.any(1)), np.flatnonzero(place.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def write_annotation(path, wnid, boxes, size):
    path.parent.mkdir(parents=True, exist_ok=True)
    objects = "".join(OBJECT.format(*box, wnid=name) for name, box in boxes)
    text = XML.format(wnid=wnid, name=path.stem, width=size[0], height=size[1], objects=objects)
    path.write_text(text)


@pytest.fixture
def boxes(tmp_path):
    data, notes = tmp_path / "ILSVRC/Data/CLS-LOC", tmp_path / "ILSVRC/Annotations/CLS-LOC"
    for name, wnid, size in (("n01440764_1", "n01440764", WIDE), ("n01443537_2", "n01443537", TALL)):
        place = write_picture(data / "train" / wnid / f"{name}.JPEG", size)
        other = ("n09999999", (0, 0, 5, 5))  # of another class: not the picture's object
        write_annotation(notes / "train" / wnid / f"{name}.xml", wnid, [(wnid, box_of(place)), other], size)
    write_picture(data / "train/n01440764/n01440764_without_boxes.JPEG")
    for number, wnid in ((3, "n01443537"), (4, "n01440764")):
        name = f"ILSVRC2012_val_0000000{number}"
        place = write_picture(data / "val" / f"{name}.JPEG", TALL)
        doubled = tuple(2 * corner for corner in box_of(place))  # annotated on a picture twice as large
        write_annotation(notes / "val" / f"{name}.xml", wnid, [(wnid, doubled)], (2 * TALL[0], 2 * TALL[1]))
    return f"imagenet-boxes:{tmp_path}"


def test_imagenet_boxes_from_xml(boxes, workspace):
    assert splits_of(boxes, workspace) == ("train", "val")
    train, val = (open_dataset(boxes, split, workspace=workspace) for split in ("train", "val"))
    assert (train.classes, list(train.labels)) == (("n01440764", "n01443537"), [0, 1])
    assert list(train.table["id"]) == ["n01440764_1", "n01443537_2"]
    assert (val.classes, list(val.labels)) == (("n01440764", "n01443537"), [1, 0])
    assert_every_core_lies_on_its_object(train)
    assert_every_core_lies_on_its_object(val)


def test_imagenet_boxes_from_kaggle_s_table(boxes, tmp_path, workspace):
    (tmp_path / "ILSVRC/Annotations").rename(tmp_path / "gone")
    place = np.zeros((TALL[1], TALL[0]), bool)
    place[34:50, 22:34] = True
    left, top, right, bottom = box_of(place)
    halves = f"n01443537 {left} {top} {left + 6} {bottom} n01443537 {left + 6} {top} {right} {bottom} "
    rows = {"ImageId": ["ILSVRC2012_val_00000003"], "PredictionString": [halves]}
    pd.DataFrame(rows).to_csv(tmp_path / "LOC_val_solution.csv", index=False)
    val = open_dataset(boxes, "val", workspace=workspace)
    assert (list(val.table["id"]), val.classes) == (["ILSVRC2012_val_00000003"], ("n01443537",))
    assert_every_core_lies_on_its_object(val)
    (tmp_path / "LOC_val_solution.csv").rename(tmp_path / "b.csv")
    assert len(open_dataset(f"{boxes}?boxes={tmp_path / 'b.csv'}", "val", workspace=workspace)) == 1
    assert "needs the boxes of `val`: `Annotations/CLS-LOC/val/` with XML files" in message_of(boxes, workspace, "val")
    (tmp_path / "b.csv").write_text("a,b\n1,2\n")
    assert "should be a table `ImageId,PredictionString`" in message_of(
        f"{boxes}?boxes={tmp_path / 'b.csv'}", workspace, "val"
    )


def test_an_annotation_that_is_none_is_said(boxes, tmp_path, workspace):
    train = open_dataset(boxes, "train", workspace=workspace)
    file = tmp_path / "ILSVRC/Annotations/CLS-LOC/train/n01440764/n01440764_1.xml"
    file.write_text("<annotation>")
    with pytest.raises(ImageError, match=r"should be an annotation with boxes in XML\. It cannot be read"):
        train.source.masks(0)
    file.write_text("<annotation></annotation>")
    with pytest.raises(ImageError, match=r"should hold at least one `object`\. Found none\.$"):
        train.source.masks(0)
    assert "Found neither in `/nowhere`." in message_of("imagenet-boxes:/nowhere", workspace)


def test_boxes_include_their_ends_and_stay_in_the_picture():
    from qscore_core.datasets.mask_sets.imagenet_boxes import filled

    assert filled(((1, 0, 2, 1),), (4, 3), (4, 3)).tolist() == [[False, True, True, False]] * 2 + [[False] * 4]
    assert filled(((-3, 2, 9, 9),), (4, 3), (4, 3)).sum() == 4
    assert filled((), (4, 3), (4, 3)).sum() == 0


# Oxford Pets


@pytest.fixture
def pets(tmp_path):
    root = tmp_path / "oxford-iiit-pet"
    names = (("Abyssinian_1", 1, WIDE), ("american_bulldog_2", 2, TALL))
    for name, _, size in names:
        place = write_picture(root / "images" / f"{name}.jpg", size)
        trimap = np.where(place, 1, 2)
        trimap[0] = 3
        write_grey(root / "annotations/trimaps" / f"{name}.png", trimap)
    write_grey(root / "annotations/trimaps/._Abyssinian_1.png", [[0]])  # left by a Mac, as in the real archive
    lines = [f"{name} {breed} 1 1" for name, breed, _ in names]
    (root / "annotations/trainval.txt").write_text("\n".join(lines) + "\n")
    (root / "annotations/test.txt").write_text(lines[1] + "\n")
    return f"pets:{root}"


def test_pets(pets, tmp_path, workspace):
    assert splits_of(pets, workspace) == ("trainval", "test")
    dataset = open_dataset(pets, "trainval", workspace=workspace)
    assert (dataset.classes, list(dataset.labels)) == (("Abyssinian", "american_bulldog"), [0, 1])
    assert_every_core_lies_on_its_object(dataset)
    border = open_dataset(f"pets:{tmp_path}?border=core", "trainval", workspace=workspace)
    assert border.source.masks(0).core[0].all()
    assert not dataset.source.masks(0).core[0].any()
    wrong = message_of(f"{pets}?border=no", workspace, "test", BadReferenceError)
    assert wrong.endswith("`border` should be `core`. Found `no`.")
    assert "with `annotations/trimaps` inside. Found nothing there" in message_of("pets:/nowhere", workspace)


def test_the_same_pictures_and_labels_as_torchvision_s_pets(pets, tmp_path, workspace):
    from torchvision.datasets import OxfordIIITPet

    theirs = OxfordIIITPet(str(tmp_path), "trainval", target_types=["category", "segmentation"])
    ours = open_dataset(pets, "trainval", workspace=workspace)
    for row, (picture, (label, trimap)) in enumerate(theirs):
        assert np.array_equal(picture, ours.source.image(row))
        assert label == ours.labels[row]
        assert np.array_equal(np.asarray(trimap) == 1, ours.source.masks(row).core)


# Pascal VOC


@pytest.fixture
def voc(tmp_path):
    root = tmp_path / "VOCdevkit/VOC2012"
    for name, number, size in (("2007_000032", 1, WIDE), ("2007_000039", 20, TALL), ("2007_000063", 0, WIDE)):
        place = write_picture(root / "JPEGImages" / f"{name}.jpg", size)
        indices = np.where(place, number, 0)
        if number:
            indices[0, :5], indices[-1] = 15, 255
        image = Image.fromarray(indices.astype(np.uint8), "L")
        image = image.convert("P")
        image.putpalette([component for index in range(256) for component in (index * 7 % 256, index, 128)])
        (root / "SegmentationClass").mkdir(exist_ok=True)
        image.save(root / "SegmentationClass" / f"{name}.png")
    (root / "ImageSets/Segmentation").mkdir(parents=True)
    (root / "ImageSets/Segmentation/val.txt").write_text("2007_000032\n2007_000039\n2007_000063\n")
    return f"voc:{root}"


def test_voc(voc, tmp_path, workspace):
    assert splits_of(voc, workspace) == ("val",)
    dataset = open_dataset(f"voc:{tmp_path}", workspace=workspace)
    assert [*map(str, dataset.class_names())] == ["aeroplane", "tvmonitor", ""]
    assert dataset.source.masks(2) is None
    for row in (0, 1):
        masks = dataset.source.masks(row)
        assert_mask_lies_on_the_object(dataset, row, masks.core)
        assert not masks.core[0].any()  # another class
        assert not masks.core[-1].any()  # void
    assert "should name the folder" in message_of("voc:/nowhere", workspace)


def test_the_same_indices_as_torchvision_s_voc(voc, tmp_path, workspace):
    from torchvision.datasets import VOCSegmentation

    theirs = VOCSegmentation(str(tmp_path), "2012", "val")
    ours = open_dataset(voc, workspace=workspace)
    for row in (0, 1):
        assert np.array_equal(np.asarray(theirs[row][1]) == ours.labels[row] + 1, ours.source.masks(row).core)


# CUB and Waterbirds


@pytest.fixture
def cub(tmp_path):
    root = tmp_path / "CUB_200_2011"
    files = ("001.Black_footed_Albatross/Black_footed_Albatross_0001.jpg", "002.Laysan_Albatross/Laysan_0002.jpg")
    for name, size in zip(files, (WIDE, TALL), strict=True):
        place = write_picture(root / "images" / name, size)
        write_grey((tmp_path / "segmentations" / name).with_suffix(".png"), np.where(place, 204, 51))
    write_picture(root / "images/002.Laysan_Albatross/bare.jpg")
    (root / "images.txt").write_text(f"1 {files[0]}\n2 {files[1]}\n3 002.Laysan_Albatross/bare.jpg\n")
    (root / "image_class_labels.txt").write_text("1 1\n2 2\n3 2\n")
    (root / "train_test_split.txt").write_text("1 0\n2 0\n3 1\n")
    return f"cub:{root}"


def test_cub(cub, tmp_path, workspace):
    assert splits_of(cub, workspace) == ("train", "test")
    test = open_dataset(cub, "test", workspace=workspace)
    assert test.classes == ("001.Black_footed_Albatross", "002.Laysan_Albatross")
    assert list(test.labels) == [0, 1]
    assert_every_core_lies_on_its_object(test)
    core = test.source.masks(0).core
    assert core.dtype == np.float32
    assert sorted(set(core.ravel().tolist())) == pytest.approx([0.2, 0.8])
    train = open_dataset(cub, "train", workspace=workspace)
    assert train.source.masks(0) is None  # a picture without a segmentation
    (tmp_path / "segmentations").rename(tmp_path / "s")
    assert "needs CUB's segmentations (segmentations.tgz)" in message_of(cub, workspace, "test")
    assert len(open_dataset(f"{cub}?segmentations={tmp_path / 's'}", "test", workspace=workspace)) == 2
    (tmp_path / "CUB_200_2011/images.txt").write_text("1\n")
    assert "should have 2 values a row. Found 1 in row 1." in message_of(cub, workspace, "test")


def test_waterbirds(cub, tmp_path, workspace):
    del cub
    root = tmp_path / "waterbird_complete95_forest2water2"
    names = ["001.Black_footed_Albatross/Black_footed_Albatross_0001.jpg", "002.Laysan_Albatross/Laysan_0002.jpg"]
    for name, size in zip(names, (WIDE, TALL), strict=True):
        write_picture(root / name, size)
    table = {
        **{"img_id": [1, 2], "img_filename": names, "y": [1, 0], "split": [2, 2], "place": [0, 0]},
        "place_filename": ["/b/bamboo_forest/1.jpg", "/l/lake/2.jpg"],
    }
    pd.DataFrame(table).to_csv(root / "metadata.csv", index=False)
    reference = f"waterbirds:{root}"
    assert splits_of(reference, workspace) == ("train", "val", "test")
    test = open_dataset(reference, "test", workspace=workspace)
    assert (test.classes, list(test.labels)) == (("landbird", "waterbird"), [1, 0])
    assert list(test.table["place"]) == ["land", "land"]
    assert list(test.table["habitat_fits"]) == [False, True]
    for row in range(2):
        masks = test.source.masks(row)
        assert_mask_lies_on_the_object(test, row, masks.core)
        np.testing.assert_allclose(masks.core + masks.spurious, 1)
    assert "split `val` lists no picture that is there" in message_of(reference, workspace, "val")
    pd.DataFrame(table).drop(columns="y").to_csv(root / "metadata.csv", index=False)
    assert "should be a table with the columns `img_filename`, `y`, `split`, `place`" in message_of(
        reference, workspace, "test"
    )


@pytest.mark.parametrize("made", ["hard", "imagenet_s", "boxes", "pets", "voc", "cub"])
def test_a_source_can_be_sent_to_a_worker(made, request, workspace):
    import pickle

    reference = request.getfixturevalue(made)
    dataset = open_dataset(reference, splits_of(reference, workspace)[-1], workspace=workspace)
    again = pickle.loads(pickle.dumps(dataset.source))
    assert np.array_equal(again.masks(0).core, dataset.source.masks(0).core)
