"""The body of a page that runs alone: the address keeps what lies above it, and a change above asks for a whole run."""

from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from pages.ui import address

    state = st.session_state
    if not state["alone"]:
        address.begin()
        state.setdefault("epsilon", 2.4)
        address.publish({"epsilon": state["epsilon"]})
        address.leave_above()
    state["same"] = address.same_above()
    address.adopt({"feature": int})
    state.setdefault("feature", 7)
    address.publish({"feature": state["feature"], "image": state.get("image")})
    address.flush()


def run(alone, **state):
    """Two runs of one session: a whole one, then one of the body alone or whole, before which `state` was changed."""
    test = AppTest.from_function(script)
    test.session_state["alone"] = False
    test.run()
    for key, value in {"alone": alone, **state}.items():
        test.session_state[key] = value
    test.run()
    assert not test.exception
    return test.session_state["same"], {key: test.query_params[key] for key in test.query_params}


def test_alone_it_changes_its_own_part_of_the_address():
    assert run(True, feature=9, image="b") == (True, {"epsilon": "2.4", "feature": "9", "image": "b"})


def test_alone_it_gives_way_where_a_callback_changed_what_lies_above():
    assert run(True, epsilon=3.0)[0] is False


def test_within_a_whole_run_it_is_drawn_whatever_changed():
    assert run(False, epsilon=3.0) == (True, {"epsilon": "3", "feature": "7"})
