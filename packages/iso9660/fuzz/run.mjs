/**
 * Reads damaged discs for a while: `node packages/iso9660/fuzz/run.mjs --minutes 10`, after a build. `--seed N` starts where
 * another run broke.
 */
import { parseArgs } from "node:util";
import * as core from "@multisession/core";
import * as iso9660 from "@multisession/iso9660";
import { fuzz } from "./fuzz.mjs";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "1" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const end = Date.now() + Number(values.minutes) * 60_000;
if (!Number.isFinite(end) || !Number.isInteger(seed)) throw new TypeError("--minutes and --seed take numbers");
console.log(`Seed ${seed}, ${values.minutes} min`);
const done = await fuzz({ core, iso9660 }, { seed, isOver: () => Date.now() >= end });
console.log(`${done} damaged discs were read; none broke the reader.`);
