"""What every encoder's architecture can say about itself."""

from typing import Protocol

from torch import nn


class NetworkShape(Protocol):
    """All that fixes a network but its weights; a frozen dataclass, so that a digest can cover it."""

    @property
    def dim(self) -> int:
        """Length r of the representation."""

    @property
    def name(self) -> str:
        """The architecture in a word, as people call it."""

    def build(self) -> nn.Module:
        """`forward(pixels [image, 3, height, width]) -> h [image, dim]`, with random weights."""
