import pytest

from qscore_core.progress import Meter, Progress, format_seconds, silent


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (75, "1 min 15 s"), (3600, "1 h 0 min"), (7500, "2 h 5 min")],
)
def test_times_are_readable(seconds, text):
    assert format_seconds(seconds) == text


def test_progress_reads_as_a_sentence():
    assert str(Progress("extract", 1500, 6000, 250.4, 18.0)) == "extract: 1,500 of 6,000 (250/s, 18 s left)"
    assert str(Progress("extract", 0, 6000, 0.0, None)) == "extract: 0 of 6,000 (0/s)"
    assert silent(Progress("extract", 1, 2, 1.0, 1.0)) is None


def meter(monkeypatch, times, **how):
    clock = iter(times)
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    told = []
    return Meter("work", 100, told.append, _started=0.0, **how), told


def test_rate_and_time_left_by_hand(monkeypatch):
    # 40 of 100 units after 8 s: 5 a second, the other 60 take 12 s
    work, told = meter(monkeypatch, [8.0])
    work.update(40)
    assert told == [Progress("work", 40, 100, 5.0, 12.0)]


def test_what_an_earlier_process_did_says_nothing_about_the_speed(monkeypatch):
    # resumed at 30: 10 units in 5 s are 2 a second, the other 60 take 30 s
    work, told = meter(monkeypatch, [5.0], start_at=30)
    work.update(40)
    assert told == [Progress("work", 40, 100, 2.0, 30.0)]


def test_not_more_often_than_the_interval_but_the_end_always_and_once(monkeypatch):
    work, told = meter(monkeypatch, [1.0, 1.1, 1.19, 1.3, 1.31, 5.0])
    for done in (10, 20, 30, 40, 100, 100):
        work.update(done)
    assert [progress.done for progress in told] == [10, 40, 100]


def test_nothing_done_has_no_time_left(monkeypatch):
    work, told = meter(monkeypatch, [1.0])
    work.update(0)
    assert (told[0].rate, told[0].eta_seconds) == (0.0, None)
