/** Programs that take turns at one task: wall time, processor time and peak of resident memory of each whole process. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../packages/cli/bin/multisession.js", import.meta.url));

/** GNU time, which is the Debian package `time`; without it processor time and memory are unknown. */
const timer = existsSync("/usr/bin/time") ? "/usr/bin/time" : undefined;

/** Bytes that are touched before each run: more than any contestant writes. */
const WARM = 3 * 2 ** 30;

/** Runs our command. */
export function multisession(...parameters) {
  return measured(process.execPath, [command, ...parameters]);
}

/** Runs a program to its end; nothing when it is not installed. */
export async function measured(program, parameters) {
  const found = join(tmpdir(), `multisession-bench-time-${process.pid}`);
  const started = performance.now();
  const ended = await (timer === undefined
    ? run(program, parameters)
    : run(timer, ["-f", "%U %S %M", "-o", found, program, ...parameters]));
  const seconds = (performance.now() - started) / 1000;
  if (ended.code === 127 || ended.code === "ENOENT") return undefined;
  if (ended.code !== 0) throw new Error(`${program} ended with ${ended.code}: ${ended.said.slice(-500)}`);
  if (timer === undefined) return { seconds };
  const [user, system, kib] = readFileSync(found, "utf8").trim().split("\n").at(-1).split(" ").map(Number);
  rmSync(found);
  return { seconds, processor: user + system, peak: kib * 1024 };
}

function run(program, parameters) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => (said = (said + text).slice(-10_000)));
    child.on("error", ({ code }) => resolve({ code, said }));
    child.on("close", (code) => resolve({ code, said }));
  });
}

/**
 * Lets contestants take turns, once without counting and then `rounds` times, and prints medians. The first contestant is
 * compared with each other one: the median of the ratios of each round, with what it should be at most. `limit`: MiB that
 * a contestant's peak of memory stays under in every round, or the program ends with 1. It depends less than time on what else
 * the machine does.
 */
export async function compete(title, contestants, rounds) {
  const results = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const { name, task } of contestants) {
      warmMemory();
      const result = await task();
      if (round > 0 && result !== undefined) results.get(name).push(result);
    }
  console.log(`\n${title}, median of ${rounds}`);
  const mine = results.get(contestants[0].name);
  for (const { name, goal, limit } of contestants) {
    const runs = results.get(name);
    console.log(`  ${name.padEnd(14)} ${line(runs, mine, goal, limit)}`);
    if (limit !== undefined) checkMemory(name, runs, limit);
  }
}

function checkMemory(name, runs, limit) {
  const peaks = runs.flatMap(({ peak }) => (peak === undefined ? [] : [peak / 2 ** 20]));
  const highest = Math.max(...peaks);
  if (peaks.length === 0) console.log(`  The memory of ${name} was not measured: that takes GNU time.`);
  else if (highest >= limit) {
    console.log(`  ${name} took ${highest.toFixed(1)} MiB of memory, and should take less than ${limit}.`);
    process.exitCode = 1;
  }
}

/**
 * Touches memory that the system then has at hand. A virtual machine gives free memory back to its host, and who writes next
 * waits for it: the same copy took 0.4 s or 2.7 s by that alone.
 */
function warmMemory() {
  const file = join(tmpdir(), `multisession-bench-warm-${process.pid}`);
  const piece = Buffer.alloc(4 * 2 ** 20, 1);
  const opened = openSync(file, "w");
  for (let written = 0; written < WARM; written += piece.length) writeSync(opened, piece);
  closeSync(opened);
  rmSync(file);
}

function line(runs, mine, goal, limit) {
  if (runs.length === 0) return "not installed, left out";
  const of = (pick) => median(runs.map(pick));
  const ratios = (pick) => median(runs.map((run, round) => pick(mine[round]) / pick(run))).toFixed(2);
  const known = runs.every(({ peak }) => peak !== undefined);
  const cost = known
    ? `   processor ${of(({ processor }) => processor)
        .toFixed(2)
        .padStart(
          6,
        )} s   peak ${Math.round(of(({ peak }) => peak) / 2 ** 20)} MiB${limit === undefined ? "" : ` (limit ${limit})`}`
    : "";
  const wall = `${of(({ seconds }) => seconds)
    .toFixed(2)
    .padStart(7)} s`;
  if (runs === mine) return wall + cost;
  const processor = known ? `, of processor ${ratios(({ processor }) => processor)}` : "";
  return `${wall}${cost}   ours / its: ${ratios(({ seconds }) => seconds)}${goal === undefined ? "" : ` (goal ${goal})`}${processor}`;
}

/** The middle of some numbers. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
