"""The nearest explanation for a checkpoint in which no known layout was found; says only what the keys show."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

RESNET_KEY = re.compile(r"(?P<prefix>.*?)layer1\.0\.conv1\.weight$")
VIT_KEY = re.compile(r"(patch_embed\.proj|conv_proj|patch_embeddings\.projection|patch_embed\.projection)\.weight$")


def explain(content: Mapping[str, Any]) -> str:
    """One or two sentences on what the file seems to be, and what to do."""
    tensors = dict(_named_tensors(content))
    if not tensors:
        return f"It holds no tensors; its entries are {_some(content)}."
    return (
        _resnet(tensors)
        or _vision_transformer(tensors)
        or _optimizer(content, tensors)
        or _no_convolution(tensors)
        or f"It looks like another network: {len(tensors)} tensors such as {_some(tensors)}."
    )


def _resnet(tensors: Mapping[str, Tensor]) -> str:
    prefixes = sorted({match["prefix"] for key in tensors if (match := RESNET_KEY.match(key))})
    if not prefixes:
        return ""
    own = [prefix for prefix in prefixes if f"{prefix}conv1.weight" in tensors]
    if not own:
        deep = f"{prefixes[0]}conv1.0.weight" in tensors
        stem = " Its stem of three convolutions is not supported." if deep else ""
        return f"It has ResNet blocks, but no first convolution `{prefixes[0]}conv1.weight` beside them.{stem}"
    channels = tensors[f"{own[0]}conv1.weight"]
    if channels.ndim == 4 and channels.shape[1] != 3:
        return f"Its first convolution takes {channels.shape[1]} channels; expected 3 (RGB)."
    return f"A ResNet stands under the prefix `{own[0]}`, too deep in the file. Save that part alone."


def _vision_transformer(tensors: Mapping[str, Tensor]) -> str:
    key = next((key for key in tensors if VIT_KEY.search(key)), None)
    return (
        f"It looks like a Vision Transformer (`{key}`) whose other keys are neither timm's nor DINO's." if key else ""
    )


def _optimizer(content: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> str:
    states = [key for key in tensors if re.search(r"(^|\.)state\.\d+\.", key)]
    if "param_groups" in content or len(states) == len(tensors):
        return f"These are optimizer states ({_some(tensors)}), not the weights of a network."
    return ""


def _no_convolution(tensors: Mapping[str, Tensor]) -> str:
    if any(tensor.ndim == 4 for tensor in tensors.values()):
        return ""
    return f"It has no convolution, so it may be only a head: {len(tensors)} tensors such as {_some(tensors)}."


def _named_tensors(value: Any, path: str = "") -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, Mapping) and path.count(".") < 20:
        for key, item in value.items():
            yield from _named_tensors(item, f"{path}.{key}" if path else str(key))


def _some(keys: Mapping[str, Any]) -> str:
    shown = ", ".join(f"`{key}`" for key in list(keys)[:3])
    return shown + (", ..." if len(keys) > 3 else "") if keys else "none"
