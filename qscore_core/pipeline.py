"""The stages joined: from the references a command or a page names to values, each result kept in the workspace."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from qscore_core.activation_index import FLOOR, ActivationIndex
from qscore_core.datasets import open_dataset, splits_of
from qscore_core.devices import Hardware, pick_device
from qscore_core.encoders import load_encoder
from qscore_core.errors import DatasetError, SettingsError
from qscore_core.extraction import Extraction, ExtractSettings, extract
from qscore_core.fit_check import FitCheck, auto_epsilon, check_fit
from qscore_core.imported import feature_splits, open_features
from qscore_core.probe import LinearProbe, ProbeSettings, fit_probe, load_probe
from qscore_core.progress import OnProgress, silent
from qscore_core.qscore import FeatureSet, QScores, ScoreSettings, find_features, q_scores, score_table
from qscore_core.references import parse_reference
from qscore_core.representations import Representations, index_of
from qscore_core.team import gather
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, write_json

PROBE = "probe.safetensors"
Epsilon = float | Literal["auto"]


@dataclass(frozen=True)
class Subject:
    """Whose representations of what, and how they are made. `encoder` is None for imported features.

    With several `devices` or `nodes` each process that works on one does a part.
    """

    encoder: str | None
    dataset: str
    device: str = "auto"
    extraction: ExtractSettings = field(default_factory=ExtractSettings)
    devices: int = 1
    nodes: int = 1


def splits(dataset: str, workspace: Workspace) -> tuple[str, ...]:
    """The splits that a reference offers, imported features included."""
    if dataset.startswith("features:"):
        return tuple(feature_splits(parse_reference(dataset, ("features",)).body, workspace))
    return splits_of(dataset, workspace)


def representations_of(
    subject: Subject, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Extraction:
    """Extracts, resumes, reuses, or opens what was imported."""
    if subject.dataset.startswith("features:"):
        return Extraction(open_features(subject.dataset, split, workspace), reused=True, images_per_second=0.0)
    if subject.encoder is None:
        raise SettingsError(f"`{subject.dataset}` needs an encoder; only `features:NAME` comes without one.")
    dataset = open_dataset(subject.dataset, split, workspace=workspace, on_progress=on_progress)
    encoder = load_encoder(subject.encoder, workspace=workspace)
    hardware = Hardware(pick_device(subject.device), subject.devices, subject.nodes)
    team = gather(hardware)  # what is wrong with the references has been told by now, by one process
    encoder.module.to(team.device(hardware.device))
    return extract(encoder, dataset, subject.extraction, workspace=workspace, team=team, on_progress=on_progress)


@dataclass(frozen=True, eq=False)
class Analysis:
    """Q-Scores of a split with D from the fit split, and whether they mean something."""

    target: Representations
    fit: Representations
    settings: ScoreSettings
    index: ActivationIndex
    fit_index: ActivationIndex
    features: FeatureSet
    scores: QScores
    check: FitCheck

    @property
    def fitted_on_itself(self) -> bool:
        return self.target.digest == self.fit.digest

    def table(self) -> pd.DataFrame:
        """The scores file: one row an image in data-set order."""
        return score_table(self.index, self.scores, self.target.table, self.settings)


def analyse(
    target: Representations,
    fit: Representations,
    settings: ScoreSettings,
    workspace: Workspace,
    on_progress: OnProgress = silent,
) -> Analysis:
    """D from `fit`, Q on `target`, from their indexes. Raises RepresentationError where r or epsilon do not fit."""
    if target.dim != fit.dim:
        raise DatasetError(
            f"Both splits should come from one encoder. Found {fit.dim} features in `{fit.ref}` "
            f"and {target.dim} in `{target.ref}`."
        )
    chosen = settings.features
    floor = min(FLOOR, chosen.epsilon)
    open_index = lambda r: index_of(r, workspace, epsilon=floor, two_sided=chosen.two_sided, on_progress=on_progress)  # noqa: E731
    fit_index, index = open_index(fit), open_index(target)
    features = find_features(fit_index, chosen)
    scores = q_scores(index, features, settings)
    check = check_fit(fit_index, index, features, scores)
    return Analysis(target, fit, settings, index, fit_index, features, scores, check)


def with_epsilon(
    settings: ScoreSettings, epsilon: Epsilon, fit: Representations, workspace: Workspace
) -> ScoreSettings:
    """Settings with a number for epsilon; `auto` takes the label-free choice on the fit split."""
    if epsilon == "auto":
        epsilon = auto_epsilon(index_of(fit, workspace, two_sided=settings.features.two_sided))
    return replace(settings, features=replace(settings.features, epsilon=float(epsilon)))


def require_labels(representations: Representations) -> np.ndarray:
    """Labels int64 [image]; raises DatasetError where an image has none."""
    if not representations.labelled:
        missing = int((representations.labels < 0).sum())
        raise DatasetError(
            f"`{representations.ref}` split `{representations.split}` should have a label for every image. "
            f"Found {missing:,} of {representations.images:,} without one."
        )
    return representations.labels


def labels_among(representations: Representations, classes: tuple[str, ...]) -> np.ndarray:
    """Labels int64 [image] as places in `classes`: two imported arrays may number the same names differently."""
    labels = require_labels(representations)
    place = {name: number for number, name in enumerate(classes)}
    found = np.array([place.get(name, -1) for name in representations.classes], np.int64)[labels]
    if (found < 0).any():
        unknown = sorted({representations.classes[label] for label in np.unique(labels[found < 0])})
        raise DatasetError(
            f"`{representations.ref}` split `{representations.split}` should hold classes of the train split only. "
            f"Found also {', '.join(f'`{name}`' for name in unknown[:5])}."
        )
    return found


def _probe_folder(train: Representations, settings: ProbeSettings, workspace: Workspace) -> Path:
    digest = digest_of({"train": train.digest, "settings": asdict(settings), "format": 1})
    return workspace.artefact("probes", digest)


def stored_probe(train: Representations, settings: ProbeSettings, workspace: Workspace) -> LinearProbe | None:
    """The probe of a train split if it was fitted before."""
    folder = _probe_folder(train, settings, workspace)
    return load_probe(folder / PROBE) if is_whole(folder) else None


def probe_of(
    train: Representations, settings: ProbeSettings, workspace: Workspace, on_progress: OnProgress = silent
) -> LinearProbe:
    """The linear probe of a train split, fitted once and kept."""
    folder = _probe_folder(train, settings, workspace)
    with workspace.lock(folder, wait_seconds=3600):
        found = stored_probe(train, settings, workspace)
        if found is None:
            labels = require_labels(train)
            found = fit_probe(train.matrix, labels, len(train.classes), settings, on_progress=on_progress)
            found.save(folder / PROBE)
            write_json(folder / MANIFEST, {"train": train.digest, "settings": asdict(settings)})
    return found


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What a linear probe says of each image: predicted class, whether it is right, and how sure the probe is.

    `confidence` is the largest softmax probability, `entropy` that of the softmax in nats, `energy` minus the log of
    the summed exponentials of the logits.
    """

    predicted: np.ndarray
    confidence: np.ndarray
    entropy: np.ndarray
    energy: np.ndarray
    correct: np.ndarray

    @property
    def accuracy(self) -> float:
        return float(self.correct.mean())


def outcomes_of(probe: LinearProbe, target: Representations, classes: tuple[str, ...]) -> Outcomes:
    """The probe's answers on a labelled split; `classes` are those of the split it was fitted on, in their order."""
    labels = labels_among(target, classes)
    return Outcomes(
        predicted=(predicted := probe.predict(target.matrix)),
        confidence=probe.confidence(target.matrix),
        entropy=probe.entropy(target.matrix),
        energy=probe.energy(target.matrix),
        correct=predicted == labels,
    )
