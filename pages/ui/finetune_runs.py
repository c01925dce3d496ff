"""An experiment while it runs and after: a line an arm, and the curves of its metrics."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.ui import address, cached, job_lines, work
from pages.ui.choice import Choice
from pages.ui.finetune_form import short
from pages.ui.finetune_plan import go_on
from pages.ui.plots import draw
from qscore_core import training_figures as figures
from qscore_core.encoders.lineage import lineage
from qscore_core.experiments import Experiment, FinetuneRun, experiments
from qscore_core.progress import format_seconds
from qscore_core.run_standing import RunStanding, standings
from qscore_core.training.metrics import OBJECTIVE, REGULARISER, RunMetrics, read_metrics

CURVES_EVERY_SECONDS = 3.0
KEY = "experiment"


def choose(found: list[Experiment]) -> Experiment:
    """The experiment in the address, the one just started, or the newest."""
    address.adopt({KEY: str})
    keys = [experiment.key for experiment in found]
    if st.session_state.get(KEY) not in keys:
        st.session_state[KEY] = keys[0]
    words = {experiment.key: _words(experiment) for experiment in found}
    if len(found) > 1:
        st.selectbox(
            "Experiment", keys, key=KEY, format_func=words.get, persist_state="session", label_visibility="collapsed"
        )
    else:
        st.caption(words[keys[0]])
    address.publish({KEY: st.session_state[KEY]})
    return found[keys.index(st.session_state[KEY])]


def _words(experiment: Experiment) -> str:
    """What sets this experiment apart, in a line."""
    settings = experiment.settings
    features = settings["features"]
    began = pd.Timestamp(experiment.started, unit="s", tz="UTC").tz_convert(st.context.timezone or "UTC")
    return (
        f"{began:%d %b, %H:%M} · {settings['epochs']} epochs, batch {settings['batch_size']}, {settings['optimizer']} "
        f"at {short(settings['learning_rate'])}, ε {features['epsilon']:g}, seed {settings['seed']} · "
        + ", ".join(run.label for run in experiment.runs)
    )


def follow(experiment: Experiment, choice: Choice) -> None:
    """Lines and curves, fresh by themselves as long as an arm is under way."""
    now = standings(experiment.runs, cached.workspace())
    live, _ = stage = _stage(now)
    st.fragment(_lines, run_every=work.LOOK_EVERY_SECONDS if live else None)(experiment.key, choice, stage)
    over = all(standing.state == "done" for standing in now)
    with st.expander("Curves of the training", expanded=not over, icon=":material/show_chart:"):
        st.fragment(_curves, run_every=CURVES_EVERY_SECONDS if live else None)(experiment.runs)


def _stage(now: list[RunStanding]) -> tuple[bool, int]:
    """What the rest of the page follows: whether an arm is under way, and how many are done."""
    return any(standing.live for standing in now), sum(standing.state == "done" for standing in now)


def _lines(key: str, choice: Choice, drawn_at: tuple[bool, int]) -> None:
    if st.session_state["encoder"] != choice.encoder:
        st.rerun()  # a click in here runs these lines alone, and another encoder concerns the whole page
    found = experiments(choice.encoder, choice.dataset, choice.fit, cached.workspace())
    runs = next((experiment.runs for experiment in found if experiment.key == key), ())
    now = standings(runs, cached.workspace())
    if _stage(now) != drawn_at:
        st.rerun()
    for standing in now:
        run = standing.run
        line = job_lines.of_run(standing, _done_words(run))
        job_lines.draw(line, run.run, _call(go_on, run), _call(_open_button, run))
    if drawn_at[0]:
        st.caption("You may leave this page or close the browser meanwhile: the arms go on, one after another.")


def _call(function: Callable[[FinetuneRun], None], run: FinetuneRun) -> Callable[[], None]:
    return lambda: function(run)


def _done_words(run: FinetuneRun) -> str:
    took = format_seconds(read_metrics(run.files).seconds) if run.done else ""
    origin = next(lineage(run.ref, cached.workspace()), "")
    return f"Done in {took}: `{run.ref}`, {origin}"


def _open_button(run: FinetuneRun) -> None:
    st.button(
        "Open this encoder",
        key=f"open_{run.run}",
        help="Makes it the encoder of all pages.",
        on_click=_open,
        args=(run.ref,),
        width="stretch",
        wrap=True,
    )


def _open(ref: str) -> None:
    st.session_state["encoder"] = ref


def _curves(runs: tuple[FinetuneRun, ...]) -> None:
    metrics = {run.label: read for run in runs if len((read := read_metrics(run.files)).table)}
    if not metrics:
        st.caption("Curves appear here after the first steps.")
        return
    of = lambda pick: {name: _by_epoch(found, pick(found)) for name, found in metrics.items()}  # noqa: E731
    charts = (
        ("Loss of the objective", figures.by_epoch(of(lambda m: m.objective_loss), "SSL loss")),
        ("Size of each term in the loss", figures.by_epoch_and_term(_sizes(metrics), "size, weighted")),
        ("Mean Q of a batch", figures.by_epoch(of(lambda m: m.column("mean_q")), "mean Q")),
        (
            "Images without any highly active discriminative feature",
            figures.by_epoch(of(lambda m: m.column("empty")), "share of a batch", percent=True),
        ),
        ("Gradient of each term on the representations", figures.by_epoch_and_term(_norms(metrics), "norm, weighted")),
        ("Spread of the representations, 0 is collapse", figures.by_epoch(of(lambda m: m.column("spread")), "spread")),
    )
    for first in range(0, len(charts), 2):
        for column, (title, figure) in zip(st.columns(2, gap="large"), charts[first : first + 2], strict=False):
            with column:
                st.markdown(f"**{title}**")
                draw(figure, key=f"curve_{title}", alt=f"{title}, by epoch and arm")


def _by_epoch(metrics: RunMetrics, values: pd.Series) -> pd.Series:
    return pd.Series(values.to_numpy(), index=metrics.epochs.to_numpy()) if len(values) else values


def _sizes(metrics: dict[str, RunMetrics]) -> dict[str, dict[str, pd.Series]]:
    return {
        arm: {"SSL loss": _by_epoch(found, found.objective_loss)}
        | {REGULARISER[name]: _by_epoch(found, found.column(name)) for name in found.regulariser_terms}
        for arm, found in metrics.items()
    }


def _norms(metrics: dict[str, RunMetrics]) -> dict[str, dict[str, pd.Series]]:
    return {
        arm: {"SSL loss": _by_epoch(found, found.gradient(OBJECTIVE))}
        | {REGULARISER[name]: _by_epoch(found, found.gradient(name)) for name in found.regulariser_terms}
        for arm, found in metrics.items()
    }
