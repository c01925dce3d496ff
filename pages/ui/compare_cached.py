"""Comparisons as the pages keep them between clicks, put together from what lies in the workspace."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.ui import cached
from pages.ui.compare_choice import Compared
from qscore_core.comparison import (
    CompareSettings,
    Comparison,
    Member,
    Pair,
    Similarity,
    class_differences,
    compare_settings,
    pair_of,
    pairs_of,
    put_together,
    stored_similarity,
)
from qscore_core.encoder_report import ReportSplits, stored_report
from qscore_core.pipeline import Subject
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations


def comparison(chosen: Compared) -> Comparison:
    """Raises NotExtractedError where anything that the verb `compare` makes is not there yet."""
    settings = compare_settings(chosen.epsilon)
    members = [_member(ref, chosen, settings) for ref in chosen.refs]
    found = _joined(_key(members, chosen), members, settings)
    for first, second in pairs_of(found):
        similarity(found, first, second)
    return found


def _member(ref: str, chosen: Compared, settings: CompareSettings) -> Member:
    fit = cached.representations(ref, chosen.dataset, chosen.fit)
    target = cached.representations(ref, chosen.dataset, chosen.split)
    rows = {chosen.fit: fit, chosen.split: target}
    which, subject = ReportSplits(chosen.fit, chosen.split), Subject(ref, chosen.dataset)
    report = stored_report(subject, which, rows, cached.workspace(), settings.of_reports)
    if report is None or (report.accuracies and not cached.has_probe(fit)):
        raise cached.NotExtractedError
    outcomes = cached.outcomes(fit, target) if report.accuracies else None
    return Member(ref, cached.analysis(target, fit, _scores(chosen, settings, fit)), outcomes, report)


def _scores(chosen: Compared, settings: CompareSettings, fit: Representations) -> ScoreSettings:
    epsilon = cached.auto_epsilon(fit.folder) if chosen.epsilon == "auto" else chosen.epsilon
    scores = settings.report.scores
    return replace(scores, features=replace(scores.features, epsilon=epsilon))


def _key(members: list[Member], chosen: Compared) -> str:
    """Everything that a comparison follows from."""
    digests = [f"{member.analysis.target.digest}/{member.analysis.fit.digest}" for member in members]
    return f"{chosen.refs} {digests} {chosen.epsilon}"


@st.cache_resource(max_entries=8, show_spinner="Joining the images")
def _joined(key: str, _members: list[Member], _settings: CompareSettings) -> Comparison:
    del key
    return put_together(_members, _settings.report.evaluation)


def similarity(found: Comparison, first: str, second: str) -> Similarity:
    """Of two encoders in this order; raises NotExtractedError where it is not there yet."""
    held = stored_similarity(found, first, second, cached.workspace())
    if held is None:
        raise cached.NotExtractedError
    return held


def pair(found: Comparison, first: str, second: str, chosen: Compared) -> Pair:
    """A and B in numbers, whichever was named first."""
    return _pair(f"{_key(list(found.members), chosen)} {first} {second}", found, (first, second), chosen.percentile)


@st.cache_data(max_entries=64, show_spinner="Resampling for the intervals")
def _pair(key: str, _found: Comparison, names: tuple[str, str], percentile: int) -> Pair:
    del key
    how = compare_settings("auto").report.evaluation
    return pair_of(_found, *names, turned(_found, *names), percentile, how)


def turned(found: Comparison, first: str, second: str) -> Similarity:
    """Similarity of two encoders in either order: kept is that of the one named first with the other."""
    if found.refs.index(first) < found.refs.index(second):
        return similarity(found, first, second)
    held = similarity(found, second, first)
    return Similarity(held.cka, held.correlations.T)


def classes(found: Comparison, first: str, second: str, what: str, chosen: Compared) -> pd.DataFrame:
    """Class differences of `accuracy` or of `Q`."""
    return _classes(f"{_key(list(found.members), chosen)} {first} {second}", found, (first, second), what)


@st.cache_data(max_entries=64, show_spinner="Resampling for the intervals")
def _classes(key: str, _found: Comparison, names: tuple[str, str], what: str) -> pd.DataFrame:
    del key
    values = [_found.correct(name) if what == "accuracy" else _found.q(name) for name in names]
    return class_differences(*values, _found.class_names(), compare_settings("auto").report.evaluation)
