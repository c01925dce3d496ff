"""What is compared: encoders, the data of the sidebar, epsilon, and how low is low."""

from dataclasses import dataclass

import streamlit as st

from pages.ui import address, classroom
from pages.ui.choice import ENCODER_HELP, Choice, known_encoders, require_allowed
from qscore_core.comparison import FEWEST, MOST
from qscore_core.pipeline import Epsilon

EPSILONS = ("auto", "4", "3", "2")
EPSILON_HELP = "Standard deviations above the mean. `auto`: each encoder at its own, chosen without labels."
LOW_HELP = "An image is low for an encoder when its Q is at or below this percentile of that encoder's own scores."


@dataclass(frozen=True)
class Compared:
    """References and settings as chosen; `percentile` of Q at or below which an image counts as low."""

    refs: tuple[str, ...]
    dataset: str
    split: str
    fit: str
    epsilon: Epsilon
    percentile: int

    @property
    def arguments(self) -> list[str]:
        """Of the verb `compare`, which makes what this needs."""
        where = ["--dataset", self.dataset, "--split", self.split, "--fit", self.fit]
        return [*self.refs, *where, "--epsilon", str(self.epsilon)]

    @property
    def title(self) -> str:
        return f"Comparison: {len(self.refs)} encoders on {self.dataset}"


def choose_compared(choice: Choice) -> Compared:
    """Draws the choice; fewer than two may come back. Raises EncoderError for a file that may not be opened."""
    _start(choice)
    known = known_encoders()
    chosen = st.multiselect(
        f"Encoders, {FEWEST} to {MOST}",
        list(dict.fromkeys([*known, *st.session_state["compared"]])),
        key="compared",
        max_selections=MOST,
        accept_new_options=not classroom.on(),
        persist_state="session",
        help=ENCODER_HELP,
    )
    for ref in chosen:
        require_allowed(ref)
    how, low, _ = st.columns([2.2, 2.2, 3], gap="large")
    epsilon = how.segmented_control(
        "ε", EPSILONS, required=True, key="compared_epsilon", persist_state="session", help=EPSILON_HELP
    )
    percentile = low.slider("Low Q, % of the images", 1, 99, key="low_share", persist_state="session", help=LOW_HELP)
    address.publish({"compared": chosen, "compared_epsilon": epsilon, "low_share": percentile})
    number: Epsilon = "auto" if epsilon == "auto" else float(epsilon)
    return Compared(tuple(chosen), choice.dataset, choice.split, choice.fit, number, int(percentile))


def _start(choice: Choice) -> None:
    """The sidebar's encoder is the first; what the address or an earlier visit says comes before."""
    state = st.session_state
    state.setdefault("compared", [choice.encoder])
    state.setdefault("compared_epsilon", EPSILONS[0])
    state.setdefault("low_share", 50)
    address.adopt(
        {
            "compared": lambda text: list(dict.fromkeys(address.listing(text)))[:MOST],
            "compared_epsilon": address.one_of(*EPSILONS),
            "low_share": lambda text: int(address.between(1, 99)(text)),
        }
    )


def choose_pair(refs: tuple[str, ...]) -> tuple[str, str]:
    """Which two are looked at closely; with two encoders there is nothing to choose."""
    state = st.session_state
    address.adopt({"a": address.one_of(*refs), "b": address.one_of(*refs)})
    if state.get("a") not in refs:
        state["a"] = refs[0]
    if state.get("b") not in refs or state["b"] == state["a"]:
        state["b"] = next(ref for ref in refs if ref != state["a"])
    left, right, swap = st.columns([3, 3, 1], vertical_alignment="bottom")
    first = left.selectbox("A", refs, key="a", on_change=_keep_apart, args=("a", "b", refs))
    second = right.selectbox("B", refs, key="b", on_change=_keep_apart, args=("b", "a", refs))
    swap.button("Swap", icon=":material/swap_horiz:", on_click=_swap, width="stretch")
    address.publish({"a": first, "b": second})
    return first, second


def _keep_apart(chosen: str, other: str, refs: tuple[str, ...]) -> None:
    state = st.session_state
    if state[chosen] == state[other]:
        state[other] = next(ref for ref in refs if ref != state[chosen])


def _swap() -> None:
    state = st.session_state
    state["a"], state["b"] = state["b"], state["a"]
