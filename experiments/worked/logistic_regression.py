"""Example 5: logistic regression by manual gradient descent, equal to R's glm.

Lecture -> Keras: ``theta_0`` is ``bias[0]``, ``theta_j`` is ``kernel[j-1, 0]``, ``alpha`` is ``learning_rate``.
"""

from experiments.language.printed import Definition, Formula, Kind, Printed, Question, WorkedExample

_ROWS = (
    ("1.1030855", "-3.8382871"),
    ("2.1848492", "-0.9336986"),
    ("3.5878453", "-3.5622471"),
    ("0.8696243", "-1.7242845"),
    ("1.9197482", "-4.0475726"),
    ("2.1324203", "-4.9658782"),
)


def _number(text: str, symbol: str, part: str, *, exact: bool = False, r: str = "") -> Printed:
    where = f"Example 5 | {part}"
    kind: Kind = "exact" if exact else "rounded"
    return Printed(text, item="example5", symbol=symbol, where=where, kind=kind, reference=r)


_GLM, _MANUAL = "R glm", "manual gradient descent"

LOGISTIC_REGRESSION = WorkedExample(
    name="logistic_regression",
    title="Logistic regression by gradient descent",
    where="Calculation | Gradient descent | Example 5",
    story=(
        "Fifty rows, two classes, three numbers to find. The rows are R's set.seed(2); matrix(rnorm(100), ncol = 2), "
        "the first 25 of them, class 1, shifted by (2, -3): they are drawn here by R's own generator, and are those of "
        "the file that R wrote. R finds the numbers by iteratively reweighted least squares; the "
        "lecture by 5,000 full-batch steps of gradient descent from 0. The learning rate is not printed. It must be "
        "below 2 over the largest eigenvalue of the Hessian at the solution, or the last steps never settle; and it "
        r"must be large enough that $(1 - \alpha \lambda)^{5000}$, with the smallest eigenvalue $\lambda$, wipes out "
        "the start. A rate of 5 does both with room; 1 leaves the third digit wrong. Early on, where the surface is "
        "steeper, 5 overshoots: the cost rises above its start before it falls. The slide's digits come out for rates "
        "of about 5 to 11.5."
    ),
    notation={"l_beta": r"l(\beta)", "dJ_dtheta": r"\partial J / \partial \theta_j"},
    givens={
        "r_seed": 2,
        "n_rows": 50,
        "shift": (2.0, -3.0),
        "iterations": 5000,
        "learning_rate": 5.0,
        "compared_rates": (0.1, 1.0, 4.0, 5.0, 11.5, 12.0),
    },
    data="example5.csv",
    printed=(
        Formula(
            "sum_i {y_i log p(x_i) + (1 - y_i) log(1 - p(x_i))}",
            item="example5",
            symbol="l_beta",
            where="Logistic regression",
            expression="sum(y*log(h) + (1-y)*log(1-h))",
            latex=r"\sum_i \{ y_i \log p(x_i) + (1 - y_i) \log(1 - p(x_i)) \}",
        ),
        Formula(
            "1/m * sum_i [-y_i log h(x_i) - (1 - y_i) log(1 - h(x_i))]",
            item="example5",
            symbol="J",
            where="Logistic regression",
            expression="1/m*sum(-y*log(h) - (1-y)*log(1-h))",
            latex=r"\frac{1}{m} \sum_i [-y_i \log h(x_i) - (1 - y_i) \log(1 - h(x_i))]",
        ),
        Formula(
            "1/m * sum_i (h(x_i) - y_i) x_ij",
            item="example5",
            symbol="dJ_dtheta",
            where="Logistic regression",
            expression="1/m*sum((h-y)*x)",
            updates=(("theta_new", "theta - alpha*1/m*sum((h-y)*x)"),),
            latex=r"\frac{1}{m} \sum_i (h(x_i) - y_i) x_{ij}",
        ),
        *(
            _number(text, f"{column}[{row}]", "sample data")
            for row, pair in enumerate(_ROWS)
            for column, text in zip(("x1", "x2", "y"), (*pair, "1"), strict=True)
        ),
        _number("-10.631", "glm_intercept", _GLM, r="-10.63102"),
        _number("2.868", "glm_x1", _GLM, r="2.86780"),
        _number("-4.460", "glm_x2", _GLM, r="-4.45979"),
        _number("49", "df_null", _GLM, exact=True, r="49"),
        _number("47", "df_residual", _GLM, exact=True, r="47"),
        _number("69.31", "null_deviance", _GLM, r="69.31472"),
        _number("9.924", "residual_deviance", _GLM, r="9.924493"),
        _number("15.92", "aic", _GLM, r="15.92449"),
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
        Definition(term="AIC", latex=r"AIC = D + 2 p", text="With $p = 3$ parameters. The slide prints it as ATC."),
    ),
    questions=(
        Question(
            text="Which is the target function $J$ to be minimized, what is its input, and how is it updated?",
            answer=(
                r"Minus the mean log-likelihood; the coefficients $\beta_0$, $\beta_1$, $\beta_2$; each by minus "
                r"$\alpha$ times its partial derivative, all at once."
            ),
            where="Example 5",
        ),
    ),
)
