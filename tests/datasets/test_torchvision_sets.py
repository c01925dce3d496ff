import pickle
import urllib.error

import numpy as np
import pytest
import torchvision
from PIL import Image

from qscore_core.datasets import open_dataset, splits_of
from qscore_core.errors import BadReferenceError, DatasetError

FAKE = "torchvision:FakeData?size=12&image_size=16&num_classes=3"


def test_fake_data_has_two_splits_without_a_common_picture(workspace):
    assert splits_of(FAKE, workspace) == ("train", "test")
    train, test = (open_dataset(FAKE, split, workspace=workspace) for split in ("train", "test"))
    assert train.classes == ("0", "1", "2")
    assert list(train.table["id"][:2]) == ["FakeData/train/00000", "FakeData/train/00001"]
    pictures = {picture.tobytes() for split in (train, test) for picture in map(split.source.image, range(12))}
    assert len(pictures) == 24
    assert train.digest != test.digest
    assert train.digest == open_dataset(FAKE, "train", workspace=workspace).digest


def test_labels_and_pictures_are_torchvisions(workspace):
    dataset = open_dataset(FAKE, "train", workspace=workspace)
    theirs = torchvision.datasets.FakeData(12, (3, 16, 16), 3)
    assert list(dataset.labels) == [int(theirs[row][1]) for row in range(12)]
    assert np.array_equal(dataset.source.image(5), theirs[5][0])


def write_cifar(root):
    """CIFAR-10's own files, with 10 pictures each; torchvision checks sums, which the test sets to those files."""
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for name in [*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]:
        batch = {"data": random.integers(0, 256, (10, 3072), dtype=np.uint8), "labels": list(range(10))}
        (folder / name).write_bytes(pickle.dumps(batch))
    names = [f"class {n}" for n in range(10)]
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": names}))


@pytest.fixture
def cifar(tmp_path, monkeypatch):
    write_cifar(tmp_path)
    monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *_: True)
    return f"torchvision:CIFAR10?root={tmp_path}"


def test_cifar_files_are_read_without_decoding_for_labels(cifar, workspace, monkeypatch):
    monkeypatch.setattr(torchvision.datasets.CIFAR10, "__getitem__", None)
    train = open_dataset(cifar, "train", workspace=workspace)
    assert (len(train), train.classes[3], list(train.labels[:3])) == (50, "class 3", [0, 1, 2])


def test_cifar_pictures_travel_with_their_source(cifar, workspace):
    test = open_dataset(cifar, "test", workspace=workspace)
    packed = pickle.dumps(test.source)
    assert len(packed) < 500
    assert np.array_equal(pickle.loads(packed).image(4), test.source.image(4))
    assert test.source.masks(0) is None


def test_the_digest_follows_the_pixels(cifar, tmp_path, workspace):
    first = open_dataset(cifar, "test", workspace=workspace).digest
    file = tmp_path / "cifar-10-batches-py/test_batch"
    batch = pickle.loads(file.read_bytes())
    batch["data"][0, 0] ^= 1
    file.write_bytes(pickle.dumps(batch))
    assert open_dataset(cifar, "test", workspace=workspace).digest != first


def test_sets_of_files(tmp_path, workspace):
    for name in ("AnnualCrop", "Forest"):
        (tmp_path / "eurosat/2750" / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "eurosat/2750" / name / "1.jpg")
    ref = f"torchvision:EuroSAT?root={tmp_path}"
    dataset = open_dataset(ref, workspace=workspace)
    assert (dataset.split, dataset.classes, list(dataset.labels)) == ("all", ("AnnualCrop", "Forest"), [0, 1])
    first = dataset.digest
    Image.new("RGB", (40, 4)).save(tmp_path / "eurosat/2750/Forest/1.jpg")
    assert open_dataset(ref, workspace=workspace).digest != first


def test_files_that_are_not_there(tmp_path, workspace):
    with pytest.raises(DatasetError) as error:
        open_dataset(f"torchvision:CIFAR10?root={tmp_path}", "train", workspace=workspace)
    assert str(error.value).startswith(f"Data set `torchvision:CIFAR10?root={tmp_path}` cannot be opened: ")
    assert str(error.value).endswith("Add `download=1` to fetch it, or set `root=`.")


def test_no_network(tmp_path, workspace, monkeypatch):
    def no_network(*_, **__):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    with pytest.raises(
        DatasetError, match=r"cannot be downloaded: no network \(Name or service not known\)\. Put its files"
    ):
        open_dataset(f"torchvision:SVHN?root={tmp_path}&download=1", "test", workspace=workspace)


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("torchvision:Nope", "should name a labelled image set of torchvision.datasets, such as CIFAR10,"),
        ("torchvision:wrap_dataset_for_transforms_v2", "should name a labelled image set"),
        ("torchvision:", "should name a labelled image set"),
        ("torchvision:CIFAR10?train=1", "has the unknown option `train`. Known for `torchvision:` download, root."),
        ("torchvision:FakeData?root=x", "has the unknown option `root`."),
    ],
)
def test_wrong_references(ref, message, workspace):
    with pytest.raises(BadReferenceError) as error:
        open_dataset(ref, "train", workspace=workspace)
    assert message in str(error.value)


def test_a_split_that_is_not_there(workspace):
    assert splits_of("torchvision:STL10", workspace) == ("train", "test", "unlabeled")
    with pytest.raises(DatasetError, match=r"has no split `val`\. Found `train`, `test`"):
        open_dataset(FAKE, "val", workspace=workspace)
