"""Where an encoder comes from: the catalog, a file on this machine, a model hub."""

import streamlit as st

from pages.ui import address, cached, encoder_catalog, work
from qscore_core.encoders.hub import repository_of
from qscore_core.errors import QScoreError
from qscore_core.references import Reference

CATALOG, FILE, HUB = "Published", "File on this machine", "Model hub"
FILE_HELP = "Its path as the machine sees it on which this app runs. Nothing is uploaded."
HUB_HELP = "timm/NAME, or OWNER/NAME for networks of the transformers library."


def choose() -> str | None:
    """Draws the choice; the reference of an encoder whose file is there, None where there is something to do first."""
    address.adopt({"from": address.one_of(CATALOG, FILE, HUB)})
    st.session_state.setdefault("from", CATALOG)
    kind = st.segmented_control("Where it is", (CATALOG, FILE, HUB), required=True, key="from", persist_state="session")
    address.publish({"from": kind})
    return {CATALOG: encoder_catalog.choose, FILE: _file, HUB: _hub}[kind]()


def _file() -> str | None:
    address.adopt({"file": str})
    path = st.text_input("Path", key="file", persist_state="session", placeholder="/data/encoder.pth", help=FILE_HELP)
    address.publish({"file": path})
    folders = cached.allowed_folders()
    if not path:
        st.info(f"The path of a checkpoint inside {' or '.join(f'`{folder}`' for folder in folders.folders)}.")
        return None
    try:
        return str(Reference("file", str(folders.require(path.strip().removeprefix("file:")))))
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _hub() -> str | None:
    address.adopt({"hub": str})
    name = st.text_input(
        "Name", key="hub", persist_state="session", placeholder="timm/vit_small_patch16_224.dino", help=HUB_HELP
    )
    address.publish({"hub": name})
    if not name:
        st.info("What the hub's cache on this machine holds is used as it is; the rest is downloaded when you ask.")
        return None
    ref = Reference("hub", name.strip().removeprefix("hub:"))
    try:
        if repository_of(ref).is_at_hand:
            return str(ref)
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
        return None
    st.write(f"`{ref}` is not in the hub's cache on this machine.")
    work.panel("fetch", [str(ref)], begin=False, label="Download", title=f"Download of {ref}")
    return None
