import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from qscore_core.encoders.transform import CIFAR_TRANSFORM, IMAGENET_TRANSFORM, Transform


def picture(width, height):
    pixels = np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def torchvisions(transform, image):
    mode = InterpolationMode(transform.interpolation)
    return transforms.Compose(
        [
            transforms.Resize(transform.resize, mode),
            transforms.CenterCrop(transform.crop),
            transforms.ToTensor(),
            transforms.Normalize(transform.mean, transform.std),
        ]
    )(image)


def ours(transform, image):
    return transform.normalize(torch.from_numpy(transform.geometry(image))[None])[0]


@pytest.mark.parametrize("size", [(500, 333), (333, 500), (257, 255), (100, 100), (31, 640), (256, 256)])
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_the_input_is_torchvisions(size, interpolation):
    transform = Transform(resize=256, crop=224, interpolation=interpolation)
    image = picture(*size)
    grey_level = 1 / 255 / min(transform.std)
    assert (ours(transform, image) - torchvisions(transform, image)).abs().max() < 1e-3 * grey_level


@given(
    st.integers(1, 90),
    st.integers(1, 90),
    st.integers(1, 48),
    st.integers(1, 48),
    st.sampled_from(["bilinear", "bicubic"]),
)
def test_the_frame_is_torchvisions_for_any_size_also_below_the_crop(width, height, resize, crop, interpolation):
    transform = Transform(resize, crop, interpolation=interpolation)
    image = picture(width, height)
    torch.testing.assert_close(ours(transform, image), torchvisions(transform, image), atol=1e-5, rtol=0)


def test_normalisation_by_hand():
    # (128 / 255 - 0.5) / 0.25 = 0.0078431
    transform = Transform(1, 1, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    pixels = torch.full((1, 1, 1, 3), 128, dtype=torch.uint8)
    torch.testing.assert_close(transform.normalize(pixels), torch.full((1, 3, 1, 1), 0.0078431), atol=1e-6, rtol=0)


def test_a_mask_follows_its_picture_without_new_values():
    mask = Image.fromarray(np.eye(300, 200, dtype=np.uint8) * 255)
    framed = np.asarray(IMAGENET_TRANSFORM.frame(mask, Image.Resampling.NEAREST))
    assert framed.shape == (224, 224)
    assert set(np.unique(framed)) == {0, 255}


def test_a_picture_of_the_right_size_keeps_its_pixels():
    image = picture(32, 32)
    assert np.array_equal(CIFAR_TRANSFORM.geometry(image), np.asarray(image))
