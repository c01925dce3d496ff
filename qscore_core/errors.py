"""The ways in which a user's request can be wrong: every message names the input, what was expected and what to do."""

STOPPED = 130
"""Exit status of work that was asked to stop; what a shell expects after Ctrl-C."""


class QScoreError(Exception):
    """Base of every error that a user can cause; the app and the CLI show its text as it stands."""


class BadReferenceError(QScoreError):
    """A reference string such as `folder:PATH` that cannot be understood."""


class EncoderError(QScoreError):
    """An encoder that cannot be loaded as it was asked for."""


class DatasetError(QScoreError):
    """A data set that cannot be opened."""


class ImageError(DatasetError):
    """One image that cannot be read; extraction skips it, counts it and lists it."""


class RepresentationError(QScoreError):
    """Representations for which the asked number has no meaning (NaN, constant, too few features)."""


class SettingsError(QScoreError):
    """A setting outside the range in which it means something."""


class SliceError(QScoreError):
    """A named selection of images that cannot be saved, found or read."""


class WorkspaceError(QScoreError):
    """The workspace cannot be read or written (read-only, full, used by another process)."""


class TrainingError(QScoreError):
    """A training run that cannot start or go on."""


class UnknownObjectiveError(TrainingError):
    """An encoder whose own objective is not known, when none was named instead."""


class TrainingStoppedError(TrainingError):
    """A training run that was asked to stop (Ctrl-C, SIGTERM) and can be resumed."""


class ProcessDiedError(KeyboardInterrupt):
    """Another process of the same work died, so that this one cannot go on (resumable).

    Not a QScoreError: like Ctrl-C it may come at any moment, and whoever handles ordinary errors must not swallow it.
    """
