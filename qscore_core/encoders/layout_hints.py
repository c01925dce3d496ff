"""The nearest explanation for a checkpoint in which no known layout was found; says only what the keys show."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

RESNET_KEY = re.compile(r"(?P<prefix>.*?)layer1\.0\.conv1\.weight$")
NUMBERED_KEY = re.compile(r"(?P<prefix>.*?)4\.0\.conv1\.weight$")
VIT_KEY = re.compile(r"(patch_embed\.proj|conv_proj|patch_embeddings\.projection|patch_embed\.projection)\.weight$")

# prefix of a torchvision-style ResNet -> the codebases that write it so
WRITERS = {
    "module.encoder_q.": "MoCo v1 and v2",
    "module.base_encoder.": "MoCo v3",
    "module.encoder.": "SimSiam",
    "module.backbone.": "VICReg, Barlow Twins and DINO",
    "backbone.": "solo-learn, lightly and mmselfsup",
    "encoder.": "early solo-learn and Spijkervet's SimCLR",
    "convnet.": "AndrewAtanov's SimCLR",
    "_feature_blocks.": "VISSL",
}


def explain(content: Mapping[str, Any]) -> str:
    """One or two sentences on what the file seems to be, and what to do."""
    tensors = dict(_named_tensors(content))
    if not tensors:
        return f"It holds no tensors; its entries are {_some(content)}."
    return (
        _other_prefix(tensors)
        or _vision_transformer(tensors)
        or _numbered(tensors)
        or _optimizer(content, tensors)
        or _no_convolution(tensors)
        or f"It looks like another network: {len(tensors)} tensors such as {_some(tensors)}."
    )


def _other_prefix(tensors: Mapping[str, Tensor]) -> str:
    prefixes = sorted({match["prefix"] for key in tensors if (match := RESNET_KEY.match(key))})
    if not prefixes:
        return ""
    own = [prefix for prefix in prefixes if f"{prefix}conv1.weight" in tensors]
    if not own:
        return f"It has ResNet blocks, but no first convolution `{prefixes[0]}conv1.weight` beside them."
    key = own[0]
    channels = tensors[f"{key}conv1.weight"]
    if channels.ndim == 4 and channels.shape[1] != 3:
        return f"Its first convolution takes {channels.shape[1]} channels; expected 3 (RGB)."
    writer = next((who for prefix, who in WRITERS.items() if key.endswith(prefix)), None)
    known = f", as {writer} write it" if writer else ""
    return (
        f"A ResNet stands under the prefix `{key}`{known}; this layout is not supported yet. "
        "Save that part alone, without the prefix."
    )


def _vision_transformer(tensors: Mapping[str, Tensor]) -> str:
    key = next((key for key in tensors if VIT_KEY.search(key)), None)
    return f"It looks like a Vision Transformer (`{key}`); only ResNets are supported yet." if key else ""


def _numbered(tensors: Mapping[str, Tensor]) -> str:
    match = next((m for m in map(NUMBERED_KEY.match, tensors) if m and f"{m['prefix']}0.weight" in tensors), None)
    if match is None:
        return ""
    return (
        f"A ResNet with numbered layers (`{match.group()}`) stands in it, as nn.Sequential saves it; "
        "this layout is not supported yet. Save it with torchvision's names."
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
