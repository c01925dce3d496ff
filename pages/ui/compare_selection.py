"""Images of a comparison: the scatter of Q, quadrants and a lasso choose them, a grid shows them."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import address, cached, cards, going, selection, selection_bar
from pages.ui.choice import Choice
from pages.ui.compare_choice import Compared
from pages.ui.gallery import Card, gallery
from pages.ui.pictures import offer_pictures, picture_address
from pages.ui.scatter import Guides, Lasso, Look, Pictures, scatter
from qscore_core.comparison import OUTCOME_QUADRANTS, Q_QUADRANTS, Pair, groups, short_names
from qscore_core.scatter import Colouring, by_category, inside, lasso_text, placed, read_lasso
from qscore_core.scatter.lasso import Line

PER_PAGE = 12
ALL = "all"
Q_AXES, RANK_AXES = "Q-Score", "rank, %"
AXES = {Q_AXES: ("q_a", "q_b"), RANK_AXES: ("rank_a", "rank_b")}
CORNERS = ("only A low", "neither", "both low", "only B low")  # upper left, upper right, lower ones; A runs right
TOGETHER = "all_part"
LINE, LINE_OF = "around", "around_of"  # a drawn line as text, and the plot it belongs to


def filtered(table: pd.DataFrame, refs: tuple[str, ...]) -> np.ndarray:
    """Quadrants as buttons with their counts, which do by keyboard what the lasso does by hand; bool [image].

    With more encoders than A and B also who of all errs, so that `only` can mean alone among all of them.
    """
    together = groups(short_names(refs))
    _adopt(together)
    keep = _part("Q is low for", "q_part", Q_QUADRANTS, table["q_quadrant"])
    if "outcome" not in table:
        return keep
    keep = keep & _part("The probes of A and B", "outcome_part", OUTCOME_QUADRANTS, table["outcome"])
    if len(refs) > 2:
        keep = keep & _part(f"The probes of all {len(refs)}", TOGETHER, together, table["of_all"])
    return keep


def drawn_around(table: pd.DataFrame, pair: Pair, chosen: Compared, keep: np.ndarray) -> np.ndarray:
    """Draws the scatter, images that are not kept as shadows; those inside its lasso, all without; bool [image]."""
    axes = st.session_state["axes"]
    x, y = (table[column].to_numpy() for column in AXES[axes])
    points = placed(x, y, (f"A: {pair.first}, {axes}", f"B: {pair.second}, {axes}"))
    line, colouring, at = _line(f"{pair.first} {pair.second} {axes}"), _colouring(table), _at(table, pair, axes)
    scatter(
        points,
        colouring,
        key="compare_scatter",
        alt=f"{axes}: {pair.first} against {pair.second}, one point an image, by outcome; the grid lists them all",
        on_lasso=lambda lasso: _drawn(lasso, colouring),
        on_pick=lambda place: pick(str(table["id"].iloc[place]), pair.first),
        look=Look(shown=None if keep.all() else keep, line=line, picked=_place(table)),
        pictures=_pictures(table, chosen),
        guides=Guides([at[0]], [at[1]], CORNERS),
        height=480,
    )
    st.segmented_control("Axes", list(AXES), required=True, key="axes")
    return inside(points, line) if line else np.ones(len(table), bool)


def _adopt(together: tuple[str, ...]) -> None:
    """What the address says of the selection."""
    state = st.session_state
    for key, value in {LINE: "", "axes": Q_AXES, "q_part": ALL, "outcome_part": ALL, TOGETHER: ALL}.items():
        state.setdefault(key, value)
    if state[TOGETHER] not in (ALL, *together):
        state[TOGETHER] = ALL  # other encoders are compared now
    parsers = {
        "axes": tuple(AXES),
        "q_part": (ALL, *Q_QUADRANTS),
        "outcome_part": (ALL, *OUTCOME_QUADRANTS),
        TOGETHER: (ALL, *together),
    }
    address.adopt({LINE: _checked, **{key: address.one_of(*options) for key, options in parsers.items()}})
    address.publish({"axes": state["axes"]})


def _checked(text: str) -> str:
    read_lasso(text)
    st.session_state[LINE_OF] = None  # of whatever plot the address asks for
    return text


def _line(plot: str) -> Line:
    """The drawn line, which goes with the plot that it was drawn in."""
    state = st.session_state
    if state.get(LINE_OF) not in (None, plot):
        state[LINE] = ""
    state[LINE_OF] = plot
    address.publish({LINE: state[LINE]})
    return read_lasso(state[LINE])


def _part(label: str, key: str, names: tuple[str, ...], values: pd.Series) -> np.ndarray:
    counts = {ALL: len(values), **values.value_counts()}
    words = lambda name: f"{name} ({counts.get(name, 0):,})"  # noqa: E731
    part = st.segmented_control(
        label, [ALL, *names], required=True, key=key, format_func=words, persist_state="session"
    )
    address.publish({key: None if part == ALL else part})
    return np.ones(len(values), bool) if part == ALL else (values == part).to_numpy()


def _colouring(table: pd.DataFrame) -> Colouring:
    """Who errs, in the same hues whatever the counts."""
    if "outcome" not in table:
        return by_category("Images", ["scored"] * len(table))
    codes = pd.Categorical(table["outcome"], OUTCOME_QUADRANTS).codes.astype(np.uint8)
    counts = np.bincount(codes, minlength=len(OUTCOME_QUADRANTS))
    return Colouring("The probes", codes, OUTCOME_QUADRANTS, tuple(map(int, counts)))


def _pictures(table: pd.DataFrame, chosen: Compared) -> Pictures:
    dataset = cached.dataset(chosen.dataset, chosen.split)
    offer_pictures(dataset)
    return Pictures(dataset, cards.rows_by_id(dataset)[table["id"].astype(str)].to_numpy())


def _place(table: pd.DataFrame) -> int | None:
    """Which point the picked image is."""
    found = np.flatnonzero(table["id"] == st.session_state.get("image"))
    return int(found[0]) if len(found) else None


def _at(table: pd.DataFrame, pair: Pair, axes: str) -> tuple[float, float]:
    """Where the lines between the quadrants run, on these axes."""
    if axes == Q_AXES:
        return pair.thresholds.first, pair.thresholds.second
    low = table["q_a"] <= pair.thresholds.first, table["q_b"] <= pair.thresholds.second
    return float(table["rank_a"][low[0]].max()), float(table["rank_b"][low[1]].max())


def _drawn(lasso: Lasso, colouring: Colouring) -> None:
    """Keeps the line; an outcome that was shown alone while it was drawn becomes the choice of outcomes."""
    st.session_state[LINE] = lasso_text(lasso.line)
    if lasso.only is not None and colouring.names[lasso.only] in OUTCOME_QUADRANTS:
        st.session_state["outcome_part"] = colouring.names[lasso.only]


def chosen_images(choice: Choice, pair: Pair, table: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    """What is kept of the session's selection, told in a line with saving and export; largest gap of ranks first."""
    selected = selection.current(choice)
    shown = _most_different_first(selection.within(selected, table[keep]))
    selection_bar.bar(choice, selected, shown, table, cached.dataset(choice.dataset, choice.split))
    st.button(
        "Use these on all pages",
        icon=":material/link:",
        on_click=selection.select,
        args=(choice, tuple(shown["id"].astype(str)), f"{pair.first} beside {pair.second}"),
        disabled=len(shown) in (0, len(table), 0 if selected is None else len(selected.ids)),
        help="The other pages then show these images alone, until the selection is cleared.",
    )
    return shown


def grid(pair: Pair, chosen: Compared, shown: pd.DataFrame) -> None:
    """The chosen images, a page at a time."""
    if shown.empty:
        st.info("No image is chosen. Draw around others, or choose all.")
        return
    pages = -(-len(shown) // PER_PAGE)
    key = f"compare_page_of_{pages}_{len(shown)}"
    first = (st.session_state.get(key, 1) - 1) * PER_PAGE
    show(chosen, pair, shown.iloc[first : first + PER_PAGE], key="compare_grid")
    if pages > 1:
        st.pagination(pages, key=key)


def _most_different_first(rows: pd.DataFrame) -> pd.DataFrame:
    gap = (rows["rank_b"] - rows["rank_a"]).abs()
    return rows.loc[gap.sort_values(ascending=False, kind="stable").index]


def show(chosen: Compared, pair: Pair, rows: pd.DataFrame, *, key: str, cell: int = 96) -> None:
    """Rows of the pair's table as cards; the picked one is opened with A's eyes."""
    dataset = cached.dataset(chosen.dataset, chosen.split)
    offer_pictures(dataset)
    places = cards.rows_by_id(dataset)
    shown = [_card(row, picture_address(dataset, int(places[str(row["id"])]))) for _, row in rows.iterrows()]
    gallery(shown, key=key, cell=cell, picked=st.session_state.get("image"), on_pick=lambda id_: pick(id_, pair.first))


def _card(row: pd.Series, picture: str) -> Card:
    name = row["class_name"] or row["id"].rsplit("/", 1)[-1]
    words, alt = f"A {row['q_a']:.3f} · B {row['q_b']:.3f}", f"Picture {row['id']}: {name}"
    if "outcome" not in row:
        return Card(str(row["id"]), picture, name, words, alt)
    tint = "correct" if row["outcome"] == OUTCOME_QUADRANTS[0] else "wrong"
    return Card(str(row["id"]), picture, name, words, f"{alt}, {row['outcome']}", row["outcome"], tint)


def pick(image: str, ref: str) -> None:
    """The image is opened with the eyes of an encoder when the page has run."""
    st.session_state["image"] = image
    st.session_state["encoder"] = ref
    going.to("image")
