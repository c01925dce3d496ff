import pytest
import timm
import torch

from qscore_core.encoders.networks.vit import ViTShape, resampled, shape_of_vit, standard_vit, stored_side

SMALL = ViTShape(side=32, patch=8, dim=128, depth=2, heads=2, hidden=512)


@pytest.mark.parametrize(
    ("name", "heads", "called"),
    [
        ("vit_small_patch8_224.dino", 6, "vit_small_patch8"),
        ("vit_small_patch16_224.dino", 12, "vit_small_patch16_12heads"),
        ("vit_base_patch14_reg4_dinov2.lvd142m", 12, "vit_base_patch14_reg4"),
        ("vit_giant_patch14_dinov2.lvd142m", 24, "vit_giant_patch14"),
    ],
)
def test_keys_and_shapes_are_timms_and_tell_the_shape(name, heads, called):
    with torch.device("meta"):
        theirs = timm.create_model(name, num_classes=0).state_dict()
        shape = shape_of_vit(theirs, stored_side(theirs), heads)
        ours = shape.build().state_dict()
    assert {key: tensor.shape for key, tensor in ours.items()} == {key: tensor.shape for key, tensor in theirs.items()}
    assert (shape.name, shape.dim) == (called, theirs["cls_token"].shape[-1])


def test_h_is_the_normed_class_token():
    torch.manual_seed(0)
    network = SMALL.build().eval()
    pixels = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(network(pixels), network.forward_features(pixels)[:, 0])


def test_a_position_embedding_for_the_same_size_stays_and_for_another_keeps_the_class_token():
    state = SMALL.build().state_dict()
    assert torch.equal(resampled(state, SMALL)["pos_embed"], state["pos_embed"])
    larger = ViTShape(side=64, patch=8, dim=128, depth=2, heads=2, hidden=512)
    position = resampled(state, larger)["pos_embed"]
    assert position.shape == (1, 65, 128)
    assert torch.equal(position[:, 0], state["pos_embed"][:, 0])


def test_registers_in_dinov2s_form_become_timms():
    """z_class = class token + its position, whichever of the two keeps the sum."""
    token, position = torch.randn(1, 1, 8), torch.randn(1, 5, 8)
    standard = standard_vit({"cls_token": token, "pos_embed": position, "reg_token": torch.zeros(1, 4, 8)})
    assert torch.equal(standard["cls_token"], token + position[:, :1])
    assert torch.equal(standard["pos_embed"], position[:, 1:])
    assert torch.equal(standard_vit(standard)["cls_token"], standard["cls_token"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"heads": 3}, "3 attention heads do not divide 128 features"),
        ({"heads": 0}, "0 attention heads"),
        ({"side": 33}, "an input of 33 pixels is not made of patches of 8"),
        ({"dim": 10**9}, "width 1000000000"),
        ({"patch": 0}, "patches of 0 pixels"),
        ({"side": 1100, "patch": 4}, "275 patches of 4 pixels along a side, more than 128"),
    ],
)
def test_numbers_that_make_no_vit(wrong, message):
    numbers = {"side": 32, "patch": 8, "dim": 128, "depth": 2, "heads": 2, "hidden": 512}
    with pytest.raises(ValueError, match=message):
        ViTShape(**(numbers | wrong))


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ({"cls_token": torch.zeros(())}, "no common width"),
        ({"pos_embed": torch.zeros(1, 17, 64)}, "no common width"),
        ({"reg_token": torch.zeros(4, 128)}, "no common width"),
    ],
)
def test_tokens_of_a_damaged_file(tokens, message):
    with pytest.raises(ValueError, match=message):
        standard_vit(SMALL.build().state_dict() | tokens)
    state = SMALL.build().state_dict()
    del state["pos_embed"]
    with pytest.raises(ValueError, match="`pos_embed` is missing"):
        standard_vit(state)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("pos_embed", torch.zeros(1, 7, 128), r"shape \[1, 7, 128\] covers no square of patches"),
        ("blocks.0.mlp.fc2.weight", torch.zeros(3), "`blocks.0.mlp.fc2.weight` is missing or has no shape of a ViT's"),
    ],
)
def test_tensors_that_make_no_vit(key, value, message):
    with pytest.raises(ValueError, match=message):
        shape_of_vit(SMALL.build().state_dict() | {key: value}, 32, 2)
