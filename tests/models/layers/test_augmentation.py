import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.ndimage import affine_transform
from sklearn.datasets import load_digits

from models.layers.augmentation import RandomAffine, expand_by_shifts

DIGITS = (load_digits().images[:40] / 16).astype(np.float32)


def test_expanding_keeps_the_originals_first_and_moves_each_by_a_pixel():
    padded = np.pad(DIGITS, ((0, 0), (2, 2), (2, 2)))
    for block, (down, right) in zip(
        np.split(expand_by_shifts(DIGITS), 5), [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)], strict=True
    ):
        rolled = np.roll(padded, (down, right), axis=(1, 2))[:, 2:-2, 2:-2]
        np.testing.assert_array_equal(block, rolled)


def test_expanding_keeps_the_type_of_the_pixels():
    assert expand_by_shifts(DIGITS.astype(np.uint8)).dtype == np.uint8


def test_images_stay_as_they_are_outside_training():
    layer = RandomAffine(shift=2, rotation=20, stretch=0.2)
    np.testing.assert_array_equal(layer(DIGITS[..., None]), DIGITS[..., None])


def test_every_image_moves_by_its_own_amounts_and_a_seed_repeats_them():
    images = np.repeat(DIGITS[:1, ..., None], 5, axis=0)
    one, again, other = (RandomAffine(shift=2, rotation=10, seed=seed)(images, training=True) for seed in (1, 1, 2))
    assert len(np.unique(one, axis=0)) == 5
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("sizes", [{"shift": 2}, {"rotation": 30}, {"stretch": 0.3}, {"shift": 1, "rotation": 15}])
def test_images_are_resampled_as_scipy_does_it(sizes):
    """SciPy counts rows first and takes the same map from new pixels to old ones."""
    layer, twin = (RandomAffine(**sizes, seed=4) for _ in range(2))
    moved = layer(DIGITS[..., None], training=True)
    for image, ours, numbers in zip(DIGITS, moved, twin._transforms(len(DIGITS), 8, 8).numpy(), strict=True):
        a, b, left, c, d, top, _, _ = numbers
        theirs = affine_transform(image, [[d, c], [b, a]], offset=[top, left], order=1, mode="grid-constant")
        np.testing.assert_allclose(ours[..., 0], theirs, atol=1e-4)


def test_a_turn_leaves_the_center_and_keeps_to_its_bounds():
    transforms = RandomAffine(rotation=20)._transforms(1000, 29, 29).numpy()
    a, b, left, c, d, top = transforms.T[:6]
    np.testing.assert_allclose(a * 14 + b * 14 + left, 14, atol=1e-4)
    np.testing.assert_allclose(c * 14 + d * 14 + top, 14, atol=1e-4)
    angles = np.degrees(np.arctan2(c, a))
    assert np.abs(angles).max() <= 20
    assert angles.std() == pytest.approx(40 / np.sqrt(12), rel=0.1)


def test_every_second_image_is_mirrored_and_nothing_else_is_done():
    images = np.repeat(DIGITS[:1, ..., None], 400, axis=0)
    flipped = RandomAffine(flip=True, seed=5)(images, training=True).numpy()
    are_mirrored = np.array([np.abs(image - images[0, :, ::-1]).max() < 1e-5 for image in flipped])
    np.testing.assert_allclose(flipped[~are_mirrored], images[~are_mirrored], atol=1e-5)
    assert 160 < are_mirrored.sum() < 240


def test_whether_images_are_mirrored_changes_no_other_amount():
    plain, mirrored = (RandomAffine(shift=2, rotation=10, seed=7, flip=flip)._transforms(50, 8, 8) for flip in (0, 1))
    np.testing.assert_allclose(np.abs(plain[:, :2]), np.abs(mirrored[:, :2]), atol=1e-6)
    np.testing.assert_array_equal(plain[:, 4], mirrored[:, 4])


def test_a_saved_net_has_its_augmentation_again(tmp_path):
    layer = RandomAffine(shift=1.5, rotation=5, stretch=0.1, flip=True, seed=3)
    net = keras.Sequential([keras.Input((8, 8, 1)), layer])
    net.save(tmp_path / "net.keras")
    again = keras.saving.load_model(tmp_path / "net.keras").layers[-1]
    assert again.get_config() == layer.get_config()
    assert isinstance(again(tf.constant(DIGITS[..., None]), training=True), tf.Tensor)
