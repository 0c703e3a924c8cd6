"""Recurrent nets: a loop rolled out in time, back-propagation through time, the gates of an LSTM cell; and dropout."""

from experiments.language.printed import Definition, Question, WorkedExample

RECURRENT = WorkedExample(
    name="recurrent",
    title="Recurrent nets: a neuron that hears itself",
    where="The architecture | Recurrent neural networks; Others | RNNs and LSTMs",
    story=(
        "A feedback loop lets a neuron go on firing after its input has gone, for some limited time, before it becomes "
        "quiet: how long, its loop decides. Rolled out in time the loop is a deep net whose layers share their "
        "weights, so back-propagation through time is the chain rule once more. Cells of long short-term memory keep "
        "what they have behind gates. All of it is worked in NumPy and met by Keras's layers and the tape."
    ),
    givens={
        "times": 24,
        "pulse_at": (2, 3),
        "input_weight": 2.0,
        "loops": (0.0, 0.7, 0.98),
        "n_rows": 5,
        "n_inputs": 3,
        "n_units": 4,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Recurrent neuron",
            latex=r"h_t = \tanh(x_t W + h_{t-1} U + b)",
            text="$U$ is the loop: what all neurons of the layer said a moment before.",
        ),
        Definition(
            term="Back-propagation through time",
            latex=r"\frac{\partial C}{\partial z_t} = \left(\frac{\partial C}{\partial h_t}"
            r" + \frac{\partial C}{\partial z_{t+1}} U^T\right) (1 - h_t^2), \quad"
            r" \frac{\partial C}{\partial U} = \sum_t h_{t-1}^T \frac{\partial C}{\partial z_t}",
            text="From the last moment to the first; every moment has a say in the shared weights.",
        ),
        Definition(
            term="LSTM cell",
            latex=r"c_t = f_t \, c_{t-1} + i_t \, g_t, \quad h_t = o_t \tanh(c_t)",
            text="$i$, $f$ and $o$ are sigmoids, gates between 0 and 1; $g$ is a tanh. With $f$ near 1 the memory "
            "hardly fades.",
        ),
        Definition(
            term="Back through the cell",
            latex=r"\frac{\partial C}{\partial c_t} = \frac{\partial C}{\partial h_t} \, o_t (1 - \tanh^2(c_t))"
            r" + \frac{\partial C}{\partial c_{t+1}} \, f_{t+1}",
            text="Two ways back: by what is said, through every weight of the loop; by what is kept, through $f$ "
            "alone.",
        ),
    ),
    questions=(
        Question(
            text="Why do slopes vanish or explode in a long sequence?",
            answer=(
                "Going back one moment multiplies the slope by $U$ and by the activation's slope. Many moments "
                "multiply many times: below 1 it fades, above 1 it grows. The LSTM's memory is multiplied by $f$ alone."
            ),
            where="Others | LSTMs",
        ),
    ),
)

DROPOUT = WorkedExample(
    name="dropout",
    title="Dropout: all smaller nets at once",
    where="History | Dropout",
    story=(
        "While a net with dropout learns, every hidden neuron stays away from an update with a given chance, so no "
        "neuron can rely on another. A layer of four has 16 ways to stay away: each is a smaller net, and all share "
        "their weights. Those that stay speak louder, so that the mean over all ways is what the whole net says."
    ),
    givens={"layers": (2, 4, 1), "x": (0.5, -1.0), "rate": 0.25, "seed": 3},
    definitions=(
        Definition(
            term="Dropout",
            latex=r"\tilde{a}_i = \frac{m_i}{1 - r} \, a_i, \quad m_i = 0 \text{ with chance } r, \text{ else } 1",
            text="In each update anew; when the net is used, nobody stays away.",
        ),
    ),
    questions=(
        Question(
            text="What is dropout worth to larger nets?",
            answer=(
                "The experiment gallery answers on digits, with intervals over repeated splits: a dense and a "
                "convolutional net, each with dropout and without, from the same seeds on the same rows."
            ),
            where="History | Dropout",
            experiment="gallery",
        ),
    ),
)
