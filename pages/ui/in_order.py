"""What a component is given, numbered: Streamlit can hand an older update over after a newer one.

Seen with 1.67: while a browser still loads a component's script, updates wait for it and come in any order, so that a
click made at once left a plot as it was before the click.
"""

import json
import secrets
from typing import Any

import streamlit as st

_SESSION = "in_order_session"
# Goes before the script of a component, which returns where this is true.
COMES_LATE = """
const comesLate = (parent, { session, turn }) => {
  const last = parent.lastUpdate;
  if (last && last.session === session && last.turn > turn) return true;
  parent.lastUpdate = { session, turn };
  return false;
};
"""


def in_order(key: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data of component `key` with `session` and `turn`; the same data keeps its turn and is not drawn again."""
    state = st.session_state
    session = state.setdefault(_SESSION, secrets.token_hex(8))  # a server that starts anew counts from 1 again
    now, (before, turn) = hash(json.dumps(data)), state.get(f"{key}_turn", (None, 0))
    turn += now != before
    state[f"{key}_turn"] = now, turn
    return {**data, "session": session, "turn": turn}
