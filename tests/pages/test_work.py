"""Background work as the pages show it, with real jobs."""

import pytest
from job_process import LightJob, in_state, until

from qscore_core.devices import device_name
from qscore_core.jobs import find_job, list_jobs
from qscore_core.workspace import Workspace


@pytest.fixture
def busy(empty_app):
    """An app whose device is taken by a job that works until it is told to finish."""
    job = LightJob(Workspace.at(empty_app.workspace), "Sort shells", device=device_name())
    until(job.folder.workspace, job, in_state("running"))
    yield empty_app, job
    job.kill()


def test_a_job_that_waits_says_for_what_and_can_be_stopped_and_started_again(busy):
    app, job = busy
    workspace = job.folder.workspace
    test = app.open(data="habitats")  # the built-in choice, which starts by itself
    assert not test.exception
    waiting = until(workspace, list_jobs(workspace)[0], in_state("queued"))
    test.run()
    told = test.info[0].value
    assert told.startswith(f"Waiting: {device_name()} does one job at a time.")
    assert "At work now: “Sort shells” (sorting: 3 of 12 (1 a second, 9 s left of this part))" in told
    assert "starts by itself after that; what shall wait is stopped on the page Jobs." in told

    next(button for button in test.button if button.label == "Stop").click().run()
    until(workspace, waiting, in_state("cancelled"))
    test.run()
    assert "It was stopped. It was stopped before the work began." in [text.value for text in test.info]
    next(button for button in test.button if button.label == "Go on").click().run()
    again = list_jobs(workspace)[0]
    assert (again.arguments, again.title) == (waiting.arguments, waiting.title)
    until(workspace, again, in_state("queued"))
    test.run()
    next(button for button in test.button if button.label == "Stop").click().run()
    until(workspace, again, in_state("cancelled"))
    assert find_job(job.id, workspace).state == "running"
