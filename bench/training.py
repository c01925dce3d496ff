"""What the regulariser costs in a step, and how long a step waits for its pictures."""

import statistics
import time

import torch
from torch import Tensor

from bench.measure import Row, finished
from qscore_core.devices import Hardware, pick_device
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.objectives import view_draws
from qscore_core.processes import make_fabric
from qscore_core.regulariser import QScoreRegulariser
from qscore_core.training import ARMS, NETWORKS, Pretraining
from qscore_core.training.frames import Frames, MemoryFrames
from qscore_core.training.learner import Learner
from qscore_core.training.loop import batch_plan, make_views
from qscore_core.training.recipes import OBJECTIVES, recipe
from qscore_core.training.step import Stepper

MOST_COST = 0.03
PAIRS = 15
SHAPES = {"resnet18": 64, "resnet50": 32}  # pictures a step
STEPS = 12


def rows() -> list[Row]:
    return [*(regulariser_cost(name, images) for name, images in SHAPES.items()), waiting()]


def device() -> torch.device:
    return pick_device()


def sizes(images: int) -> tuple[int, int]:
    """Pictures a step and pixels of a view: real ones for a GPU, what a CPU does in seconds for a CPU.

    Larger views make the regulariser's share smaller still.
    """
    return (4 * images, 224) if device().type == "cuda" else (images, 64)


def regulariser_cost(name: str, images: int) -> Row:
    """The fastest step with it against the fastest without, of many taken in turn on equal views and weights.

    The fastest, since what else a machine does only ever adds to a step: here a step often takes a fifth longer.
    """
    images, side = sizes(images)
    views = [
        torch.randn(images, 3, side, side, device=device()).contiguous(memory_format=torch.channels_last)
        for _ in range(2)
    ]
    dim = NETWORKS[name].shape.dim
    regulariser = QScoreRegulariser(ARMS["q-score"], dim, epsilon=2.0)
    regulariser.set_discriminative(torch.arange(dim) % 2 == 0)
    plain, with_it = (stepper(name, extra) for extra in (None, regulariser))
    for each in (plain, with_it):
        seconds(each, views)
    pairs = [(seconds(with_it, views), seconds(plain, views)) for _ in range(PAIRS)]
    cost = min(one for one, _ in pairs) / min(other for _, other in pairs) - 1
    middle = statistics.median(one / other for one, other in pairs) - 1
    return Row(
        f"cost of equation 3's regulariser in a SimCLR step, {name}",
        f"{100 * cost:+.1f} %",
        f"<= {100 * MOST_COST:.0f} %",
        cost <= MOST_COST,
        f"the fastest of {PAIRS} steps each, {images} pictures of {side} px; median of the pairs {100 * middle:+.1f} %",
    )


def stepper(name: str, regulariser: QScoreRegulariser | None) -> Stepper:
    encoder = build_resnet(NETWORKS[name].shape, seed=0)
    settings = OBJECTIVES["photographs"]["simclr"]
    torch.manual_seed(0)
    learner = Learner(encoder, settings.build(encoder, NETWORKS[name].shape.dim), regulariser)
    learner = learner.to(device(), memory_format=torch.channels_last)
    fabric = make_fabric(Hardware(device()), recipe("simclr", "habitats").precision_on(device()))
    return Stepper(learner, torch.optim.AdamW(learner.parameters(), lr=1e-5), fabric, None)


def seconds(each: Stepper, views: list[Tensor]) -> float:
    began = time.perf_counter()
    each.run(views, step=1, epoch=0)
    finished()
    return time.perf_counter() - began


def waiting() -> Row:
    """Share of a Habitats step that goes into its pictures and views instead of the step itself."""
    settings = recipe("simclr", "habitats")
    frames: Frames = MemoryFrames(torch.randint(0, 256, (512, 64, 64, 3), dtype=torch.uint8))
    learner = Pretraining(settings).build().to(device(), memory_format=torch.channels_last)
    fabric = make_fabric(Hardware(device()), settings.precision_on(device()))
    each = Stepper(learner, torch.optim.AdamW(learner.parameters()), fabric, None)
    spent = {"views": 0.0, "step": 0.0}
    began = time.perf_counter()
    for step, batch in enumerate(frames.batches(batch_plan(len(frames), settings, 0, STEPS + 1))):
        draws = view_draws(0, step, settings.batch_size)
        views = make_views(batch.to(device()), learner.objective.views, settings.network.transform, draws)
        finished()
        spent["views"] += time.perf_counter() - began
        began = time.perf_counter()
        each.run(views, step=step + 1, epoch=0)
        finished()
        spent["step"] += time.perf_counter() - began
        if step == 0:
            spent = {"views": 0.0, "step": 0.0}  # memory is found and kernels are chosen there
        began = time.perf_counter()
    share = spent["views"] / sum(spent.values())
    how = f"{STEPS} steps of {settings.batch_size} pictures; views batched on {device().type}, from memory"
    return Row("share of a Habitats step that waits for pictures and views", f"{100 * share:.0f} %", "", None, how)
