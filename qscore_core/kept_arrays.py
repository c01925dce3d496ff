"""Arrays that take long to compute, kept in the workspace and named by everything they follow from."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, read_json, write_json, writing

Arrays = dict[str, np.ndarray]


def kept_arrays(
    kind: str, identity: Mapping[str, Any], workspace: Workspace, make: Callable[[], Mapping[str, np.ndarray]]
) -> Arrays:
    """What `make` returns, from the disk where it was made before; opened as memory maps, read-only."""
    folder = workspace.artefact(kind, digest_of(identity))
    with workspace.lock(folder, wait_seconds=3600):
        if not is_whole(folder):
            arrays = make()
            with writing(folder):
                for name, array in arrays.items():
                    np.save(folder / f"{name}.npy", array)
            write_json(folder / MANIFEST, {"identity": identity, "arrays": list(arrays)})
    names = read_json(folder / MANIFEST)["arrays"]
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}


def are_kept(kind: str, identity: Mapping[str, Any], workspace: Workspace) -> bool:
    """Whether the arrays were made before; computes nothing."""
    return is_whole(workspace.root / kind / digest_of(identity))
