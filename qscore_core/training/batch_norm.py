"""Batch norms that use the whole batch of all processes."""

from typing import Any

import torch
import torch.distributed as distributed
from lightning_fabric import Fabric
from torch import Tensor, nn

from qscore_core.objectives.momentum import MomentumEncoder


def share_batch_statistics(encoder: nn.Module, objective: nn.Module, fabric: Fabric) -> None:
    """Makes batch norms in the encoder, and in the objective's copy of it, use the whole batch of all processes."""
    if fabric.world_size == 1:
        return
    copies = [module for module in objective.modules() if isinstance(module, MomentumEncoder)]
    for module in (encoder, *copies):
        if fabric.device.type == "cuda":
            nn.SyncBatchNorm.convert_sync_batchnorm(module)
        else:
            _replace_batch_norms(module)


class SumOverProcesses(torch.autograd.Function):
    """The sum of every process's tensor. Each of them depends on it, so the gradient is a sum over processes too."""

    @staticmethod
    def forward(_context: Any, value: Tensor) -> Tensor:
        total = value.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        distributed.all_reduce(total)
        return total


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch norm over all processes on the CPU, where torch's SyncBatchNorm does not run."""

    def forward(self, pixels: Tensor) -> Tensor:
        if not self.training:
            return super().forward(pixels)
        values = pixels.float()
        rows = values.numel() // values.shape[1] * distributed.get_world_size()
        mean = SumOverProcesses.apply(values.sum((0, 2, 3))) / rows
        centred = values - mean[:, None, None]
        variance = SumOverProcesses.apply(centred.square().sum((0, 2, 3))) / rows
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * rows / (rows - 1), self.momentum)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(pixels.dtype)


def _replace_batch_norms(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum)
            shared.weight, shared.bias = child.weight, child.bias
            shared.running_mean, shared.running_var = child.running_mean, child.running_var
            shared.num_batches_tracked = child.num_batches_tracked
            setattr(module, name, shared.train(child.training))
        else:
            _replace_batch_norms(child)
