"""The `paper` recipe: 100 epochs of SGD on the frozen representations, read batch by batch."""

from collections.abc import Callable
from itertools import count

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from qscore_core.errors import RepresentationError
from qscore_core.probe.rows import blocks, prepared
from qscore_core.probe.settings import ProbeSettings, SgdRecipe
from qscore_core.probe.solution import Solution, Tried, best_of
from qscore_core.probe.splitting import HoldOut
from qscore_core.progress import Meter, OnProgress


def fit_sgd(
    representations: Float[np.ndarray, "image feature"],
    labels: Int[np.ndarray, " image"],
    split: HoldOut,
    settings: ProbeSettings,
    on_progress: OnProgress,
) -> Solution:
    """Trains a head per learning rate at once, then the one that does best on validation again on all of train."""
    rates = settings.paper.learning_rates
    has_choice = len(rates) > 1 and len(split.validation) > 0
    meter = Meter("linear probe, epochs", settings.paper.epochs * (1 + has_choice), on_progress)
    done = count(1)

    def tick() -> None:
        meter.update(next(done))

    tried: Tried = ()
    if has_choice:
        heads = _train(representations, labels, split.fit, rates, settings, tick)
        held, truth = representations[split.validation], labels[split.validation]
        tried = tuple((rate, _top1(head, held, truth, settings)) for rate, head in zip(rates, heads, strict=True))
    chosen = best_of(tried, rates)
    (head,) = _train(representations, labels, np.arange(len(labels)), (chosen,), settings, tick)
    if not _is_finite(head):
        raise RepresentationError(
            f"The probe's weights should stay finite. They did not at the learning rate {chosen:g}; "
            "let the representations be normalised, give smaller learning rates, or use the recipe `fast`."
        )
    weight, bias = head.weight.detach().double().numpy(), head.bias.detach().double().numpy()
    return Solution(weight, bias, chosen, tried, None, settings.paper.epochs)


def _train(
    representations: Float[np.ndarray, "image feature"],
    labels: Int[np.ndarray, " image"],
    rows: Int[np.ndarray, " row"],
    rates: tuple[float, ...],
    settings: ProbeSettings,
    on_epoch: Callable[[], None],
) -> list[nn.Linear]:
    recipe = settings.paper
    heads = [_zero_head(representations.shape[1], int(labels.max()) + 1) for _ in rates]
    optimizer, schedule = _optimizer(heads, rates, recipe)
    rng = np.random.default_rng(settings.seed)
    for _ in range(recipe.epochs):
        for batch in np.array_split(rng.permutation(rows), -(-len(rows) // recipe.batch_size)):
            h = _batch(representations, batch, settings.normalize)
            truth = torch.from_numpy(labels[batch])
            # The heads share no weight: the gradient of the sum is each head's own gradient.
            loss = torch.stack([functional.cross_entropy(head(h), truth) for head in heads]).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
        on_epoch()
    return heads


def _optimizer(
    heads: list[nn.Linear], rates: tuple[float, ...], recipe: SgdRecipe
) -> tuple[torch.optim.SGD, torch.optim.lr_scheduler.CosineAnnealingLR]:
    groups = [{"params": list(head.parameters()), "lr": rate} for head, rate in zip(heads, rates, strict=True)]
    optimizer = torch.optim.SGD(groups, momentum=recipe.momentum, weight_decay=recipe.weight_decay)
    return optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, recipe.epochs)


def _zero_head(features: int, classes: int) -> nn.Linear:
    """The problem is convex, so that zeros are as good a start as any and no random state is touched."""
    head = nn.utils.skip_init(nn.Linear, features, classes)
    for parameter in head.parameters():
        nn.init.zeros_(parameter)
    return head


def _batch(
    representations: Float[np.ndarray, "image feature"], rows: Int[np.ndarray, " row"], normalize: bool
) -> Float[Tensor, "row feature"]:
    h = torch.from_numpy(np.asarray(representations[rows], dtype=np.float32))
    return functional.normalize(h, dim=1) if normalize else h


@torch.no_grad()
def _top1(
    head: nn.Linear,
    held: Float[np.ndarray, "image feature"],
    truth: Int[np.ndarray, " image"],
    settings: ProbeSettings,
) -> float:
    if not _is_finite(head):
        return 0.0
    hits = 0
    for block in blocks(len(held)):
        h = torch.from_numpy(prepared(held[block], settings.normalize)).float()
        hits += int((head(h).argmax(dim=1).numpy() == truth[block]).sum())
    return hits / len(held)


def _is_finite(head: nn.Linear) -> bool:
    return all(bool(torch.isfinite(parameter).all()) for parameter in head.parameters())
