"""The estimators keep scikit-learn's contract, and learn."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from nn import data


def test_without_scikit_learn_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    monkeypatch.delitem(sys.modules, "nn.sklearn", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r"nn\.sklearn needs scikit-learn: pip install"):
        import nn.sklearn  # noqa: F401


@pytest.fixture
def estimators() -> Any:
    pytest.importorskip("sklearn")
    import nn.sklearn

    return nn.sklearn


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
@pytest.mark.filterwarnings("default")
def test_the_estimators_keep_the_contract(name: str, estimators: Any) -> None:
    from sklearn.utils.estimator_checks import check_estimator

    results = check_estimator(getattr(estimators, name)(epochs=20), on_fail=None)
    failed = [
        (result["check_name"], result["exception"])
        for result in results
        if result["status"] not in ("passed", "skipped")
    ]
    assert not failed
    assert len(results) > 40


def test_the_classifier_learns_moons(estimators: Any) -> None:
    (inputs, targets), (others, wanted) = data.split(data.moons(120, seed=3))
    model = estimators.MLPClassifier(lr=0.05, random_state=0).fit(inputs, targets)
    assert model.score(others, wanted) > 0.9
    again = estimators.MLPClassifier(lr=0.05, random_state=0).fit(inputs, targets)
    assert (model.predict_proba(others) == again.predict_proba(others)).all()


def test_the_regressor_learns_a_sine_and_several_targets(estimators: Any) -> None:
    inputs, targets = data.sine(80, noise=0.0, seed=3)
    options = {"lr": 0.05, "epochs": 150, "random_state": 0}
    assert estimators.MLPRegressor(**options).fit(inputs, targets).score(inputs, targets) > 0.97
    pairs = [[y, -2.0 * y] for y in targets]
    model = estimators.MLPRegressor(**options).fit(inputs, pairs)
    assert model.predict(inputs).shape == (80, 2)
    assert model.score(inputs, pairs) > 0.97
