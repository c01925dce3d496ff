"""The networks that encoders are: each a frozen shape that builds its module."""

from qscore_core.encoders.networks.network_shape import NetworkShape

__all__ = ["NetworkShape"]
