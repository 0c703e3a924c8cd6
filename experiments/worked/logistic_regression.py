"""Example 5: logistic regression by manual gradient descent, equal to R's glm.

Lecture -> Keras: ``theta_0`` is ``bias[0]``, ``theta_j`` is ``kernel[j-1, 0]``, ``alpha`` is ``learning_rate``.
"""

from experiments.language.printed import Definition, Printed, Question, WorkedExample

_ROWS = (
    ("1.1030855", "-3.8382871"),
    ("2.1848492", "-0.9336986"),
    ("3.5878453", "-3.5622471"),
    ("0.8696243", "-1.7242845"),
    ("1.9197482", "-4.0475726"),
    ("2.1324203", "-4.9658782"),
)


def _number(text: str, symbol: str, part: str, exact: bool = False) -> Printed:
    where = f"Example 5 | {part}"
    return Printed(text, item="example5", symbol=symbol, where=where, kind="exact" if exact else "rounded")


_GLM, _MANUAL = "R glm", "manual gradient descent"

LOGISTIC_REGRESSION = WorkedExample(
    name="logistic_regression",
    title="Logistic regression by gradient descent",
    where="Calculation | Gradient descent | Example 5",
    story=(
        "Fifty rows, two classes, three numbers to find. R finds them by iteratively reweighted least squares; the "
        "lecture by 5,000 full-batch steps of gradient descent from 0. The learning rate is not printed. It must be "
        "below 2 over the largest eigenvalue of the Hessian at the solution, or the last steps never settle; and it "
        "must be large enough that (1 - alpha times the smallest eigenvalue) to the power of 5,000 wipes out the "
        "start. A rate of 5 does both with room; 1 leaves the third digit wrong. Early on, where the surface is "
        "steeper, 5 overshoots: the cost rises above its start before it falls."
    ),
    givens={"iterations": 5000, "learning_rate": 5.0, "compared_rates": (0.1, 1.0, 5.0, 10.0, 12.0)},
    data="example5.csv",
    printed=(
        *(
            _number(text, f"{column}[{row}]", "sample data")
            for row, pair in enumerate(_ROWS)
            for column, text in zip(("x1", "x2"), pair, strict=True)
        ),
        _number("-10.631", "glm_intercept", _GLM),
        _number("2.868", "glm_x1", _GLM),
        _number("-4.460", "glm_x2", _GLM),
        _number("49", "df_null", _GLM, exact=True),
        _number("47", "df_residual", _GLM, exact=True),
        _number("69.31", "null_deviance", _GLM),
        _number("9.924", "residual_deviance", _GLM),
        _number("15.92", "aic", _GLM),
        Printed("5000", item="example5", symbol="iterations", where=f"Example 5 | {_MANUAL}", kind="given"),
        _number("-10.631", "gd_intercept", _MANUAL),
        _number("2.868", "gd_x1", _MANUAL),
        _number("-4.46", "gd_x2", _MANUAL),
        _number("0.09924", "gd_cost", _MANUAL),
    ),
    definitions=(
        Definition(
            term="Log-likelihood",
            latex=r"\ell(\beta) = \sum_{i=1}^{N} \{ y_i \log p(x_i; \beta) + (1 - y_i) \log(1 - p(x_i; \beta)) \}",
            text="To be maximized.",
        ),
        Definition(
            term="Cost",
            latex=r"J(\theta) = \frac{1}{m} \sum_{i=1}^{m} [ -y^{(i)} \log h_\theta(x^{(i)})"
            r" - (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)})) ]",
            text="Minus the mean log-likelihood: to be minimized.",
        ),
        Definition(
            term="Partial derivatives",
            latex=r"\frac{\partial J(\theta)}{\partial \theta_j}"
            r" = \frac{1}{m} \sum_{i=1}^{m} (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}",
            text="Error times input, averaged over rows.",
        ),
        Definition(
            term="Deviance",
            latex=r"D = -2 \ell = 2 m J",
            text="The null deviance is that of the intercept alone; degrees of freedom are rows minus parameters.",
        ),
        Definition(term="AIC", latex=r"AIC = D + 2 p", text="With p = 3 parameters. The slide prints it as ATC."),
    ),
    questions=(
        Question(
            text="Which is the target function J to be minimized, what is its input, and how is it updated?",
            answer=(
                "Minus the mean log-likelihood; the coefficients beta_0, beta_1, beta_2; and each by minus alpha "
                "times its partial derivative, all at once."
            ),
            where="Example 5",
        ),
    ),
)
