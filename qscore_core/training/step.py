"""One optimisation step.

The representations cut it in two. In front of them the encoder makes h of each view, a part of the batch at a time if
memory asks for it. Behind them objective and regulariser see the whole batch, whichever process or part its rows came
from, and give the gradient on h, which is then sent back through the encoder. So no objective knows of processes, and
each of its statistics (negatives, batch norms of heads, queues, alpha, beta, column norms) is one of the whole batch.
For parts this is gradient caching (Gao et al. 2021, arXiv 2101.06983): the loss is that of the whole batch, only the
encoder's batch norms see parts.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim import Optimizer

from qscore_core.objectives.objective import GLOBAL_VIEWS
from qscore_core.processes import average_gradients, gather_rows, own_rows
from qscore_core.regulariser import QScoreRegulariser
from qscore_core.training.finite import finite_values
from qscore_core.training.learner import Learner, ViewEncoder


@dataclass(frozen=True)
class StepValues:
    """What a step saw, before its update.

    `terms` of the loss, weighted; `gradients` the norm of each one's gradient on the representations (`ssl`: of the
    objective as a whole); `watched` the spread and, when fine-tuning, mean Q and the share of rows without any.
    """

    terms: dict[str, float]
    gradients: dict[str, float]
    watched: dict[str, float]


class Stepper:
    """Does steps on a learner: `run(views, step, epoch)` for this process's rows of the batch."""

    def __init__(self, learner: Learner, optimizer: Optimizer, fabric: Fabric, micro_batch: int | None) -> None:
        self.learner, self.fabric, self.micro_batch = learner, fabric, micro_batch
        self.encode = fabric.setup_module(ViewEncoder(learner.encoder), move_to_device=False)
        self.optimizer: Optimizer = fabric.setup_optimizers(optimizer)

    def run(self, views: list[Tensor], step: int, epoch: int) -> StepValues:
        """Changes weights and state. Raises NotFiniteError instead of using a term that is not finite."""
        self.optimizer.zero_grad()
        parts = split_rows(views, self.micro_batch)
        with torch.set_grad_enabled(len(parts) == 1):
            local = _join([self.encode(part) for part in parts])
        representations = [gather_rows(self.fabric, h.detach()).requires_grad_() for h in local]
        with self.fabric.autocast():
            targets = _join([self.learner.objective.targets(part) for part in parts])
            targets = [gather_rows(self.fabric, target) for target in targets]
        gradients, values = self._behind(representations, targets, step)
        self._back_through_encoder(parts, local, gradients)
        average_gradients(self.fabric, self.learner.objective)
        self.learner.objective.before_update(epoch)
        self.optimizer.step()
        return values

    def _behind(
        self, representations: list[Tensor], targets: list[Tensor], step: int
    ) -> tuple[list[Tensor], StepValues]:
        """Gradient of the whole loss on each view's representations, and what was seen."""
        with self.fabric.autocast():
            terms = self.learner.objective.terms(representations, targets)
        values = finite_values(terms, step)
        self.fabric.backward(sum(terms.values()))
        gradients = [_gradient_of(h, self._loss_scale()) for h in representations]
        seen = StepValues(values, {"ssl": norm_of(gradients)}, {"spread": spread(representations[0].detach())})
        if self.learner.regulariser is not None:
            self._regularise(self.learner.regulariser, representations[:GLOBAL_VIEWS], gradients, seen, step)
        return gradients, seen

    def _regularise(
        self, regulariser: QScoreRegulariser, pair: list[Tensor], gradients: list[Tensor], seen: StepValues, step: int
    ) -> None:
        """Adds the gradients of equation 3's terms on the pair of views to `gradients`, what they were to `seen`."""
        terms, watch = regulariser.terms(normalize(torch.cat(pair), dim=1))
        for name, term in terms.items():
            own = torch.autograd.grad(term, pair, retain_graph=True)
            weight = regulariser.weight(name, own_norm := norm_of(own), seen.gradients["ssl"])
            seen.terms.update(finite_values({name: weight * term}, step))
            seen.gradients[name] = weight * own_norm
            for gradient, addition in zip(gradients, own, strict=False):
                gradient.add_(addition, alpha=weight)
        seen.watched.update(mean_q=float(watch.mean_q), empty=float(watch.empty))

    def _back_through_encoder(self, parts: list[list[Tensor]], local: list[Tensor], gradients: list[Tensor]) -> None:
        rows = own_rows(self.fabric, len(gradients[0]))
        # wrappers average over the processes, each of which holds a part of the sum
        own = [gradient[rows] * self.fabric.world_size for gradient in gradients]
        if len(parts) == 1:
            self._pull(local, own)
            return
        with statistics_frozen(self.learner.encoder):
            for number, (part, gradient) in enumerate(zip(parts, split_rows(own, self.micro_batch), strict=True)):
                last = number == len(parts) - 1
                with self.fabric.no_backward_sync(self.encode, enabled=not last):
                    self._pull(self.encode(part), gradient)

    def _pull(self, representations: list[Tensor], gradients: list[Tensor]) -> None:
        self.fabric.backward(torch.cat(representations), torch.cat(gradients))

    def _loss_scale(self) -> float:
        scaler = getattr(self.fabric.strategy.precision, "scaler", None)
        return 1.0 if scaler is None else scaler.get_scale()


def split_rows(tensors: list[Tensor], size: int | None) -> list[list[Tensor]]:
    """Parts of about equal length, at most `size` rows, each with its rows of every tensor; None: all in one.

    No part is left with a single row, which batch norm could not use: two rows then take a third one in.
    """
    rows = len(tensors[0])
    parts = max(1, min(math.ceil(rows / (size or rows)), rows // 2))
    return list(map(list, zip(*(tensor.tensor_split(parts) for tensor in tensors), strict=True)))


def spread(representations: Tensor) -> float:
    """Standard deviation over the batch of each entry of the unit rows, averaged, times sqrt(feature).

    Near 1 for a healthy encoder, 0 when all pictures get the same representation (collapse).
    """
    rows = normalize(representations.float(), dim=1)
    return float(rows.std(dim=0, correction=0).mean() * rows.shape[1] ** 0.5)


def norm_of(gradients: list[Tensor] | tuple[Tensor, ...]) -> float:
    """Euclidean norm over all views together."""
    return float(torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt())


@contextmanager
def statistics_frozen(module: nn.Module) -> Iterator[None]:
    """Batch norms go on normalising by their batch, but the second look at a part does not count again."""
    norms = [(norm, norm.momentum) for norm in module.modules() if isinstance(norm, _BatchNorm)]
    try:
        for norm, _ in norms:
            norm.momentum = 0.0
        yield
    finally:
        for norm, momentum in norms:
            norm.momentum = momentum


def _gradient_of(h: Tensor, scale: float) -> Tensor:
    # a method may leave a view alone
    return torch.zeros_like(h) if h.grad is None else h.grad / scale


def _join(parts: list[list[Tensor]]) -> list[Tensor]:
    """Part by part -> view by view."""
    return [torch.cat(views) if len(views) > 1 else views[0] for views in zip(*parts, strict=True)]
