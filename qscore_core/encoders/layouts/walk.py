"""The networks that stand somewhere in a checkpoint, found by what they hold and never by what they are called."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from qscore_core.encoders.layouts.naming import NAMINGS, Naming

Place = tuple[str, ...]
MAX_DEPTH = 5  # VISSL's backbone is four dicts deep
WRAPPERS = {"module", "_orig_mod"}  # DistributedDataParallel and torch.compile


@dataclass(frozen=True, eq=False)
class Found:
    """A network under `prefix` of the tensor dict at `place`, the dict's keys from the top of the file."""

    place: Place
    prefix: str
    naming: Naming
    tensors: Mapping[str, Tensor]

    @property
    def address(self) -> str:
        """`state_dict/encoder_q.`: place and prefix without what wrappers add."""
        return name_of(self.place, self.prefix)


def tensor_dicts(content: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, dict[str, Tensor]]]:
    """Every dict that holds tensors under text keys, from the top down."""
    tensors = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if tensors:
        yield place, tensors
    if len(place) < MAX_DEPTH:
        for key, value in content.items():
            if isinstance(key, str) and isinstance(value, Mapping):
                yield from tensor_dicts(value, (*place, key))


def networks_in(place: Place, tensors: Mapping[str, Tensor]) -> Iterator[Found]:
    """Every prefix under which all anchors of a naming stand, the first of them a layer that takes RGB pixels."""
    for naming in NAMINGS:
        first, *others = naming.anchors
        for key, tensor in tensors.items():
            prefix = key.removesuffix(first)
            whole = prefix != key and prefix[-1:] in ("", ".")
            if whole and _takes_pixels(tensor) and all(prefix + other in tensors for other in others):
                yield Found(place, prefix, naming, tensors)


def names_in(content: Mapping[str, Any]) -> str:
    """Every entry of the top and every tensor, one plain name a line, in the file's order."""
    lines = [str(key) for key in content]
    for place, tensors in tensor_dicts(content):
        lines += [name_of(place, key) for key in tensors]
    return "\n".join(lines)


def name_of(place: Place, key: str) -> str:
    """Place and key as one text, `place/place/key`, without the parts of wrappers."""
    return "/".join([*place, plain(key)])


def plain(key: str) -> str:
    return ".".join(part for part in key.split(".") if part not in WRAPPERS)


def _takes_pixels(tensor: Tensor) -> bool:
    return tensor.ndim == 4 and tensor.shape[1] == 3
