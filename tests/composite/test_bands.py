from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol as salib
from scipy.stats import rankdata

from wutong.composite.bands import Noise, Ranker, Scores, rank_bands, top_shares
from wutong.composite.sobol import design, estimate
from wutong.errors import WutongError

RNG = np.random.default_rng(7)
POINTS = RNG.random((60, 5)) * 100
WEIGHTS = np.array([[1, 2, 3, 4, 5.0], [5, 4, 3, 2, 1]])
STAGE = RNG.integers(0, 2, 60)


def slow(scores: Scores, noise: Noise) -> np.ndarray:
    """The same samples, ranked one by one in double precision."""
    from wutong.composite import bands

    work = bands._Work(scores, noise)
    rows = []
    for number, first in enumerate(range(0, noise.samples, work.block)):
        count = min(work.block, noise.samples - first)
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(noise.seed, spawn_key=(number,))))
        weights = bands._draw(scores.weights, noise, count, rng)
        rows += [rankdata(-(scores.low * w[scores.stage]).sum(axis=1), method="min") for w in weights.astype(float)]
    return np.array(rows)


def test_bands_agree_with_ranking_every_sample_by_itself():
    scores, noise = Scores.of(POINTS, WEIGHTS, stage=STAGE), Noise(700, seed=3)
    found, wanted = rank_bands(scores, noise, tops=(5, 20)), slow(scores, noise)
    np.testing.assert_allclose(found.mean, wanted.mean(axis=0))
    np.testing.assert_allclose(found.sd, wanted.std(axis=0), atol=1e-6)
    assert (found.best == wanted.min(axis=0)).all()
    assert (found.worst == wanted.max(axis=0)).all()
    assert (found.low == np.sort(wanted, axis=0)[int(np.floor(0.05 * 699))]).all()
    assert (found.high == np.sort(wanted, axis=0)[int(np.ceil(0.95 * 699))]).all()
    np.testing.assert_allclose(found.top[5], (wanted <= 5).mean(axis=0))
    np.testing.assert_allclose(top_shares(scores, 5, noise), (wanted <= 5).mean(axis=0))


def test_the_number_of_threads_changes_nothing():
    scores = Scores.of(POINTS, WEIGHTS, POINTS + RNG.random(POINTS.shape) * (RNG.random(POINTS.shape) < 0.1), STAGE)
    one, two = (rank_bands(scores, Noise(900, seed=5), threads=t) for t in (1, 3))
    for name in ("low", "median", "high", "best", "worst", "mean", "sd"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    again = rank_bands(scores, Noise(900, seed=6), threads=1)
    assert not np.array_equal(one.mean, again.mean)


def test_without_noise_the_band_is_the_rank_ties_included():
    points = np.array([[5.0, 5], [9, 9], [5, 5], [1, 1], [9, 9]])
    found = rank_bands(Scores.of(points, [1, 1]), Noise(50, spread=0), tops=(2,))
    assert found.rank.tolist() == [3, 1, 3, 5, 1]
    assert found.low.tolist() == found.high.tolist() == [3, 1, 3, 5, 1]
    assert found.top[2].tolist() == [0, 1, 0, 0, 1]


def test_an_open_cell_widens_only_what_it_can_reach():
    points = np.array([[50.0, 50], [60, 60], [10, 10], [90, 0]])
    high = points.copy()
    high[3, 1] = 100
    found = rank_bands(Scores.of(points, [1, 1], high), Noise(500, spread=0))
    assert (found.low[3], found.high[3]) == (1, 3)
    assert found.best.tolist() == [2, 1, 4, 1]
    closed = rank_bands(Scores.of(points, [1, 1], high), Noise(500, spread=0, gaps=False))
    assert closed.width.tolist() == [0, 0, 0, 0]


def test_dirichlet_weights_stay_near_the_given_ones_when_concentrated():
    scores = Scores.of(POINTS, WEIGHTS, stage=STAGE)
    near, far = (rank_bands(scores, Noise(400, concentration=c)).width.mean() for c in (5000.0, 20.0))
    assert near < far


def test_negative_points_rank_like_shifted_ones():
    a = rank_bands(Scores.of(POINTS - 500, WEIGHTS, stage=STAGE), Noise(100))
    b = rank_bands(Scores.of(POINTS, WEIGHTS, stage=STAGE), Noise(100))
    assert np.abs(a.mean - b.mean).max() < 0.1


def test_ranker_gives_competition_ranks():
    scores = RNG.integers(0, 9, (7, 50)).astype(np.float32)
    assert np.array_equal(Ranker(7, 50).ranks(scores.copy()), rankdata(-scores, method="min", axis=1))


@pytest.mark.parametrize(("make", "code"), [
    (lambda: Scores.of(POINTS, [1, 1]), "S295"),
    (lambda: Scores.of(np.array([[1, np.nan], [1, 2]]), [1, 1]), "S296"),
    (lambda: Scores.of(POINTS, WEIGHTS, stage=[2] * 60), "S297"),
    (lambda: rank_bands(Scores.of(POINTS, WEIGHTS[:1]), Noise(0)), "S298"),
    (lambda: top_shares(Scores.of(POINTS, WEIGHTS[:1]), 60), "S298"),
    (lambda: design(100, 3, 0), "S292"),
    (lambda: estimate(np.zeros(11), 2), "S293"),
    (lambda: estimate(np.zeros(16), 2), "S294"),
])
def test_bad_input(make, code):
    with pytest.raises(WutongError) as caught:
        make()
    assert caught.value.code == code
    assert "?" not in caught.value.diagnostics[0].line("zh")


def ishigami(x: np.ndarray) -> np.ndarray:
    a, b, c = (2 * np.pi * x - np.pi).T
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_sobol_indices_equal_those_of_salib_and_the_known_values():
    n, d = 1024, 3
    x = design(n, d, seed=11)
    y = ishigami(x)
    found = estimate(y, d)
    # SALib wants the rows of one base point together, B last.
    parts = y.reshape(d + 2, n)
    order = np.column_stack([parts[0], *parts[2:], parts[1]]).ravel()
    problem = {"num_vars": d, "names": list("abc"), "bounds": [[0, 1]] * d}
    wanted = salib.analyze(problem, order, calc_second_order=False, num_resamples=10, seed=1)
    np.testing.assert_allclose(found.first[:, 0], wanted["S1"], atol=1e-12)
    np.testing.assert_allclose(found.total[:, 0], wanted["ST"], atol=1e-12)
    np.testing.assert_allclose(found.first[:, 0], [0.314, 0.442, 0], atol=0.05)
    np.testing.assert_allclose(found.total[:, 0], [0.558, 0.442, 0.244], atol=0.05)
    assert (found.total_low <= found.total).all()
    assert (found.total <= found.total_high).all()


def test_many_outputs_are_those_of_each_alone():
    x = design(64, 2, seed=1)
    y = np.column_stack([x[:, 0], x.sum(axis=1) ** 2])
    together = estimate(y, 2)
    for k in range(2):
        alone = estimate(y[:, k], 2)
        np.testing.assert_allclose(together.first[:, k], alone.first[:, 0])
        np.testing.assert_allclose(together.total_high[:, k], alone.total_high[:, 0])


def test_coinr_s_estimator_uncentred():
    x = design(32, 2, seed=1)
    y = x[:, 0] + 2 * x[:, 1]
    a, b, mixed = y[:32], y[32:64], y[64:].reshape(2, 32)
    v = np.concatenate([a, b]).var(ddof=1)
    found = estimate(y, 2, centred=False)
    np.testing.assert_allclose(found.first[:, 0], [(b * (m - a)).mean() / v for m in mixed])
    np.testing.assert_allclose(found.total[:, 0], [((a - m) ** 2).sum() / (2 * 32 * v) for m in mixed])
