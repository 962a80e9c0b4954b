"""Functions of a dozen trades, as their textbooks write them, tested as their users would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import arctan2, cbrt, cos, exp, hypot, log, log10, sin, sqrt, where
from autograd.testing import check_against, check_gradients, values

FEW = settings(max_examples=3)


# Optics: the reflectance of glass for light of which the electric field is across the plane.


def reflectance(angle: Any, index: Any) -> Any:
    inside = sqrt(1 - (sin(angle) / index) ** 2)  # Snell's law
    return ((cos(angle) - index * inside) / (cos(angle) + index * inside)) ** 2


@FEW
@given(st.floats(-1.5, 1.5), st.floats(1.1, 2.5))
def test_fresnel(angle: float, index: float) -> None:
    check_gradients(reflectance, angle, index)


# Hydraulics: the friction factor of a rough pipe, by Colebrook and White, and the head it costs.


def friction(reynolds: Any, roughness: Any) -> Any:
    root = 0.1
    for _ in range(10):
        root = 1 / (-2 * log10(roughness / 3.7 + 2.51 / (reynolds * root)))
    return root**2


def head_loss(flow: Any, diameter: Any, length: Any) -> Any:
    speed = 4 * flow / (math.pi * diameter**2)
    factor = friction(speed * diameter / 1e-6, 1e-4 / diameter)
    return factor * length / diameter * speed**2 / (2 * 9.81)


@FEW
@given(st.floats(0.001, 1.0), st.floats(0.05, 1.0), st.floats(1.0, 1000.0))
def test_colebrook(flow: float, diameter: float, length: float) -> None:
    check_gradients(head_loss, flow, diameter, length)


# Chemical engineering: the volume of a mole of gas, by Peng and Robinson, found by Newton's method.


def pressure(volume: Any, temperature: Any) -> Any:
    critical, critical_pressure, acentric = 304.1, 7.38e6, 0.2239  # of carbon dioxide
    a = 0.45724 * (8.314 * critical) ** 2 / critical_pressure
    b = 0.0778 * 8.314 * critical / critical_pressure
    kappa = 0.37464 + 1.54226 * acentric - 0.26992 * acentric**2
    alpha = (1 + kappa * (1 - sqrt(temperature / critical))) ** 2
    return 8.314 * temperature / (volume - b) - a * alpha / (volume**2 + 2 * b * volume - b**2)


def molar_volume(target: Any, temperature: Any) -> Any:
    volume = 8.314 * temperature / target
    for _ in range(6):
        slope = autograd.grad(lambda v: pressure(v, temperature))(volume)
        volume = volume - (pressure(volume, temperature) - target) / slope
    return volume


@FEW
@given(st.floats(1e4, 1e6), st.floats(320.0, 600.0))
def test_peng_robinson(target: float, temperature: float) -> None:
    check_gradients(molar_volume, target, temperature, order=1)


# Colour: CIE L*a*b* of light, and the difference of two colours.


def lab(color: Sequence[Any]) -> list[Any]:
    x, y, z = [
        where(t > (6 / 29) ** 3, cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
        for t in [color[0] / 0.9505, color[1], color[2] / 1.089]
    ]
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@FEW
@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_lab(color: list[float]) -> None:
    check_gradients(lab, color, skip_kinks=True)


def test_difference_of_colors() -> None:
    def difference(one: Sequence[Any], other: Sequence[Any]) -> Any:
        return autograd.norm([x - y for x, y in zip(lab(one), lab(other), strict=True)])

    check_gradients(difference, [0.2, 0.3, 0.4], (0.25, 0.3, 0.001))


# Meteorology: the dew point, by Magnus, and back to the humidity.


def dew_point(temperature: Any, humidity: Any) -> Any:
    gamma = log(humidity / 100) + 17.62 * temperature / (243.12 + temperature)
    return 243.12 * gamma / (17.62 - gamma)


def humidity_at(temperature: Any, dew: Any) -> Any:
    return 100 * exp(17.62 * dew / (243.12 + dew) - 17.62 * temperature / (243.12 + temperature))


@FEW
@given(st.floats(-40.0, 50.0), st.floats(1.0, 100.0))
def test_dew_point(temperature: float, humidity: float) -> None:
    check_gradients(dew_point, temperature, humidity)
    check_against(
        lambda t, h: humidity_at(t, dew_point(t, h)), lambda t, h: h, temperature, humidity
    )


# Robotics: where an arm of three joints has its hand, and the joints for a hand of two.


def hand(joints: Sequence[Any]) -> dict[str, Any]:
    x, y, angle = 0.0, 0.0, 0.0
    for joint, length in zip(joints, [0.5, 0.4, 0.1], strict=True):
        angle = angle + joint
        x, y = x + length * cos(angle), y + length * sin(angle)
    return {"x": x, "y": y, "angle": angle}


def elbow(x: Any, y: Any) -> list[Any]:
    bend = autograd.arccos((x**2 + y**2 - 0.5**2 - 0.4**2) / (2 * 0.5 * 0.4))
    return [arctan2(y, x) - arctan2(0.4 * sin(bend), 0.5 + 0.4 * cos(bend)), bend]


@FEW
@given(st.lists(values(-3.0, 3.0), min_size=3, max_size=3))
def test_arm(joints: list[Any]) -> None:
    check_gradients(hand, joints)


@FEW
@given(st.floats(0.2, 0.8), st.floats(-3.0, 3.0))
def test_elbow(reach: float, angle: float) -> None:
    check_gradients(elbow, reach * math.cos(angle), reach * math.sin(angle))


# Insurance: the years that someone has left, by Gompertz' law of mortality and Simpson's rule.


def years_left(age: Any, level: Any, growth: Any) -> Any:
    def survival(t: float) -> Any:
        return exp(-level / growth * exp(growth * age) * autograd.expm1(growth * t))

    weights = [1, *[4, 2] * 9, 4, 1]
    return autograd.dot(weights, [survival(6.0 * k) for k in range(21)]) * 6.0 / 3.0


@FEW
@given(st.floats(0.0, 100.0))
def test_gompertz(age: float) -> None:
    check_gradients(years_left, age, 5e-5, 0.09)


# Audio: the gain in decibels of an equaliser, a digital filter of the second order.


def gain(frequency: Any, center: Any, quality: Any, boost: Any) -> Any:
    amplitude, at = 10 ** (boost / 40), 2 * math.pi * center / 48000
    alpha = sin(at) / (2 * quality)
    above = [1 + alpha * amplitude, -2 * cos(at), 1 - alpha * amplitude]
    below = [1 + alpha / amplitude, -2 * cos(at), 1 - alpha / amplitude]

    def size(taps: Sequence[Any]) -> Any:
        w = 2 * math.pi * frequency / 48000
        real = taps[0] + taps[1] * cos(w) + taps[2] * cos(2 * w)
        return hypot(real, taps[1] * sin(w) + taps[2] * sin(2 * w))

    return 20 * log10(size(above) / size(below))


@FEW
@given(st.floats(20.0, 20e3), st.floats(20.0, 20e3), st.floats(0.1, 10.0), st.floats(-24.0, 24.0))
def test_equaliser(frequency: float, center: float, quality: float, boost: float) -> None:
    check_gradients(gain, frequency, center, quality, boost)


# Sport: the log-likelihood of results, by the strengths of the players (Bradley and Terry).


def likelihood(strengths: dict[str, Any]) -> Any:
    games = [("Ann", "Bob"), ("Bob", "Cy"), ("Ann", "Cy"), ("Cy", "Ann"), ("Bob", "Ann")]
    return autograd.sum(
        [autograd.log_sigmoid(strengths[won] - strengths[lost]) for won, lost in games]
    )


@FEW
@given(st.fixed_dictionaries(dict.fromkeys(["Ann", "Bob", "Cy"], st.floats(-30.0, 30.0))))
def test_bradley_terry(strengths: dict[str, float]) -> None:
    check_gradients(likelihood, strengths)


# Epidemics: those who are ill after 25 days, by the equations of Kermack and McKendrick.


def ill_in_the_end(contacts: Any, recovery: Any) -> Any:
    susceptible, ill = 0.999, 0.001
    for _ in range(25):
        new = contacts * susceptible * ill
        susceptible, ill = susceptible - new, ill + new - recovery * ill
    return ill


@FEW
@given(st.floats(0.0, 1.0), st.floats(0.05, 0.5))
def test_epidemic(contacts: float, recovery: float) -> None:
    check_gradients(ill_in_the_end, contacts, recovery)


# Aeronautics: the density of the air of the standard atmosphere, and a derivative by hand.


def density(height: float) -> float:
    temperature = 288.15 - 0.0065 * min(height, 11000.0)
    ratio = math.pow(temperature / 288.15, 5.25588)
    if height > 11000.0:
        ratio *= math.exp(-(height - 11000.0) * 9.80665 / (287.053 * temperature))
    return 101325 * ratio / (287.053 * temperature)


def density_slope(height: float) -> float:
    if height > 11000.0:
        return -density(height) * 9.80665 / (287.053 * 216.65)
    return -4.25588 * 0.0065 * density(height) / (288.15 - 0.0065 * height)


@FEW
@given(st.floats(-1000.0, 20000.0))
def test_atmosphere(height: float) -> None:
    check_gradients(density, height, gradient=density_slope, skip_kinks=True)


# Money: the interest of a loan of so many months, by Newton's method from what is paid back.


def payment(rate: Any, months: int = 120) -> Any:
    return rate / -autograd.expm1(-months * autograd.log1p(rate))


def interest(paid: Any) -> Any:
    rate = paid
    for _ in range(12):
        rate = rate - (payment(rate) - paid) / autograd.grad(payment)(rate)
    return rate


@FEW
@given(st.floats(0.009, 0.05))
def test_interest(paid: float) -> None:
    check_gradients(interest, paid, order=1)
    check_against(lambda p: payment(interest(p)), lambda p: p, paid)
