"""Autoencoders: a net that gives back what it is given, through a narrow middle."""

from experiments.language.printed import Definition, WorkedExample

AUTOENCODER = WorkedExample(
    name="autoencoder",
    title="Autoencoder: through a narrow middle",
    where="History | Autoencoders; Review | PCA",
    story=(
        "A net that is trained to give back its own input must tell, in the few neurons of its middle, what matters. "
        "If all of it is linear it can do no better than principal components, and finds their subspace, checked here "
        "against the review's own. With hidden layers of ReLU it bends that subspace and gives unseen digits back "
        "better."
    ),
    givens={
        "n_code": 2,
        "hidden_units": (64, 32),
        "learning_rate": 0.01,
        "linear_epochs": 1000,
        "deep_epochs": 30,
        "batch_size": 32,
        "train_share": 0.8,
        "n_pictured": 8,
        "n_plotted": 250,
        "seed": 1,
    },
    definitions=(
        Definition(
            term="Encoder and decoder",
            latex=r"c = f(x), \quad \hat{x} = g(c)",
            text="Two nets trained as one; $c$, the code, has far fewer values than $x$.",
        ),
        Definition(
            term="Reconstruction error",
            latex=r"\frac{1}{np} \sum_i \| x_i - \hat{x}_i \|^2",
            text="Mean over $n$ rows and $p$ pixels, which are 0 to 1.",
        ),
        Definition(
            term="Linear autoencoder",
            latex=r"\hat{x} = W_2 W_1 x",
            text=(
                "Its least error is that of the first principal components, and $W_2$ spans their subspace (Baldi and "
                "Hornik, 1989); which axes it takes within is chance."
            ),
        ),
    ),
)
