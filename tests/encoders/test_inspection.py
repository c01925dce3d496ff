from dataclasses import asdict, replace

import pytest
import torch
from encoder_files import SMALL_CIFAR, own_file, small_weights, torchvision_network

from qscore_core.encoders import inspect_checkpoint
from qscore_core.encoders.inspection import stem_name
from qscore_core.encoders.networks.resnet import CIFAR_STEM, IMAGENET_STEM, Stem
from qscore_core.encoders.presets import PRESETS
from qscore_core.encoders.transform import IMAGENET_TRANSFORM
from qscore_core.errors import BadReferenceError


def test_the_report_of_a_training_checkpoint(tmp_path):
    state = {f"module.{key}": tensor for key, tensor in torchvision_network("resnet18").state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state, "optimizer": {"param_groups": []}}, tmp_path / "w.pth.tar")
    report = asdict(inspect_checkpoint(tmp_path / "w.pth.tar"))
    assert len(report.pop("kept")) == 120
    assert report == {
        "layout": "torchvision",
        "method": "unknown",
        "arch": "resnet18",
        "dim": 512,
        "stem": "imagenet",
        "place": "state_dict",
        "prefix": "module.",
        "weights": "online",
        "weights_available": ("online",),
        "dropped": ("module.fc.weight", "module.fc.bias", "epoch", "optimizer"),
        "missing": (),
        "unexpected": (),
        "mismatched": (),
        "heads": ("fc",),
        "preset": "imagenet",
        "transform": asdict(IMAGENET_TRANSFORM),
        "refused": (),
        "reader": "weights_only",
        "finetune_heads": (),
        "notes": (f"The input is assumed as by `preset=imagenet`. {PRESETS['imagenet'].sentence}",),
    }


def test_a_flat_file_drops_its_neighbours(tmp_path):
    torch.save(small_weights() | {"epoch": 3}, tmp_path / "w.pth")
    report = inspect_checkpoint(tmp_path / "w.pth")
    assert (report.dropped, report.heads, report.prefix) == (("epoch",), (), "")


def test_an_own_file(tmp_path):
    report = inspect_checkpoint(own_file(tmp_path / "e.safetensors", SMALL_CIFAR))
    assert (report.layout, report.method, report.stem) == ("qscore", "simclr", "cifar")


def test_a_partial_file_is_reported_not_refused(tmp_path):
    state = small_weights() | {"bn1.bias": torch.zeros(3), "extra": torch.zeros(1)}
    del state["layer2.0.bn1.weight"]
    torch.save(state, tmp_path / "w.pth")
    report = inspect_checkpoint(tmp_path / "w.pth")
    assert (report.missing, report.unexpected) == (("layer2.0.bn1.weight",), ("extra",))
    assert report.mismatched == ("bn1.bias (found [3], expected [8])",)


def test_the_report_follows_the_options(tmp_path):
    torch.save(small_weights(), tmp_path / "w.pth")
    report = inspect_checkpoint(tmp_path / "w.pth", {"preset": "tonylins", "method": "simclr", "crop": "200"})
    assert (report.preset, report.method, report.transform.resize, report.transform.crop) == (
        "tonylins",
        "simclr",
        256,
        200,
    )
    assert report.notes == ()
    with pytest.raises(BadReferenceError, match="has the unknown option `crp`"):
        inspect_checkpoint(tmp_path / "w.pth", {"crp": "3"})


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        (IMAGENET_STEM, "imagenet"),
        (CIFAR_STEM, "cifar"),
        (replace(CIFAR_STEM, padding=2), "cifar, padding 2"),
        (replace(CIFAR_STEM, relu=False), "cifar, without ReLU"),
        (Stem(5, 2, 2, pool=False), "5x5, stride 2, padding 2, without max-pool"),
    ],
)
def test_stems_in_words(stem, name):
    assert stem_name(stem) == name
