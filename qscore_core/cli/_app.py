"""The command line that the verbs are added to."""

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="See why a self-supervised image encoder fails: discriminative features and Q-Score (arXiv 2203.01881).",
)
