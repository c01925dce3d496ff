"""`probe` and `compress`: what a linear probe reads off the representations, and off fewer features."""

from dataclasses import asdict
from typing import Any

from qscore_core.compression import CompressionSettings, compression_curve
from qscore_core.pipeline import labels_among, outcomes_of, probe_of, require_labels, with_epsilon
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import index_of
from qscore_core.verbs._common import Session
from qscore_core.verbs._epsilon import parse_epsilon
from qscore_core.verbs._stored import default_split, stored
from qscore_core.verbs.scoring import fit_source


def probe(
    encoder: str | None, dataset: str, train: str, split: str | None, recipe: str, session: Session
) -> dict[str, Any]:
    """Top-1 accuracy of a linear probe fitted on one split and asked on another."""
    settings = ProbeSettings(recipe=recipe, seed=session.seed)  # type: ignore[arg-type]
    fit = stored(session, encoder, dataset, train)
    target = stored(session, encoder, dataset, default_split(dataset, split, session, "test"))
    fitted = probe_of(fit, settings, session.workspace, session.tell)
    outcomes = outcomes_of(fitted, target, fit.classes)
    return {
        "top1": outcomes.accuracy,
        "classes": len(fit.classes),
        "recipe": recipe,
        "train_images": fit.images,
        "images": target.images,
        "split": target.split,
        "record": asdict(fitted.record),
    }


def compress(
    encoder: str | None, dataset: str, train: str, split: str | None, fit: str | None, epsilon: str, session: Session
) -> dict[str, Any]:
    """The compression curve of figure 2; probes are of `train`, activation rates of `fit`, if another is named."""
    trained = stored(session, encoder, dataset, train)
    target = stored(session, encoder, dataset, default_split(dataset, split, session, "test"))
    source = trained if fit is None else fit_source(encoder, dataset, fit, session)
    settings = with_epsilon(ScoreSettings(), parse_epsilon(epsilon), source, session.workspace)
    number = settings.features.epsilon
    rates = index_of(source, session.workspace, epsilon=number).rates(number)
    curve = compression_curve(
        trained.matrix,
        require_labels(trained),
        target.matrix,
        labels_among(target, trained.classes),
        len(trained.classes),
        rates,
        CompressionSettings(seed=session.seed),
        on_progress=session.tell,
    )
    told = curve.as_dict()
    where = f"{source.ref}/{source.split}"
    return {"epsilon": number, "fit": where, "curve": told.pop("points"), **told}
