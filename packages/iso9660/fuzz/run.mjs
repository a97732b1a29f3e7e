/**
 * Reads damaged discs for a while: `npm run fuzz`, ten minutes, or `npm run fuzz -- --minutes 60`. `--seed N` starts where
 * another run broke, on a machine where the same programs are installed.
 */
import { parseArgs } from "node:util";
import * as core from "@multisession/core";
import * as iso9660 from "@multisession/iso9660";
import { fuzz } from "./fuzz.mjs";
import { strangersCorpus } from "./strangers.mjs";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const end = Date.now() + Number(values.minutes) * 60_000;
if (!Number.isFinite(end) || !Number.isInteger(seed)) throw new TypeError("--minutes and --seed take numbers");
const more = strangersCorpus();
console.log(`Seed ${seed}, ${values.minutes} min, ${more.length} discs of other programs besides ours`);
const done = await fuzz({ core, iso9660 }, { seed, more, isOver: () => Date.now() >= end });
console.log(`${done} damaged discs were read; none broke the reader.`);
