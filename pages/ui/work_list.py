"""Several pieces of background work that a page needs: one button starts them all, a line follows each."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.ui import cached, job_lines, work
from qscore_core.jobs import Job, newest_job


@dataclass(frozen=True)
class Piece:
    """A verb with its arguments; `name` is what its line says, `title` what is read of it elsewhere."""

    name: str
    verb: str
    arguments: tuple[str, ...]
    title: str

    @property
    def job(self) -> Job | None:
        return newest_job(self.verb, list(self.arguments), cached.workspace())

    def start(self) -> None:
        work.start(self.verb, list(self.arguments), self.title)


def panel(pieces: Sequence[Piece], label: str, explained: str) -> None:
    """A button `label` where none is at work, and a line for each that was started; reruns the page as they end."""
    live = any(job.live for piece in pieces if (job := piece.job) is not None)
    if not live:
        st.button(label, type="primary", on_click=_start_all, args=(pieces,), help=explained)
    st.fragment(_watch, run_every=work.LOOK_EVERY_SECONDS if live else None)(pieces, live)


def _start_all(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        piece.start()


def _watch(pieces: Sequence[Piece], was_live: bool) -> None:
    jobs = {piece: piece.job for piece in pieces}
    live = any(job is not None and job.live for job in jobs.values())
    seen = st.session_state.setdefault("pieces_seen", set())
    news = {(piece, job.id) for piece, job in jobs.items() if job is not None and job.state == "done"} - seen
    if news or live != was_live:
        seen |= news
        st.rerun()
    for piece, job in jobs.items():
        if job is not None:
            line = job_lines.of_job(piece.name, job, "made")
            job_lines.draw(line, f"{piece.verb}_{piece.name}", piece.start)
