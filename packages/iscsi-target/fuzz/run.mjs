/**
 * Damaged iSCSI sessions for a while: `node packages/iscsi-target/fuzz/run.mjs`, an hour, or `--minutes 10`. `--seed N` starts
 * where another run broke.
 */
import { parseArgs } from "node:util";
import * as driverVirtual from "@multisession/driver-virtual";
import * as iscsiTarget from "@multisession/iscsi-target";
import { fuzz } from "./fuzz.mjs";
import { withStand } from "./stand.mjs";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const end = Date.now() + Number(values.minutes) * 60_000;
if (!Number.isFinite(end) || !Number.isInteger(seed)) throw new TypeError("--minutes and --seed take numbers");
console.log(`Seed ${seed}, ${values.minutes} min`);
const done = await withStand({ iscsiTarget, driverVirtual }, (stand) =>
  fuzz(stand, { seed, isOver: () => Date.now() >= end }),
);
console.log(`${done} damaged sessions were played; none broke the target.`);
