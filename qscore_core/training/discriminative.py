"""D of the encoder in training, from the pictures it is trained on."""

import torch
from lightning_fabric import Fabric
from torch import Tensor

from qscore_core.activation import FeatureSettings, discriminative_features, highly_active
from qscore_core.encoders.networks.resnet import ResNet
from qscore_core.encoders.transform import Transform
from qscore_core.progress import Meter, OnProgress
from qscore_core.training.frames import Frames

BATCH = 256


@torch.no_grad()
def find_discriminative(
    encoder: ResNet,
    frames: Frames,
    transform: Transform,
    settings: FeatureSettings,
    fabric: Fabric,
    on_progress: OnProgress,
) -> Tensor:
    """Membership of D, bool [feature], by the encoder's present weights in evaluation mode.

    Every process counts its share of the pictures.
    """
    numbers = range(fabric.global_rank, len(frames), fabric.world_size)
    batches = [list(numbers[at : at + BATCH]) for at in range(0, len(numbers), BATCH)]
    counts = torch.zeros(encoder.shape.dim, dtype=torch.float64)
    meter = Meter("finding discriminative features", len(numbers), on_progress)
    training = encoder.training
    encoder.eval()
    for done, batch in enumerate(frames.batches(batches), start=1):
        h = encoder(_centre(fabric.to_device(batch), transform))
        counts += highly_active(h, settings.epsilon).sum(dim=0).cpu()
        meter.update(min(done * BATCH, len(numbers)))
    encoder.train(training)
    if fabric.world_size > 1:
        counts = fabric.all_reduce(counts, reduce_op="sum")
    rates = (100 * counts / len(frames)).cpu().numpy()
    return torch.from_numpy(discriminative_features(rates, settings))


def _centre(frames: Tensor, transform: Transform) -> Tensor:
    """Frames uint8 [image, side, side, 3] as the encoder takes them outside training."""
    start = (frames.shape[1] - transform.crop) // 2
    inside = slice(start, start + transform.crop)
    return transform.normalize(frames[:, inside, inside])
