/**
 * `multisession serve` beside Debian's `tgt` (device type cd) in one run: READ(10) and WRITE(10) of 64 KiB and 1 MiB, one and
 * eight at a time, by a client in C on libiscsi. Writes go onto a blank DVD+R at both; reads come from what was written at
 * ours, and from a DVD-ROM of the same size at tgt, which gives nothing back of a disc that is not closed. Contestants take
 * turns, the first round warms up and does not count; a ratio is the median of those of the other rounds.
 *
 *     apt-get install tgt libiscsi-dev gcc
 *     node bench/iscsi-target.mjs [--rounds 5] [--mebibytes 128]
 *
 * `tgt` runs as root. Both listen on loopback.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildClient, whileServing } from "./iscsi-client.mjs";
import { median } from "./programs.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, mebibytes: { type: "string", default: "128" } },
});
const rounds = Number(values.rounds);
const mebibytes = Number(values.mebibytes);
const work = mkdtempSync(join(tmpdir(), "multisession-bench-"));
const client = buildClient(work);

/** Blocks of a command, commands under way. */
const shapes = [
  { blocks: 32, depth: 1, text: "64 KiB, 1 at a time" },
  { blocks: 32, depth: 8, text: "64 KiB, 8 at a time" },
  { blocks: 512, depth: 1, text: "1 MiB, 1 at a time" },
  { blocks: 512, depth: 8, text: "1 MiB, 8 at a time" },
];
const DISC_BLOCKS = (shapes.length * mebibytes * 2 ** 20) / 2048;

/** Seconds for one shape; the writes of the shapes lie one behind another. */
function transfer(address, what, index) {
  const { blocks, depth } = shapes[index];
  const first = (index * DISC_BLOCKS) / shapes.length;
  const commands = DISC_BLOCKS / shapes.length / blocks;
  return client(address, what, first, blocks, commands, depth);
}

/** Seconds of all writes, and then of all reads. */
function transfers(written, read) {
  const writes = shapes.map((_, index) => transfer(written, "write", index));
  return [...writes, ...shapes.map((_, index) => transfer(read, "read", index))];
}

async function ours(round) {
  const disc = join(work, `${round}.disc`);
  const times = await whileServing(disc, "dvd+r", ({ address }) => transfers(address, address));
  rmSync(disc);
  rmSync(`${disc}.state`);
  return times;
}

async function tgt(round) {
  const [blank, rom] = [join(work, `${round}.dvd`), join(work, `${round}.iso`)];
  execFileSync("tgtimg", ["--op", "new", "--device-type", "cd", "--type", "dvd+r", "--file", blank], {
    stdio: "ignore",
  });
  writeFileSync(rom, Buffer.alloc(DISC_BLOCKS * 2048, 0xa5));
  const server = spawn("tgtd", ["-f", "-C", "77", "--iscsi", "portal=127.0.0.1:3272"], { stdio: "ignore" });
  const admin = (...words) => execFileSync("tgtadm", ["-C", "77", "--lld", "iscsi", ...words], { stdio: "pipe" });
  const unit = (lun, file) =>
    admin("--op", "new", "--mode", "logicalunit", "--tid", "1", "--lun", lun, "--device-type", "cd", "-b", file);
  const name = "iqn.2026-11.local.bench:tgt";
  try {
    await wait(500);
    admin("--op", "new", "--mode", "target", "--tid", "1", "-T", name);
    unit("1", blank);
    unit("2", rom);
    admin("--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL");
    const address = `iscsi://127.0.0.1:3272/${name}`;
    return transfers(`${address}/1`, `${address}/2`);
  } finally {
    // It does not heed SIGTERM.
    server.kill("SIGKILL");
    await once(server, "exit");
    rmSync(blank);
    rmSync(rom);
  }
}

try {
  const all = [];
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? [tgt, ours] : [ours, tgt];
    const results = new Map();
    for (const contestant of order) results.set(contestant, await contestant(round));
    if (round > 0) all.push({ own: results.get(ours), peer: results.get(tgt) });
  }
  for (const [place, what] of ["WRITE(10)", "READ(10)"].entries()) {
    for (const [index, { text }] of shapes.entries()) {
      const at = place * shapes.length + index;
      const ratios = all.map(({ own, peer }) => peer[at] / own[at]);
      const speed = (side) =>
        `${Math.round((mebibytes * 1.048576) / median(all.map((round) => round[side][at])))} MB/s`;
      const each = ratios.map((ratio) => ratio.toFixed(2)).join(" ");
      console.log(
        `${what} ${text}: ${speed("own")}, tgt ${speed("peer")}, ratio ${median(ratios).toFixed(2)} (${each})`,
      );
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
