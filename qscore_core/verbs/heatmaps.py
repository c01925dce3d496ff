"""`heatmaps`: where a score of images comes from, as pictures and as arrays."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from qscore_core.datasets.listing import is_image_name
from qscore_core.errors import SettingsError
from qscore_core.heatmaps import (
    METHODS,
    DisplaySettings,
    MethodSettings,
    ShownMaps,
    SmoothGradSettings,
    archived,
    heat_maps,
    layers_of,
    overlay,
    png,
    shown,
)
from qscore_core.verbs._common import Session
from qscore_core.verbs._material import Material
from qscore_core.verbs._targets import parse_target
from qscore_core.verbs.scoring import ScoreRequest
from qscore_core.workspace import write_atomic, writing

ARRAYS = "maps.npz"


@dataclass(frozen=True)
class HeatmapRequest:
    """The options of `heatmaps`, as typed; `score` holds those that it shares with `score`."""

    score: ScoreRequest
    images: tuple[str, ...]
    lowest_q: int | None
    target: str
    method: str
    layer: str | None
    train: str
    display: DisplaySettings
    opacity: float
    out: Path

    def __post_init__(self) -> None:
        if bool(self.images) == bool(self.lowest_q):
            raise SettingsError("Name the images: either --images ID, once for each, or --lowest-q N.")
        if self.method not in METHODS:
            raise SettingsError(f"`method` should be one of {', '.join(METHODS)}. Found `{self.method}`.")


def heatmaps(request: HeatmapRequest, session: Session) -> dict[str, Any]:
    """Writes one overlay an image and an archive of the arrays as the method gave them."""
    material = Material(request.score, session)
    encoder = material.encoder
    ids = request.images if request.lowest_q is None else material.lowest(request.lowest_q)
    pictures = material.pictures(ids)
    target = parse_target(request.target, material, ids, request.train)
    pixels = encoder.transform.normalize(pictures)
    settings = _settings(request.method, session.seed)
    heat = heat_maps(encoder, pixels, target, request.method, request.layer, settings, session.tell).numpy()
    maps = shown(heat, request.display)
    with writing(request.out):
        request.out.mkdir(parents=True, exist_ok=True)
    files = _write_overlays(request, ids, pictures.numpy(), maps)
    arrays = request.out / ARRAYS
    write_atomic(arrays, archived(heat=heat, ids=np.array(ids), pictures=pictures.numpy()))
    for id_ in np.array(ids)[~maps.signal]:
        session.say(f"{id_}: no signal, the map is zero everywhere.")
    chosen = METHODS[request.method]
    told = zip(ids, files, maps.signal, strict=True)
    return {
        "files": [str(file) for file in (*files, arrays)],
        "images": [{"id": id_, "file": str(file), "signal": bool(signal)} for id_, file, signal in told],
        "split": material.dataset.split,
        "target": request.target,
        "method": request.method,
        "layer": (request.layer or layers_of(encoder)[-1]) if chosen.has_layer else None,
        "settings": asdict(settings),
    }


def _settings(method: str, seed: int) -> MethodSettings:
    """The method's own, with the seed that was asked for where something is random."""
    settings = METHODS[method].settings
    return replace(settings, seed=seed) if isinstance(settings, SmoothGradSettings) else settings


def _write_overlays(request: HeatmapRequest, ids: Sequence[str], pictures: np.ndarray, maps: ShownMaps) -> list[Path]:
    files = [request.out / _file_name(number, id_) for number, id_ in enumerate(ids)]
    for file, picture, values in zip(files, pictures, maps.values, strict=True):
        write_atomic(file, png(overlay(picture, values, request.opacity, maps.signed)))
    return files


def _file_name(number: int, id_: str) -> str:
    """The id without what file systems dislike; the number keeps names apart and in order."""
    stem = id_.rpartition(".")[0] if is_image_name(id_) else id_
    return f"{number:04d}-{re.sub(r'[^A-Za-z0-9._-]+', '_', stem)[-100:]}.png"
