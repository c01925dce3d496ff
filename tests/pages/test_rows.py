"""A short table: what its cells say. That a picked row leads on is tested in a browser."""

import json

from streamlit.testing.v1 import AppTest


def script():
    import pandas as pd
    import streamlit as st

    from pages.ui.rows import rows

    table = pd.DataFrame({"feature": [3, 40], "z": [1.26, 2.0], "inside": [True, False], "name": ["<b>", ""]})
    rows(
        table,
        key="test_rows",
        alt="features",
        on_pick=lambda row: st.session_state.update(picked=row),
        formats={"z": ".1f"},
        helps={"z": "how strongly"},
    )


def told(test):
    return json.loads(test.get("bidi_component")[0].proto.json)


def test_cells_are_words_numbers_stand_right_and_flags_are_ticks():
    test = AppTest.from_function(script).run()
    assert not test.exception
    data = told(test)
    assert data["rows"] == [["3", "1.3", "✓", "<b>"], ["40", "2.0", "", ""]]
    assert [column["number"] for column in data["columns"]] == [True, True, False, False]
    assert [column["help"] for column in data["columns"]] == ["", "how strongly", "", ""]
