"""All of the backbone's tensors, in the right shapes, or a report: a silent partial load is impossible."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from qscore_core.encoders.networks import NetworkShape
from qscore_core.errors import EncoderError

SHOWN = 4
COUNTER = ".num_batches_tracked"  # batch-norm's step count: no effect in eval mode, absent in old files


@dataclass(frozen=True)
class KeyReport:
    """How a state dict differs from the network it should fill; key names, `mismatched` with both shapes."""

    kept: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not (self.missing or self.unexpected or self.mismatched)


def compare_keys(tensors: Mapping[str, Tensor], shape: NetworkShape) -> KeyReport:
    """Compares with a network of that shape; allocates no weights."""
    with torch.device("meta"):
        expected = shape.build().state_dict()
    common = [key for key in tensors if key in expected]
    mismatched = {
        key: f"{key} (found {list(tensors[key].shape)}, expected {list(expected[key].shape)})"
        for key in common
        if tensors[key].shape != expected[key].shape
    }
    return KeyReport(
        kept=tuple(key for key in common if key not in mismatched),
        missing=tuple(key for key in expected if key not in tensors and not key.endswith(COUNTER)),
        unexpected=tuple(key for key in tensors if key not in expected),
        mismatched=tuple(mismatched.values()),
    )


def require_fit(report: KeyReport, name: str, arch: str, detected: str) -> None:
    """Raises EncoderError listing what is missing, unexpected or of another shape.

    `arch` is the network to fill, `detected` the one that the file seems to hold.
    """
    if report.fits:
        return
    parts = [
        f"{len(keys)} {what}: {', '.join(keys[:SHOWN])}{', ...' if len(keys) > SHOWN else ''}"
        for what, keys in (
            ("missing", report.missing),
            ("unexpected", report.unexpected),
            ("with another shape", report.mismatched),
        )
        if keys
    ]
    raise EncoderError(
        f"Encoder file `{name}` does not fill a {arch} exactly, so nothing was loaded. {'; '.join(parts)}. "
        f"{_nearest(report, arch, detected)}"
    )


def require_numbers(tensors: Mapping[str, Tensor], name: str) -> None:
    """Raises EncoderError for quantised, complex, NaN or infinite weights."""
    for key, tensor in tensors.items():
        if key.endswith(COUNTER):
            continue
        if not tensor.is_floating_point():
            raise EncoderError(
                f"Encoder file `{name}` should hold floating-point weights. Found {tensor.dtype} in `{key}`. "
                "Export it without quantisation."
            )
        if not torch.isfinite(tensor.float()).all():
            raise EncoderError(
                f"Encoder file `{name}` has NaN or infinite weights in `{key}`: its training diverged. "
                "Take an earlier checkpoint."
            )


def _nearest(report: KeyReport, arch: str, detected: str) -> str:
    if any(".se." in key for key in report.unexpected):
        return "This looks like a network with squeeze-and-excitation blocks, which are not supported."
    if any(key.startswith("conv1.weight (found") and ", 3, 3]," in key for key in report.mismatched):
        return "Its first convolution is 3x3, a CIFAR stem: leave `stem=` out of the reference, or say `stem=cifar`."
    if arch != detected:
        return f"The file looks like a {detected}: leave `arch=` and `stem=` out of the reference."
    if any(re.search(r"(q_norm|k_norm|fc_norm|norm_pre|rope|attn\.[qkv])\.", key) for key in report.unexpected):
        return "This looks like another variant of Vision Transformer than DINO's, which is not supported."
    if report.missing and not report.unexpected:
        return "The file may be cut off or hold only a part of the network."
    return "Check `arch=` in the reference, or save the backbone alone with torchvision's key names."
