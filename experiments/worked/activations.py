"""The common activation functions and their slopes."""

from experiments.language.printed import Definition, WorkedExample

ACTIVATIONS = WorkedExample(
    name="activations",
    title="Activation functions",
    where="Neuron | Sigmoid neurons | Common activation functions",
    story=(
        "The step of the perceptron, its smoothed version the sigmoid, the hyperbolic tangent, ReLU and the identity, "
        "each with its slope: backpropagation multiplies by the slope, so where it is 0 nothing is learned."
    ),
    givens={"z_low": -5.0, "z_high": 5.0, "n_points": 401},
    definitions=(
        Definition(
            term="Step", latex=r"a = 1 \text{ if } z > 0, \text{ else } 0; \quad a' = 0", text="No slope to follow."
        ),
        Definition(
            term="Sigmoid",
            latex=r"\sigma(z) \equiv \frac{1}{1 + e^{-z}}; \quad \sigma' = \sigma (1 - \sigma)",
            text=r"Between 0 and 1, steepest at 0 with a slope of $\frac{1}{4}$.",
        ),
        Definition(
            term="Hyperbolic tangent",
            latex=r"\tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}; \quad \tanh' = 1 - \tanh^2",
            text=r"A sigmoid centered on 0: $\tanh(z) = 2 \sigma(2z) - 1$.",
        ),
        Definition(
            term="ReLU",
            latex=r"a = \max(0, z); \quad a' = 1 \text{ if } z > 0, \text{ else } 0",
            text="Its slope never shrinks on the positive side.",
        ),
        Definition(term="Identity", latex=r"a = z; \quad a' = 1", text="For outputs that are not probabilities."),
    ),
)
