"""What every verb of the command line has in common, written once: its options and the session that it works in."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qscore_core.progress import Progress
from qscore_core.team import is_first_process
from qscore_core.verbs._ending import quiet_ending, told_ending
from qscore_core.verbs._output import print_result

if TYPE_CHECKING:
    from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class Session:
    """Where and how a verb works; `tell` is its progress listener.

    Of several processes that do the same verb together only the one that `leads` says anything but why it failed.
    """

    workspace_path: Path | None
    device: str
    seed: int
    tell: Callable[[Progress], None]
    leads: bool = True

    @functools.cached_property
    def workspace(self) -> "Workspace":
        from qscore_core.workspace import Workspace

        return Workspace.at(self.workspace_path)

    def say(self, message: str) -> None:
        """A message for a person; stdout is kept for the result."""
        if self.leads:
            typer.echo(message, err=True)


Verb = Callable[..., dict[str, Any] | list[dict[str, Any]]]

COMMON = {
    "workspace": (
        Annotated[Path | None, typer.Option(help="Where results live [QSCORE_WORKSPACE, else .qscore].")],
        None,
    ),
    "device": (Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")], "auto"),
    "seed": (Annotated[int, typer.Option(help="Seed of everything random.")], 0),
    "as_json": (Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")], False),
    "status": (Annotated[Path | None, typer.Option(hidden=True)], None),
}


def verb(function: Verb) -> Callable[..., None]:
    """Gives a verb `--workspace --device --seed --json` and turns what it returns into output."""

    @functools.wraps(function)
    def command(**given: Any) -> None:
        common = {name: given.pop(name) for name in COMMON}
        leads = given.get("devices", 1) * given.get("nodes", 1) == 1 or is_first_process()
        ending = told_ending(common["status"], common["as_json"]) if leads else quiet_ending()
        with ending as tell:
            session = Session(common["workspace"], common["device"], common["seed"], tell, leads)
            result = function(session, **given)
            if leads:
                print_result(result, common["as_json"])

    own = list(inspect.signature(function).parameters.values())[1:]
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in COMMON.items()
    ]
    command.__signature__ = inspect.Signature([*own, *extra])  # type: ignore[attr-defined]
    return command
