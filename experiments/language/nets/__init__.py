"""Nets: what they are made of and how they are trained. A file for each kind, a line for each in the table below."""

from experiments.language.candidate import register
from experiments.language.nets.conv import Augmentation, ConvNet, Convolution, Padding
from experiments.language.nets.dense import DenseNet, Initializer
from experiments.language.nets.net import Activation, LayeredNet, Net, Style
from experiments.language.nets.rates import Rates
from experiments.language.nets.real_mlp import RealMLP, Smooth
from experiments.language.nets.recurrent import Cell, RecurrentNet
from experiments.language.nets.tabm import Adapters, TabM
from experiments.language.nets.training import (
    Cost,
    DecaySchedule,
    Expansion,
    Held,
    Monitor,
    Optimizer,
    Precision,
    Schedule,
    Training,
)

register("dense_net", DenseNet)
register("conv_net", ConvNet)
register("recurrent_net", RecurrentNet)
register("tabm", TabM)
register("real_mlp", RealMLP)

__all__ = [
    "Activation",
    "Adapters",
    "Augmentation",
    "Cell",
    "ConvNet",
    "Convolution",
    "Cost",
    "DecaySchedule",
    "DenseNet",
    "Expansion",
    "Held",
    "Initializer",
    "LayeredNet",
    "Monitor",
    "Net",
    "Optimizer",
    "Padding",
    "Precision",
    "Rates",
    "RealMLP",
    "RecurrentNet",
    "Schedule",
    "Smooth",
    "Style",
    "TabM",
    "Training",
]
