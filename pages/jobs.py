"""All background work of this workspace: what runs, what waits, how the rest ended."""

import streamlit as st

from pages.ui import address, cached
from pages.ui.job_card import COMPLAINT, card
from pages.ui.words import counted
from qscore_core.jobs import list_jobs

INTRO = """Long work runs in processes of its own: it goes on when this page or the whole app is closed, one job at a
time on each device. What one has computed is kept, so a stopped or interrupted job can go on from there."""
NOTHING = """No job has run in this workspace yet. Choose an encoder and data in the sidebar and open **Start**: what is
missing is computed as a job, and shown here."""
LOOK_EVERY_SECONDS = 2.0
PER_PAGE = 12
ENDED = ("all", "done", "failed", "cancelled", "interrupted")


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def watched(ids: tuple[str, ...]) -> None:
    """The live jobs; once another one lives, or one no longer does, the whole page is drawn again."""
    alive = [job for job in list_jobs(cached.workspace()) if job.live]
    if tuple(job.id for job in alive) != ids:
        st.rerun()
    for job in reversed(alive):
        card(job)


def ended() -> None:
    """Those that have ended, newest first, by how they ended."""
    over = [job for job in list_jobs(cached.workspace()) if not job.live]
    address.adopt({"ended": address.one_of(*ENDED)})
    st.session_state.setdefault("ended", ENDED[0])
    st.subheader("Ended")
    state = st.segmented_control("How it ended", ENDED, required=True, key="ended", persist_state="session")
    address.publish({"ended": None if state == ENDED[0] else state})
    shown = [job for job in over if state in (ENDED[0], job.state)]
    if not shown:
        st.caption(f"No job ended as {state}." if over else "None yet.")
        return
    pages = -(-len(shown) // PER_PAGE)
    page = st.pagination(pages, key=f"jobs_of_{pages}") if pages > 1 else 1
    for job in shown[(page - 1) * PER_PAGE : page * PER_PAGE]:
        card(job)
    st.caption(counted(len(shown), "job"))


st.markdown(INTRO)
if complaint := st.session_state.pop(COMPLAINT, ""):
    st.error(complaint, icon=":material/error:")
jobs = list_jobs(cached.workspace())
alive = tuple(job.id for job in jobs if job.live)
if not jobs:
    st.info(NOTHING, icon=":material/inbox:")
else:
    st.subheader("Running and waiting")
    if not alive:
        st.caption("Nothing at the moment.")
    watched(alive)
    if len(alive) < len(jobs):
        ended()
