"""The tables of docs/results.md on fine-tuning."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import mean

from bench.changes import CONTROL, Change, Measure, against_before, against_control, over_methods
from bench.markdown import NONE, number, percent, points, signed, table
from bench.records import RunRecord, Snapshot
from qscore_core.training.arms import ARMS
from qscore_core.training.metrics import GRADIENT, OBJECTIVE, REGULARISER

ALL = "all methods"
EQUATION_3 = "q-score"
ABLATIONS = ("q-term-alone", "column-term-alone")
WATCHED = ("spread", "mean_q", "empty")

Runs = Sequence[RunRecord]


def groups(runs: Runs) -> Iterator[tuple[str, str, list[RunRecord]]]:
    """Method, arm and runs: methods by name, arms in the order of `ARMS`, those unknown to it last."""
    place = {arm: number for number, arm in enumerate(ARMS)}
    keys = {(run.method, run.arm) for run in runs}
    for method, arm in sorted(keys, key=lambda key: (key[0], place.get(key[1], len(place)), key[1])):
        yield method, arm, [run for run in runs if (run.method, run.arm) == (method, arm)]


def change_table(runs: Runs) -> str:
    """Changes of probe and Q-Score by method and arm, then over all methods."""
    head = [
        *("method", "arm", "seeds", "top-1 after", "against before", "against control", "swapped, against control"),
        *("mean Q, against control", "AUROC, against control"),
    ]
    rows = [
        [
            *(method, arm, str(len(found)), percent(_mean(found, lambda s: s.top1))),
            points(against_before(found, lambda s: s.top1)),
            *_against_control(arm, partial(against_control, found, runs)),
        ]
        for method, arm, found in groups(runs)
    ]
    return table(head, [*rows, *_summary_rows(runs)])


def _against_control(arm: str, change: Callable[[Measure], Change | None]) -> list[str]:
    if arm == CONTROL:
        return [NONE] * 4
    return [
        points(change(lambda s: s.top1)),
        points(change(lambda s: s.swapped)),
        signed(change(lambda s: s.mean_q), digits=4),
        signed(change(lambda s: s.auroc)),
    ]


def _summary_rows(runs: Runs) -> Iterator[list[str]]:
    """One row for every arm that at least two methods have."""
    for arm in dict.fromkeys(arm for _, arm, _ in groups(runs)):
        of_methods = [found for _, other, found in groups(runs) if other == arm]
        if len(of_methods) < 2:
            continue
        before = over_methods(against_before(found, lambda s: s.top1) for found in of_methods)
        yield [
            *(f"{ALL} ({len(of_methods)})", arm, str(sum(map(len, of_methods)))),
            *(NONE, points(before)),
            *_against_control(arm, partial(_mean_against_control, of_methods, runs)),
        ]


def _mean_against_control(of_methods: Sequence[Runs], runs: Runs, measure: Measure) -> Change | None:
    return over_methods(against_control(found, runs, measure) for found in of_methods)


def state_table(runs: Runs) -> str:
    """Means over the seeds of what the representations are like; one row before, then one an arm."""
    head = [
        *("method", "arm", "epsilon", "mean Q", "empty", "AUROC", "zeros", "RankMe"),
        *("heat in core", "heat in spurious", "habitat does not fit", "swapped"),
    ]
    rows, told = [], set()
    for method, arm, found in groups(runs):
        if method not in told:
            rows.append([method, "before", *_state_cells([run.before for run in found])])
            told.add(method)
        rows.append([method, arm, *_state_cells([run.after for run in found])])
    return table(head, rows)


def _state_cells(states: Sequence[Snapshot]) -> list[str]:
    of = lambda name: _mean_of([getattr(state, name) for state in states])  # noqa: E731
    return [
        *(f"{of('epsilon'):g}", number(of("mean_q"), 4), percent(of("empty"), 0), number(of("auroc"))),
        *(percent(of("zeros")), number(of("rankme"), 1), percent(of("core")), percent(of("spurious"))),
        *(percent(of("fits_not")), percent(of("swapped"))),
    ]


def term_table(runs: Runs) -> str:
    """Sizes of the terms in the last epoch, and the norms of their gradients as shares of the SSL loss's."""
    head = [
        "method",
        "arm",
        "SSL loss",
        *REGULARISER.values(),
        *(f"gradient of {name}" for name in REGULARISER.values()),
    ]
    rows = []
    for method, arm, found in groups(runs):
        sizes = [_last(found, term) for term in REGULARISER]
        if all(size is None for size in sizes):
            continue
        norms, ssl = [_last(found, GRADIENT + term) for term in REGULARISER], _last(found, GRADIENT + OBJECTIVE)
        shares = [NONE if norm is None or not ssl else f"{100 * norm / ssl:.2g} %" for norm in norms]
        losses = [NONE if size is None else f"{size:.2g}" for size in sizes]
        rows.append([method, arm, number(mean(map(ssl_loss, found))), *losses, *shares])
    return table(head, rows)


def term_verdict(runs: Runs) -> str:
    """Which term of equation 3 as printed pulls, and what each does to mean Q alone; empty without such runs."""
    whole = [found for _, arm, found in groups(runs) if arm == EQUATION_3]
    if not whole:
        return ""
    q, columns = ([_gradient_share(found, term) for found in whole] for term in ("q_score", "columns"))
    strong = max(q) < min(columns) / 10
    alone = [f"{arm} {signed(_ablated(runs, arm), digits=4)}" for arm in (EQUATION_3, *ABLATIONS)]
    return (
        f"In arm `{EQUATION_3}` the gradient of the Q term is at most {100 * max(q):.2g} % of the SSL loss's, that of "
        f"the column term {100 * min(columns):.2g} to {100 * max(columns):.2g} %: of equation 3 as printed "
        f"{'the column term does the work' if strong else 'neither term does the work alone'}. Mean Q against "
        f"`{CONTROL}`, over the methods with ablations: {', '.join(alone)}."
    )


def _gradient_share(runs: Runs, term: str) -> float:
    """Norm of a term's gradient in units of the SSL loss's."""
    return mean(run.last_epoch[GRADIENT + term] / run.last_epoch[GRADIENT + OBJECTIVE] for run in runs)


def _ablated(runs: Runs, arm: str) -> Change | None:
    """Change of mean Q against control over the methods that have all ablations."""
    methods = set.intersection(*({run.method for run in runs if run.arm == name} for name in ABLATIONS))
    of_methods = [found for method, name, found in groups(runs) if name == arm and method in methods]
    return _mean_against_control(of_methods, runs, lambda s: s.mean_q)


def ssl_loss(run: RunRecord) -> float:
    """The objective's terms together: what is neither the regulariser's, nor a gradient, nor only watched."""
    own = {name for name in run.last_epoch if not name.startswith(GRADIENT)} - set(REGULARISER) - set(WATCHED)
    return sum(run.last_epoch[name] for name in own)


def _last(runs: Runs, name: str) -> float | None:
    return _mean_of([run.last_epoch.get(name) for run in runs])


def verdict(runs: Runs) -> str:
    """How many intervals against control leave out 0, in a sentence."""
    changes = [against_control(found, runs, lambda s: s.top1) for _, arm, found in groups(runs) if arm != CONTROL]
    found = [change.verdict for change in changes if change is not None]
    up, down, still = (found.count(verdict) for verdict in ("up", "down", "open"))
    return (
        f"Of {len(found)} comparisons of probe top-1 with `{CONTROL}`, the interval lies above 0 in {up} and below 0 "
        f"in {down}; the other {still} hold 0, and with so few seeds nothing can be told there. About one interval in "
        "twenty leaves out 0 by chance alone."
    )


def _mean(runs: Runs, measure: Measure) -> float | None:
    return _mean_of([measure(run.after) for run in runs])


def _mean_of(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None
