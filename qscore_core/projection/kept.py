"""Maps in the workspace: made once for representations and settings, with what made them."""

from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from qscore_core.errors import RepresentationError
from qscore_core.progress import OnProgress, Progress, silent
from qscore_core.projection.pca import Components, coordinates, find_components
from qscore_core.projection.sampling import stratified_rows
from qscore_core.projection.settings import FEWEST_FOR_UMAP, ProjectionSettings
from qscore_core.projection.umap_layout import LIBRARY, umap_layout
from qscore_core.projection.values import Projection
from qscore_core.representations import Representations
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, read_json, write_json, writing

FORMAT = 1
XY, ROWS = "xy.npy", "rows.npy"
LIBRARIES = {"pca": f"numpy {version('numpy')}", "umap": LIBRARY}


def stored_projection(
    representations: Representations, settings: ProjectionSettings, workspace: Workspace
) -> Projection | None:
    """The map if it was made before."""
    folder = _folder(representations, settings, workspace)
    if not is_whole(folder):
        return None
    about = read_json(folder / MANIFEST)
    return Projection(settings, np.load(folder / XY), np.load(folder / ROWS), representations.images, about)


def project(
    representations: Representations,
    settings: ProjectionSettings,
    workspace: Workspace,
    on_progress: OnProgress = silent,
) -> Projection:
    """The map of these representations, made where it is missing.

    Raises RepresentationError where there are too few images for UMAP.
    """
    if settings.method == "umap" and representations.images < FEWEST_FOR_UMAP:
        raise RepresentationError(
            f"UMAP needs at least {FEWEST_FOR_UMAP} images. Found {representations.images}; PCA shows them."
        )
    folder = workspace.artefact(*_place(representations, settings))
    with workspace.lock(folder, wait_seconds=3600):
        found = stored_projection(representations, settings, workspace)
        if found is None:
            found = _made(representations, settings, on_progress)
            _write(found, folder)
    return found


def _made(representations: Representations, settings: ProjectionSettings, on_progress: OnProgress) -> Projection:
    labels = representations.labels
    rows = stratified_rows(labels, settings.most, settings.seed)
    fit_rows = stratified_rows(labels, settings.fitted_on, settings.seed)
    on_progress(Progress("principal components", 0, representations.images, 0.0, None))
    count = settings.components if settings.method == "umap" else 2
    components = find_components(representations, count, fit_rows)
    found = coordinates(representations, components, on_progress)[rows]
    if settings.method == "umap":
        on_progress(Progress("UMAP, which tells no progress", 0, len(rows), 0.0, None))
        found = umap_layout(found, settings)
    return Projection(settings, _two_columns(found), rows, representations.images, _about(components, settings))


def _two_columns(found: np.ndarray) -> np.ndarray:
    """Representations of fewer than two features lie on a line."""
    return np.pad(found, ((0, 0), (0, max(0, 2 - found.shape[1]))))[:, :2]


def _about(components: Components, settings: ProjectionSettings) -> dict[str, object]:
    shares = [float(share) for share in components.shares]
    return {"shares": shares, "fitted_on": components.images, "library": LIBRARIES[settings.method]}


def _write(found: Projection, folder: Path) -> None:
    with writing(folder):
        np.save(folder / XY, found.xy)
        np.save(folder / ROWS, found.rows)
    write_json(folder / MANIFEST, {**found.about, "settings": asdict(found.settings), "images": found.images})


def _place(representations: Representations, settings: ProjectionSettings) -> tuple[str, str]:
    if settings.method == "pca":
        settings = replace(settings, neighbours=2, min_dist=0.0)  # they move no point of a PCA
    made_of = {"representations": representations.digest, "settings": settings, "library": LIBRARIES[settings.method]}
    return "projections", digest_of({**made_of, "format": FORMAT})


def _folder(representations: Representations, settings: ProjectionSettings, workspace: Workspace) -> Path:
    kind, digest = _place(representations, settings)
    return workspace.root / kind / digest
