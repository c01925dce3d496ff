"""Updates of a component are numbered as they change."""

from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from pages.ui.in_order import in_order

    st.session_state["told"] = in_order("plot", {"words": st.session_state["words"]})


def told(test, words):
    test.session_state["words"] = words
    return test.run().session_state["told"]


def test_the_number_grows_when_the_data_changes_and_stays_when_it_does_not():
    test = AppTest.from_function(script)
    first, same, other, back = (told(test, words) for words in ("one", "one", "two", "one"))
    assert first["words"] == "one"
    assert first == same
    assert [update["turn"] - first["turn"] for update in (first, other, back)] == [0, 1, 2]
    assert first["session"] == back["session"]


def test_another_session_counts_for_itself():
    first, second = (told(AppTest.from_function(script), "one") for _ in range(2))
    assert first["turn"] == second["turn"]
    assert first["session"] != second["session"]
