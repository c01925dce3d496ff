"""Networks that timm publishes: built by timm, filled strictly from their safetensors file."""

import json
import math
from typing import Any

import torch
from torch import nn

from qscore_core.encoders.hub.network import HubNetwork
from qscore_core.encoders.hub.repository import CONFIG, WEIGHTS, Repository, library
from qscore_core.encoders.reading import read_checkpoint
from qscore_core.encoders.transform import Transform
from qscore_core.errors import EncoderError

SHOWN = 4


def timm_network(repository: Repository, crop: int | None = None) -> HubNetwork:
    """A network from the cache, without its classifier; `crop` is another input size than its own, in pixels.

    Raises EncoderError unless the file fills it exactly.
    """
    timm = library("timm", repository.id)
    about = json.loads(repository.file(CONFIG).read_text())
    published = about.get("pretrained_cfg", about)
    arguments = dict(about.get("model_args") or {})
    side = published.get("input_size", (3, 224, 224))[-1]
    if crop not in (None, side) and _is_vision_transformer(about["architecture"]):
        arguments["dynamic_img_size"] = True
    with torch.random.fork_rng(devices=[]):  # its random weights are replaced; the caller's random state is not
        module = timm.create_model(about["architecture"], pretrained=False, num_classes=0, **arguments)
    _fill(module, repository, published.get("classifier"))
    settings = json.dumps([about["architecture"], arguments], sort_keys=True)
    return HubNetwork(module, about["architecture"], _dim(module), _transform(published, side), settings)


def _is_vision_transformer(architecture: str) -> bool:
    return architecture.startswith(("vit_", "deit_"))


def _dim(module: nn.Module) -> int:
    return int(getattr(module, "head_hidden_size", None) or module.num_features)


def _fill(module: nn.Module, repository: Repository, classifier: str | list[str] | None) -> None:
    path = repository.file(WEIGHTS)
    classifiers = tuple(f"{name}." for name in ([classifier] if isinstance(classifier, str) else classifier or []))
    found = read_checkpoint(path.resolve()).entries
    tensors = {key: value for key, value in found.items() if not key.startswith(classifiers or ("\0",))}
    expected = module.state_dict()
    wrong = sorted(expected.keys() ^ tensors.keys()) or sorted(
        key for key in expected if expected[key].shape != tensors[key].shape
    )
    if wrong:
        raise EncoderError(
            f"`hub:{repository.id}` does not fill timm's {type(module).__name__} exactly, so nothing was loaded: "
            f"{len(wrong)} tensors differ, such as {', '.join(wrong[:SHOWN])}. Try another release of timm."
        )
    module.load_state_dict(tensors, strict=True)


def _transform(published: dict[str, Any], side: int) -> Transform:
    """timm's own evaluation transform: the shorter side to side / crop_pct, then the centre."""
    return Transform(
        resize=math.floor(side / published.get("crop_pct", 0.875)),
        crop=side,
        mean=tuple(published["mean"]),
        std=tuple(published["std"]),
        interpolation=published.get("interpolation", "bicubic"),
    )
