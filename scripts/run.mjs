/**
 * What `npm start`, `npm test` and the other scripts of package.json do: one program without dependencies, the same on
 * every system. A step that is up to date costs almost nothing, and the first step that fails ends the run.
 *
 *     node scripts/run.mjs COMMAND [ARGUMENTS]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

/** Pinned here and nowhere else: pnpm 11 does not run on Node 20, and corepack refuses some mirrors. */
const PNPM = "npx --yes pnpm@10.34.9";
const OLDEST_NODE = [20, 19];

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, "node_modules", ".cache", "multisession");

/** Each step returns undefined, a remark for the table at the end, or throws a `Failure`. */
const steps = { install, build, fast, types, lint, slow, fuzz, job, bench, typedoc, knip, packages };

const commands = {
  start: ["install", "build", "job"],
  build: ["install", "build"],
  test: ["install", "build", "fast", "types", "lint"],
  "test:slow": ["install", "build", "slow"],
  fuzz: ["install", "build", "fuzz"],
  lint: ["install", "lint"],
  docs: ["install", "build", "typedoc"],
  bench: ["install", "build", "bench"],
  packaging: ["install", "build", "knip", "packages", "typedoc"],
  check: ["install", "build", "fast", "types", "lint", "knip", "packages", "typedoc"],
};

/** A step has failed and has said so itself, or says so in the message. */
class Failure extends Error {}

/** @throws Failure with the words of an error. */
function failure({ message }) {
  throw new Failure(message);
}

// --- the steps, in the order in which a run meets them

async function install() {
  const stamp = join(cache, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === installationDigest()) return "up to date";
  console.log("Installing what is needed (about 300 MB the first time; needs the network) …");
  // A change of pnpm's major version asks before it deletes node_modules, and fails where nobody can answer.
  await shell(`${PNPM} install --config.confirm-modules-purge=false --reporter=append-only --loglevel=warn`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, installationDigest());
}

/** Changes with everything that decides what an installation contains. */
function installationDigest() {
  const manifests = members().map((folder) => join(folder, "package.json"));
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ...manifests]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Compiles everything, which leaves the published packages with their declarations alone, and bundles these. */
async function build() {
  const compiled = members().filter((folder) => existsSync(join(root, folder, "tsconfig.json")));
  await tool("typescript", "tsc", ["-b", ...compiled]);
  const { bundle } = await import("./bundle.mjs");
  let bundles = 0;
  for (const folder of compiled.filter((member) => member.startsWith("packages/")))
    if (await bundle(join(root, folder)).catch(failure)) bundles++;
  return bundles === 0 ? "up to date" : `${bundles} bundles`;
}

function fast(filters) {
  return vitest("fast", ["run", ...filters]);
}

function slow(filters) {
  return vitest("slow", ["run", "--config", "vitest.slow.config.ts", ...filters]);
}

function fuzz(args) {
  return run(process.execPath, [join(root, "packages", "iso9660", "fuzz", "run.mjs"), ...args]);
}

function bench(args) {
  return run(process.execPath, [join(root, "bench", "iso9660.mjs"), ...args]);
}

/** One compiler for all test projects: they share the parsed sources, which makes it ten times as fast as one each. */
function types() {
  const projects = [...members().map((folder) => `${folder}/test`), "scripts"];
  return tool("typescript", "tsc", ["-b", ...projects.filter(isProject)]);
}

/** A folder with a tsconfig.json and something to compile; the compiler takes a project without files for a mistake. */
function isProject(folder) {
  const path = join(root, folder);
  if (!existsSync(join(path, "tsconfig.json"))) return false;
  return readdirSync(path, { recursive: true }).some((file) => file.endsWith(".ts"));
}

function lint() {
  return tool("@biomejs/biome", "biome", ["check", "--error-on-warnings", "."]);
}

function job(args) {
  const program = join(root, "examples", "main-job", "dist", "main.js");
  if (!existsSync(program)) throw new Failure("The main job, examples/main-job, is not there yet. `npm test` works.");
  // npm changes into the root; a folder that the user has named is relative to where the user is.
  return run(process.execPath, [program, ...args], { cwd: process.env.INIT_CWD ?? process.cwd() });
}

function typedoc() {
  return tool("typedoc", "typedoc", []);
}

function knip() {
  return tool("knip", "knip", ["--no-config-hints"]);
}

/** Packs each published package as a user would get it, and has two programs look for what would not work there. */
async function packages() {
  const folder = mkdtempSync(join(tmpdir(), "multisession-packed-"));
  try {
    await shell(`${PNPM} --recursive --filter "./packages/*" pack --pack-destination "${folder}"`, { quiet: true });
    const tarballs = readdirSync(folder).map((name) => join(folder, name));
    if (tarballs.length === 0) throw new Failure("Nothing was packed.");
    for (const tarball of tarballs) {
      await tool("publint", "publint", [tarball, "--strict"], { quiet: true });
      await tool("@arethetypeswrong/cli", "attw", [tarball, "--profile", "esm-only"], { quiet: true });
    }
    return `${tarballs.length} packages`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// --- how they run programs

/** The folders of the workspace's members, as in pnpm-workspace.yaml. */
function members() {
  const inside = ["packages", "examples", "tools"].flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent))
          .sort()
          .map((name) => `${parent}/${name}`)
      : [],
  );
  return [...inside, "acceptance", "bench"].filter((folder) => existsSync(join(root, folder, "package.json")));
}

/** Runs vitest and keeps its results as JSON beside the stamps, where scripts/tally.mjs counts them. */
function vitest(name, args) {
  const report = join(cache, `${name}.tests.json`);
  rmSync(report, { force: true });
  return tool("vitest", "vitest", args, { env: { ...process.env, MULTISESSION_TEST_REPORT: report } });
}

/** Runs a program of an installed package by its file, so that no shell and no .cmd file is in between. */
function tool(packageName, program, args, options) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return run(process.execPath, [join(folder, typeof bin === "string" ? bin : bin[program]), ...args], options);
}

/** npx is a .cmd file on Windows, which only a shell can start; the command line is one constant string for that. */
function shell(commandLine, options) {
  return run(commandLine, [], { ...options, shell: true });
}

/** Resolves when the program has ended well; what a quiet one has printed is shown only when it fails. */
function run(program, args, { quiet = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = ["inherit", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"];
    const child = spawn(program, args, { cwd: root, stdio, ...options });
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(undefined);
      process.stdout.write(Buffer.concat(output));
      reject(new Failure(signal === null ? `exit code ${code}` : `ended by ${signal}`));
    });
  });
}

// --- the run

async function main([command, ...args]) {
  const names = commands[command] ?? (Object.hasOwn(steps, command ?? "") ? [command] : undefined);
  if (names === undefined) {
    console.error(`Say one of: ${Object.keys(commands).join(", ")}; or one step: ${Object.keys(steps).join(", ")}.`);
    return 2;
  }
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(`Multisession needs Node.js ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}.`);
    return 1;
  }
  const table = [];
  for (const name of names) {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    console.log(`── ${name}`);
    try {
      const remark = await steps[name](args);
      table.push(`  ${name.padEnd(10)}${seconds().padStart(8)}${remark ? `  ${remark}` : ""}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      table.push(`  ${name.padEnd(10)}${seconds().padStart(8)}  FAILED: ${error.message}`);
      console.error(`\n${table.join("\n")}\nTry this step again alone: node scripts/run.mjs ${name}`);
      return 1;
    }
  }
  console.log(`\n${table.join("\n")}`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
