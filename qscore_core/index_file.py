"""The activation index on disk: made block by block, so in the memory of one block, and opened as memory maps."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from qscore_core.activation_index import FLOOR, ActivationIndex, index_blocks
from qscore_core.errors import WorkspaceError
from qscore_core.progress import OnProgress, silent
from qscore_core.workspace import is_whole, read_json, write_json, writing

FORMAT = 3
FEATURES, Z = "features.raw", "z.f32"
SMALL = ("starts", "moments", "counts")


def write_index(
    blocks: Iterable[np.ndarray],
    images: int,
    folder: Path,
    *,
    floor: float = FLOOR,
    two_sided: bool = False,
    on_progress: OnProgress = silent,
) -> None:
    """Index of the rows in `blocks` (each float32 [image, feature], `images` rows in all), the manifest last."""
    lengths, moments, counts, dim, kind = [np.zeros(1, np.int64)], [], np.int32(0), 0, np.dtype(np.uint16)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FEATURES).open("wb") as features, (folder / Z).open("wb") as z:
            for part in index_blocks(blocks, images, floor=floor, two_sided=two_sided, on_progress=on_progress):
                features.write(part.features.tobytes())
                z.write(part.z.tobytes())
                lengths.append(part.lengths)
                moments.append(part.moments)
                counts = counts + part.counts
                dim, kind = part.counts.shape[1], part.features.dtype
        small = {"starts": np.cumsum(np.concatenate(lengths)), "moments": np.concatenate(moments), "counts": counts}
        for name, array in small.items():
            np.save(folder / f"{name}.npy", array)
    write_json(folder / "manifest.json", {"format": FORMAT, "floor": floor, "dim": dim, "features": kind.name})


def load_index(folder: Path) -> ActivationIndex:
    """Opens a written index. Raises WorkspaceError where it is unfinished or was cut."""
    if not is_whole(folder):
        raise WorkspaceError(f"`{folder}` holds no finished index.")
    manifest = read_json(folder / "manifest.json")
    try:
        small = {name: np.load(folder / f"{name}.npy") for name in SMALL}
        entries = int(small["starts"][-1])
        features = _mapped(folder / FEATURES, manifest["features"], entries)
        z = _mapped(folder / Z, "float32", entries)
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"`{folder}` is damaged ({error}). Delete it; it is then made again.") from error
    return ActivationIndex(floor=manifest["floor"], dim=manifest["dim"], features=features, z=z, **small)


def _mapped(path: Path, kind: str, entries: int) -> np.ndarray:
    # an empty file cannot be mapped
    return np.memmap(path, kind, mode="r", shape=(entries,)) if entries else np.empty(0, kind)
