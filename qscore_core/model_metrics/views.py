"""What several views of each image say of an encoder: alignment of the views, and LiDAR, the rank that they leave.

`h` [image, view, feature] as `several_views` makes it, at least two views of each image.
"""

import numpy as np
from jaxtyping import Float
from scipy.linalg import eigh

WITHIN_FLOOR = 1e-4  # delta of the paper, added to the covariance of views
SHARE_FLOOR = 1e-8  # epsilon of the paper, added to every share

Views = Float[np.ndarray, "image view feature"]


def unit_views(h: Views) -> Views:
    """Rows of unit length in float64; a zero row stays zero."""
    exact = np.asarray(h, np.float64)
    norms = np.linalg.norm(exact, axis=2, keepdims=True)
    return np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)


def alignment(h: Views) -> float:
    """Mean over images and pairs of views of |u_a - u_b|^2, unit rows u (arXiv 2005.10242, alpha = 2).

    0 where views never differ; for unit rows 2 - 2 cos. Of q views: 2 / (q (q - 1)) (q sum |u|^2 - |sum u|^2).
    """
    unit, q = unit_views(h), h.shape[1]
    apart = q * (unit**2).sum(axis=(1, 2)) - (unit.sum(axis=1) ** 2).sum(axis=1)
    return float(2 * apart.mean() / (q * (q - 1)))


def lidar(h: Views) -> float:
    """exp(-sum_k p_k log p_k), p_k = lambda_k / sum(lambda) + 1e-8 (arXiv 2312.04000).

    lambda are the eigenvalues of S_w^-1/2 S_b S_w^-1/2: S_b the covariance of the images' mean views, S_w that of views
    around their image's mean, plus 1e-4 I; of h as it is, as in the paper. NaN for fewer than two images.
    """
    exact = np.asarray(h, np.float64)
    if len(exact) < 2:
        return float("nan")
    means = exact.mean(axis=1)
    between, within = means - means.mean(axis=0), (exact - means[:, None]).reshape(-1, h.shape[2])
    s_b = between.T @ between / len(between)
    s_w = within.T @ within / len(within) + WITHIN_FLOOR * np.eye(h.shape[2])
    values = np.maximum(eigh(s_b, s_w, eigvals_only=True), 0)  # those of S_b v = lambda S_w v are the same
    if values.sum() == 0:
        return float("nan")
    p = values / values.sum() + SHARE_FLOOR
    return float(np.exp(-(p * np.log(p)).sum()))
