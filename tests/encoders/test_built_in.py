import re
import urllib.error

import numpy as np
import pytest
import torch
from encoder_files import OWN_TRANSFORM, SMALL, own_file, torchvision_network
from torchvision.models import ResNet50_Weights

from qscore_core.datasets.habitats import thumbprint
from qscore_core.encoders import habitats_scheme, known_encoders, load_encoder
from qscore_core.encoders.torchvision_scheme import transform_of
from qscore_core.errors import BadReferenceError, EncoderError

PICTURES = np.full((32, 64, 64, 3), 100, dtype=np.uint8)


@pytest.fixture
def assets(tmp_path, monkeypatch):
    folder = tmp_path / "assets"
    folder.mkdir()
    monkeypatch.setattr(habitats_scheme, "ASSETS", folder)
    return folder


def test_a_built_in_encoder_and_the_untrained_one_of_its_shape(assets, workspace):
    own_file(assets / "simclr.safetensors")
    trained = load_encoder("habitats:simclr", workspace=workspace)
    untrained = load_encoder("habitats:untrained", workspace=workspace)
    assert (trained.method, trained.transform, trained.warnings) == ("simclr", OWN_TRANSFORM, ())
    assert (untrained.method, untrained.transform, untrained.arch) == ("untrained", OWN_TRANSFORM, trained.arch)
    assert untrained.fingerprint != trained.fingerprint
    assert untrained.fingerprint == load_encoder("habitats:untrained", workspace=workspace).fingerprint


def test_missing_built_in_encoders_are_named(assets, workspace):
    with pytest.raises(
        EncoderError, match=r"`habitats:untrained` takes its shape from `habitats:simclr`, whose file is"
    ):
        load_encoder("habitats:untrained", workspace=workspace)
    own_file(assets / "simclr.safetensors")
    for name in ("byol", "", "../assets/simclr"):
        message = f"There is no built-in encoder `habitats{':' if name else ''}{name}`. Found `habitats:simclr`,"
        with pytest.raises(EncoderError, match=re.escape(message)):
            load_encoder(f"habitats:{name}", workspace=workspace)


@pytest.mark.parametrize(("shift", "warned"), [(0, False), (2, False), (3, True)])
def test_a_drift_of_the_pictures_is_said(shift, warned, assets, workspace, monkeypatch):
    own_file(assets / "simclr.safetensors", record={"thumbprint": thumbprint(PICTURES)})
    monkeypatch.setattr("qscore_core.datasets.habitats_set.stored_pictures", lambda *_: PICTURES + np.uint8(shift))
    warnings = load_encoder("habitats:simclr", workspace=workspace).warnings
    assert len(warnings) == warned
    if warned:
        assert "differ from those this encoder was trained on by up to 3.0 grey levels (2 allowed)" in warnings[0]


def test_no_pictures_are_drawn_to_look_for_a_drift(assets, workspace):
    own_file(assets / "simclr.safetensors", record={"thumbprint": thumbprint(PICTURES)})
    load_encoder("habitats:simclr", workspace=workspace)
    assert not (workspace.root / "habitats").exists()


def test_random_torchvision_weights_have_a_seed(workspace):
    def fingerprint(ref):
        return load_encoder(ref, workspace=workspace).fingerprint

    first = fingerprint("torchvision:resnet18/random")
    assert fingerprint("torchvision:resnet18/random?seed=0") == first
    assert fingerprint("torchvision:resnet18/random?seed=1") != first


def test_published_weights_come_from_the_workspace_once_they_are_there(workspace):
    folder = workspace.root / "downloads"
    folder.mkdir()
    network = torchvision_network("resnet18")
    torch.save(network.state_dict(), folder / "resnet18-f37072fd.pth")
    encoder = load_encoder("torchvision:resnet18/IMAGENET1K_V1", workspace=workspace)
    assert torch.equal(encoder.module.conv1.weight, network.conv1.weight)
    assert (encoder.method, encoder.source) == ("supervised", "torchvision ResNet18_Weights.IMAGENET1K_V1")


def test_the_published_transform_is_taken():
    transform = transform_of(ResNet50_Weights.IMAGENET1K_V2.value)
    assert (transform.resize, transform.crop, transform.interpolation) == (232, 224, "bilinear")


def test_no_network_is_one_sentence(workspace, monkeypatch):
    def no_network(*_, **__):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("torch.hub.urlopen", no_network)
    with pytest.raises(EncoderError) as error:
        load_encoder("torchvision:resnet18/IMAGENET1K_V1", workspace=workspace)
    assert str(error.value).startswith(
        "ResNet18_Weights.IMAGENET1K_V1 is not in the workspace and cannot be downloaded"
    )
    assert "no network (Name or service not known). If you have the file, use `file:PATH`." in str(error.value)


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("torchvision:vit_b_16/DEFAULT", "should name one of resnet18, resnet34, resnet50,"),
        ("torchvision:resnet18/V9", "should name weights of resnet18: IMAGENET1K_V1 or random. Found `V9`."),
        ("torchvision:resnet18/random?seed=x", "`seed` should be a whole number. Found `x`."),
        ("torchvision:resnet18/random?stem=cifar", "has the unknown option `stem`."),
    ],
)
def test_wrong_torchvision_references(ref, message, workspace):
    with pytest.raises(BadReferenceError) as error:
        load_encoder(ref, workspace=workspace)
    assert message in str(error.value)


def test_the_list_of_encoders(assets, workspace):
    own_file(assets / "simclr.safetensors")
    run = workspace.root / "runs" / "a"
    run.mkdir(parents=True)
    own_file(run / "encoder.safetensors")
    entries = {entry.ref: entry for entry in known_encoders(workspace)}
    assert list(entries)[:3] == ["habitats:simclr", "habitats:untrained", "run:a"]
    assert entries["run:a"].available
    assert entries["run:a"].dim == SMALL.dim
    supervised = entries["torchvision:resnet50/IMAGENET1K_V2"]
    assert (supervised.dim, supervised.method, supervised.available) == (2048, "supervised", False)


def test_a_damaged_run_does_not_spoil_the_list(assets, workspace):
    own_file(assets / "simclr.safetensors")
    run = workspace.root / "runs" / "a"
    run.mkdir(parents=True)
    (run / "encoder.safetensors").write_text("no")
    assert [entry.ref for entry in known_encoders(workspace)][:2] == ["habitats:simclr", "habitats:untrained"]
