"""Image files become pixels: every kind, gray or in color, upright; what is not whole is refused."""

import base64
import io
import zlib

import numpy as np
import pytest
from PIL import Image

from models.images import MOST_PIXELS, Images, decode, header

RANDOM = np.random.default_rng(0)
COLOR = RANDOM.integers(0, 256, (6, 4, 3), dtype=np.uint8)
GRAY = COLOR[..., 0]


def encoded(pixels, kind="PNG", **how) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def test_pixels_come_back_as_they_were():
    contract = Images(height=6, width=4, is_color=True)
    assert np.array_equal(contract.pixels(encoded(COLOR), "a"), COLOR)
    assert np.array_equal(contract.pixels(encoded(COLOR, "WEBP", lossless=True), "a"), COLOR)
    gray = Images(height=6, width=4, is_color=False)
    assert np.array_equal(gray.pixels(encoded(GRAY), "a"), GRAY)
    assert np.array_equal(gray.pixels(encoded(np.stack([GRAY] * 3, axis=-1)), "a"), GRAY)
    assert np.abs(gray.pixels(encoded(np.full((6, 4), 77, np.uint8), "JPEG"), "a").astype(int) - 77).max() <= 1


def test_16_bits_are_scaled_and_not_cut_off():
    deep = np.array([[0, 257, 25_700, 65_535]], np.uint16)
    pixels = Images(height=1, width=4, is_color=False).pixels(encoded(Image.fromarray(deep)), "a")
    assert pixels.tolist() == [[0, 1, 100, 255]]


def test_what_is_transparent_becomes_white():
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0, 0] = (10, 20, 30, 255)
    pixels = Images(height=2, width=2, is_color=True).pixels(encoded(rgba), "a")
    assert pixels[0, 0].tolist() == [10, 20, 30]
    assert (pixels.reshape(-1, 3)[1:] == 255).all()
    palette = Image.fromarray(COLOR).quantize(4)
    assert decode(encoded(palette), "a").mode == "RGB"
    assert not header(encoded(Image.fromarray(GRAY > 100)), "a").is_color


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_as_its_camera_says(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    blocks = np.kron(np.array([[0, 255], [90, 170], [30, 220]], np.uint8), np.ones((8, 8), np.uint8))
    turned = {
        1: blocks, 2: blocks[:, ::-1], 3: blocks[::-1, ::-1], 4: blocks[::-1],
        5: blocks.T, 6: np.rot90(blocks, -1), 7: blocks[::-1, ::-1].T, 8: np.rot90(blocks),
    }[orientation]  # fmt: skip
    how = {"JPEG": {"quality": 100}, "PNG": {}, "WEBP": {"lossless": True}}
    for kind, options in how.items():
        content = encoded(blocks, kind, exif=exif, **options)
        found = header(content, "a")
        assert (found.height, found.width) == turned.shape
        pixels = np.asarray(decode(content, "a").convert("L"))
        assert np.abs(pixels.astype(int) - turned).max() <= 3


def test_an_image_of_another_size_is_resized_whole():
    flat = np.full((30, 50, 3), (200, 100, 0), np.uint8)
    pixels = Images(height=7, width=9, is_color=True).pixels(encoded(flat), "a")
    assert pixels.shape == (7, 9, 3)
    assert (pixels == (200, 100, 0)).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_whatever_is_cut_off_is_told(kind):
    content = encoded(RANDOM.integers(0, 256, (24, 16, 3), dtype=np.uint8), kind)
    for n_kept in [1, 11, 40, len(content) // 2, len(content) - 20, len(content) - 5, len(content) - 1]:
        with pytest.raises(ValueError, match=r"^a\.x: expected a PNG, JPEG or WebP image"):
            decode(content[:n_kept], "a.x")


def test_a_damaged_byte_is_told():
    content = bytearray(encoded(RANDOM.integers(0, 256, (24, 16, 3), dtype=np.uint8)))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(ValueError, match=r"a: expected a PNG, JPEG or WebP image that is whole"):
        decode(bytes(content), "a")


def test_a_name_must_be_true():
    with pytest.raises(ValueError, match=r"a\.png: expected a PNG image, as its name says\. Received: found='JPEG'"):
        header(encoded(COLOR, "JPEG"), "a.png", ".png")
    with pytest.raises(ValueError, match=r"a\.png: expected a PNG, JPEG or WebP image\. Received: begins=b'hello'"):
        header(b"hello", "a.png", ".png")
    assert header(encoded(COLOR, "JPEG"), "a", "").is_color


@pytest.mark.parametrize("side", [30_000, 12_000])
def test_a_bomb_is_told_before_it_is_decoded(side):
    rows = zlib.compress(bytes(64))
    bomb = encoded(np.zeros((1, 1), np.uint8)).replace(
        (1).to_bytes(4) + (1).to_bytes(4), side.to_bytes(4) + side.to_bytes(4), 1
    )
    start = bomb.index(b"IHDR")
    bomb = bomb[: start + 17] + zlib.crc32(bomb[start : start + 17]).to_bytes(4) + bomb[start + 21 :] + rows
    with pytest.raises(ValueError, match=rf"expected at most {MOST_PIXELS:,} pixels\. Received: pixels={side**2}"):
        header(bomb, "a")


def test_what_moves_is_told():
    frames = [Image.fromarray(COLOR), Image.fromarray(255 - COLOR)]
    content = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match=r"expected a single image\. Received: frames=2"):
        header(content, "a")


def test_a_server_takes_arrays_and_files_alike():
    contract = Images(height=6, width=4, is_color=True)
    text = base64.b64encode(encoded(COLOR)).decode()
    for given in ([text], np.array([text], object), [f"data:image/png;base64,{text}"], [COLOR.tolist()], COLOR[None]):
        assert np.array_equal(contract.rows(given), COLOR[None])
        assert contract.rows(given).dtype == np.uint8


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (COLOR, r"expected images of shape \(6, 4, 3\)"),
        (COLOR[None] / 255, "expected whole pixels of 0 to 255"),
        ([COLOR[:2].tolist()], r"expected images of shape \(6, 4, 3\)"),
        ([COLOR.tolist(), COLOR[:2].tolist()], "expected images of one shape"),
        (["no base64!"], "image 0: expected a file in base64"),
        ([base64.b64encode(b"hello").decode()], "image 0: expected a PNG, JPEG or WebP image"),
    ],
)
def test_a_server_refuses_what_is_no_image(given, said):
    with pytest.raises(ValueError, match=said):
        Images(height=6, width=4, is_color=True).rows(given)


def test_the_contract_comes_back():
    contract = Images(height=6, width=4, is_color=True)
    assert Images.from_json(contract.to_json()) == contract
