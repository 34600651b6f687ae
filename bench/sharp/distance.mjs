// Measure how far pictures are from their references: DSSIM, (1 - mean SSIM) / 2 of the brightness.
//
// Standard input is [{picture, reference}, …], paths of files of equal size; what is transparent is laid on white. Standard
// output is a list of numbers. SSIM is ssim.js', as Wang et al. (2004) have it, by its faster way; decoding is sharp's for both.
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { ssim } from "ssim.js";

const pixels = async (path) => {
  const image = sharp(path, { limitInputPixels: false }).flatten({ background: "#ffffff" }).toColourspace("srgb").ensureAlpha();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};

const found = [];
for (const { picture, reference } of JSON.parse(readFileSync(0, "utf8"))) {
  const [one, other] = [await pixels(picture), await pixels(reference)];
  found.push((1 - ssim(one, other, { ssim: "fast", downsample: false }).mssim) / 2);
}
console.log(JSON.stringify(found));
