"""Made-up features of many images for the app: sparse, with classes, brought in as `features:NAME`."""

from pathlib import Path

import numpy as np

from qscore_core.imported import ImportRequest, import_features, imported_names
from qscore_core.workspace import Workspace

DIM, CLASSES = 256, 10


def features_of(images: int, workspace: Workspace, folder: Path) -> str:
    """Brings them in, unless they are there, and returns their reference."""
    name = f"bench-{images}"
    if name not in imported_names(workspace):
        rng = np.random.default_rng(0)
        labels = rng.integers(0, CLASSES, images)
        centres = rng.gamma(0.3, 1.0, (CLASSES, DIM)).astype(np.float32)
        h = rng.gamma(0.2, 1.0, (images, DIM)).astype(np.float32) + centres[labels]
        np.save(folder / f"{name}.npy", h)
        (folder / f"{name}.txt").write_text("\n".join(f"class {label}" for label in labels))
        import_features(ImportRequest(folder / f"{name}.npy", name, labels=folder / f"{name}.txt"), workspace)
    return f"features:{name}"
