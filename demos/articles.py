"""The articles' worked example of backpropagation, as data: what is given, and what they print.

The article is "Backpropagation in Neural Network" of GeeksforGeeks. Two versions of it have
been published, here called A and B. B is the older one: addresses of its pictures are dated
February 2024, and A has taken over figures that hold for B alone. They carry the same network
through the same step, but for one weight: w21 is 0.2 in A and 0.3 in B.

The figures are to the letter what the articles print, in their order. How a wrong one came about
is written here by hand; that it is wrong is found by demos/judging.py. In these texts,
F is the sigmoid, and each equation is true when its left side is rounded to the digits of its
right side.
"""

from __future__ import annotations

from typing import NamedTuple

TITLE = "Backpropagation in Neural Network"
SITE = "GeeksforGeeks"

TARGET = 0.5
RATE = 1.0
INPUTS = {"x1": 0.35, "x2": 0.7}


class Figure(NamedTuple):
    """A number as an article prints it.

    ``name`` is the quantity. "y3 in a3" is a y3 put into the formula of a3, listed where it is
    not the y3 printed last, or was wrong before. "again" is the second forward pass. ``why`` says
    what went wrong, one statement or equation to a line.
    """

    name: str
    printed: str
    why: str = ""


class Slip(NamedTuple):
    """A slip in words or letters: what the article says, in plain letters, and a remark on it."""

    says: str
    remark: str


class Article(NamedTuple):
    """One version of the article: its w21, its figures in order, and its other slips."""

    name: str
    w21: float
    figures: tuple[Figure, ...]
    slips: tuple[Slip, ...]

    @property
    def weights(self) -> dict[str, float]:
        """The weights before the first update, by name."""
        return {"w11": 0.2, "w21": self.w21, "w12": 0.3, "w22": 0.3, "w13": 0.3, "w23": 0.9}


WHY_Y4 = (
    "That rounds to 0.58. 0.59 suits sums from 0.3433 to 0.3847, and so perhaps 0.315 was read"
    " as 0.35:\n"
    "F(0.35) = 0.5866"
)
WHY_CHANGE_OF_W11 = (
    "The sign is lost: the weight must shrink, not grow. For w21 the same step keeps it:\n"
    "0.3 - 0.0027 x 0.7 = 0.29811"
)

ARTICLE_A = Article(
    name="A",
    w21=0.2,
    figures=(
        Figure("a1", "0.21"),
        Figure(
            "y3",
            "0.56",
            "That rounds to 0.55. 0.56 is article B's y3, cut off instead of rounded:\n"
            "F(0.28) = 0.5695\n"
            "Or w12 stood in the place of w11:\n"
            "F(0.3 x 0.35 + 0.2 x 0.7) = 0.5609",
        ),
        Figure("a2", "0.315"),
        Figure(
            "y3 in a3",
            "0.57",
            "That is article B's y3, now rounded; there w21 is 0.3 and a1 is 0.28:\nF(0.28) = 0.57",
        ),
        Figure("y4", "0.59", WHY_Y4),
        Figure("a3", "0.702"),
        Figure("y5", "0.67"),
        Figure("error", "-0.17"),
        Figure("delta5", "-0.0376"),
        Figure("y3 in delta3", "0.56"),
        Figure(
            "delta3",
            "-0.0027",
            "The equation as printed is false: its right side is cut off instead of rounded.\n"
            "0.56 x (1 - 0.56) x 0.3 x -0.0376 = -0.00278",
        ),
        Figure(
            "delta4",
            "-0.0819",
            "The point has slipped: it is ten times too large. Article B takes -0.376 for delta5:\n"
            "0.59 x (1 - 0.59) x 0.9 x -0.376 = -0.0819",
        ),
        Figure("Delta w23", "-0.022184"),
        Figure("new w23", "0.877816"),
        Figure("Delta w11", "0.000945", WHY_CHANGE_OF_W11),
        Figure("new w11", "0.200945"),
        Figure(
            "new w12",
            "0.273225",
            "Two changes are made: its own, with the delta4 that is ten times too large, and that"
            " of w21 with its sign lost:\n"
            "0.3 - 0.0819 x 0.35 + 0.0027 x 0.7 = 0.273225",
        ),
        Figure(
            "new w13",
            "0.086615",
            "Article B's wrong 0.08567, made with -0.376 for delta5, and the change of w11 with its"
            " sign lost on top:\n"
            "0.08567 + 0.0027 x 0.35 = 0.086615",
        ),
        Figure(
            "new w21",
            "0.269445",
            "It starts from article B's w21 of 0.3, not 0.2, and the change of w12 is made as well"
            " as its own:\n"
            "0.3 - 0.0027 x 0.7 - 0.0819 x 0.35 = 0.269445",
        ),
        Figure(
            "new w22",
            "0.18534",
            "Its change is made twice, with the delta4 that is ten times too large:\n"
            "0.3 - 0.0819 x 0.7 - 0.0819 x 0.7 = 0.18534",
        ),
        Figure(
            "y3 again",
            "0.57",
            "That is article B's figure, from B's weights:\n"
            "F(0.200945 x 0.35 + 0.29811 x 0.7) = 0.5693",
        ),
        Figure(
            "y4 again",
            "0.56",
            "This article's own weights happen to give it too, but with y3 and y5 it is one of"
            " article B's three figures.",
        ),
        Figure(
            "y5 again",
            "0.61",
            "No correct reading of the example gives 0.61 after one update, nor do this article's"
            " own weights. It is article B's figure, from B's wrong weights:\n"
            "F(0.08567 x 0.57 + 0.67816 x 0.56) = 0.6055",
        ),
        Figure("error again", "-0.11"),
    ),
    slips=(
        Slip(
            "w12 = 0.273225, w13 = 0.086615, w21 = 0.269445, w22 = 0.18534",
            "These are article B's new weights with one change more: that of w21 on w12, that of"
            " w11 on w13, that of w12 on w21, and that of w22 once again.",
        ),
        Slip("y_j = F(a_j) = 1 / (1 + e^(-a_1))", "The exponent is -a_j."),
        Slip(
            "by following the error gradient",
            "The gradient leads up; a weight goes against it.",
        ),
    ),
)

ARTICLE_B = Article(
    name="B",
    w21=0.3,
    figures=(
        Figure("a1", "0.28"),
        Figure("y3", "0.57"),
        Figure("a2", "0.315"),
        Figure("y4", "0.59", WHY_Y4),
        Figure("a3", "0.702"),
        Figure("y5", "0.67"),
        Figure("error", "-0.17"),
        Figure("delta5", "-0.0376"),
        Figure(
            "delta5 in delta3",
            "-0.0375",
            "Here it is cut off instead of rounded:\n0.67 x (1 - 0.67) x -0.17 = -0.037587",
        ),
        Figure(
            "delta3",
            "-0.0027",
            "The equation as printed is false: its right side is cut off instead of rounded.\n"
            "0.57 x (1 - 0.57) x 0.3 x -0.0375 = -0.00276",
        ),
        Figure("delta5 in delta4", "-0.376", "The point has slipped:\n10 x -0.0376 = -0.376"),
        Figure(
            "delta4",
            "-0.0819",
            "That is ten times too large. With delta5 as it was first printed:\n"
            "0.59 x (1 - 0.59) x 0.9 x -0.0376 = -0.0082",
        ),
        Figure("delta5 in Delta w23", "-0.376", "The slip of delta4, not another one."),
        Figure(
            "Delta w23",
            "-0.22184",
            "That is ten times too large. With delta5 as it was first printed:\n"
            "1 x -0.0376 x 0.59 = -0.022184",
        ),
        Figure("new w23", "0.67816"),
        Figure("Delta w11", "0.000945", WHY_CHANGE_OF_W11),
        Figure("new w11", "0.200945"),
        Figure("new w12", "0.271335"),
        Figure(
            "new w13",
            "0.08567",
            "Besides the delta5 that is ten times too large, the last digit is off:\n"
            "0.3 - 0.376 x 0.57 = 0.08568",
        ),
        Figure("new w21", "0.29811"),
        Figure("new w22", "0.24267"),
        Figure("y3 again", "0.57"),
        Figure("y4 again", "0.56", "It is cut off instead of rounded, and comes of wrong weights."),
        Figure(
            "y5 again",
            "0.61",
            "No correct reading of the example gives 0.61 after one update. It comes of the wrong"
            " w13 and w23, which were changed ten times too much.",
        ),
        Figure("error again", "-0.11"),
    ),
    slips=(
        Slip(
            "w_i,j represents the weights associated with the jth input to the ith neuron,"
            " x_i the value of the jth input",
            "i and j are swapped: in its numbers w_ij leads from the ith input to the jth neuron,"
            " and x_i is the ith input.",
        ),
        Slip("y_j = F(a_j), y_i is the output value", "y_j is meant."),
        Slip(
            "moving down toward the gradient of the error",
            "The gradient leads up; a weight goes against it.",
        ),
        Slip(
            "nabla w_ij",
            "nabla is the sign of a gradient; the change of a weight is minus the gradient times"
            " the learning rate.",
        ),
        Slip(
            "nabla w_ij = eta delta_j O_j, and later nabla w_j,i = eta delta_j O_j",
            "The same change with its indices in either order.",
        ),
        Slip(
            "delta_j = O_j (1 - O) sum over k of delta_k w_kj",
            "1 - O_j is meant, and w_jk, as in its own delta3, which takes w_1,3: the weight leads"
            " from j to k.",
        ),
        Slip(
            "delta4 = y4 (1 - y5) (w_2,3 x delta5)",
            "1 - y4 is meant, and that is what the numbers take.",
        ),
        Slip(
            "w_2,3(new) = nabla w_4,5 + w_4,5(old)",
            "w_4,5 is w_2,3 in the numbers that outputs and deltas have: from unit 4 to unit 5. It"
            " is the same weight under two names in one line.",
        ),
        Slip(
            "nabla w_2,3 = eta delta5 O4, nabla w_1,1 = eta delta3 O4",
            "In the numbers of units, O4 is y4: right for w_2,3, which multiplies y4, and wrong for"
            " w_1,1, which multiplies x1. The numbers take x1.",
        ),
        Slip(
            "by adjusting the weights according to the error rate",
            "The error is meant, and not a rate.",
        ),
        Slip(
            "initializes the weights and biases with random values",
            "In its program the biases start from 0: np.zeros.",
        ),
    ),
)

ARTICLES = (ARTICLE_A, ARTICLE_B)

SLIPS_OF_BOTH = (
    Slip(
        "y_j = F(a_j)",
        "As numbered it is y3 = F(a1), y4 = F(a2), y5 = F(a3): sums and weights count the neurons"
        " 1 to 3, outputs and deltas count all units 1 to 5.",
    ),
    Slip(
        "the change of w_ij is eta delta_j O_j",
        "O_i is meant, the output that the weight multiplies, and that is what the numbers take."
        " Even so it is false for all six weights as numbered, as delta_j counts otherwise than"
        " w_ij.",
    ),
    Slip(
        "mean squared error = (predicted output - actual output)^2",
        "No mean is taken, and the deltas are those of half this square. Of the whole they would"
        " be twice as large.",
    ),
    Slip(
        "our actual output is 0.5 but we obtained 0.67",
        "0.5 is the target, and 0.67 is the actual output.",
    ),
    Slip(
        "this process is said to be continued until the actual output is gained",
        "y5 comes nearer to the target with each update, and never reaches it.",
    ),
    Slip(
        "two hidden layers (h1 and h2)",
        "In the example h1 and h2 are the two neurons of one hidden layer.",
    ),
    Slip(
        "bias is added",
        "The neurons of the example have no bias.",
    ),
)
