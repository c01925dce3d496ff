"""What every page works on: the representations that were chosen, their scores, and what the probe makes of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import cached, work
from pages.ui.choice import Choice, choose
from pages.ui.ending import end_page
from pages.ui.pictures import offer_pictures
from pages.ui.settings import score_settings
from qscore_core.datasets import Dataset
from qscore_core.errors import QScoreError
from qscore_core.pipeline import Analysis, Outcomes
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations


@dataclass(frozen=True, eq=False)
class View:
    """A choice whose representations are there, with its scores."""

    choice: Choice
    analysis: Analysis

    @property
    def target(self) -> Representations:
        return self.analysis.target

    @property
    def fit(self) -> Representations:
        return self.analysis.fit

    @property
    def settings(self) -> ScoreSettings:
        return self.analysis.settings

    @property
    def key(self) -> str:
        """Names everything that scores were made from; with labels also what the probe says of them."""
        return f"{self.target.digest}/{self.fit.digest}/{self.settings}"

    @property
    def labelled(self) -> bool:
        """Whether a linear probe can be fitted and judged here."""
        return self.target.labelled and self.fit.labelled

    def table(self) -> pd.DataFrame:
        """The scored images, one row each, with the probe's answers where they are known."""
        table = cached.scores(self.target.folder, self.fit.folder, self.settings)
        outcomes = self.outcomes()
        if outcomes is None:
            return table
        predicted = np.array(self.fit.classes, dtype=object)[outcomes.predicted]
        return table.assign(predicted=predicted, confidence=outcomes.confidence, correct=outcomes.correct)

    def outcomes(self) -> Outcomes | None:
        """The probe's answers, None where there are no labels or no probe yet."""
        return cached.outcomes(self.fit, self.target) if self.labelled and cached.has_probe(self.fit) else None

    def pictures(self, split: str) -> Dataset | None:
        """The data set behind a split, from now on served by address; None for imported arrays without pictures."""
        if self.choice.dataset.startswith("features:"):
            return None
        dataset = cached.dataset(self.choice.dataset, split)
        offer_pictures(dataset)
        return dataset


def current_view() -> View:
    """The view that the router has put together for this run of a page."""
    return st.session_state["view"]


def put_together() -> None:
    """Draws the sidebar and keeps the view for the page; where something is missing, says what to do and ends the run.

    Called by the router and not by the pages: widgets of the router keep their values when the page changes.
    """
    try:
        choice = choose()
        st.session_state["view"] = View(choice, _analysed(choice))
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
        st.caption("Change the encoder or the data in the sidebar. Nothing that was computed is lost.")
        end_page()


def sidebar_alone() -> None:
    """The choice without its scores, for pages that need none; what is wrong with it is said beside it."""
    st.session_state["choice"] = None
    try:
        st.session_state["choice"] = choose()
    except QScoreError as error:
        st.sidebar.error(str(error), icon=":material/error:")


def current_choice() -> Choice | None:
    """What `sidebar_alone` found, None where the data set cannot be opened."""
    return st.session_state["choice"]


def _analysed(choice: Choice) -> Analysis:
    try:
        target = cached.representations(choice.encoder, choice.dataset, choice.split)
        fit = cached.representations(choice.encoder, choice.dataset, choice.fit)
    except cached.NotExtractedError:
        work.extraction_panel(choice)
        end_page()
    analysis = cached.analysis(target, fit, score_settings(choice, fit))
    _findings(analysis)
    return analysis


def _findings(analysis: Analysis) -> None:
    """What a user must know before believing a ranking, once on every page."""
    for warning in analysis.target.about.get("warnings", []):
        st.warning(warning, icon=":material/warning:")
    findings = "\n".join(f"- {finding}" for finding in analysis.check.findings)
    if not analysis.check.suits:
        st.warning(f"**Do not trust this ranking yet.**\n{findings}", icon=":material/warning:")
    elif findings:
        about = st.expander("About these representations", icon=":material/info:", key="about", on_change="rerun")
        if about.open:
            about.markdown(findings)
    if analysis.target.skipped:
        with st.expander(f"{len(analysis.target.skipped)} images could not be read and are left out"):
            st.dataframe(pd.DataFrame([vars(skipped) for skipped in analysis.target.skipped]), hide_index=True)
    if analysis.fitted_on_itself:
        st.caption(
            "The discriminative features (D) were found on the split that is scored: there is no train split, or it "
            "is the one you look at."
        )
