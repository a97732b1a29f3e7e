/**
 * Recording a folder as one session, beside xorriso and genisoimage on the same folder in the same run: wall time and
 * peak of resident memory of each whole process, start and hashing included. Programs take turns; medians count.
 *
 *     node bench/recording.mjs [--rounds 3] [--files 100000] [--large 5GiB]
 *
 * A peer that is not installed is left out and named. Ours also takes SHA-256 of every byte, which the peers do not.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    files: { type: "string", default: "100000" },
    large: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);
const program = fileURLToPath(new URL("../packages/cli/bin/multisession.js", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "multisession-bench-"));

try {
  await compare(`${values.files} files of 300 bytes`, manyFiles(Number(values.files)));
  await compare(`one sparse file of ${values.large} GiB`, oneLargeFile(Number(values.large)));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function manyFiles(count) {
  const folder = join(work, "many");
  for (let file = 0; file < count; file++) {
    const directory = join(folder, `directory_${String(Math.floor(file / 100)).padStart(4, "0")}`);
    if (file % 100 === 0) mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `document_${String(file).padStart(6, "0")}.txt`), Buffer.alloc(300, file % 251));
  }
  return folder;
}

function oneLargeFile(gibibytes) {
  const folder = join(work, "large");
  mkdirSync(folder);
  writeFileSync(join(folder, "sparse.bin"), "");
  truncateSync(join(folder, "sparse.bin"), gibibytes * 2 ** 30);
  return folder;
}

async function compare(title, folder) {
  const contestants = [
    { name: "multisession", run: () => ours(folder) },
    {
      name: "xorriso",
      run: () =>
        peer("xorriso", (out) => [
          "-no_rc",
          "-dev",
          `stdio:${out}`,
          "-joliet",
          "on",
          "-map",
          folder,
          "/",
          "-commit_eject",
          "none",
        ]),
    },
    {
      name: "genisoimage",
      run: () =>
        peer("genisoimage", (out) => [
          "-quiet",
          "-R",
          "-J",
          "-allow-limited-size",
          "-iso-level",
          "3",
          "-o",
          out,
          folder,
        ]),
    },
  ];
  const results = new Map(contestants.map(({ name }) => [name, []]));
  await contestants[0].run(); // Warms the files; not counted.
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of contestants) {
      const result = await run();
      if (result !== undefined) results.get(name).push(result);
    }
  }
  const mine = results.get("multisession");
  console.log(`\n${title}, median of ${rounds}`);
  for (const [name, runs] of results) {
    if (runs.length === 0) console.log(`  ${name.padEnd(14)} not installed, left out`);
    else {
      const ratio =
        name === "multisession"
          ? ""
          : `   our time / its time: ${median(runs.map(({ seconds }, round) => mine[round].seconds / seconds)).toFixed(2)}`;
      const memory = runs.every(({ peak }) => peak > 0)
        ? `${Math.round(median(runs.map(({ peak }) => peak)) / 2 ** 20)} MiB`
        : "unknown";
      console.log(
        `  ${name.padEnd(14)} ${median(runs.map(({ seconds }) => seconds))
          .toFixed(2)
          .padStart(7)} s   peak memory ${memory.padStart(8)}${ratio}`,
      );
    }
  }
}

async function ours(folder) {
  const disc = join(work, "bench.disc");
  const peak = join(work, "peak");
  for (const file of [disc, `${disc}.state`]) rmSync(file, { force: true });
  await timed(process.execPath, [program, "new", disc, "--medium", "bd-r"]);
  const hook = `data:text/javascript,import{writeFileSync as w}from"node:fs";process.on("exit",()=>w(${JSON.stringify(peak)},String(process.resourceUsage().maxRSS*1024)))`;
  const seconds = await timed(process.execPath, ["--import", hook, program, "burn", disc, folder, "--no-verify"]);
  return { seconds, peak: Number(readFileSync(peak, "utf8")) };
}

/** GNU time measures memory where it is installed. */
async function peer(name, argumentsFor) {
  const out = join(work, `${name}.iso`);
  const peak = join(work, "peak");
  rmSync(out, { force: true });
  try {
    const seconds = await timed("/usr/bin/time", ["-f", "%M", "-o", peak, name, ...argumentsFor(out)]);
    return { seconds, peak: Number(readFileSync(peak, "utf8").trim().split("\n").at(-1)) * 1024 };
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  try {
    return { seconds: await timed(name, argumentsFor(out)), peak: 0 };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  } finally {
    rmSync(out, { force: true });
  }
}

function timed(command, parameters) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, parameters, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve((performance.now() - started) / 1000);
      else reject(new Error(`${command} ended with ${code}: ${said.slice(-500)}`));
    });
  });
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
