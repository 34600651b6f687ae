"""Makes the sample masters in `samples/masters` from photographs that two Python packages ship.

`pip download --no-deps scikit-image==0.26.0 scikit-learn==1.9.1`, unpack both wheels below one folder, then
`python scripts/make_samples.py THAT_FOLDER samples/masters`. The same sources, Pillow and libvips give the same bytes.
Licences and attributions: `samples/README.md`.
"""

import argparse
import hashlib
import io
import struct
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import pyvips
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageFilter, ImageStat

# SHA-256 of every photograph used, as shipped by scikit-image 0.26.0 and (china, flower) scikit-learn 1.9.1.
SOURCES = {
    "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "china.jpg": "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    "clock_motion.png": "f029226b28b642e80113d86622e9b215ee067a0966feaf5e60604a1e05733955",
    "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "flower.jpg": "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
    "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    "hubble_deep_field.jpg": "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4",
    "retina.jpg": "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6",
    "rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
}

CC0 = "CC0 1.0, no rights reserved"
CC_BY = "CC BY 2.0, https://creativecommons.org/licenses/by/2.0/"

# Mean absolute difference, in 8-bit levels, that sRGB -> Adobe RGB -> JPEG -> sRGB may leave: JPEG's own loss, mostly.
ROUND_TRIP_TOLERANCE = 2.0

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]  # rows


def _times(matrix: Matrix, vector: Vector) -> Vector:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    cofactors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    first, second, third = ((p / determinant, q / determinant, r / determinant) for p, q, r in cofactors)
    return first, second, third


def _xyz(x: float, y: float) -> Vector:
    return x / y, 1.0, (1 - x - y) / y


def adobe_rgb_colorants() -> tuple[Vector, Vector, Vector]:
    """Return the red, green and blue colorants (XYZ, Y of white = 1) of Adobe RGB (1998), adapted from D65 to D50.

    Chromaticities: Adobe RGB (1998) Color Image Encoding, version 2005-05 (primaries and D65 white).
    D50: the illuminant of the profile connection space in ICC.1:2001-04. Adaptation: linear Bradford. The result equals
    the Adobe profile inside scikit-image's rocket.jpg to the last bit of s15Fixed16, save blue's Z, which is one less.
    """
    primaries = (_xyz(0.64, 0.33), _xyz(0.21, 0.71), _xyz(0.15, 0.06))
    d65, d50 = _xyz(0.3127, 0.3290), (0.9642, 1.0, 0.8249)
    bradford: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))

    red, green, blue = primaries
    columns: Matrix = tuple(zip(red, green, blue, strict=True))  # type: ignore[assignment]
    amounts = _times(_inverse(columns), d65)
    cones_from, cones_to = _times(bradford, d65), _times(bradford, d50)

    def adapted(colour: Vector, amount: float) -> Vector:
        long, medium, short = _times(bradford, colour)
        gains = tuple(to / was for to, was in zip(cones_to, cones_from, strict=True))
        return _times(
            _inverse(bradford), (long * gains[0] * amount, medium * gains[1] * amount, short * gains[2] * amount)
        )

    return adapted(red, amounts[0]), adapted(green, amounts[1]), adapted(blue, amounts[2])


def _xyz_tag(values: Vector) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def adobe_rgb_profile() -> bytes:
    """Return a minimal ICC version 2 display profile that is compatible with Adobe RGB (1998).

    Gamma is 2.19921875 (563/256), the figure of Adobe RGB (1998) Color Image Encoding, version 2005-05: `curv` with
    one u8Fixed8 entry states it exactly. Layout: ICC.1:2001-04. Not Adobe's file, and not named as such.
    """
    red, green, blue = adobe_rgb_colorants()
    name = b"Compatible with Adobe RGB (1998)\0"
    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.19921875 * 256))
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67),
        b"cprt": b"text\0\0\0\0Made by Assetwire. CC0 1.0, no rights reserved.\0",
        b"wtpt": _xyz_tag(_xyz(0.3127, 0.3290)),
        b"rXYZ": _xyz_tag(red),
        b"gXYZ": _xyz_tag(green),
        b"bXYZ": _xyz_tag(blue),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    directory, body, offsets = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for signature, content in tags.items():
        if content not in offsets:  # the three curves share one
            offsets[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        directory += signature + struct.pack(">II", offsets[content], len(content))
    header = struct.pack(">I4sI4s4s4s", start + len(body), bytes(4), 0x02200000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += struct.pack(">3i", round(0.9642 * 65536), 65536, round(0.8249 * 65536)) + bytes(48)
    return header + struct.pack(">I", len(tags)) + directory + body


def _vips(image: Image.Image) -> pyvips.Image:
    width, height = image.size
    bands = len(image.getbands())
    return pyvips.Image.new_from_memory(image.tobytes(), width, height, bands, "uchar").copy(interpretation="srgb")


def _pillow(image: pyvips.Image, mode: str) -> Image.Image:
    return Image.frombytes(mode, (image.width, image.height), bytes(image.write_to_memory()))


def builtin_profile(name: str) -> bytes:
    """Return the bytes of a profile built into libvips: "srgb" (CC0) or "cmyk" (public domain)."""
    return bytes(pyvips.Operation.call("profile_load", name))


def in_space(image: Image.Image, profile: Path | str, mode: str = "RGB") -> Image.Image:
    """Return sRGB `image` converted by libvips, relative colorimetric, into `profile`: a file or a built-in."""
    converted = _vips(image).icc_transform(
        str(profile), input_profile="srgb", intent="relative", black_point_compensation=True, depth=8
    )
    return _pillow(converted, mode)


def _exif(artist: str, rights: str, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = artist
    exif[ExifTags.Base.Copyright] = rights
    return exif


def _xmp(creator: str, credit: str, rights: str) -> bytes:
    creator, credit, rights = escape(creator), escape(credit), escape(rights)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Credit="{credit}">
<dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{rights}</rdf:li></rdf:Alt></dc:rights>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>""".encode()


class SampleMaker:
    """Writes each sample master into one folder from photographs found in another."""

    def __init__(self, sources: Path, out: Path) -> None:
        """Find the photographs below `sources`.

        Raises:
            SystemExit: one is missing, or is not the file that the figures and licences in README.md are about.
        """
        self._paths = {}
        for name, digest in SOURCES.items():
            found = [p for p in sources.rglob(name) if hashlib.sha256(p.read_bytes()).hexdigest() == digest]
            if not found:
                raise SystemExit(f"{name} with SHA-256 {digest} is not below {sources}")
            self._paths[name] = found[0]
        self._out = out

    def _photograph(self, name: str) -> Image.Image:
        """Return the photograph in sRGB: rocket.jpg, for one, is shipped in Adobe RGB (1998)."""
        with Image.open(self._paths[name]) as image:
            profile = image.info.get("icc_profile")
            if not profile or image.mode != "RGB":
                return image.copy()
            target = ImageCms.ImageCmsProfile(io.BytesIO(builtin_profile("srgb")))
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC)
        bare = Image.new("RGB", converted.size)  # leaves the source's metadata behind
        bare.paste(converted)
        return bare

    def _path(self, name: str) -> Path:
        path = self._out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def coffee(self) -> None:
        """Write the sRGB JPEG with its credits, its duplicate, and its broken siblings."""
        rights = f"{CC0} (Rachel Michetti)"
        path = self._path("AW-1001_coffee-cup_front.jpg")
        self._photograph("coffee.png").save(
            path,
            quality=92,
            subsampling=0,
            icc_profile=builtin_profile("srgb"),
            exif=_exif("Rachel Michetti", rights),
            xmp=_xmp("Rachel Michetti", "Pikolo Espresso Bar / scikit-image", rights),
        )
        jpeg = path.read_bytes()
        self._path("supplier-b/IMG_4711.jpg").write_bytes(jpeg)
        self._path("AW-1001_coffee-cup_detail (incomplete upload).jpg").write_bytes(jpeg[: len(jpeg) * 2 // 5])
        self._path("AW-1001_shooting-notes.jpg").write_text(
            "Not a photograph: shooting notes that were saved under the wrong name.\n", encoding="utf-8", newline="\n"
        )

    def rotated(self) -> None:
        """Write the two JPEGs that are upright only once their EXIF orientation is applied."""
        rocket = self._photograph("rocket.jpg").crop((150, 0, 490, 427))
        rocket.transpose(Image.Transpose.ROTATE_90).save(
            self._path("DSC_0042.JPG"), quality=90, exif=_exif("SpaceX", "Public domain (SpaceX)", orientation=6)
        )
        cat = self._photograph("chelsea.png")
        cat.transpose(Image.Transpose.ROTATE_270).save(
            self._path("DSC_0043.JPG"), quality=90, exif=_exif("Stefan van der Walt", CC0, orientation=8)
        )

    def cut_out(self) -> None:
        """Write the PNG with alpha: the black surround of the photograph becomes transparent, with a soft edge."""
        photograph = self._photograph("retina.jpg")
        mask = photograph.getchannel("R").point([0] * 40 + [255] * 216)
        mask = mask.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(2))
        surround = Image.new("RGB", photograph.size)
        cut = Image.composite(photograph, surround, mask.point([0] + [255] * 255))
        cut.putalpha(mask)
        cut.save(self._path("AW-2001_fundus_cutout.png"), optimize=True)

    def sixteen_bit(self) -> None:
        """Write the 16-bit PNG: averaging 2x2 pixels at 16 bits gives values between the 8-bit source's own."""
        deep = _vips(self._photograph("hubble_deep_field.jpg")).colourspace("rgb16").shrink(2, 2)
        deep.pngsave(
            str(self._path("AW-2002_deep-field_16bit.png")), bitdepth=16, compression=9, filter="all", keep="none"
        )

    def adobe_rgb(self) -> float:
        """Write the JPEG in Adobe RGB (1998) and return the mean difference of its round trip to sRGB, in 8-bit levels.

        Raises:
            SystemExit: the difference is above `ROUND_TRIP_TOLERANCE`.
        """
        photograph = self._photograph("flower.jpg")
        profile = adobe_rgb_profile()
        path = self._path("Dahlie Blüte 01 AdobeRGB.jpg")
        profile_path = path.with_suffix(".icc")
        profile_path.write_bytes(profile)
        try:
            converted = in_space(photograph, profile_path)
        finally:
            profile_path.unlink()
        credit = "vultilion (Flickr), via scikit-learn"
        rights = f"Some rights reserved by vultilion. {CC_BY}. Converted to Adobe RGB."
        converted.save(
            path,
            quality=95,
            subsampling=0,
            icc_profile=profile,
            exif=_exif("vultilion", rights),
            xmp=_xmp("vultilion", credit, rights),
        )
        with Image.open(path) as image:
            source = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
            back = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
        means = ImageStat.Stat(ImageChops.difference(back, photograph)).mean
        difference = sum(means) / len(means)
        if difference > ROUND_TRIP_TOLERANCE:
            raise SystemExit(f"{path.name}: its round trip to sRGB differs by {difference:.2f} levels on average")
        return difference

    def cmyk(self) -> None:
        """Write the CMYK TIFF with libvips' public-domain CMYK profile inside."""
        path = self._path("AW-3001_pavilion_print_CMYK.tif")
        rights = f"Some rights reserved by danielbuechele. {CC_BY}. Converted to CMYK."
        tags = {ExifTags.Base.Artist: "danielbuechele", ExifTags.Base.Copyright: rights, ExifTags.Base.Predictor: 2}
        in_space(self._photograph("china.jpg"), "cmyk", "CMYK").save(
            path,
            compression="tiff_adobe_deflate",
            dpi=(300, 300),
            icc_profile=builtin_profile("cmyk"),
            tiffinfo={int(tag): value for tag, value in tags.items()},
        )

    def web_formats(self) -> None:
        """Write the WebP, the AVIF, the animated GIF, and the PNG that is named .jpg."""
        clock = self._photograph("clock_motion.png").convert("RGB")
        clock.save(self._path("AW-4001_wall-clock_motion.webp"), quality=90, method=6)
        brick = self._photograph("brick.png").convert("RGB")
        brick.save(self._path("AW-4002_brick_swatch.avif"), quality=75, speed=6, codec="aom", max_threads=1)
        gravel = self._photograph("gravel.png")
        frames = [gravel.crop((step, step, step + 240, step + 240)) for step in range(0, 96, 24)]
        frames[0].save(
            self._path("AW-4003_gravel_teaser.gif"), save_all=True, append_images=frames[1:], duration=200, loop=0
        )
        self._photograph("grass.png").save(self._path("AW-4004_grass_swatch.jpg"), format="PNG", optimize=True)


def main() -> None:
    """Make every sample master, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source_dir", type=Path, help="folder holding both unpacked wheels")
    parser.add_argument("out_dir", type=Path, help="folder to write into, as samples/masters")
    arguments = parser.parse_args()

    maker = SampleMaker(arguments.source_dir, arguments.out_dir)
    maker.coffee()
    maker.rotated()
    maker.cut_out()
    maker.sixteen_bit()
    difference = maker.adobe_rgb()
    maker.cmyk()
    maker.web_formats()

    files = sorted(path for path in arguments.out_dir.rglob("*") if path.is_file())
    for path in files:
        sys.stdout.write(f"{path.stat().st_size:>9}  {path.relative_to(arguments.out_dir)}\n")
    sys.stdout.write(f"{sum(path.stat().st_size for path in files):>9}  in all\n")
    sys.stdout.write(f"Adobe RGB sample, back in sRGB: mean difference {difference:.2f} levels of 255\n")


if __name__ == "__main__":
    main()
