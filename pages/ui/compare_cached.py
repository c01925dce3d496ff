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
    Neighbourhoods,
    Pair,
    Similarity,
    class_differences,
    compare_settings,
    pair_of,
    pairs_of,
    put_together,
    stored_similarity,
    with_view_metrics,
)
from qscore_core.comparison import neighbourhoods as comparison_neighbourhoods
from qscore_core.encoder_report import ReportSplits, report_splits, stored_report
from qscore_core.pipeline import Subject
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations
from qscore_core.several_views import ViewSettings, stored_views, view_metrics_of
from qscore_core.signals import Evidence

VIEWS = ViewSettings()  # those of `compare --views 4`


def comparison(chosen: Compared) -> Comparison:
    """With metrics of several views where they are there.

    Raises NotExtractedError where anything that the verb `compare` makes unasked is not there yet.
    """
    settings = compare_settings(chosen.epsilon)
    members = [_member(ref, chosen, settings) for ref in chosen.refs]
    found = _joined(_key(members, chosen), members, settings)
    for first, second in pairs_of(found):
        similarity(found, first, second)
    return with_view_metrics(found, _view_metrics)


def _view_metrics(fit: Representations) -> dict[str, float] | None:
    return None if stored_views(fit, cached.workspace(), VIEWS) is None else _metrics_of(fit.digest, fit)


@st.cache_data(max_entries=32, show_spinner="Comparing the views")
def _metrics_of(digest: str, _fit: Representations) -> dict[str, float]:
    del digest
    return view_metrics_of(_fit, cached.workspace(), VIEWS)


def neighbourhoods(found: Comparison, chosen: Compared) -> Neighbourhoods | None:
    """None where the neighbours of an encoder were not searched yet."""
    held = all(Evidence(member.analysis, cached.workspace()).has_neighbours for member in found.members)
    return _neighbourhoods(_key(list(found.members), chosen), found) if held else None


@st.cache_data(max_entries=8, show_spinner="Comparing the neighbours")
def _neighbourhoods(key: str, _found: Comparison) -> Neighbourhoods:
    del key
    return comparison_neighbourhoods(_found, cached.workspace())


def _member(ref: str, chosen: Compared, settings: CompareSettings) -> Member:
    fit = cached.representations(ref, chosen.dataset, chosen.fit)
    target = cached.representations(ref, chosen.dataset, chosen.split)
    which, subject = _splits(chosen.dataset, chosen.fit, chosen.split), Subject(ref, chosen.dataset)
    rows = {split: cached.representations(ref, chosen.dataset, split) for split in which.names}
    report = stored_report(subject, which, rows, cached.workspace(), settings.of_reports)
    if report is None or (report.accuracies and not cached.has_probe(fit)):
        raise cached.NotExtractedError
    outcomes = cached.outcomes(fit, target) if report.accuracies else None
    return Member(ref, cached.analysis(target, fit, _scores(chosen, settings, fit)), outcomes, report)


@st.cache_data(ttl=cached.LISTING_SECONDS, show_spinner=False)
def _splits(dataset: str, fit: str, split: str) -> ReportSplits:
    return report_splits(dataset, cached.workspace(), fit, split)


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
