"""UMAP (McInnes et al., arXiv 1802.03426) of principal components, by the library `umap-learn`."""

import warnings
from importlib.metadata import version

import numpy as np

from qscore_core.projection.settings import ProjectionSettings

LIBRARY = f"umap-learn {version('umap-learn')}"


def umap_layout(coordinates: np.ndarray, settings: ProjectionSettings) -> np.ndarray:
    """float32 [image, 2]; the seed makes it the same on this machine, at the price of one core."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # it speaks of TensorFlow, which nothing here needs
        from umap import UMAP  # compiles for seconds
    layout = UMAP(
        n_neighbors=min(settings.neighbours, len(coordinates) - 1),
        min_dist=settings.min_dist,
        random_state=settings.seed,
        n_jobs=1,
        init="pca",
    )
    return layout.fit_transform(coordinates).astype(np.float32)
