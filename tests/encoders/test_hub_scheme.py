"""`hub:` opens what the hub's local cache holds, and fetches nothing unasked."""

import json
import subprocess
import sys

import huggingface_hub
import pytest
import timm
import torch
import transformers
from safetensors.torch import save_file

from qscore_core.encoders import load_encoder
from qscore_core.encoders.hub import repository
from qscore_core.errors import BadReferenceError, EncoderError
from qscore_core.verbs._common import Session
from qscore_core.verbs.fetching import fetch

TINY = {"embed_dim": 24, "depth": 1, "num_heads": 2, "img_size": 32, "patch_size": 8}
PUBLISHED = {
    "input_size": [3, 32, 32],
    "crop_pct": 0.8,
    "interpolation": "bicubic",
    "mean": [0.5, 0.4, 0.3],
    "std": [0.2, 0.2, 0.2],
    "classifier": "head",
    "num_classes": 5,
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty hub cache on a machine without network."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def cached_folder(cache, name):
    """The folder of a repository's only snapshot, as the hub's library lays it out."""
    folder = cache / f"models--{name.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("0" * 40)
    snapshot = folder / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    return snapshot


def stored_timm(cache, name="timm/vit_tiny_patch16_224.dino", **changes):
    network = timm.create_model("vit_tiny_patch16_224", num_classes=5, **TINY).eval()
    folder = cached_folder(cache, name)
    tensors = {**network.state_dict(), **changes}
    save_file({key: value for key, value in tensors.items() if value is not None}, folder / "model.safetensors")
    about = {"architecture": "vit_tiny_patch16_224", "model_args": TINY, "pretrained_cfg": PUBLISHED}
    (folder / "config.json").write_text(json.dumps(about))
    return network


def test_a_timm_network_loads_from_the_cache_with_its_own_transform(cache, workspace):
    network = stored_timm(cache)
    encoder = load_encoder("hub:timm/vit_tiny_patch16_224.dino", workspace=workspace)
    assert (encoder.arch, encoder.method, encoder.dim) == ("vit_tiny_patch16_224", "dino", 24)
    transform = encoder.transform
    assert (transform.resize, transform.crop, transform.interpolation) == (40, 32, "bicubic")
    assert (transform.mean, transform.std) == ((0.5, 0.4, 0.3), (0.2, 0.2, 0.2))
    pixels = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        expected = network.forward_head(network.forward_features(pixels), pre_logits=True)
        torch.testing.assert_close(encoder(pixels), expected, rtol=1e-6, atol=1e-6)
    assert load_encoder(encoder.ref, workspace=workspace).fingerprint == encoder.fingerprint


def test_another_input_size_interpolates_the_position_embedding(cache, workspace):
    stored_timm(cache)
    encoder = load_encoder("hub:timm/vit_tiny_patch16_224.dino?resize=64&crop=64", workspace=workspace)
    assert encoder(torch.randn(1, 3, 64, 64)).shape == (1, 24)


def test_a_file_that_does_not_fill_the_network_is_refused(cache, workspace):
    stored_timm(cache, **{"norm.weight": None})
    with pytest.raises(EncoderError) as caught:
        load_encoder("hub:timm/vit_tiny_patch16_224.dino", workspace=workspace)
    assert str(caught.value) == (
        "`hub:timm/vit_tiny_patch16_224.dino` does not fill timm's VisionTransformer exactly, so nothing was loaded: "
        "1 tensors differ, such as norm.weight. Try another release of timm."
    )


def test_what_is_not_cached_is_not_fetched_unasked(workspace):
    with pytest.raises(EncoderError) as caught:
        load_encoder("hub:timm/resnet18.a1_in1k", workspace=workspace)
    assert str(caught.value) == (
        "`hub:timm/resnet18.a1_in1k` is not in the hub's cache on this machine (`config.json` is missing). Fetch it "
        "with `python -m qscore_core fetch hub:timm/resnet18.a1_in1k` or on the Encoders page, or add `download=1` to "
        "the reference."
    )


def by_reference(workspace):
    load_encoder("hub:timm/resnet18.a1_in1k?download=1", workspace=workspace)


def by_verb(workspace):
    fetch("hub:timm/resnet18.a1_in1k", None, Session(workspace.root, "cpu", 0, print))


@pytest.mark.parametrize("ask", [by_reference, by_verb])
def test_asked_for_without_network_it_says_so(workspace, ask):
    with pytest.raises(EncoderError) as caught:
        ask(workspace)
    assert str(caught.value) == (
        "`hub:timm/resnet18.a1_in1k` is not in the hub's cache, and the hub cannot be reached: no network, or "
        "HF_HUB_OFFLINE is set. Where there is a network, fetch it there and copy the folder HF_HOME."
    )


def test_download_is_no_part_of_the_encoder_s_name(cache, workspace):
    stored_timm(cache)
    encoder = load_encoder("hub:timm/vit_tiny_patch16_224.dino?download=1", workspace=workspace)
    assert encoder.ref == "hub:timm/vit_tiny_patch16_224.dino"


@pytest.mark.parametrize("body", ["", "resnet18", "timm/../secret", "a/b/c", "../x"])
def test_a_reference_without_a_repository_is_refused(workspace, body):
    with pytest.raises(BadReferenceError, match="should name a repository of the Hugging Face hub"):
        load_encoder(f"hub:{body}", workspace=workspace)


def test_an_absent_library_names_the_extra(cache, workspace, monkeypatch):
    cached_folder(cache, "facebook/dinov2-small")
    found = repository.find_spec
    monkeypatch.setattr(repository, "find_spec", lambda name: None if name == "transformers" else found(name))
    with pytest.raises(EncoderError) as caught:
        load_encoder("hub:facebook/dinov2-small", workspace=workspace)
    assert str(caught.value) == (
        "`hub:facebook/dinov2-small` needs the package `transformers`, which is not installed: pip install '.[hub]'."
    )


def test_a_transformers_network_loads_from_the_cache(cache, workspace):
    config = transformers.Dinov2Config(
        hidden_size=24, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14
    )
    network = transformers.Dinov2Model(config).eval()
    network.save_pretrained(cached_folder(cache, "facebook/dinov2-small"))
    encoder = load_encoder("hub:facebook/dinov2-small", workspace=workspace)
    assert (encoder.arch, encoder.method, encoder.dim) == ("dinov2", "dinov2", 24)
    assert (encoder.transform.interpolation, encoder.transform.crop) == ("bicubic", 224)
    pixels = torch.randn(2, 3, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(encoder(pixels), network(pixels).last_hidden_state[:, 0], rtol=1e-6, atol=1e-6)


def test_the_core_imports_neither_library():
    code = "import sys, qscore_core.encoders as _; print({'timm', 'transformers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n"
