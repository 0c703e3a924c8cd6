"""Examples 3 and 4 and the appendix: rolling down a curve and a surface."""

from experiments.language.printed import Definition, Formula, Printed, Question, WorkedExample

_APPENDIX = "Appendix | Learning with gradient descent"

GRADIENT_DESCENT = WorkedExample(
    name="gradient_descent",
    title="Gradient descent: down into the valley",
    where="Calculation | Gradient descent | Examples 3 and 4; Appendix",
    story=(
        "$x^2$ and $x_1^2 + x_2^2$ are descended from several starts and with several learning rates. What a run did "
        "is named from its path: converging, crawling, oscillating or diverging. The change of the cost is compared "
        r"with the appendix's $-\eta \| \nabla C \|^2$, which it approaches as $\eta$ becomes small."
    ),
    notation={
        "f": "f",
        "df_dx": "df / dx",
        "df_dx1": r"\partial f / \partial x_1",
        "df_dx2": r"\partial f / \partial x_2",
        "grad_C_delta_v": r"\nabla C \cdot \Delta v",
        "v_new": "v^{+}",
        "quadratic_cost": "C",
        "delta_C": r"\Delta C",
    },
    givens={
        "f3": "x^2",
        "df3_dx": "2*x",
        "f4": "x1^2+x2^2",
        "df4_dx1": "2*x1",
        "df4_dx2": "2*x2",
        "starts3": (-4.0, 3.0),
        "starts4": ((-4.0, 3.0), (3.5, 1.0)),
        "learning_rates": (0.01, 0.1, 0.9, 1.05),
        "n_steps": 40,
        "eta": 0.1,
        "v": (3.0, -2.0),
        "cost_y": ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)),
        "cost_a": ((0.8, 0.1), (0.3, 0.6), (0.5, 0.9)),
    },
    printed=(
        Printed("x^2", item="example3", symbol="f", where="Gradient descent | Example 3", kind="given", givens=("f3",)),
        Printed(
            "x1^2+x2^2", item="example4", symbol="f", where="Gradient descent | Example 4", kind="given", givens=("f4",)
        ),
        Formula(
            "2x",
            item="example3",
            symbol="df_dx",
            where="Gradient descent | Example 3",
            expression="2*x",
            updates=(("x_new", "x - alpha*df_dx"),),
        ),
        Formula(
            "2x1",
            item="example4",
            symbol="df_dx1",
            where="Gradient descent | Example 4",
            expression="2*x1",
            updates=(("x1_new", "x1 - alpha*df_dx1"),),
        ),
        Formula(
            "2x2",
            item="example4",
            symbol="df_dx2",
            where="Gradient descent | Example 4",
            expression="2*x2",
            updates=(("x2_new", "x2 - alpha*df_dx2"),),
        ),
        Formula(
            "dC/dv1*delta_v1 + dC/dv2*delta_v2",
            item="appendix",
            symbol="grad_C_delta_v",
            where=_APPENDIX,
            expression="sum(grad_C*delta_v)",
            latex=r"\frac{\partial C}{\partial v_1} \Delta v_1 + \frac{\partial C}{\partial v_2} \Delta v_2",
        ),
        Formula(
            "v - eta*grad C",
            item="appendix",
            symbol="v_new",
            where=_APPENDIX,
            expression="v - eta*grad_C",
            latex=r"v - \eta \nabla C",
        ),
        Formula(
            "1/(2n)*sum||y-a||^2",
            item="appendix",
            symbol="quadratic_cost",
            where=_APPENDIX,
            expression="1/(2*n)*sum(norm_y_a^2)",
            latex=r"\frac{1}{2n} \sum_x \| y - a \|^2",
        ),
        Formula(
            "-eta*||grad C||^2",
            item="appendix",
            symbol="delta_C",
            where=_APPENDIX,
            expression="-eta*sum(grad_C^2)",
            latex=r"-\eta \| \nabla C \|^2",
        ),
    ),
    definitions=(
        Definition(
            term="Gradient descent",
            latex=r"\theta_j \leftarrow \theta_j - \alpha \frac{\partial}{\partial \theta_j} J(\theta)",
            text=r"Repeat until convergence; $J$ must have derivatives, $\alpha$ is the learning rate.",
        ),
        Definition(term="Example 3", latex=r"\frac{df(x)}{dx} = 2x", text="The minimum is at $x = 0$."),
        Definition(
            term="Example 4",
            latex=r"\frac{\partial f}{\partial x_1} = 2 x_1, \quad \frac{\partial f}{\partial x_2} = 2 x_2",
            text="The minimum is at (0; 0).",
        ),
        Definition(
            term="Quadratic cost",
            latex=r"C(w, b) \equiv \frac{1}{2n} \sum_x \| y(x) - a \|^2",
            text="$x$: training input; $n$: how many; $a$: output vector; $y(x)$: desired output.",
        ),
        Definition(
            term="Change of the cost",
            latex=r"\Delta C \approx \frac{\partial C}{\partial v_1} \Delta v_1"
            r" + \frac{\partial C}{\partial v_2} \Delta v_2 = \nabla C \cdot \Delta v",
            text="For small changes of v.",
        ),
        Definition(
            term="Always downhill",
            latex=r"\Delta v = -\eta \nabla C \quad \Rightarrow \quad \Delta C \approx -\eta \| \nabla C \|^2 \le 0",
            text="Chosen so, the change is never positive, to first order.",
        ),
        Definition(term="The ball rolls", latex=r"v \to v' = v - \eta \nabla C", text="Repeated until the minimum."),
    ),
    questions=(
        Question(
            text="You are stuck in the mountain in heavy fog and are trying to get down to its foot. Solution?",
            answer=(
                "Use what can be felt here: find the direction in which the ground falls most steeply, take a step "
                "that way, and feel again. That is minus the gradient, and the step is the learning rate."
            ),
            where="Calculation | Gradient descent",
        ),
        Question(
            text="What is the potential problem?",
            answer=(
                "The gradient is a mean over all $n$ training inputs, so a single step costs a pass through all the "
                "data. A mean over a small random batch points nearly the same way for a fraction of the work."
            ),
            where=_APPENDIX,
        ),
    ),
)
