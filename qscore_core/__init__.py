"""Q-Score: self-supervised representation quality from discriminative features (arXiv 2203.01881).

The stages, each a value that the next one takes:

>>> from qscore_core.datasets import open_dataset
>>> from qscore_core.encoders import load_encoder
>>> from qscore_core.representations import extract
"""
