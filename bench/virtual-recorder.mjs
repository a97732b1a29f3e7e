/**
 * Commands of the virtual recorder, in process and without an initiator, beside plain calls on a file of the same size in
 * the same run: WRITE(10) and READ(10) of 64 KiB on a disc file of each write model. Contestants take turns, the first round
 * warms up and does not count; a ratio is the median of those of the other turns, of the time on the wall and of that of
 * the processor, which tells more where other programs use the computer too. Then: how long it takes to open a disc of 10,000
 * sessions, and one of 500 replacements by pseudo-overwrite.
 *
 *     node bench/virtual-recorder.mjs [--rounds 7] [--mebibytes 512]
 *
 * Both write one piece at a time and end with the data on the storage; both read each piece into memory of its own that is
 * not cleared first. The peak is that of resident memory over all rounds.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { createDisc, openDisc } from "../packages/driver-virtual/dist/index.js";
import {
  closeTrackSession,
  formatParameters,
  formatUnit,
  read10,
  synchronizeCache,
  write10,
} from "../packages/mmc/dist/index.js";
import { median } from "./programs.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, mebibytes: { type: "string", default: "512" } },
});
const rounds = Number(values.rounds);
const BLOCKS = 32;
const PIECE = BLOCKS * 2048;
/** What was written is read so many times a round: a single pass tells more of the machine's memory than of the reader. */
const PASSES = 6;
const pieces = (Number(values.mebibytes) * 2 ** 20) / PIECE;
const content = new Uint8Array(PIECE).map((_, index) => index % 251);
const work = mkdtempSync(join(tmpdir(), "multisession-bench-"));

try {
  for (const medium of ["cd-r", "bd-r", "bd-r-pow", "dvd+rw"]) await compare(medium);
  await opening("10,000 sessions", { medium: "bd-r" }, recordSessions);
  await opening("500 replacements", { medium: "bd-r-pow" }, replaceClusters);
  console.log(`peak of resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function compare(medium) {
  const writing = { file: [], recorder: [] };
  const reading = { file: [], recorder: [] };
  for (let round = 0; round <= rounds; round++) {
    const contestants = [
      ["file", plainFile()],
      ["recorder", await recorder(medium)],
    ];
    // Who comes second finds the caches of the machine as the first one left them.
    const turns = (pass) => (pass % 2 === 0 ? contestants : contestants.toReversed());
    for (const [name, { write }] of turns(round)) writing[name].push(timed(write));
    for (let pass = 0; pass < PASSES; pass++) {
      for (const [name, { read }] of turns(pass)) reading[name].push(timed(read));
    }
    for (const [, { close }] of contestants) close();
    if (round === 0) for (const list of [writing, reading].flatMap(Object.values)) list.length = 0;
  }
  report(`${medium}: WRITE(10)`, writing);
  report(`${medium}: READ(10)`, reading);
}

function report(what, { file, recorder }) {
  const ratios = (kind) => file.map((times, turn) => times[kind] / recorder[turn][kind]);
  const walls = ratios("wall").sort((a, b) => a - b);
  const middle = (times) => median(times.map(({ wall }) => wall));
  console.log(
    `${what} ${speed(middle(recorder))}, file ${speed(middle(file))}, ratio ${median(walls).toFixed(2)} (${walls[0].toFixed(2)} to ${walls.at(-1).toFixed(2)} in ${walls.length} turns), of processor time ${median(ratios("processor")).toFixed(2)}`,
  );
}

/** A disc that was made by its commands, opened again and again. */
async function opening(what, options, record) {
  const path = join(work, "many.disc");
  await createDisc(path, options);
  const disc = await openDisc(path);
  disc.run({ cdb: new Uint8Array(6) });
  record((cdb, dataOut) => {
    if (disc.run({ cdb, ...(dataOut && { dataOut }) }).status !== "good") throw new Error(`${what}: refused`);
  });
  disc.close();
  const times = [];
  for (let round = 0; round < 2 * rounds + 1; round++) {
    const start = performance.now();
    const opened = await openDisc(path);
    times.push(performance.now() - start);
    opened.close();
  }
  const all = times.map((time) => time.toFixed(1)).join(" ");
  console.log(`a disc of ${what} opens in ${median(times).toFixed(1)} ms (${all})`);
  rmSync(path);
  rmSync(`${path}.state`);
}

function recordSessions(run) {
  for (let session = 1; session <= 10_000; session++) {
    run(write10.build({ lba: (session - 1) * BLOCKS, blocks: 1 }), content.subarray(0, 2048));
    run(closeTrackSession.build({ function: 1, number: session }));
    run(closeTrackSession.build({ function: 2 }));
  }
}

function replaceClusters(run) {
  for (let cluster = 0; cluster < 8; cluster++) run(write10.build({ lba: cluster * BLOCKS, blocks: BLOCKS }), content);
  for (let replaced = 0; replaced < 500; replaced++) {
    run(write10.build({ lba: (replaced % 8) * BLOCKS, blocks: BLOCKS }), content);
    run(synchronizeCache.build({}));
  }
}

function plainFile() {
  const path = join(work, "plain");
  const file = openSync(path, "w+");
  return {
    write() {
      for (let piece = 0; piece < pieces; piece++) writeSync(file, content, 0, PIECE, piece * PIECE);
      fdatasyncSync(file);
    },
    // As a reader that keeps what it gets.
    read() {
      for (let piece = 0; piece < pieces; piece++) {
        readSync(file, Buffer.allocUnsafeSlow(PIECE), 0, PIECE, piece * PIECE);
      }
    },
    close() {
      closeSync(file);
      rmSync(path);
    },
  };
}

async function recorder(medium) {
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
  return {
    write() {
      for (let piece = 0; piece < pieces; piece++) run(write10.build({ lba: piece * BLOCKS, blocks: BLOCKS }), content);
      run(synchronizeCache.build({}));
    },
    read() {
      for (let piece = 0; piece < pieces; piece++) run(read10.build({ lba: piece * BLOCKS, blocks: BLOCKS }));
    },
    close() {
      disc.close();
      rmSync(path);
      rmSync(`${path}.state`);
    },
  };
}

/** Milliseconds on the wall, and of the processor, the system's part included. */
function timed(work) {
  const used = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return { wall, processor: (user + system) / 1000 };
}

function speed(milliseconds) {
  return `${Math.round((pieces * PIECE) / 2 ** 20 / (milliseconds / 1000))} MiB/s`;
}
