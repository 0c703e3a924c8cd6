"""How nets are trained."""

from typing import Literal

from experiments.language.declaration import Declaration
from experiments.language.expect import Expect
from experiments.language.nets.rates import Rates
from experiments.language.wording import title
from models.checks import require

Optimizer = Literal["sgd", "adam", "adamw", "rprop"]
Schedule = Literal["constant", "cosine", "one_cycle", "coslog4"]
DecaySchedule = Literal["constant", "flat_cosine"]
Cost = Literal["log_likelihood", "cross_entropy", "quadratic"]
Monitor = Literal["loss", "accuracy"]
Held = Literal["random", "last"]
Expansion = Literal["none", "one_pixel_shifts"]
Precision = Literal["float32", "mixed_bfloat16"]

MOST_STEP = 0.1
"""No step of rprop is larger, as in R's neuralnet."""
_SCHEDULES: dict[Schedule, str] = {
    "constant": "",
    "cosine": " falling to 0 along a cosine",
    "one_cycle": " rising over a quarter of the steps, then falling to 0 along a cosine",
    "coslog4": " rising from 0 and falling to it in four cycles, each twice as long as the one before",
}


class Training(Declaration):
    """How a net is trained.

    Attributes:
        epochs: Passes through the training rows at the most.
        learning_rate: The optimizer's step; with a schedule, its highest value.
        batch_size: Rows per update; ``None`` takes all rows (the lecture's batch gradient descent).
        optimizer: ``"sgd"`` is the lecture's rule, ``"rprop"`` that of R's neuralnet: all rows in a batch, and a step
            for each weight that begins at the rate and is 0.1 at the most; the others are Keras's.
        momentum: Of ``"sgd"``.
        slope_threshold: Of ``"rprop"``: training ends once no slope of the cost is larger; ``None`` goes on. R's is .01
            of a sum over rows, of our mean over n rows .01 / n.
        beta_2: Of ``"adam"`` and ``"adamw"``: what their mean of squared gradients keeps at each update.
        weight_decay: Of ``"adamw"``.
        decay_schedule: ``"flat_cosine"`` keeps the weight decay over half of the epochs, then lowers it to 0.
        decays_biases: Whether weight decay is of biases, too.
        rates: What the rate of weights of one name is multiplied by; of ``"adam"`` and ``"adamw"``.
        schedule: ``"cosine"`` lowers the rate to 0 over all epochs; ``"one_cycle"`` raises it over the first quarter
            of them before; ``"coslog4"`` is four cycles, each twice as long as the one before.
        label_smoothing: Share of each label that is spread over all classes alike while training; rows that are held
            out are judged without.
        cost: ``"log_likelihood"`` ends in softmax, or one sigmoid neuron for two classes. The others end in sigmoid
            neurons, one for each class, and sum over them: ``"cross_entropy"``, and ``"quadratic"``, half the squared
            error. Of a number ``"log_likelihood"`` is the mean squared error, the likelihood of normal errors.
        patience: Early stopping: epochs without a better ``monitor`` before training ends and the best weights
            return; ``None`` trains all epochs on all training rows. As many as ``epochs`` never stops, and still
            returns the best epoch's weights.
        monitor: What makes an epoch better, on the rows held out.
        validation_share: Share of the training rows held out for early stopping.
        validation_rows: Which those are: ``"random"`` ones in the shares of the classes, or the ``"last"``.
        averaging: Of weights over updates: what the running average keeps at each; 0 takes the last weights.
        expansion: ``"one_pixel_shifts"`` adds every training image moved up, down, left and right by a pixel.
        balanced: Weights rows so that every class counts the same.
        precision: ``"mixed_bfloat16"`` multiplies in 16 bits on a GPU or TPU, and is refused on a CPU.
    """

    epochs: int
    learning_rate: float
    batch_size: int | None = 32
    optimizer: Optimizer = "sgd"
    momentum: float = 0.0
    slope_threshold: float | None = None
    beta_2: float = 0.999
    weight_decay: float = 0.0
    decay_schedule: DecaySchedule = "constant"
    decays_biases: bool = True
    rates: Rates = Rates()
    label_smoothing: float = 0.0
    schedule: Schedule = "constant"
    cost: Cost = "log_likelihood"
    patience: int | None = None
    monitor: Monitor = "loss"
    validation_share: float = 0.0
    validation_rows: Held = "random"
    averaging: float = 0.0
    expansion: Expansion = "none"
    balanced: bool = False
    precision: Precision = "float32"

    def check(self, expect: Expect) -> None:
        """Tells what must hold beyond the annotations."""
        expect.least("epochs", 1, "Train at least once.")
        expect.positive("learning_rate", "0.1 is a start.")
        expect.least("batch_size", 1, "1 is stochastic gradient descent.", otherwise=", or None for all rows")
        expect.least("patience", 1, "None never stops early.", otherwise=", or None")
        expect(
            "label_smoothing within 0 and 1, of the cost log_likelihood",
            lambda: self.label_smoothing == 0 or (self.cost == "log_likelihood" and 0 < self.label_smoothing < 1),
            "It spreads a share of a label over all classes.",
            of=("label_smoothing", "cost"),
        )
        self._check_optimizer(expect)
        self._check_stopping(expect)

    def _check_optimizer(self, expect: Expect) -> None:
        expect(
            "momentum within 0 and 1, with sgd only",
            lambda: self.momentum == 0 or (self.optimizer == "sgd" and 0 < self.momentum < 1),
            "It would have no effect: take it out or use sgd.",
            of=("momentum", "optimizer"),
        )
        expect(
            "a positive slope_threshold with rprop, or none",
            lambda: self.slope_threshold is None or (self.optimizer == "rprop" and self.slope_threshold > 0),
            "It would have no effect: take it out or use rprop.",
            of=("slope_threshold", "optimizer"),
        )
        expect(
            "weight_decay with adamw only",
            lambda: self.weight_decay == 0 or (self.optimizer == "adamw" and self.weight_decay > 0),
            "It would have no effect: take it out or use adamw.",
            of=("weight_decay", "optimizer"),
        )
        expect(
            "decay_schedule and decays_biases with weight_decay",
            lambda: self.weight_decay > 0 or (self.decay_schedule, self.decays_biases) == ("constant", True),
            "They would have no effect: take them out or decay weights.",
            of=("decay_schedule", "decays_biases", "weight_decay"),
        )
        expect(
            "rates and beta_2 within 0 and 1 with adam or adamw",
            lambda: (
                (self.rates, self.beta_2) == (Rates(), 0.999)
                or (self.optimizer in ("adam", "adamw") and 0 < self.beta_2 < 1)
            ),
            "sgd has one rate for all weights and no squared gradients: take them out or use adam.",
            of=("rates", "beta_2", "optimizer"),
        )
        expect(
            "all rows in one batch, a constant schedule and a rate of 0.1 at the most with rprop",
            lambda: (
                self.optimizer != "rprop"
                or (self.batch_size is None and self.schedule == "constant" and self.learning_rate <= MOST_STEP)
            ),
            "With a few rows the signs of slopes turn by chance: batch_size=None takes all, learning_rate=0.1 is R's.",
            of=("optimizer", "batch_size", "schedule", "learning_rate"),
        )

    def _check_stopping(self, expect: Expect) -> None:
        expect(
            "validation_share within 0 and 1 together with patience, or neither",
            lambda: self.validation_share == 0 if self.patience is None else 0 < self.validation_share < 1,
            "Early stopping needs both; without it validation rows would only be lost.",
            of=("patience", "validation_share"),
        )
        expect(
            "patience with monitor or validation_rows",
            lambda: self.patience is not None or (self.monitor, self.validation_rows) == ("loss", "random"),
            "Without it no rows are held out: take both out or add it.",
            of=("monitor", "validation_rows"),
        )
        expect(
            "averaging within 0 and 1, without patience",
            lambda: self.averaging == 0 or (self.patience is None and 0 < self.averaging < 1),
            "Early stopping watches the weights of each epoch, not their average.",
            of=("averaging", "patience"),
        )

    def require_task(self, task: str) -> None:
        """Checks that nothing is asked that only classes have.

        Raises:
            ValueError: It is, where a number is predicted.
        """
        if task == "classification":
            return
        classes_only = {"cost": "log_likelihood", "monitor": "loss", "balanced": False, "label_smoothing": 0.0}
        asked = {name: value for name in classes_only if (value := getattr(self, name)) != classes_only[name]}
        remedy = "Take it out: of a number the mean squared error is the cost and what is watched, and all rows count."
        require(not asked, "Training", "nothing that only classes have", remedy, **asked)

    @property
    def images_per_row(self) -> int:
        """Training images that a row becomes by expansion."""
        return 5 if self.expansion == "one_pixel_shifts" else 1

    def words(self) -> str:
        """Tells the training in words; what is not used is not told.

        Example:
            >>> Training(epochs=5, learning_rate=0.1, batch_size=None).words()
            'sgd at rate 0.1; all rows in one batch; 5 epochs'
        """
        told = (
            f"{self.optimizer} at rate {self.learning_rate:g}{_SCHEDULES[self.schedule]}",
            self.cost != "log_likelihood" and f"{title(self.cost)} cost, summed over sigmoid outputs",
            self.momentum and f"momentum {self.momentum:g}",
            self.slope_threshold and f"ended where no slope is above {self.slope_threshold:g}",
            self.beta_2 != 0.999 and f"{self.beta_2:g} of the mean of squared gradients kept",
            self.rates.words(),
            self.weight_decay and self._decay(),
            self.label_smoothing and f"{100 * self.label_smoothing:.3g} % of each label spread over all classes",
            "all rows in one batch" if self.batch_size is None else f"batches of {self.batch_size}",
            self._length(),
            self.averaging and f"weights averaged, {self.averaging:g} of the average kept at each update",
            self.expansion == "one_pixel_shifts"
            and "every training image also moved by a pixel up, down, left and right",
            self.balanced and "rows weighted so that classes count the same",
            self.precision != "float32" and "multiplied in 16 bits",
        )
        return "; ".join(part for part in told if part)

    def _decay(self) -> str:
        falls = ", falling to 0 along a cosine from the middle on" if self.decay_schedule == "flat_cosine" else ""
        return f"weight decay {self.weight_decay:g}{'' if self.decays_biases else ' but of biases'}{falls}"

    def _length(self) -> str:
        if self.patience is None:
            return f"{self.epochs} epochs"
        which = "the last " if self.validation_rows == "last" else ""
        return (
            f"up to {self.epochs} epochs, stopped after {self.patience} without a better {self.monitor} on "
            f"{which}{100 * self.validation_share:.3g} % of the training rows"
        )
