"""What cannot be meant is refused where it is written: each whole message, all mistakes of a declaration at once."""

import math
from dataclasses import replace
from inspect import signature

import pytest

from experiments.bankruptcy import BANKRUPTCY
from experiments.iris import IRIS
from experiments.language import (
    Augmentation,
    Baseline,
    Convolution,
    Declaration,
    DenseNet,
    Ensemble,
    Gate,
    Ladder,
    RecurrentNet,
    Rung,
    Search,
    Splitting,
    Training,
)
from experiments.leak import LEAK

TRAINING = Training(epochs=1, learning_rate=0.1)
NET = DenseNet(name="net", hidden_units=(3,), training=TRAINING)
SEARCH = Search(name="searched", candidate=NET, space={"l2": (0.0, 0.1)}, n_trials=2)
MAJORITY = Baseline(name="majority_class", algorithm="majority_class")
FLOWERS = replace(IRIS, candidates=(MAJORITY,), metrics=("accuracy",), gate=None)

WRITE_3, WRITE_HALF = "Write it like 3.", "Write it like 0.5."
UNITS = "DenseNet: expected hidden_units as a tuple of whole numbers. Received: hidden_units={}. Write it like (3,)."

REFUSED = [
    (
        lambda: Training(epoch=3, learning_rate=0.1),
        "Training: expected a known field. Received: epoch=3. Did you mean 'epochs'?",
    ),
    (
        lambda: replace(NET, hidden_unit=(3,)),
        "DenseNet: expected a known field. Received: hidden_unit=(3,). Did you mean 'hidden_units'?",
    ),
    (
        lambda: Training(epochs=3),
        "Training: expected the field learning_rate. Received: fields=('epochs',). It has no default: write it, too.",
    ),
    (
        lambda: Convolution(20, feature_maps=20),
        "Convolution: expected fields by name. Received: unnamed=(20,). Write name=value.",
    ),
    (
        lambda: replace(NET, name="wide net"),
        "DenseNet: expected a name of lower-case letters, digits and underscores. Received: name='wide net'. "
        "Rename it.",
    ),
    (lambda: replace(NET, hidden_units=(2.5,)), UNITS.format("(2.5,)")),
    (lambda: replace(NET, hidden_units=[3]), UNITS.format("[3]")),
    (lambda: replace(NET, hidden_units=(True,)), UNITS.format("(True,)")),
    (lambda: replace(NET, hidden_units=3), UNITS.format("3")),
    (
        lambda: replace(TRAINING, epochs=1.5),
        f"Training: expected epochs as a whole number. Received: epochs=1.5. {WRITE_3}",
    ),
    (
        lambda: replace(TRAINING, epochs=True),
        f"Training: expected epochs as a whole number. Received: epochs=True. {WRITE_3}",
    ),
    (
        lambda: replace(TRAINING, batch_size="all"),
        f"Training: expected batch_size as a whole number or None. Received: batch_size='all'. {WRITE_3}",
    ),
    (
        lambda: replace(TRAINING, learning_rate="0.1"),
        f"Training: expected learning_rate as a finite number. Received: learning_rate='0.1'. {WRITE_HALF}",
    ),
    (
        lambda: replace(TRAINING, learning_rate=math.nan),
        f"Training: expected learning_rate as a finite number. Received: learning_rate=nan. {WRITE_HALF}",
    ),
    (
        lambda: replace(NET, l2=math.inf),
        f"DenseNet: expected l2 as a finite number. Received: l2=inf. {WRITE_HALF}",
    ),
    (
        lambda: replace(NET, dropout=False),
        f"DenseNet: expected dropout as a finite number. Received: dropout=False. {WRITE_HALF}",
    ),
    (
        lambda: replace(TRAINING, balanced=1),
        "Training: expected balanced as True or False. Received: balanced=1. Write it like True.",
    ),
    (
        lambda: replace(IRIS, title=9),
        "Comparison: expected title as text. Received: title=9. Write it like 'text'.",
    ),
    (
        lambda: replace(NET, training=0.1),
        "DenseNet: expected training as a Training. Received: training=0.1. Declare a Training.",
    ),
    (
        lambda: Ladder(name="two", title="", where="", data="mnist", rungs=(NET.training.epochs,)),
        "Ladder: expected rungs as a tuple of Rungs. Received: rungs=(1,). Write it like (Rung(...),).",
    ),
    (
        lambda: Rung(net=NET, figure=95.42, where="", n_seeds=1),
        "Rung: expected figure as text. Received: figure=95.42. Write it like 'text'.",
    ),
    (
        lambda: Convolution(feature_maps=20, padding="sme"),
        "Convolution: expected a known padding. Received: padding='sme'. Did you mean 'same'?",
    ),
    (
        lambda: replace(NET, kernel_initializer="glorot_unifrom"),
        "DenseNet: expected a known kernel_initializer. Received: kernel_initializer='glorot_unifrom'. "
        "Did you mean 'glorot_uniform'?",
    ),
    (
        lambda: replace(FLOWERS, metrics=("accuracy", "f1", "accuracy")),
        "Comparison 'iris': expected each metric once. Received: metrics=('accuracy', 'f1', 'accuracy'). Take one out.",
    ),
    (
        lambda: replace(FLOWERS, positive_class=-1),
        "Comparison 'iris': expected positive_class of 0 or more, or None. Received: positive_class=-1. "
        "Count classes from 0.",
    ),
    (
        lambda: replace(FLOWERS, positive_class=1.0),
        f"Comparison: expected positive_class as a whole number or None. Received: positive_class=1.0. {WRITE_3}",
    ),
    (
        lambda: Splitting(kind="canonical", n_folds=1, test_share=0.2),
        "Splitting: expected test_share with random splits only. Received: kind='canonical', test_share=0.2. "
        "It would have no effect: take it out.",
    ),
    (
        lambda: Splitting(kind="stratified_k_fold", n_splits=5, test_share=0.2),
        "Splitting: expected test_share with random splits only. Received: kind='stratified_k_fold', test_share=0.2. "
        "It would have no effect: take it out.",
    ),
    (
        lambda: Splitting(kind="canonical", n_folds=1, stratified=True),
        "Splitting: expected stratified with random splits only. Received: kind='canonical', stratified=True. Parts of "
        "stratified_k_fold are stratified anyway: take it out.",
    ),
    (
        lambda: Splitting(kind="stratified_k_fold", n_splits=3, n_folds=10),
        "Splitting: expected n_folds to be a multiple of n_splits, n_splits × the number of dealings. Received: "
        "n_folds=10, n_splits=3. A dealing is used whole: take 3 or 6.",
    ),
    (
        lambda: replace(LEAK, gate=Gate(simplest="forest")),
        "Leak 'leak': expected no gate. Received: gate=Gate(simplest='forest', least_difference=0.0). "
        "A leak is shown and not used: take it out.",
    ),
    (
        lambda: replace(LEAK, decision=BANKRUPTCY.decision),
        f"Leak 'leak': expected no decision. Received: decision={BANKRUPTCY.decision!r}. "
        "A leak is shown and not used: take it out.",
    ),
    (
        lambda: replace(LEAK, n_seeds=2, learning_curve=(0.5,)),
        "Leak 'leak': expected n_seeds of 1. Received: n_seeds=2. A leak is shown and not used: take it out.\n"
        "Leak 'leak': expected no learning_curve. Received: learning_curve=(0.5,). "
        "A leak is shown and not used: take it out.",
    ),
    (
        lambda: replace(SEARCH, space={"name": ("one", "other")}),
        "Search: expected the path of a setting. Received: path='name'. "
        "It changes nothing that is trained: take it out.",
    ),
    (
        lambda: replace(SEARCH, candidate=Ensemble(name="vote", net=NET), space={"net.reason": ("one", "other")}),
        "Search: expected the path of a setting. Received: path='reason'. "
        "It changes nothing that is trained: take it out.",
    ),
    (
        lambda: replace(SEARCH, candidate=SEARCH),
        f"Search 'searched': expected a candidate that is no search itself. Received: candidate={SEARCH!r}. "
        "Search once, in one space.",
    ),
    (
        lambda: replace(SEARCH, space={"l2": (0.1, 0.1)}),
        "Search 'searched': expected each value of the space once. Received: space={'l2': (0.1, 0.1)}. "
        "Take the others out.",
    ),
    (
        lambda: replace(SEARCH, space={"l2": [0.1, 0.2]}),
        "Search: expected space as a mapping from names, each to a tuple. Received: space={'l2': [0.1, 0.2]}. "
        "Write it like {'name': (1.0,)}.",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_a_wrong_declaration_is_refused_where_it_is_written(make, message):
    with pytest.raises(ValueError, match="expected") as error:
        make()
    assert str(error.value) == message


ALL_AT_ONCE = [
    (
        lambda: Training(epoch=3, learning_rate="0.1", optimizer="adam", momentum=0.9, averaging=1.5, monitor="acc"),
        [
            "Training: expected a known field. Received: epoch=3. Did you mean 'epochs'?",
            "Training: expected learning_rate as a finite number. Received: learning_rate='0.1'. Write it like 0.5.",
            "Training: expected a known monitor. Received: monitor='acc'. Did you mean 'accuracy'?",
            "Training: expected momentum within 0 and 1, with sgd only. Received: momentum=0.9, "
            "optimizer='adam'. It would have no effect: take it out or use sgd.",
            "Training: expected averaging within 0 and 1, without patience. Received: averaging=1.5, "
            "patience=None. Early stopping watches the weights of each epoch, not their average.",
        ],
    ),
    (
        lambda: RecurrentNet(name="Big", units=(), training=replace(TRAINING, cost="quadratic"), cell="ltsm"),
        [
            "RecurrentNet: expected a known cell. Received: cell='ltsm'. Did you mean 'lstm'?",
            "RecurrentNet: expected a name of lower-case letters, digits and underscores. Received: name='Big'. "
            "Rename it.",
            "RecurrentNet: expected units of 1 or more each, of one layer at least. Received: units=(). Name "
            "what each layer remembers.",
            "RecurrentNet: expected the cost log_likelihood. Received: cost='quadratic'. Its output is softmax.",
        ],
    ),
    (
        lambda: replace(IRIS, candidates=IRIS.candidates[:2], gate="simple", metrics=("acuracy", "type_1_eror")),
        [
            "Comparison: expected gate as a Gate or None. Received: gate='simple'. Declare a Gate.",
            "Comparison 'iris': expected one majority_class among the candidates, of numbers one mean. Received: "
            "candidates=['sigmoid_10', 'sigmoid_5_3']. A score must never stand alone.",
            "Comparison 'iris': expected a known metric. Received: metric='acuracy'. Did you mean 'accuracy'?",
            "Comparison 'iris': expected a known metric. Received: metric='type_1_eror'. Did you mean 'type_1_error'?",
        ],
    ),
    (
        lambda: replace(SEARCH, space={"l2": (0.1, -0.1, "x"), "l3": (1, 2)}, n_inner=1),
        [
            "Search 'searched': expected n_inner of 2 or more. Received: n_inner=1. 3 is a start.",
            "DenseNet: expected l2 of 0 or more. Received: l2=-0.1. It is a penalty.",
            "DenseNet: expected l2 as a finite number. Received: l2='x'. Write it like 0.5.",
            "Search: expected the path of a setting. Received: path='l3'. Did you mean 'l2'?",
        ],
    ),
    (
        lambda: Baseline("forest", algoritm="random_forest", settings=[1]),
        [
            "Baseline: expected fields by name. Received: unnamed=('forest',). Write name=value.",
            "Baseline: expected a known field. Received: algoritm='random_forest'. Did you mean 'algorithm'?",
            "Baseline: expected the field name. Received: fields=('settings',). It has no default: write it, too.",
            "Baseline: expected settings as a mapping. Received: settings=[1]. Write it like {'name': 1.0}.",
        ],
    ),
]


@pytest.mark.parametrize(("make", "lines"), ALL_AT_ONCE)
def test_all_mistakes_of_a_declaration_come_at_once(make, lines):
    with pytest.raises(ValueError, match="expected") as error:
        make()
    assert str(error.value).splitlines() == lines


def test_what_is_meant_is_taken():
    assert replace(TRAINING, learning_rate=1).learning_rate == 1  # a whole number is a number
    assert replace(NET, hidden_units=()).hidden_units == ()
    assert Augmentation(shift=2).shift == 2


def test_a_random_split_tests_on_a_fifth_unless_told_otherwise():
    assert Splitting() == Splitting(kind="random")
    assert (Splitting().tested_share, Splitting(test_share=0.3).tested_share) == (0.2, 0.3)


def test_a_strangers_declaration_is_checked_the_same_way():
    class Walk(Declaration):
        miles: float
        stops: tuple[str, ...] = ()

        def check(self, expect):
            expect.positive("miles", "A tenth is a start.")

    assert str(signature(Walk)) == "(*, miles: float, stops: tuple[str, ...] = ()) -> None"
    assert Walk(miles=2) == Walk(miles=2, stops=())
    with pytest.raises(ValueError, match=r"Walk: expected a positive miles. Received: miles=-1. A tenth is a start."):
        Walk(miles=-1)
    with pytest.raises(ValueError, match=r"stops as a tuple of text. Received: stops='inn'. Write it like \('text',\)"):
        Walk(miles=1, stops="inn")


def test_a_mistake_in_what_names_a_declaration_is_told_too():
    with pytest.raises(ValueError, match="expected") as error:
        Ladder("mnist", title="", where="", data="mnist", rungs=())
    assert str(error.value).splitlines() == [
        "Ladder: expected fields by name. Received: unnamed=('mnist',). Write name=value.",
        "Ladder: expected the field name. Received: fields=('title', 'where', 'data', 'rungs'). It has no default: "
        "write it, too.",
        "Ladder: expected one rung or more, with nets of different names. Received: rungs=[]. Rename one.",
    ]
