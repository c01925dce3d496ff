"""A network with a target on it, as one module that Captum can take apart without touching the encoder."""

import copy

import torch
from torch import Tensor, nn

from qscore_core.heatmaps.targets import Target


def private_copy(network: nn.Module) -> nn.Module:
    """The network's modules anew, in eval mode and without in-place operations, with the same tensors of weights.

    Hooks set on the copy never reach the network. In-place activations would overwrite what backward hooks look at.
    """
    tensors = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    copied = copy.deepcopy(network, tensors).eval()  # type: ignore[arg-type]
    for module in copied.modules():
        if getattr(module, "inplace", False) is True:
            module.inplace = False
    return copied


class Scored(nn.Module):
    """`forward(pixels [image, 3, height, width], *per_image) -> score [image]`; `network` is a private copy."""

    def __init__(self, network: nn.Module, target: Target) -> None:
        super().__init__()
        self.network = private_copy(network)
        self.target = target

    def forward(self, pixels: Tensor, *per_image: Tensor) -> Tensor:
        return self.target.score(self.network(pixels), *per_image)

    def layer(self, name: str) -> nn.Module:
        return self.network.get_submodule(name)


def saved_bytes(scored: Scored, pixels: Tensor, per_image: tuple[Tensor, ...]) -> int:
    """Bytes that one forward pass keeps for its backward pass, weights left out: what a batch takes of memory."""
    weights = {tensor.untyped_storage().data_ptr() for tensor in (*scored.parameters(), *scored.buffers())}
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        scored(pixels, *per_image)
    return sum(kept.values())
