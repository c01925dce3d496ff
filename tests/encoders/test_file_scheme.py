from dataclasses import replace

import pytest
import safetensors.torch
import torch
from encoder_files import OWN_TRANSFORM, SMALL, SMALL_CIFAR, own_file, small_weights, torchvision_network
from torch import nn

from qscore_core.encoders import load_encoder
from qscore_core.encoders.networks.resnet import ResNet, build_resnet
from qscore_core.encoders.transform import CIFAR_TRANSFORM, IMAGENET_TRANSFORM
from qscore_core.errors import BadReferenceError, EncoderError


@pytest.mark.parametrize(
    ("name", "ending", "with_head"),
    [
        ("resnet18", "pth", True),
        ("resnet18", "pth", False),
        ("resnet18", "safetensors", True),
        ("resnet18", "safetensors", False),
        ("resnet34", "pth", True),
        ("resnet34", "safetensors", False),
        ("resnet50", "safetensors", True),
        ("resnet50", "pth", False),
    ],
)
def test_h_is_torchvisions(name, ending, with_head, tmp_path, workspace):
    theirs = torchvision_network(name)
    state = {key: t for key, t in theirs.state_dict().items() if with_head or not key.startswith("fc.")}
    path = tmp_path / f"weights.{ending}"
    (torch.save if ending == "pth" else safetensors.torch.save_file)(state, path)
    encoder = load_encoder(f"file:{path}", workspace=workspace)
    theirs.fc = nn.Identity()
    pixels = torch.rand(2, 3, 40, 40)
    with torch.inference_mode():
        # the same memory format, so that the same kernels add in the same order
        expected = theirs.to(memory_format=torch.channels_last)(pixels)
        torch.testing.assert_close(encoder(pixels), expected, atol=1e-6, rtol=1e-6)
        exact = theirs.double()(pixels.double())
        torch.testing.assert_close(encoder.module.double()(pixels.double()), exact, atol=1e-12, rtol=1e-12)
    assert (encoder.arch, encoder.dim, encoder.method) == (name, expected.shape[1], "unknown")
    assert encoder.transform == IMAGENET_TRANSFORM


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"state_dict": state, "epoch": 3},
        lambda state: {"model": state, "optimizer": {"param_groups": []}},
        lambda state: {f"module.{key}": tensor for key, tensor in state.items()},
        lambda state: {"state_dict": {f"module.{key}": tensor for key, tensor in state.items()}},
        lambda state: {key: t for key, t in state.items() if not key.endswith("num_batches_tracked")},
        lambda state: {key: t.to(torch.float64) if t.is_floating_point() else t for key, t in state.items()},
    ],
    ids=["state_dict", "model", "data parallel", "both", "no step counters", "float64"],
)
@pytest.mark.parametrize("legacy", [False, True])
def test_wrappings_give_the_same_encoder(wrap, legacy, tmp_path, workspace):
    state = small_weights()
    torch.save(state, tmp_path / "plain.pth")
    torch.save(wrap(state), tmp_path / "wrapped.pth", _use_new_zipfile_serialization=not legacy)
    plain = load_encoder(f"file:{tmp_path}/plain.pth", workspace=workspace)
    wrapped = load_encoder(f"file:{tmp_path}/wrapped.pth", workspace=workspace)
    assert wrapped.fingerprint == plain.fingerprint
    pixels = torch.rand(1, 3, 64, 64)
    assert torch.equal(wrapped(pixels), plain(pixels))


def test_the_module_is_frozen_in_eval_mode_channels_last_and_leaves_the_random_state_alone(tmp_path, workspace):
    torch.save(small_weights(), tmp_path / "w.pth")
    torch.manual_seed(0)
    expected_next = torch.rand(1)
    torch.manual_seed(0)
    module = load_encoder(f"file:{tmp_path}/w.pth", workspace=workspace).module
    assert torch.equal(torch.rand(1), expected_next)
    assert not any(part.training for part in module.modules())
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert module.layer1[0].conv1.weight.is_contiguous(memory_format=torch.channels_last)


def test_the_fingerprint_names_weights_shape_and_transform(tmp_path, workspace):
    def fingerprint(name, state, options=""):
        torch.save(state, tmp_path / name)
        return load_encoder(f"file:{tmp_path / name}{options}", workspace=workspace).fingerprint

    state = small_weights()
    nudged = state | {"bn1.bias": state["bn1.bias"] + 1e-6}
    first = fingerprint("a.pth", state)
    assert fingerprint("b.pth", state) == first
    others = [
        fingerprint("c.pth", nudged),
        fingerprint("a.pth", state, "?normalize=none"),
        fingerprint("a.pth", state, "?padding=2"),
    ]
    assert len({first, *others}) == 4


def test_a_cifar_stem_is_seen_and_what_is_assumed_is_said(tmp_path, workspace):
    torch.save(small_weights(SMALL_CIFAR), tmp_path / "w.pth")
    encoder = load_encoder(f"file:{tmp_path}/w.pth", workspace=workspace)
    assert encoder.transform == CIFAR_TRANSFORM
    assert encoder.arch == "resnet10-slim-cifar-stem"
    expected = build_resnet(SMALL_CIFAR, 0).eval()
    pixels = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(encoder(pixels), expected(pixels).detach())
    assert encoder.warnings == (
        "The file does not say its normalisation: CIFAR-10's is assumed (`normalize=` overrides).",
        "The file does not say its input size: 32 pixels are assumed (`resize=`, `crop=` override).",
        "The file does not say its stem's padding: 1 is assumed (solo-learn uses 2: `padding=2` overrides).",
    )


def test_options_override_what_was_detected(tmp_path, workspace):
    torch.save(small_weights(SMALL_CIFAR), tmp_path / "w.pth")
    options = "normalize=none&resize=40&crop=36&padding=2&method=byol&interpolation=bicubic&stem=cifar"
    encoder = load_encoder(f"file:{tmp_path}/w.pth?{options}", workspace=workspace)
    assert (encoder.transform.resize, encoder.transform.crop, encoder.transform.mean) == (40, 36, (0, 0, 0))
    assert (encoder.method, encoder.warnings, encoder.transform.interpolation) == ("byol", (), "bicubic")
    padded = ResNet(replace(SMALL_CIFAR, stem=replace(SMALL_CIFAR.stem, padding=2))).eval()
    padded.load_state_dict(small_weights(SMALL_CIFAR))
    pixels = torch.rand(2, 3, 36, 36)
    torch.testing.assert_close(encoder(pixels), padded(pixels).detach())


def test_arch_can_be_said(tmp_path, workspace):
    torch.save(torchvision_network("resnet18").state_dict(), tmp_path / "w.pth")
    assert load_encoder(f"file:{tmp_path}/w.pth?arch=resnet18", workspace=workspace).arch == "resnet18"
    with pytest.raises(EncoderError, match=r"does not fill a resnet34 exactly.* looks like a resnet18: leave `arch="):
        load_encoder(f"file:{tmp_path}/w.pth?arch=resnet34", workspace=workspace)


def test_an_own_file_needs_no_guess(tmp_path, workspace):
    encoder = load_encoder(f"file:{own_file(tmp_path / 'own.safetensors', SMALL_CIFAR)}", workspace=workspace)
    assert (encoder.transform, encoder.method, encoder.warnings) == (OWN_TRANSFORM, "simclr", ())


def test_a_run_of_the_workspace(workspace):
    folder = workspace.root / "runs" / "night-1"
    folder.mkdir(parents=True)
    own_file(folder / "encoder.safetensors")
    assert load_encoder("run:night-1", workspace=workspace).dim == 32
    with pytest.raises(EncoderError, match=r"Run `other` has no encoder in .* Finished runs: `run:night-1`\."):
        load_encoder("run:other", workspace=workspace)
    for outside in ("../night-1", "", "a/b", ".."):
        with pytest.raises(BadReferenceError, match=r"should name a training run of this workspace: `run:ID`\."):
            load_encoder(f"run:{outside}", workspace=workspace)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "crp=3",
            "has the unknown option `crp`. Known for `file:` arch, crop, heads, interpolation, method,",
        ),
        (
            "crop=300",
            "`crop` should not exceed `resize`. Found crop 300 and resize 256. Give both, for example `resize=300",
        ),
        ("crop=-1", "`crop` should be a whole number from 1 to 4096. Found `-1`."),
        ("crop=²", "`crop` should be a whole number from 1 to 4096. Found `²`."),
        ("normalize=imgnet", "`normalize` should be one of imagenet, cifar10, none. Found `imgnet`."),
        ("stem=small", "`stem` should be one of imagenet, cifar. Found `small`."),
        ("arch=vit", "`arch` should be one of resnet18, resnet34, resnet50,"),
    ],
)
def test_wrong_options_are_refused(options, message, tmp_path, workspace):
    torch.save(small_weights(SMALL), tmp_path / "w.pth")
    with pytest.raises(BadReferenceError) as error:
        load_encoder(f"file:{tmp_path}/w.pth?{options}", workspace=workspace)
    assert message in str(error.value)


def test_references_that_name_nothing(workspace):
    with pytest.raises(BadReferenceError, match=r"Reference `file:` should name a file: `file:PATH`\."):
        load_encoder("file:", workspace=workspace)
    with pytest.raises(BadReferenceError, match=r"should start with one of `habitats:`, .*`file:`.* Found `nowhere`\."):
        load_encoder("nowhere:timm/x", workspace=workspace)
