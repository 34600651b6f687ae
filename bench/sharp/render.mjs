// Render one master with sharp, as its documentation has it: one pipeline an output, cloned from one input.
//
// Standard input is a job: {master, together, background, outputs: [{path, width, height, format, options}]}. All pipelines
// run together, as with Promise.all in the documentation of clone(), or one after another. Standard output is the
// processor seconds that were spent before the work began.
import { readFileSync } from "node:fs";
import sharp from "sharp";

const job = JSON.parse(readFileSync(0, "utf8"));
const { user, system } = process.cpuUsage();
const input = sharp(job.master, { limitInputPixels: false });

const render = ({ path, width, height, format, options }) => {
  let pipeline = input.clone().autoOrient().resize(width, height, { fit: "fill" });
  if (format === "jpeg") pipeline = pipeline.flatten({ background: job.background });
  return pipeline.toFormat(format, options).toFile(path);
};

if (job.together) await Promise.all(job.outputs.map(render));
else for (const output of job.outputs) await render(output);
console.log((user + system) / 1e6);
