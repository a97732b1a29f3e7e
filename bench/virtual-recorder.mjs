/**
 * Commands of the virtual recorder, in process and without an initiator, beside plain calls on a file of the same size in
 * the same run: WRITE(10) and READ(10) of 64 KiB on a disc file of each write model. Contestants take turns; medians count.
 *
 *     node bench/virtual-recorder.mjs [--rounds 7] [--mebibytes 512]
 *
 * Both write one piece at a time and end with the data on the storage. The peak is that of resident memory over all rounds.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { createDisc, openDisc } from "../packages/driver-virtual/dist/index.js";
import { formatParameters, formatUnit, read10, synchronizeCache, write10 } from "../packages/mmc/dist/index.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, mebibytes: { type: "string", default: "512" } },
});
const rounds = Number(values.rounds);
const BLOCKS = 32;
const PIECE = BLOCKS * 2048;
const pieces = (Number(values.mebibytes) * 2 ** 20) / PIECE;
const content = new Uint8Array(PIECE).map((_, index) => index % 251);
const work = mkdtempSync(join(tmpdir(), "multisession-bench-"));

try {
  for (const medium of ["cd-r", "bd-r", "bd-r-pow", "dvd+rw"]) await compare(medium);
  console.log(`peak of resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function compare(medium) {
  const times = { plainWrite: [], plainRead: [], write: [], read: [] };
  for (let round = 0; round < rounds; round++) {
    plain(times);
    await recorder(medium, times);
  }
  const [plainWrite, write] = [median(times.plainWrite), median(times.write)];
  const [plainRead, read] = [median(times.plainRead), median(times.read)];
  console.log(`${medium}: WRITE(10) ${speed(write)}, file ${speed(plainWrite)}, ratio ${ratio(plainWrite, write)}`);
  console.log(`${medium}: READ(10) ${speed(read)}, file ${speed(plainRead)}, ratio ${ratio(plainRead, read)}`);
}

function plain(times) {
  const path = join(work, "plain");
  const file = openSync(path, "w+");
  times.plainWrite.push(
    timed(() => {
      for (let piece = 0; piece < pieces; piece++) writeSync(file, content, 0, PIECE, piece * PIECE);
      fdatasyncSync(file);
    }),
  );
  times.plainRead.push(
    timed(() => {
      // As a reader that keeps what it gets.
      for (let piece = 0; piece < pieces; piece++) readSync(file, new Uint8Array(PIECE), 0, PIECE, piece * PIECE);
    }),
  );
  closeSync(file);
  rmSync(path);
}

async function recorder(medium, times) {
  const path = join(work, "medium.disc");
  await createDisc(path, { medium });
  const disc = await openDisc(path);
  const run = (cdb, dataOut) => {
    const { status } = disc.run({ cdb, ...(dataOut && { dataOut }) });
    if (status !== "good") throw new Error(`${medium}: a command was refused`);
  };
  // The first command hears that a medium was loaded.
  disc.run({ cdb: new Uint8Array(6) });
  if (medium === "dvd+rw") {
    const list = formatParameters.build({ immediate: true, descriptorLength: 8, blocks: 0xffff_ffff, type: 0x26 });
    run(formatUnit.build({ hasParameters: true, formatCode: 1 }), list);
  }
  times.write.push(
    timed(() => {
      for (let piece = 0; piece < pieces; piece++) run(write10.build({ lba: piece * BLOCKS, blocks: BLOCKS }), content);
      run(synchronizeCache.build({}));
    }),
  );
  times.read.push(
    timed(() => {
      for (let piece = 0; piece < pieces; piece++) run(read10.build({ lba: piece * BLOCKS, blocks: BLOCKS }));
    }),
  );
  disc.close();
  rmSync(path);
  rmSync(`${path}.state`);
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(times) {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

function speed(milliseconds) {
  return `${Math.round((pieces * PIECE) / 2 ** 20 / (milliseconds / 1000))} MiB/s`;
}

function ratio(plainTime, time) {
  return (plainTime / time).toFixed(2);
}
