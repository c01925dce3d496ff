"""The encoder as a value: a frozen network that gives the representation h before any projector."""

from dataclasses import dataclass

from torch import Tensor, nn

from qscore_core.encoders.transform import Transform


@dataclass(frozen=True, eq=False)
class Encoder:
    """A network in eval mode with its own transform.

    `module(pixels [image, 3, height, width]) -> h [image, dim]`; `fingerprint` names the weights and the architecture,
    so that a result computed with it can be told from any other. `role` says which of the networks in `source` it is,
    `online` or `momentum`.
    """

    ref: str
    module: nn.Module
    arch: str
    method: str
    dim: int
    transform: Transform
    fingerprint: str
    source: str
    warnings: tuple[str, ...] = ()
    role: str = "online"

    def __call__(self, pixels: Tensor) -> Tensor:
        return self.module(pixels)
