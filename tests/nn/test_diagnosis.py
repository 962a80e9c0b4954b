"""diagnose: what it measures, the troubles that it tells, and what it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, output_of
from nn import MLP, Dropout, Linear, Module, Sequential, data, diagnose, losses
from nn.diagnosis import Diagnosis
from nn.testing import Network, networks
from nn.training import History
from tests.nn import diagnosing

MSE = losses.mse_loss


def kinds(diagnosis: Diagnosis) -> list[str]:
    return [trouble.kind for trouble in diagnosis.troubles]


def with_weights(model: MLP, *layers: Sequence[tuple[Sequence[float], float]]) -> MLP:
    """The model with these weights and this bias for each neuron."""
    for layer, neurons in zip(model.layers, layers, strict=True):
        for neuron, (weights, bias) in zip(layer.neurons, neurons, strict=True):
            for weight, number in zip(neuron.w, weights, strict=True):
                weight.data = number
            neuron.b.data = bias
    return model


# ── What is measured ──────────────────────────────────────────────────────────


def test_deltas_and_gradients_by_hand() -> None:
    # For x = 1 and 3: h = 2x - 1 = 1 and 5; y = 3h = 3 and 15; the errors are 2 and 4.
    model = with_weights(MLP(1, [1, 1], activation="linear"), [([2.0], -1.0)], [([3.0], 0.0)])
    samples = ([[1.0], [3.0]], [1.0, 11.0])
    first, last = diagnose(model, samples, lambda y, t: MSE(y, t, reduction="sum")).layers
    assert (first.name, last.name) == ("layers.0", "layers.1")
    # The derivatives of the squares by y are 4 and 8; by h, three times as much.
    assert last.delta == pytest.approx(math.sqrt((16 + 64) / 2))
    assert first.delta == pytest.approx(3 * last.delta)
    assert last.gradient == pytest.approx(math.hypot(4 * 1 + 8 * 5, 4 + 8))
    assert first.gradient == pytest.approx(3 * math.hypot(4 * 1 + 8 * 3, 4 + 8))


@settings(max_examples=20)
@given(networks(max_layers=3))
def test_gradients_are_those_of_a_backward_pass_and_are_left_alone(network: Network) -> None:
    model, samples = network.model, (network.inputs, network.targets)
    network.loss().backward()
    parameters = model.parameters()
    before = [x.grad for x in parameters]

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        return MSE([y if isinstance(y, list) else [y] for y in outputs], targets)

    diagnosis = diagnose(model, samples, loss)
    assert [x.grad for x in parameters] == before
    assert diagnosis.loss == pytest.approx(network.loss().data)
    found = [layer.gradient for layer in diagnosis.layers]
    expected = [math.hypot(*(x.grad for x in layer.parameters())) for layer in model.layers]
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-300)


@settings(max_examples=20)
@given(st.integers(0, 99), st.floats(1e-3, 1e3), st.permutations(range(8)))
def test_neither_the_unit_of_the_loss_nor_the_order_of_samples_matters(
    seed: int, unit: float, order: list[int]
) -> None:
    model = MLP(2, [3, 3, 1], activation="tanh", rng=Random(seed))
    inputs, targets = data.moons(8, seed=seed)
    plain = diagnose(model, (inputs, targets), MSE)
    other = diagnose(
        model,
        ([inputs[i] for i in order], [targets[i] for i in order]),
        lambda y, t: unit * MSE(y, t),
    )
    assert other.ratio == pytest.approx(plain.ratio, rel=1e-9)
    assert kinds(other) == kinds(plain)


def test_deltas_do_not_cancel_where_the_gradient_does() -> None:
    model = with_weights(MLP(1, [1], activation="linear"), [([0.0], 0.0)])
    [layer] = diagnose(model, ([[1.0], [1.0]], [-1.0, 1.0]), MSE).layers
    assert (layer.gradient, layer.delta) == (0.0, 1.0)


class Repeated(Module):
    """A number, multiplied by a weight again and again."""

    def __init__(self, weight: float, times: int) -> None:
        self.weight = Value(weight)
        self.times = times

    def __call__(self, x: float) -> Value:
        """The product."""
        result = Value(x)
        for _ in range(self.times):
            result = result * self.weight
        return result


@pytest.mark.parametrize(("weight", "found"), [(0.5, "vanishing"), (2.0, "exploding")])
def test_a_weight_that_is_used_again_and_again(weight: float, found: str) -> None:
    diagnosis = diagnose(Repeated(weight, 20), ([1.0], [0.0]), MSE)
    [layer] = diagnosis.layers
    assert layer.uses == 20
    assert layer.delta / layer.last_delta == pytest.approx(weight**19)
    assert kinds(diagnosis) == [found]
    message = f"first use of Repeated is {weight**19:.2g} times what reaches its last, after 20"
    assert message in diagnosis.troubles[0].message
    assert kinds(diagnose(Repeated(weight, 5), ([1.0], [0.0]), MSE)) == []


@pytest.mark.parametrize(
    ("limit", "beyond", "found"), [(1e-3, 0.999e-3, "vanishing"), (1e3, 1001.0, "exploding")]
)
def test_a_change_is_a_trouble_beyond_its_limit(limit: float, beyond: float, found: str) -> None:
    def diagnosed(weight: float) -> Diagnosis:
        layers = [([1.0], 0.0)], [([weight], 0.0)]
        model = with_weights(MLP(1, [1, 1], activation="linear"), *layers)
        return diagnose(model, ([[1.0]] * 4, [weight - 1.0] * 4), MSE)  # each error is 1

    assert diagnosed(limit).ratio == limit
    assert kinds(diagnosed(limit)) == []
    assert kinds(diagnosed(beyond)) == [found]


@pytest.mark.parametrize(
    ("weight", "times", "found"),
    [(1e-30, 8, "vanishing"), (1e-30, 20, "vanishing"), (1e20, 12, "exploding")],
)
def test_gradients_whose_squares_leave_the_range_of_floats(
    weight: float, times: int, found: str
) -> None:
    diagnosis = diagnose(Repeated(weight, times), ([1.0], [0.5]), losses.l1_loss)
    assert kinds(diagnosis) == [found]


def test_units_are_counted_in_modules_of_any_kind() -> None:
    model = Sequential(Linear(2, 5, rng=1), "relu", Linear(5, 4, rng=2), "tanh", Linear(4, 1))
    assert model[0].bias is not None
    for bias in model[0].bias[:4]:
        bias.data = -100.0
    for weight in model[2].weight[3]:
        weight.data = 0.0
    model[2].bias[3].data = 50.0
    first, second, last = diagnose(model, data.moons(10), MSE).layers
    assert (first.units, first.dead, first.saturated) == (5, 4, 0)
    assert (second.units, second.dead, second.saturated) == (4, 0, 1)
    assert (last.units, last.name) == (0, "4 (Linear)")


def test_outputs_may_be_flat() -> None:
    def model(hidden: str) -> MLP:
        made = MLP(1, [1, 1], activation=[hidden, "sigmoid"])
        return with_weights(made, [([20.0], 0.0)], [([20.0], -10.0)])

    samples = ([[float(x)] for x in (-3, -2, -1, 1, 2, 3)], [0, 0, 0, 1, 1, 1])
    assert [layer.saturated for layer in diagnose(model("relu"), samples, MSE).layers] == [0, 0]
    saturated = diagnose(model("sigmoid"), samples, MSE)
    assert [layer.saturated for layer in saturated.layers] == [1, 0]
    assert kinds(saturated) == []  # it has learned
    wrong = diagnose(model("sigmoid"), (samples[0], samples[1][::-1]), MSE)
    assert kinds(wrong) == ["saturated", "vanishing"]


def test_the_mode_is_left_as_it_is_and_nothing_is_dropped() -> None:
    class Half(Module):
        def __init__(self) -> None:
            self.weight = Value(1.0)
            self.drop = Dropout(0.5, rng=1)

        def __call__(self, x: float) -> Value:
            y: Value = output_of(self, self.drop(self.weight * x))
            return y

    model = Half()
    model.drop.eval()
    assert diagnose(model, ([2.0], [0.0]), MSE).loss == 4.0
    assert (model.training, model.drop.training) == (True, False)
    model.train()
    assert diagnose(model, ([2.0], [0.0]), MSE).loss == 4.0
    assert model.drop.training


# ── Troubles ──────────────────────────────────────────────────────────────────


def test_overfitting_needs_validation_data_and_names_the_best_epoch() -> None:
    model = with_weights(MLP(1, [1], activation="linear"), [([1.0], 0.0)])
    training = ([[float(x)] for x in range(8)], [float(x) for x in range(8)])
    validation = ([[0.0], [8.0]], [3.0, 3.0])
    assert kinds(diagnose(model, training, MSE)) == []
    assert kinds(diagnose(model, training, MSE, validation=training)) == []
    history = History([{"loss": 1.0, "validation loss": number} for number in (9.0, 4.0, 17.0)])
    diagnosis = diagnose(model, training, MSE, validation=validation, history=history)
    assert kinds(diagnosis) == ["overfitting"]
    assert diagnosis.troubles[0].message == (
        "The loss is 0 on the training data and 17 on the validation data. One answer for all, "
        "the mean output, has 5.25. It was least, 4, in epoch 2."
    )
    assert (diagnosis.validation_loss, diagnosis.constant_loss) == (17.0, 5.25)
    unknown = diagnose(model, training, MSE, validation=validation, history=History())
    assert "epoch" not in unknown.troubles[0].message


def test_a_network_that_has_learned_nothing_does_not_overfit() -> None:
    model = with_weights(MLP(1, [1], activation="linear"), [([0.0], 10.0)])
    training, validation = ([[0.0], [1.0]], [8.0, 12.0]), ([[0.0], [1.0]], [0.0, 20.0])
    assert kinds(diagnose(model, training, MSE, validation=validation)) == []


def test_a_number_that_is_not_finite_is_traced_to_its_operation() -> None:
    class Root(Module):
        def __init__(self) -> None:
            self.weight = Value(0.0)

        def __call__(self, x: float) -> Value:
            return (self.weight * x).sqrt()

    diagnosis = diagnose(Root(), ([1.0], [1.0]), MSE)
    assert kinds(diagnosis) == ["not finite"]
    assert "sqrt(Value(0.0)) hands to" in diagnosis.troubles[0].message


def test_outputs_of_unequal_length_have_no_mean() -> None:
    class Lengths(Module):
        def __init__(self) -> None:
            self.weight = Value(2.0)

        def __call__(self, x: int) -> list[Value]:
            return [self.weight * i for i in range(1, x + 1)]

    samples: Any = ([1, 2], [[1.0], [1.0, 2.0]])
    diagnosis = diagnose(Lengths(), samples, MSE, validation=samples)
    assert math.isnan(diagnosis.constant_loss)
    assert kinds(diagnosis) == []


@pytest.mark.parametrize("number", range(4))
def test_a_trouble_that_was_provoked_is_found(number: int) -> None:
    assert diagnosing.is_right(*diagnosing.provoked(diagnosing.SMALL, number))


def test_nothing_is_found_in_health() -> None:
    assert not any(diagnosing.found_in_health(diagnosing.SMALL, 2))


# ── What is shown ─────────────────────────────────────────────────────────────


@pytest.fixture
def diagnosis() -> Diagnosis:
    model = with_weights(
        MLP(1, [2, 1], activation="relu"), [([1.0], 0.0), ([1.0], -9.0)], [([1.0, 1.0], 0.0)]
    )
    samples = ([[float(x)] for x in range(5)], [2.0 * x for x in range(5)])
    return diagnose(model, samples, MSE, validation=samples)


def test_it_prints_a_table_and_what_to_try(diagnosis: Diagnosis) -> None:
    assert repr(diagnosis) == (
        "No trouble found in 2 layers, by 5 samples. Loss 6, on validation data 6.\n"
        "\n"
        "layer     parameters  gradient  delta  units  dead  saturated\n"
        "layers.0           4        13   0.69      2     1          0\n"
        "layers.1           3        13   0.98\n"
        "\n"
        "The delta of the first layer is 0.71 times that of the last."
    )
    text = repr(diagnose(Repeated(0.5, 20), ([1.0], [0.0]), MSE))
    assert "\n\nVanishing gradient\n  What reaches the first use of Repeated is 1.9e-06" in text
    assert '\n  Try an activation of slope 1, such as "relu"' in text
    assert max(map(len, text.splitlines())) <= 88


def test_a_notebook_shows_the_same(diagnosis: Diagnosis) -> None:
    html = diagnosis._repr_html_()
    assert html.count("<tr>") == 3
    assert "<td>layers.0</td><td>4</td><td>13</td>" in html
    vanishing = diagnose(Repeated(0.5, 20), ([1.0], [0.0]), MSE)._repr_html_()
    assert "<b>Vanishing gradient.</b>" in vanishing
    assert "such as &quot;relu&quot;" in vanishing


def test_it_plots(diagnosis: Diagnosis) -> None:
    pytest.importorskip("matplotlib")
    figure = diagnosis.plot()
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["delta of each layer", "part of the units", "loss"]
    assert figure._repr_png_().startswith(b"\x89PNG")  # which a notebook asks for
    assert len(diagnose(Repeated(0.5, 20), ([1.0], [0.0]), MSE).plot().axes) == 2


def test_its_figure_has_the_numbers_of_the_report_and_the_limits_of_a_trouble(
    diagnosis: Diagnosis,
) -> None:
    agg = pytest.importorskip("matplotlib.backends.backend_agg")
    figure = diagnosis.plot()
    agg.FigureCanvasAgg(figure).draw()
    deltas, parts, losses = figure.axes
    line, *limits = deltas.lines
    assert list(line.get_ydata()) == [layer.delta for layer in diagnosis.layers]
    last = diagnosis.layers[-1].last_delta
    assert [list(limit.get_ydata()) for limit in limits] == [[1e-3 * last] * 2, [1e3 * last] * 2]
    for word, limit in zip(deltas.texts, limits, strict=True):
        assert word.xy == (0, limit.get_ydata()[0])
        extent = word.get_window_extent()
        assert deltas.bbox.y0 < extent.y0 < extent.y1 < deltas.bbox.y1  # there is room for it
    assert [word.get_text() for word in deltas.texts] == ["vanishing", "exploding"]
    assert [bar.get_height() for bar in parts.patches] == [0.5, 0.0, 0.0, 0.0]
    assert [bar.get_height() for bar in losses.patches] == [
        diagnosis.loss,
        diagnosis.validation_loss,
        diagnosis.constant_loss,
    ]


def test_what_cannot_be_diagnosed_is_refused() -> None:
    with pytest.raises(TypeError, match=r"diagnose\(\) reads the parameters of a Module, got <fun"):
        diagnose(lambda x: x, ([1.0], [1.0]), MSE)

    model = MLP(2, [1])
    with pytest.raises(TypeError, match=r"a loss returns one Value, got \["):
        diagnose(model, data.xor(), lambda y, t: MSE(y, t, reduction="none"))

    class Constant(Module):
        def __call__(self, x: float) -> Value:
            return Value(x) * 2.0

    with pytest.raises(ValueError, match="the loss depends on no parameter of the model"):
        diagnose(Constant(), ([1.0], [1.0]), MSE)
