"""Named networks to train: shape, input size and normalisation belong together."""

from dataclasses import dataclass

from qscore_core.encoders.networks.resnet import CIFAR_STEM, NAMED_SHAPES, ResNetShape, Stem
from qscore_core.encoders.transform import Transform


@dataclass(frozen=True)
class Network:
    """A ResNet's shape and the transform that an encoder of that shape is used with afterwards."""

    shape: ResNetShape
    transform: Transform


NETWORKS: dict[str, Network] = {
    # Bottlenecks of a quarter of ResNet-50's width; the last stage keeps its stride at 1, so that heat maps of 64-pixel
    # pictures have 8 x 8 cells. 1.7 MB in float16.
    "habitats-r512": Network(
        ResNetShape(
            "bottleneck",
            depths=(1, 1, 2, 2),
            planes=(16, 32, 64, 128),
            strides=(1, 2, 2, 1),
            stem=Stem(kernel=3, stride=2, padding=1, pool=False),
            stem_planes=32,
        ),
        Transform(resize=64, crop=64),
    ),
    # For photographs of 32 x 32 pixels: full resolution in the stem only, 4 x 4 cells in the last map.
    "cifar-r512": Network(
        ResNetShape(
            "bottleneck",
            depths=(1, 1, 2, 2),
            planes=(16, 32, 64, 128),
            strides=(2, 2, 2, 1),
            stem=CIFAR_STEM,
            stem_planes=32,
        ),
        Transform(resize=32, crop=32),
    ),
    "resnet18": Network(NAMED_SHAPES["resnet18"], Transform(resize=256, crop=224)),
    "resnet50": Network(NAMED_SHAPES["resnet50"], Transform(resize=256, crop=224)),
}
