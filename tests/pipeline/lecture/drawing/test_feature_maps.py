"""Pictures of example 10's real digit: its numbers are written, its sum comes out."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.datasets import load_digits

from experiments.worked.convolution import CONVOLUTION
from pipeline.data.task import Classification
from pipeline.data.values import Dataset
from pipeline.lecture.drawing.feature_maps import PER_BLOCK, draw_kernels, draw_neuron
from pipeline.lecture.working.convolution import work_convolution


@pytest.fixture(scope="module")
def worked():
    return work_convolution(CONVOLUTION.with_givens(epochs=1))


def texts(figure):
    return ["".join(text.itertext()).strip() for text in ElementTree.fromstring(figure.svg).iter("text")]


def test_every_number_of_digit_kernel_and_maps_is_written(worked):
    shown = [worked.arrays["digit"]] + [
        worked.arrays[f"edges.{name}"][..., 0] for name in ("kernels", "maps", "pooled")
    ]

    written = [text.replace("−", "-") for text in texts(draw_neuron(worked)) if re.fullmatch(r"−?\d+", text)]

    assert sorted(map(float, written)) == sorted(np.concatenate([values.ravel() for values in shown]))


def test_the_sum_in_the_caption_is_the_strongest_answer(worked):
    terms, total = re.search(r"weights, ([^=]+) = (\d+)", draw_neuron(worked).caption).groups()

    assert sum(float(term) for term in re.findall(r"[+-]?\d+", terms.replace(" ", "").replace("−", "-"))) == float(
        total
    )
    assert float(total) == worked.arrays["edges.maps"][..., 0].max()


def test_every_kernel_has_its_name_and_each_block_its_rows(worked):
    names = [f"kernel {number}" for number in range(1, 9)]

    written = texts(draw_kernels(worked, "learnt", names, title="Learnt", caption=""))

    assert set(names) <= set(written)
    assert written.count("kernel") == len(names) // PER_BLOCK


def test_pixels_of_large_images_are_drawn_without_numbers():
    digits = load_digits()
    sheets = digits.images[:160].reshape(40, 2, 2, 8, 8).swapaxes(2, 3).reshape(40, 16, 16)
    four_each = Dataset(
        name="four_each",
        X=sheets.astype(np.uint8),
        y=digits.target[:160:4],
        feature_names=(),
        task=Classification(class_names=tuple("0123456789")),
        source="",
        citation="",
        version="1",
    )

    figure = draw_neuron(work_convolution(CONVOLUTION.with_givens(epochs=1), four_each))

    assert texts(figure) == ["digit", "kernel", "feature map", "after pooling"]
