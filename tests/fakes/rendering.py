"""Outputs that are rendered of a master in a test, and reopened by another decoder."""

import io
from collections.abc import Callable

from PIL import Image, ImageCms

from assetwire.domain.spec import ColourSpace, Encoding, Format, Frame, Output

PNG = Encoding(format=Format.PNG, effort=1)


JPEG = Encoding(format=Format.JPEG, quality=95)


WEBP = Encoding(format=Format.WEBP, quality=90, effort=0)


INK = Encoding(format=Format.TIFF, colours=ColourSpace.CMYK, profile=True)


LANCZOS = Image.Resampling.LANCZOS


SRGB = ImageCms.createProfile("sRGB")


Made = Callable[..., dict[str, Image.Image]]


def output(frame: Frame, encoding: Encoding = PNG, name: str = "a") -> Output:
    return Output(name=name, frame=frame, encoding=encoding)


def one(images: dict[str, Image.Image]) -> Image.Image:
    (image,) = images.values()
    return image


def profile_of(image: Image.Image) -> str:
    data = image.info.get("icc_profile")
    return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(data))).strip("\0\n ") if data else ""
