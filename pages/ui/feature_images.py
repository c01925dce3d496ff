"""The images of a feature: strips from the strongest to those that barely fire, its classes, and its companions."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import cards, feature_maps
from pages.ui.feature_naming import look_at, notes_of
from pages.ui.plots import plot
from pages.ui.rows import rows
from pages.ui.view import View
from qscore_core import figures
from qscore_core.activation_index import ActivationIndex
from qscore_core.feature_notes import NOTHING
from qscore_core.feature_profile import Firing, class_breakdown, co_firing
from qscore_core.representations import Representations

PER_STRIP = 8
SHARES = st.column_config.NumberColumn(format="percent")
FACTOR = st.column_config.NumberColumn(format="%.1f")


def strips(view: View, stored: Representations, firing: Firing, feature: int) -> None:
    """Three rows of pictures with their z; where few images fire, one row holds all of them.

    The first row can show the feature's heat maps instead.
    """
    top, rest = firing.strongest(PER_STRIP), len(firing) - PER_STRIP
    parts = [("Fires most strongly" if rest > 0 else "All images in which it fires", top)]
    if rest > PER_STRIP:
        parts.append(("Around the median of where it fires", firing.middle(PER_STRIP)))
    if rest > 0:
        parts.append(("Barely fires", firing.weakest(min(PER_STRIP, rest))))
    images, z = (np.concatenate([getattr(part, name) for _, part in parts]) for name in ("images", "z"))
    table = pd.DataFrame({"id": stored.table["id"].to_numpy()[images], "class_name": stored.class_names()[images]})
    pictures = cards.picture_addresses(view.pictures(stored.split), table)
    maps = feature_maps.offered(view, stored.split, table["id"][: len(top)], feature)
    starts = np.cumsum([0, *(len(part) for _, part in parts[:-1])])
    cards.show(
        view,
        table,
        key="strips",
        cell=96,
        notes=[f"z {strength:.1f}" for strength in z],
        addresses=(maps or []) + pictures[len(maps or []) :],
        headings={int(start): title for start, (title, _) in zip(starts, parts, strict=True)},
        split=stored.split,
        page_of=PER_STRIP,
        lead_to="image",
        target="feature",
    )


def classes(view: View, stored: Representations, firing: Firing, feature: int) -> None:
    """Share of each class that fires, and its purity and lift as a table."""
    if not stored.labelled:
        st.caption("This split has no labels.")
        return
    found = class_breakdown(firing, stored.labels, stored.classes)
    shares = pd.Series(found["share"].to_numpy(), index=found["class"])
    plot(
        lambda: figures.class_shares(shares),
        *(view.key, stored.split, feature),
        key="classes",
        alt="Share of each class's images in which it fires",
    )
    whole = st.expander("Share, purity and lift of every class", key="every_class", on_change="rerun")
    if whole.open:
        _every_class(whole, found)


def _every_class(where: DeltaGenerator, found: pd.DataFrame) -> None:
    """Made when it is opened: a table to sort and to search costs a browser more than all the rest of the page."""
    settings = {"share": SHARES, "purity": SHARES, "lift": FACTOR}
    with where:
        st.dataframe(found, hide_index=True, column_config=settings, key="class_table", height=240)
        st.caption(
            "Share: P(fires | class). Purity: P(class | fires). Lift: how many times more often it fires in the class "
            "than in all images."
        )


def companions(view: View, index: ActivationIndex, feature: int) -> None:
    """Features that fire in the same images; a selected row is looked at next."""
    found = co_firing(index, feature, view.settings.features.epsilon)
    if found.empty:
        st.caption("No other feature fires where this one does.")
        return
    notes = notes_of(view)
    numbers = found["feature"].to_numpy()
    if any(names := [notes.get(int(number), NOTHING).name for number in numbers]):
        found.insert(1, "name", names)
    found["in D"] = view.analysis.features.discriminative[numbers]
    rows(
        found,
        key="companions",
        alt="Features that fire in the same images, largest overlap first",
        on_pick=lambda row: look_at(int(numbers[row])),
        formats={"overlap": ".0%", "lift": ".1f"},
    )
    st.caption(
        "Overlap: images in which both fire, of those in which one does. Lift: how many times more often than if they "
        "fired independently. A click on a row looks at that feature."
    )
