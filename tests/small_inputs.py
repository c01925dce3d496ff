"""What the tests of extraction share: a folder of small pictures, a small encoder, and files that are no pictures."""

import numpy as np
from PIL import Image

from qscore_core.encoders import save_encoder
from qscore_core.encoders.networks.resnet import ResNetShape, Stem, build_resnet
from qscore_core.encoders.transform import Transform

# At least 8 channels: on processors with AVX2 and no AVX-512, oneDNN's strided 1x1 convolution of fewer writes past its
# buffer in channels-last (torch 2.14), and the process dies at some later allocation.
SHAPE = ResNetShape(
    "basic",
    (1, 1, 1, 1),
    planes=(8, 8, 16, 64),
    stem=Stem(kernel=3, stride=2, padding=1, pool=False),
    stem_planes=8,
)
TRANSFORM = Transform(resize=24, crop=24)


def small_encoder_file(folder, seed=0):
    """A random ResNet of 64 features in the project's own format."""
    path = folder / f"encoder-{seed}.safetensors"
    save_encoder(path, build_resnet(SHAPE, seed), SHAPE, TRANSFORM, "untrained", {"seed": seed})
    return path


def write_pictures(folder, count, *, classes=2, splits=("train", "test"), seed=0, size=32):
    """`count` noisy gradients a split, in one folder a class; the class decides the direction of the gradient."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:size, 0:size] * (160 / size)
    for split in splits:
        for number in range(count):
            label = number % classes
            ramp = [rows, columns, rows[::-1], columns[:, ::-1]][label % 4]
            pixels = np.stack([ramp, ramp * rng.random(), rng.random() * 160 + 0 * ramp], axis=-1)
            pixels += rng.normal(0, 25, pixels.shape)
            path = folder / split / f"class{label}" / f"{number:04d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return folder


def spoil(path, how):
    """Replaces a picture by a file that is none."""
    whole = path.read_bytes()
    path.write_bytes(
        {"truncated": whole[: len(whole) // 2], "empty": b"", "text": b"not a picture", "html": b"<html>"}[how]
    )
