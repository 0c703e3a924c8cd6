"""The lecture's history with its papers, and two numbers of it that cannot be recomputed here."""

from experiments.language.printed import Definition, Printed, Reading, WorkedExample

_WHERE = "II. Neural Networks | 2000 - present"

HISTORY = WorkedExample(
    name="history",
    title="A short history",
    where="II. Neural Networks | History; Why; Applications; Others",
    story=(
        "From a neuron that can only say yes or no to nets that read, hear and see. What the slides list as "
        "applications is at hand here: characters are read by the experiments digits and mnist, loans are judged by "
        "bankruptcy, pictures are compressed by the autoencoder below."
    ),
    givens={
        "periods": ((1957, 1960), (1970, 1986), (1989, 1998), (2000, 2020)),
        "time_line": (
            (1957, "perceptron: Rosenblatt"),
            (1985, "back-propagation: Rumelhart, Hinton, Williams"),
            (1989, "zip codes read by convolution: LeCun and others"),
            (1993, "autoencoders: Hinton, Zemel"),
            (1993, "speech by recurrent nets: Bengio"),
            (2009, "training on graphics processors: Raina, Madhavan, Ng"),
            (2012, "speech by deep nets, dropout: Hinton and others"),
            (2012, "ImageNet won: Krizhevsky, Sutskever, Hinton"),
            (2018, "Turing Award: Bengio, Hinton, LeCun"),
        ),
    },
    printed=(
        Printed(
            "15.3",
            item="history",
            symbol="imagenet_top5_error_percent",
            where=_WHERE,
            kind="not_recomputable",
            why="A result of 2012 (Krizhevsky, Sutskever and Hinton), on 1.2 million images that are not here.",
        ),
        Printed(
            "70",
            item="history",
            symbol="gpu_over_cpu",
            where=_WHERE,
            kind="not_recomputable",
            why="A ratio of two machines of 2009 (Raina, Madhavan and Ng); any other pair has another.",
        ),
    ),
    definitions=(
        Definition(
            term="1957 to 1960",
            text="The perceptron: a simplified model of the neurons of the human brain, by the psychologist Frank "
            "Rosenblatt. One layer, no hidden neurons.",
        ),
        Definition(
            term="1970 to 1986",
            text="Nets of several layers and back-propagation: Rumelhart, Hinton and Williams (1985, 1986) show that "
            "hidden layers can be trained, and explain it concisely.",
        ),
        Definition(
            term="1989 to 1998",
            text="The foundation of deep learning: LeCun and others (1989) read handwritten zip codes by convolution; "
            "Hinton and Zemel (1993) learn without answers by autoencoders; Bengio (1993) recognizes speech by "
            "recurrent nets; LeCun and Bengio (1995) sum up convolution for images, speech and time series.",
        ),
        Definition(
            term="2000 to the present",
            text="Raina, Madhavan and Ng (2009) train on graphics processors; Hinton and others (2012) recognize "
            "speech by deep nets and let neurons drop out; Krizhevsky, Sutskever and Hinton (2012) win on ImageNet. "
            "Bengio, Hinton and LeCun receive the Turing Award of 2018.",
        ),
        Definition(
            term="Why nets",
            text="They recognize patterns of high complexity and learn what nobody could write down as rules; they are "
            "the building block of what came after; and computers and data have grown: with more rows a larger net "
            "still gains where a small one has learned all it can.",
        ),
        Definition(
            term="Deep learning",
            text="Deep nets and further training algorithms: recurrent nets and long short-term memory, each with a "
            "section below; Boltzmann machines and deep belief nets: the experiment boltzmann trains a "
            "restricted one, which dreams of digits, and a stack of two as a classifier.",
        ),
    ),
    reading=(
        Reading(
            title="Rosenblatt (1957), The perceptron, a perceiving and recognizing automaton. Cornell Aeronautical "
            "Laboratory"
        ),
        Reading(title="Rumelhart, Hinton and Williams (1985), Learning internal representations by error propagation"),
        Reading(
            title="Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors. Nature "
            "323, 533-536"
        ),
        Reading(
            title="LeCun, Boser, Denker, Henderson, Howard, Hubbard and Jackel (1989), Backpropagation applied to "
            "handwritten zip code recognition. Neural Computation 1(4), 541-551"
        ),
        Reading(title="Hinton and Zemel (1993), Autoencoders, minimum description length and Helmholtz free energy"),
        Reading(title="Bengio (1993), A connectionist approach to speech recognition"),
        Reading(title="LeCun and Bengio (1995), Convolutional networks for images, speech, and time series"),
        Reading(
            title="Raina, Madhavan and Ng (2009), Large-scale deep unsupervised learning using graphics processors"
        ),
        Reading(title="Hinton and others (2012), Deep neural networks for acoustic modeling in speech recognition"),
        Reading(
            title="Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov (2012), Improving neural networks by "
            "preventing co-adaptation of feature detectors",
            link="https://arxiv.org/abs/1207.0580",
        ),
        Reading(title="Krizhevsky, Sutskever and Hinton (2012), Imagenet classification with deep convolutional nets"),
        Reading(
            title="Vincent (2019), 'Godfathers of AI' honored with Turing Award",
            link="https://www.theverge.com/2019/3/27/18280665/ai-godfathers-turing-award-2018-yoshua-bengio-geoffrey-"
            "hinton-yann-lecun",
        ),
        Reading(
            title="Nielsen (2015), Neural Networks and Deep Learning",
            link="http://neuralnetworksanddeeplearning.com/index.html",
        ),
        Reading(title="CS231n: Convolutional Neural Networks for Visual Recognition", link="https://cs231n.github.io"),
        Reading(
            title="Large Scale Visual Recognition Challenge 2010", link="http://image-net.org/challenges/LSVRC/2010/"
        ),
        Reading(
            title="For Dummies: the introduction to neural networks we all need",
            link="https://medium.com/technologymadeeasy/for-dummies-the-introduction-to-neural-networks-we-all-need-"
            "c50f6012d5eb",
        ),
        Reading(
            title="What is the difference between a neural network and a deep neural network?",
            link="https://stats.stackexchange.com/questions/182734",
        ),
        Reading(
            title="What is the difference between neural networks and deep learning?",
            link="https://www.quora.com/What-is-the-difference-between-Neural-Networks-and-Deep-Learning",
        ),
        Reading(title="Artificial neural network", link="https://en.wikipedia.org/wiki/Artificial_neural_network"),
        Reading(
            title="A Basic Introduction To Neural Networks",
            link="http://pages.cs.wisc.edu/~bolo/shipyard/neural/local.html",
        ),
    ),
)
