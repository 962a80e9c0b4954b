"""Estimators for scikit-learn: an MLP that classifies, and one that predicts numbers.

They take part in pipelines, grid searches and cross-validation like any other estimator, and are
loaded only when asked for, since they need scikit-learn and NumPy: pip install scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from nn.checks import needed_by

with needed_by("nn.sklearn", "scikit-learn"):
    import numpy as np
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data

from autograd import no_grad, sigmoid, softmax
from nn import losses
from nn.activations import AnyActivation
from nn.init import kaiming_normal
from nn.layers import MLP
from nn.optim import Adam
from nn.schedules import Schedule
from nn.training import fit


class _Estimator(BaseEstimator):
    """What both estimators share: the options, and the way they train.

    Args:
        hidden: the number of neurons of each hidden layer.
        activation: of these; a name or a function, as `nn.MLP` takes it.
        lr: the learning rate of Adam, or a schedule.
        epochs: the number of times that training goes through the data.
        batch_size: the number of samples in a step; None means all.
        random_state: a seed, or NumPy's ``RandomState``, as everywhere in scikit-learn.

    Attributes:
        model_: the trained `nn.MLP`.
        history_: the `nn.training.History` of its training.
        n_features_in_: the number of inputs.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (8,),
        *,
        activation: AnyActivation = "tanh",
        lr: float | Schedule = 0.01,
        epochs: int = 100,
        batch_size: int | None = 32,
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def _train(self, X: Any, targets: list[Any], outputs: int, loss: Callable[..., Any]) -> None:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        # Columns of any size are learned alike once they are scaled.
        self._mean, deviation = X.mean(axis=0), X.std(axis=0)
        self._scale = np.where(deviation > 0.0, deviation, 1.0)
        rng = Random(seed)
        self.model_ = MLP(
            X.shape[1],
            [*self.hidden, outputs],
            activation=self.activation,
            init=kaiming_normal(gain=1.0),
            rng=rng,
        )
        self.history_ = fit(
            self.model_,
            (self._scaled(X), targets),
            loss,
            Adam(self.model_.parameters(), lr=self.lr),
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=seed,
            progress=False,
        )
        self.n_iter_ = len(self.history_)

    def _scaled(self, X: Any) -> list[list[float]]:
        scaled: list[list[float]] = ((X - self._mean) / self._scale).tolist()
        return scaled

    def _outputs(self, X: Any) -> list[Any]:
        check_is_fitted(self)
        checked = validate_data(self, X, reset=False, dtype=float)
        with no_grad():
            return [self.model_(row) for row in self._scaled(checked)]


class MLPClassifier(ClassifierMixin, _Estimator):
    """A classifier, trained on cross-entropy by Adam; the options are those of `_Estimator`.

    Attributes:
        classes_: the classes, sorted.
    """

    def fit(self, X: Any, y: Any) -> MLPClassifier:
        """Train on the rows of ``X`` and the class of each."""
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, targets = np.unique(y, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError(f"a classifier needs several classes, got 1 class: {self.classes_[0]}")
        two = len(self.classes_) == 2
        loss = losses.binary_cross_entropy_with_logits if two else losses.cross_entropy
        self._train(X, targets.tolist(), 1 if two else len(self.classes_), loss)
        return self

    def predict_proba(self, X: Any) -> Any:
        """The probability of each class, for each row."""
        outputs = self._outputs(X)
        if len(self.classes_) == 2:
            return np.array([[sigmoid(-z.data), sigmoid(z.data)] for z in outputs])
        return np.array([softmax([z.data for z in row]) for row in outputs])

    def predict(self, X: Any) -> Any:
        """The most probable class, for each row."""
        chosen = self.predict_proba(X).argmax(axis=1)
        return self.classes_[chosen]


class MLPRegressor(RegressorMixin, _Estimator):
    """A regression, trained on the mean squared error by Adam.

    The options are those of `_Estimator`. There may be several targets.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any) -> MLPRegressor:
        """Train on the rows of ``X`` and the number, or the row of numbers, of each."""
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True, multi_output=True)
        y = np.asarray(y, dtype=float)
        self._target_mean, deviation = y.mean(axis=0), y.std(axis=0)
        self._target_scale = np.where(deviation > 0.0, deviation, 1.0)
        targets = (y - self._target_mean) / self._target_scale
        outputs = 1 if y.ndim == 1 else y.shape[1]
        wanted = targets.reshape(-1).tolist() if outputs == 1 else targets.tolist()
        self._wide = y.ndim == 2
        self._train(X, wanted, outputs, losses.mse_loss)
        return self

    def predict(self, X: Any) -> Any:
        """The predicted numbers, for each row."""
        rows = [
            [output.data for output in row] if isinstance(row, list) else row.data
            for row in self._outputs(X)
        ]
        numbers = np.array(rows, dtype=float)
        if self._wide and numbers.ndim == 1:
            numbers = numbers.reshape(-1, 1)
        return numbers * self._target_scale + self._target_mean
