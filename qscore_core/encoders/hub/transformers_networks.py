"""Networks that `transformers` publishes, such as `facebook/dinov2-small`: built and filled by that library."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from qscore_core.encoders.hub.network import HubNetwork
from qscore_core.encoders.hub.repository import CONFIG, PREPROCESSOR, WEIGHTS, Repository, library
from qscore_core.encoders.presets import PRESETS
from qscore_core.encoders.transform import Transform
from qscore_core.errors import EncoderError

UNUSED = "pooler."  # random where the file has none; h is taken before it
INTERPOLATIONS = {0: "nearest", 2: "bilinear", 3: "bicubic"}  # PIL's numbers


class TokenFeatures(nn.Module):
    """h of a `transformers` vision model: a ViT's last class token, a convolutional network's pooled maps."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: Tensor) -> Tensor:
        found = self.model(pixel_values=pixels)
        if found.last_hidden_state.ndim == 3:
            return found.last_hidden_state[:, 0]
        return found.pooler_output.flatten(1)


def transformers_network(repository: Repository, crop: int | None = None) -> HubNetwork:
    """A network from the cache. Raises EncoderError where the library finds weights missing or left over."""
    del crop  # these networks interpolate their position embeddings by themselves
    transformers = library("transformers", repository.id)
    folder = repository.file(CONFIG).parent
    repository.file(WEIGHTS)
    with _quiet(transformers), torch.random.fork_rng(devices=[]):
        model, report = transformers.AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True, torch_dtype=torch.float32
        )
    _require_whole(repository, report)
    about = json.loads(repository.file(CONFIG).read_text())
    dim = about["hidden_sizes"][-1] if "hidden_sizes" in about else about["hidden_size"]
    settings = json.dumps(about, sort_keys=True)
    return HubNetwork(TokenFeatures(model), about["model_type"], dim, _transform(repository), settings)


def _require_whole(repository: Repository, report: dict[str, list[str]]) -> None:
    wrong = sorted(
        str(key)
        for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")
        for key in report[kind]
        if not str(key).startswith(UNUSED)
    )
    if wrong:
        raise EncoderError(
            f"`hub:{repository.id}` does not fill its network exactly, so nothing was loaded: {len(wrong)} tensors "
            f"differ, such as {', '.join(wrong[:4])}. Try another release of `transformers`."
        )


def _transform(repository: Repository) -> Transform:
    """The repository's own preprocessing; DINO's from its code, since some of its repositories carry a wrong one."""
    path = repository.cached(PREPROCESSOR)
    if repository.id.startswith("facebook/dino") or path is None:
        return PRESETS["dino"].transform
    about = json.loads(path.read_text())
    crop = _pixels(about.get("crop_size") if about.get("do_center_crop") else about.get("size"), 224)
    return Transform(
        resize=max(_pixels(about.get("size"), crop), crop),
        crop=crop,
        mean=tuple(about.get("image_mean", (0.5, 0.5, 0.5))),
        std=tuple(about.get("image_std", (0.5, 0.5, 0.5))),
        interpolation=INTERPOLATIONS.get(about.get("resample", 2), "bilinear"),
    )


def _pixels(size: int | dict[str, int] | None, otherwise: int) -> int:
    if isinstance(size, dict):
        return int(size.get("shortest_edge") or size.get("height") or otherwise)
    return int(size or otherwise)


@contextmanager
def _quiet(transformers: object) -> Iterator[None]:
    """Without its progress bars and reports on stderr: what they say is checked here."""
    logging = transformers.utils.logging  # type: ignore[attr-defined]
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
