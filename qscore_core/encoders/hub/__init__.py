"""Networks from the Hugging Face hub, built by the libraries that published them (the extra `hub`)."""

from qscore_core.encoders.hub.network import HubNetwork
from qscore_core.encoders.hub.repository import Repository, fetch_repository, repository_of
from qscore_core.encoders.hub.timm_networks import timm_network
from qscore_core.encoders.hub.transformers_networks import transformers_network

__all__ = [
    "HubNetwork",
    "Repository",
    "fetch_repository",
    "repository_of",
    "timm_network",
    "transformers_network",
]
