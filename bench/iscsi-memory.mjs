/**
 * Memory of `multisession serve` while a whole BD-R of 25 GB is recorded through it: resident now and at most, after each
 * sixteenth. The client is the one of iscsi-target.mjs. Needs Linux, and 25 GB of room for temporary files.
 *
 *     node bench/iscsi-memory.mjs [--gigabytes 25]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildClient, whileServing } from "./iscsi-client.mjs";

const { values } = parseArgs({ options: { gigabytes: { type: "string", default: "25" } } });
const BLOCKS_A_COMMAND = 512;
const COMMANDS = Math.floor((Number(values.gigabytes) * 1e9) / 16 / 2048 / BLOCKS_A_COMMAND);
const work = mkdtempSync(join(tmpdir(), "multisession-bench-"));

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
  return `${mebibytes("VmRSS")} MiB, at most ${mebibytes("VmHWM")} MiB`;
}

try {
  const client = buildClient(work);
  await whileServing(join(work, "large.disc"), "bd-r", ({ address, pid }) => {
    console.log(`idle: ${memoryOf(pid)}`);
    for (let part = 0; part < 16; part++) {
      const first = part * COMMANDS * BLOCKS_A_COMMAND;
      const seconds = client(address, "write", first, BLOCKS_A_COMMAND, COMMANDS, 8);
      const gigabytes = ((first + COMMANDS * BLOCKS_A_COMMAND) * 2048) / 1e9;
      console.log(`${gigabytes.toFixed(1)} GB: ${memoryOf(pid)} (${seconds.toFixed(1)} s)`);
    }
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
