"""The maps of all features in one pass: by hand, and against Captum's Grad-CAM on real shapes."""

import pytest
import torch
from captum.attr import LayerGradCam
from map_inputs import patch_encoder, pictures, resnet_encoder

from qscore_core.errors import EncoderError
from qscore_core.heatmaps import combined_map, feature_maps, upsampled


@pytest.mark.parametrize(("shape", "dim"), [("resnet18", 512), ("resnet50", 2048)])
def test_it_is_captum_s_grad_cam_on_real_shapes(shape, dim):
    encoder, pixels = resnet_encoder(shape), pictures(2, side=64)
    maps = feature_maps(encoder, pixels)
    assert maps.shape == (2, dim, 2, 2)
    places = maps.shape[2] * maps.shape[3]
    method = LayerGradCam(encoder.module, encoder.module.layer4)
    for feature in torch.randperm(dim)[:10].tolist():
        expected = method.attribute(pixels.clone().requires_grad_(), target=feature).detach()[:, 0]
        # Grad-CAM carries the 1/(H W) with which pooling hands the gradient on.
        torch.testing.assert_close(maps[:, feature] / places, expected, rtol=1e-5, atol=1e-5)


def test_a_set_of_features_is_captum_s_grad_cam_of_their_sum():
    encoder, pixels = resnet_encoder("resnet18"), pictures(3, side=64)
    chosen = torch.rand(3, 512) < 0.05
    summed = lambda pixels: (encoder.module(pixels) * chosen).sum(1)  # noqa: E731
    method = LayerGradCam(summed, encoder.module.layer4)
    expected = method.attribute(pixels.clone().requires_grad_()).detach()[:, 0]
    found = combined_map(feature_maps(encoder, pixels), chosen) / 4
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_the_mean_of_the_maps_is_the_representation():
    encoder, pixels = resnet_encoder(), pictures()
    torch.testing.assert_close(feature_maps(encoder, pixels).mean(dim=(2, 3)), encoder(pixels))


def test_by_hand():
    maps = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [0.0, 1.0]], [[9.0, 9.0], [9.0, 9.0]]]])
    # First and second channel together, without the third: 1 3 / 3 5.
    heat = combined_map(maps, torch.tensor([[True, True, False]]))
    assert heat.tolist() == [[[1.0, 3.0], [3.0, 5.0]]]
    assert not combined_map(maps, torch.zeros(1, 3, dtype=torch.bool)).any()
    # Twice the size: centres at 1/4 and 3/4 between the places, the outermost ones beyond them clamped.
    row = upsampled(torch.tensor([[[1.0, 3.0], [1.0, 3.0]]]), (4, 4))[0, 0]
    assert row.tolist() == [1.0, 1.5, 2.5, 3.0]


def test_an_encoder_without_such_maps_says_so():
    with pytest.raises(
        EncoderError, match=r"^Encoder `file:vit.safetensors` has no map whose mean is h; .* a ResNet\.$"
    ):
        feature_maps(patch_encoder(), pictures())
