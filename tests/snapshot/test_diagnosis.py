"""Graph.anomalies: what is wrong with the numbers of a graph."""

from __future__ import annotations

import math
import random

import pytest

from autograd import Value, graph, logsumexp, relu, sigmoid, sqrt, tanh
from autograd.snapshot.diagnosis import Anomaly
from nn import MLP, Neuron


def anomaly(root: Value, kind: str, **options: float) -> Anomaly:
    """The only anomaly of that kind."""
    [found] = [each for each in graph(root).anomalies(**options) if each.kind == kind]
    return found


def kinds(root: Value, **options: float) -> list[str]:
    return [each.kind for each in graph(root).anomalies(**options)]


def test_a_healthy_graph_has_none() -> None:
    x, y = Value(0.5, "x"), Value(-1.5, "y")
    assert kinds((x * y).tanh() + (x - y).relu()) == []
    assert kinds(Value(3.0)) == []


def test_the_first_value_that_is_not_finite_is_named_with_its_formula_and_inputs() -> None:
    x = Value(0.0, "x")
    loss = (x.log() * 2 + 1) ** 2
    found = anomaly(loss, "value")
    assert str(found) == (
        "The first value that is not finite, computed: -inf.\n  v1 = log(x) = -inf with x = 0"
    )
    assert (found.node, found.inputs, found.place) == (1, (0.0,), "")
    given = anomaly(Value(math.nan, "data") + 1, "value")
    assert str(given) == "The first value that is not finite, given: nan.\n  data = nan"


def test_the_first_gradient_that_is_not_finite_from_the_root_back() -> None:
    x = Value(0.0, "x")
    root = sqrt(x * 4) * 3
    found = anomaly(root, "gradient")
    assert found.message == (
        "The first gradient that is not finite: v1 gets inf, the local derivative inf times 3."
    )
    assert found.formula == "v2 = sqrt(v1) = 0 with v1 = 0"
    assert kinds(root)[0] == "gradient"  # the values are finite
    # 0 times inf is nan.
    assert (
        "x gets nan, the local derivative inf times 0." in anomaly(sqrt(x) * 0, "gradient").message
    )


def test_the_place_in_the_model_is_named() -> None:
    model = MLP(1, [2, 1], activation="tanh", rng=random.Random(1))
    weight = model.layers[0].neurons[1].w[0]
    weight.data = math.inf
    found = anomaly(model([Value(1.0, "x")]), "value")
    assert (found.place, found.formula) == (
        "MLP.layers.0.neurons.1",
        "MLP.layers.0.neurons.1.w.0 = inf",
    )
    assert str(found).endswith("\n  in MLP.layers.0.neurons.1")


def test_a_relu_is_dead_if_it_lets_nothing_pass_in_any_sample() -> None:
    neuron = Neuron(1, activation="relu", init=lambda rng, inputs, outputs: 1.0)
    alive = neuron([1.0]) + neuron([-1.0])
    assert kinds(alive) == []
    dead = neuron([-1.0]) + neuron([-2.0])
    found = anomaly(dead, "dead")
    assert found.message == (
        "A dead relu: its input is not above 0 in all of 2 samples, so no gradient passes."
    )
    assert found.place == "Neuron.sample 0"
    single = anomaly(relu(Value(-3.0, "x")), "dead")
    assert str(single) == (
        "A dead relu: its input is not above 0, so no gradient passes.\n"
        "  v1 = relu(x) = 0 with x = -3"
    )


@pytest.mark.parametrize(("activation", "far", "slope"), [(tanh, 4.0, 1.0), (sigmoid, 7.0, 0.25)])
def test_an_activation_is_saturated_where_its_slope_is_small(
    activation: object, far: float, slope: float
) -> None:
    assert callable(activation)
    x = Value(far, "x")
    y = activation(x)
    [local] = y.local_derivatives
    found = anomaly(y, "saturated")
    assert found.message == (
        f"A saturated activation: its slope is at most {local:.3g}, "
        f"against {slope:g} in the middle."
    )
    assert kinds(activation(Value(0.5))) == []
    assert kinds(y, saturated=local / slope * 0.99) == []


def test_a_saturated_neuron_is_reported_once_for_all_samples() -> None:
    neuron = Neuron(1, activation="tanh", init=lambda rng, inputs, outputs: 1.0)
    found = anomaly(neuron([5.0]) + neuron([-6.0]), "saturated")
    assert "in all of 2 samples" in found.message
    assert kinds(neuron([5.0]) + neuron([0.1])) == []


def test_a_gradient_that_vanishes_is_followed_on_the_strongest_path() -> None:
    x = value = Value(1.0, "x")
    for factor in (0.1, 1e-4, 0.5):
        value = value * factor + 0
    value.label = "root"
    found = anomaly(value, "vanishing", vanishing=1e-5)
    assert found.message == (
        "The gradient vanishes on the paths to x: the strongest multiplies it "
        "by 5e-06 in 6 steps, and one of these by 0.0001."
    )
    assert found.formula == "v3 = multiply(v2, 0.0001) = 1e-05 with v2 = 0.1"
    assert kinds(value, vanishing=1e-6) == []
    # Another path that is strong enough keeps the gradient alive.
    assert kinds(value + x, vanishing=1e-5) == []


def test_a_gradient_that_explodes_is_followed_on_the_strongest_path() -> None:
    x = Value(1.0, "x")
    found = anomaly((x * 2000) * -1000, "exploding")
    assert found.message == (
        "The gradient explodes on the paths to x: the strongest multiplies it "
        "by -2e+06 in 2 steps, and one of these by 2e+03."
    )
    assert kinds((x * 2000) * -1000, exploding=1e7) == []


def test_a_gradient_of_the_limiting_size_is_reported() -> None:
    x = Value(1.0)
    assert kinds(x * 0.25, vanishing=0.25) == ["vanishing"]
    assert kinds(x * 4.0, exploding=4.0) == ["exploding"]


def test_the_weights_of_a_deep_saturated_network_get_no_gradient() -> None:
    model = MLP(1, [1] * 12, activation="tanh", init=lambda rng, inputs, outputs: 0.05)
    found = anomaly(model([1.0]), "vanishing")
    assert "MLP.layers.0.neurons.0" in found.message


def test_operations_on_a_sequence_are_named_too() -> None:
    x = Value(math.inf, "x")
    found = anomaly(logsumexp([x, 1.0]) - math.inf, "value")
    assert found.formula == "x = inf"


def test_limits_that_make_no_sense_are_refused() -> None:
    snapshot = graph(Value(1.0) * 2)
    with pytest.raises(ValueError, match=r"^saturated is a fraction of the greatest slope, .* 2$"):
        snapshot.anomalies(saturated=2)
    with pytest.raises(
        ValueError, match=r"^vanishing and exploding are sizes .* got 10.0 and 1.0$"
    ):
        snapshot.anomalies(vanishing=10.0, exploding=1.0)


def test_finite_gradients_that_add_up_to_infinity_are_found() -> None:
    x = Value(0.0, "x")
    assert anomaly(x * 1e308 + x * 1e308, "gradient").message == (
        "The first gradient that is not finite: what x gets adds up to inf."
    )


def test_a_leaf_alone_has_no_path_on_which_a_gradient_vanishes() -> None:
    assert kinds(Value(1.0), vanishing=1.0, exploding=1.0) == []
