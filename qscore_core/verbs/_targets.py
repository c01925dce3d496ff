"""What a heat map shall explain, as it is typed: `feature:434`, `discriminative`, `all`, `class:wolf`, `norm`."""

from collections.abc import Callable, Sequence

import torch

from qscore_core.errors import SettingsError
from qscore_core.heatmaps import (
    AllFeatures,
    Feature,
    FeaturesOfEach,
    Norm,
    Similarity,
    Target,
    class_scores,
    firing_features,
)
from qscore_core.pipeline import probe_of
from qscore_core.probe import ProbeSettings
from qscore_core.verbs._material import Material
from qscore_core.verbs._stored import stored

KINDS = "feature:NUMBER, discriminative, all, class:NAME, norm, similar:ID"


def parse_target(text: str, material: Material, ids: Sequence[str], train: str) -> Target:
    """The target for the images `ids`; `train` is the split on which the probe of `class:NAME` is fitted."""
    kind, _, name = text.partition(":")
    whole: dict[str, Callable[[], Target]] = {
        "all": AllFeatures,
        "norm": Norm,
        "discriminative": lambda: _discriminative(material, ids),
    }
    named: dict[str, Callable[[], Target]] = {
        "feature": lambda: _feature(name, text),
        "class": lambda: _class(name, material, ids, train),
        "similar": lambda: _similar(name, material),
    }
    makers = named if name else whole
    if kind not in makers:
        raise SettingsError(f"`target` should be one of {KINDS}. Found `{text}`.")
    return makers[kind]()


def _feature(name: str, text: str) -> Feature:
    if not name.isdecimal():
        raise SettingsError(f"`target` should name a feature by its number, as in `feature:0`. Found `{text}`.")
    return Feature(int(name))


def _discriminative(material: Material, ids: Sequence[str]) -> FeaturesOfEach:
    return FeaturesOfEach(torch.from_numpy(firing_features(material.analysis, material.scored_places(ids))))


def _class(name: str, material: Material, ids: Sequence[str], train: str) -> Target:
    session, request = material.session, material.request
    fit = stored(session, request.encoder, request.dataset, train)
    if name not in fit.classes:
        raise SettingsError(
            f"`target` should name a class of split `{train}`: {', '.join(fit.classes[:10])}"
            f"{', ...' if len(fit.classes) > 10 else ''}. Found `{name}`."
        )
    probe = probe_of(fit, ProbeSettings(seed=session.seed), session.workspace, session.tell)
    return class_scores(probe, [fit.classes.index(name)] * len(ids))


def _similar(id_: str, material: Material) -> Similarity:
    encoder = material.encoder
    with torch.inference_mode():
        pixels = encoder.transform.normalize(material.pictures([id_]))
        reference = encoder(pixels.to(next(encoder.module.parameters()).device))[0]
    return Similarity(reference.float().cpu().clone())
