"""What the pages keep between clicks: small wrappers around the core, keyed by references and frozen settings."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from qscore_core import pipeline
from qscore_core.datasets import Dataset, is_at_hand, known_datasets, open_dataset
from qscore_core.devices import pick_device
from qscore_core.encoders import (
    Encoder,
    EncoderEntry,
    Inspection,
    inspect_reference,
    known_encoders,
    load_encoder,
)
from qscore_core.encoders.catalog import entry_file, published_encoders
from qscore_core.encoders.reading import AllowedFolders
from qscore_core.evaluation import EvaluationSettings, SignalEvaluation, evaluate_signal
from qscore_core.extraction import ExtractSettings, artefact_digest
from qscore_core.imported import features_folder, imported_names
from qscore_core.pipeline import Analysis, Outcomes
from qscore_core.probe import ProbeSettings
from qscore_core.projection import Projection, ProjectionSettings, project, stored_projection
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations, open_representations
from qscore_core.scatter import Colouring, Points, colouring_of, placed
from qscore_core.signals import Evidence, trust
from qscore_core.why_low import Explanation, explain
from qscore_core.workspace import Workspace, is_whole

PROBE = ProbeSettings()
OF_THE_PROBE = ("predicted", "confidence", "correct")  # columns that only a fitted probe may fill
LISTING_SECONDS = 300  # after which a folder of images is listed again


class NotExtractedError(Exception):
    """The representations a page needs are not there yet; an exception, so that the absence is never cached."""


@st.cache_resource
def workspace() -> Workspace:
    return Workspace.at()


def encoders() -> list[EncoderEntry]:
    return known_encoders(workspace())


def dataset_refs() -> list[str]:
    return [entry.ref for entry in known_datasets(workspace())] + [f"features:{n}" for n in imported_names(workspace())]


def fit_refs() -> list[str]:
    """DATASET/SPLIT of the known data sets, their train split where they have one."""
    found = [(entry.ref, entry.splits) for entry in known_datasets(workspace()) if entry.splits]
    return [f"{ref}/{'train' if 'train' in names else names[0]}" for ref, names in found]


@st.cache_data(ttl=LISTING_SECONDS, show_spinner=False)
def splits(ref: str) -> tuple[str, ...]:
    return pipeline.splits(ref, workspace())


@st.cache_resource(ttl=LISTING_SECONDS, max_entries=16, show_spinner="Listing the images")
def dataset(ref: str, split: str) -> Dataset:
    return open_dataset(ref, split, workspace=workspace())


@st.cache_data(max_entries=32, show_spinner="Reading the encoder")
def _digest(encoder: str, encoder_stamp: float, data_digest: str, ref: str, split: str) -> str:
    """Digest of the representations of a split; `encoder_stamp` and `data_digest` make it new when a file changes."""
    del encoder_stamp, data_digest
    loaded = load_encoder(encoder, workspace=workspace())
    return artefact_digest(loaded, dataset(ref, split), ExtractSettings().precision)


def stamp(encoder: str) -> float:
    """Time of change of the file behind an encoder reference, 0 where there is none."""
    scheme, _, rest = encoder.partition(":")
    body = rest.partition("?")[0]
    path = None
    if scheme == "file":
        path = Path(body).expanduser()
    elif scheme == "catalog":
        path = next((entry_file(e, workspace()) for e in published_encoders().entries if e.name == body), None)
    return path.stat().st_mtime if path and path.is_file() else 0.0


@st.cache_resource
def allowed_folders() -> AllowedFolders:
    """The folders out of which the pages open weights."""
    return AllowedFolders.of_server(workspace().root)


@st.cache_data(max_entries=32, show_spinner="Reading the file")
def _inspection(ref: str, changed: float) -> Inspection:
    del changed
    return inspect_reference(ref, workspace())


def inspection(ref: str) -> Inspection:
    """The report on a file; raises EncoderError where it cannot be read."""
    return _inspection(ref, stamp(ref))


@st.cache_resource(max_entries=2, show_spinner="Loading the encoder")
def _encoder(ref: str, changed: float) -> Encoder:
    del changed
    return load_encoder(ref, workspace=workspace(), device=pick_device("auto"))


def encoder(ref: str) -> Encoder:
    """A loaded encoder, for what needs its network."""
    return _encoder(ref, stamp(ref))


@st.cache_resource(max_entries=32, show_spinner=False)
def _opened(folder: Path) -> Representations:
    return open_representations(folder)


def representations(encoder: str, ref: str, split: str) -> Representations:
    """Stored representations of a split.

    Raises NotExtractedError where there are none yet, EncoderError for a file that holds no encoder.
    """
    if ref.startswith("features:"):
        return _opened(features_folder(ref, split, workspace()))
    if not is_at_hand(ref, split, workspace()):
        if encoder.startswith("file:"):
            inspection(encoder)  # a file that is none is told before pictures are drawn for it
        raise NotExtractedError
    digest = _digest(encoder, stamp(encoder), dataset(ref, split).digest, ref, split)
    folder = workspace().root / "representations" / digest
    if not is_whole(folder):
        raise NotExtractedError
    return _opened(folder)


@st.cache_resource(max_entries=64, show_spinner="Scoring")
def _analysis(target: Path, fit: Path, settings: ScoreSettings) -> Analysis:
    return pipeline.analyse(_opened(target), _opened(fit), settings, workspace())


def analysis(target: Representations, fit: Representations, settings: ScoreSettings) -> Analysis:
    return _analysis(target.folder, fit.folder, settings)


@st.cache_data(max_entries=16, show_spinner=False)
def auto_epsilon(fit: Path) -> float:
    return pipeline.with_epsilon(ScoreSettings(), "auto", _opened(fit), workspace()).features.epsilon


def has_probe(fit: Representations) -> bool:
    return pipeline.stored_probe(fit, PROBE, workspace()) is not None


@st.cache_resource(max_entries=16, show_spinner="Asking the linear probe")
def _outcomes(fit: Path, target: Path) -> Outcomes:
    probe = pipeline.stored_probe(_opened(fit), PROBE, workspace())
    assert probe is not None  # `outcomes` is only asked where `has_probe` says so
    return pipeline.outcomes_of(probe, _opened(target), _opened(fit).classes)


def outcomes(fit: Representations, target: Representations) -> Outcomes:
    return _outcomes(fit.folder, target.folder)


@st.cache_data(max_entries=64, show_spinner="Resampling for the intervals")
def signal(name: str, key: str, _scores: np.ndarray, _correct: np.ndarray) -> SignalEvaluation:
    """Evaluation of a signal; `key` names everything that the arrays were made from."""
    del key
    return evaluate_signal(name, _scores, _correct, EvaluationSettings())


@st.cache_resource(max_entries=16, show_spinner=False)
def _trust(target: Path, fit: Path, settings: ScoreSettings) -> np.ndarray:
    return trust(Evidence(_analysis(target, fit, settings), workspace()))


def trust_of(analysis: Analysis) -> np.ndarray | None:
    """Trust of every image, None where its neighbours were not searched yet."""
    if not Evidence(analysis, workspace()).at_hand:
        return None
    return _trust(analysis.target.folder, analysis.fit.folder, analysis.settings)


@st.cache_data(max_entries=256, show_spinner=False)
def explanation(target: Path, fit: Path, settings: ScoreSettings, place: int) -> Explanation:
    return explain(_analysis(target, fit, settings), place)


@st.cache_resource(max_entries=8, show_spinner=False)
def scores(target: Path, fit: Path, settings: ScoreSettings) -> pd.DataFrame:
    """The scores file joined with the columns the data set brings (habitat, size, ...); shared, not to be changed."""
    found = _analysis(target, fit, settings)
    table = found.table().assign(class_name=found.target.class_names())
    # A table made from an earlier scores file brings columns of the same names: the fresh ones count.
    return table.join(found.target.table.drop(columns=[*table.columns, *OF_THE_PROBE], errors="ignore"))


@st.cache_resource(max_entries=16, show_spinner="Laying out the map")
def _projection(target: Path, settings: ProjectionSettings) -> Projection:
    return project(_opened(target), settings, workspace())


def projection(target: Representations, settings: ProjectionSettings) -> Projection | None:
    """A map: PCA is made at once, UMAP is None until a job has made it."""
    if settings.method == "umap" and stored_projection(target, settings, workspace()) is None:
        return None
    return _projection(target.folder, settings)


@st.cache_resource(max_entries=16, show_spinner=False)
def _map_points(target: Path, settings: ProjectionSettings) -> Points:
    xy = _projection(target, settings).xy
    return placed(xy[:, 0], xy[:, 1])


def map_points(target: Representations, settings: ProjectionSettings) -> Points:
    """The points of a map that is there."""
    return _map_points(target.folder, settings)


@st.cache_resource(max_entries=64, show_spinner=False)
def colouring(
    target: Path,
    fit: Path,
    settings: ScoreSettings,
    layout: ProjectionSettings,
    column: str,
    probed: bool,
    title: str,
    _values: pd.Series,
) -> Colouring:
    """A column of a scored split as colours; everything that its values were made from is the key, not the values."""
    del target, fit, settings, layout, column, probed
    return colouring_of(title, _values)
