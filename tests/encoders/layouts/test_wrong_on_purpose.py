"""Files and references that do not fit: each mistake gets a word of its own."""

import pytest
import torch
from author_files import dino_vit_backbone, dinov2, moco_v2, moco_v3_vit, simsiam
from hypothesis import given, settings
from hypothesis import strategies as st
from library_files import vissl_dino
from slim_networks import h_of, slim, slim50, under, vit

from qscore_core.encoders import inspect_checkpoint, load_encoder
from qscore_core.encoders.layouts import find_backbone
from qscore_core.encoders.networks.resnet_inference import shape_of_state_dict
from qscore_core.encoders.strict import COUNTER, compare_keys
from qscore_core.errors import BadReferenceError, EncoderError


@pytest.fixture
def load(tmp_path, workspace):
    def of(content, options="", name="w.pth"):
        torch.save(content, tmp_path / name)
        return load_encoder(f"file:{tmp_path / name}{options}", workspace=workspace)

    return of


def refusal(load, *arguments, **how):
    with pytest.raises(EncoderError) as error:
        load(*arguments, **how)
    return str(error.value)


def test_a_vit_without_its_number_of_heads(load, tmp_path):
    written = dino_vit_backbone()
    message = refusal(load, written.content)
    assert message == (
        f"Encoder file `{tmp_path}/w.pth` is a Vision Transformer with 384 features whose number of attention heads no "
        "file tells. Add `heads=` to the reference (the usual guess, 384/64, would be `heads=6`), or the preset of its "
        "source: `preset=dino` (6), `preset=dinov2` (6), `preset=moco-v3-vit` (12)."
    )
    assert inspect_checkpoint(tmp_path / "w.pth").notes[0] == message
    pixels = torch.rand(1, 3, 224, 224)
    torch.testing.assert_close(
        load(written.content, "?heads=6")(pixels), h_of(written.taken, pixels), atol=1e-6, rtol=1e-6
    )


def test_other_heads_than_the_source_had(load):
    written = moco_v3_vit()
    encoder = load(written.content, "?heads=6")
    assert encoder.warnings == (
        "`heads=6` replaces the 12 attention heads that `preset=moco-v3-vit` gives a ViT of this width: wrong heads "
        "load without an error and give wrong representations.",
    )
    pixels = torch.rand(1, 3, 224, 224)
    assert not torch.allclose(encoder(pixels), h_of(written.taken, pixels), atol=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("?heads=7", "7 attention heads do not divide 384 features. Check `heads=` and `crop=`"),
        ("?heads=6&crop=100", "an input of 100 pixels is not made of patches of 16. Check `heads=` and `crop=`"),
    ],
)
def test_numbers_that_no_vit_has(options, message, load):
    assert message in refusal(load, dino_vit_backbone().content, options)


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        (vit, "?stem=cifar", "`stem` means nothing for a Vision Transformer. Leave it out."),
        (slim, "?heads=6", "`heads` means nothing for a ResNet. Leave it out."),
        (slim, "?weights=both", "`weights` should be one of online, student, momentum, teacher. Found `both`."),
        (slim, "?preset=mine", "`preset` should be one of imagenet, swav,"),
        (slim, "?same=yes", "`same` should be one of none, pool, all. Found `yes`."),
    ],
)
def test_options_of_another_network(network, options, message, load):
    with pytest.raises(BadReferenceError) as error:
        load(network().state_dict(), options)
    assert message in str(error.value)


def test_a_cifar_stem_as_an_imagenet_stem(load):
    message = refusal(load, slim(stem=(3, 1, 1)).state_dict(), "?stem=imagenet")
    assert "conv1.weight (found [8, 3, 3, 3], expected [8, 3, 7, 7])." in message
    assert "Its first convolution is 3x3, a CIFAR stem: leave `stem=` out of the reference" in message


@pytest.mark.parametrize("word", ["momentum", "teacher"])
def test_momentum_weights_where_there_are_none(word, load, tmp_path):
    assert refusal(load, simsiam().content, f"?weights={word}") == (
        f"Encoder file `{tmp_path}/w.pth` (SimSiam) has no momentum weights. Found online weights under "
        "`state_dict/encoder.`. Leave `weights=` out of the reference."
    )


def test_half_precision_is_loaded_and_said(load):
    network = slim()
    half = {
        key: tensor.half() if tensor.is_floating_point() else tensor for key, tensor in network.state_dict().items()
    }
    encoder = load(half)
    assert encoder.module.conv1.weight.dtype is torch.float32
    assert encoder.warnings == (
        "The file holds float16 weights; they are loaded as float32, with the digits that float16 left.",
    )


def test_one_shard_of_several(load):
    state = slim().state_dict()
    first = {key: tensor for key, tensor in state.items() if not key.startswith("layer4")}
    second = {key: tensor for key, tensor in state.items() if key.startswith("layer4")}
    for shard, name in ((first, "m-00001-of-00002.pth"), (second, "m-00002-of-00002.pth")):
        assert "is part " in refusal(load, shard, name=name)


def test_only_heads(load):
    content = {"state_dict": {key: t for key, t in moco_v2().content["state_dict"].items() if ".fc." in key}}
    assert "It has no convolution, so it may be only a head: 8 tensors such as" in refusal(load, content)


def test_a_supervised_network_named_as_self_supervised(load):
    content = slim(classes=1000).state_dict()
    assert load(content, "?method=supervised").warnings == ()
    assert load(content).warnings == ()
    assert load(content, "?method=swav").warnings == (
        "The file looks like a supervised network, not like swav: beside the backbone it holds only a classifier of "
        "1,000 classes (`fc`). Check where it comes from.",
    )


@settings(max_examples=20)
@given(st.data())
def test_no_part_of_a_recognised_file_fits(data):
    content = moco_v2().content
    state = content["state_dict"]
    needed = [key for key in state if ".encoder_q." in key and ".fc." not in key and not key.endswith(COUNTER)]
    anchors = {"module.encoder_q.conv1.weight", "module.encoder_q.layer1.0.conv1.weight"}
    lost = data.draw(st.sets(st.sampled_from(sorted(set(needed) - anchors)), min_size=1))
    for key in lost:
        del state[key]
    backbone = find_backbone(content, "w.pth", "online")
    report = compare_keys(backbone.tensors, shape_of_state_dict(slim50(classes=0).state_dict()))
    assert {f"module.encoder_q.{key}" for key in report.missing} == lost


def test_a_part_of_a_recognised_file(load):
    content = moco_v2().content
    del content["state_dict"]["module.encoder_q.layer3.0.bn2.running_var"]
    assert "1 missing: layer3.0.bn2.running_var. The file may be cut off" in refusal(load, content)


def test_networks_of_an_unknown_codebase(load):
    content = under("left.", slim()) | under("right.", slim())
    message = refusal(load, content)
    assert "holds 2 networks of an unknown codebase, under `left.`, `right.`. Expected one, perhaps with" in message


def test_another_kind_of_vit(load):
    state = vit(qk_norm=True).state_dict()
    message = refusal(load, state, "?heads=3&resize=32&crop=32")
    assert "4 unexpected" not in message
    assert "This looks like another variant of Vision Transformer than DINO's, which is not supported." in message


def test_wrappers_are_stripped_at_the_front_only(load):
    """A replaced `backbone.` inside `momentum_backbone.` would mix two networks."""
    network, other = slim(classes=0), slim(seed=1, classes=0)
    content = under("backbone.", network) | under("momentum_backbone.", other)
    pixels = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(load(content)(pixels), h_of(network, pixels), atol=1e-6, rtol=1e-6)


def test_what_is_left_in_the_file_is_named(tmp_path):
    torch.save(vissl_dino().content, tmp_path / "w.pth")
    report = inspect_checkpoint(tmp_path / "w.pth")
    assert (report.place, report.prefix) == ("classy_state_dict/base_model/model/trunk", "_feature_blocks.")
    beside = {"phase_idx", "classy_state_dict/loss", "classy_state_dict/base_model/meters"}
    assert beside | {"classy_state_dict/base_model/model/heads"} <= set(report.dropped)
    torch.save(moco_v2().content, tmp_path / "w.pth")
    report = inspect_checkpoint(tmp_path / "w.pth")
    assert {"epoch", "optimizer", "module.queue", "module.encoder_q.fc.0.weight"} <= set(report.dropped)
    assert report.heads == ("fc", "encoder_k", "queue", "queue_ptr")


def test_what_was_chosen_is_said(load, tmp_path):
    written = dinov2()
    load(written.content, "?resize=28&crop=28")
    notes = inspect_checkpoint(tmp_path / "w.pth", {"resize": "28", "crop": "28"}).notes
    assert "The position embedding was stored for 70 pixels and is interpolated to 28, as timm does it." in notes
    torch.save(moco_v2().content, tmp_path / "w.pth")
    notes = inspect_checkpoint(tmp_path / "w.pth").notes
    assert "The online weights are taken; `weights=momentum` takes the others." in notes
    counterless = {key: tensor for key, tensor in slim50().state_dict().items() if "num_batches" not in key}
    torch.save(counterless, tmp_path / "w.pth")
    assert any("BYOL converted by chigur" in note for note in inspect_checkpoint(tmp_path / "w.pth").notes)
