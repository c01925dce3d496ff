"""Name and star of a feature, and the list of those that have one."""

import streamlit as st

from pages.ui import body, cached, classroom
from pages.ui.view import View
from pages.ui.words import literal
from qscore_core.errors import QScoreError
from qscore_core.feature_notes import (
    LONGEST_NAME,
    NOTHING,
    Notes,
    called,
    name_feature,
    notes_owner,
    read_notes,
    star_feature,
)
from qscore_core.representations import Representations


def notes_of(view: View) -> Notes:
    """What people noted of the features of the encoder that is looked at."""
    return notes_for(view.fit)


def notes_for(fit: Representations) -> Notes:
    """Those of the features of the encoder behind these representations; in a classroom one's own."""
    return read_notes(classroom.own(notes_owner(fit)), cached.workspace())


def naming(view: View, feature: int) -> None:
    """One line: the name to type, the star, and the way to features noted before."""
    owner, notes = classroom.own(notes_owner(view.fit)), notes_of(view)
    note = notes.get(feature, NOTHING)
    # One key a feature and name: a widget keeps what it was given first, whoever renames the feature elsewhere.
    key = f"feature_name_{owner}_{feature}_{note.name}"
    name, star, known = st.columns([4, 1.3, 1.7], vertical_alignment="bottom")
    name.text_input(
        "Name of this feature",
        note.name,
        max_chars=LONGEST_NAME,
        key=key,
        placeholder="what its images have in common",
        on_change=_name,
        args=(owner, feature, key),
        help="Shown wherever this encoder's feature is"
        + (", to you." if classroom.on() else ", for everybody who uses this workspace."),
    )
    star.button(
        "Starred" if note.starred else "Star",
        icon=":material/star:" if note.starred else ":material/star_border:",
        on_click=star_feature,
        args=(owner, feature, not note.starred, cached.workspace()),
        key="star",
        width="stretch",
        type="primary" if note.starred else "secondary",
    )
    with known.popover("Noted", icon=":material/bookmarks:", width="stretch"):
        if not notes:
            st.caption("Name or star a feature and it is listed here.")
        for number, one in sorted(notes.items(), key=lambda entry: (not entry[1].starred, entry[0])):
            mark = "★ " if one.starred else ""
            label = f"{mark}{literal(called(number, notes))}"
            st.button(label, key=f"noted_{number}", on_click=look_at, args=(number,), width="stretch")


def look_at(feature: int) -> None:
    """Makes a feature the one that is looked at; only in callbacks, before its widget is drawn."""
    st.session_state["feature"] = feature


def _name(owner: str, feature: int, key: str) -> None:
    try:
        name_feature(owner, feature, st.session_state[key], cached.workspace())
        st.toast(f"Feature {feature}: name saved", icon=":material/check:")
    except QScoreError as error:
        body.complain(error)
