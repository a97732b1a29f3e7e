/**
 * ISO 9660 beside xorriso, genisoimage and tar, on the same warm tree in the same run: a first session of many small files,
 * one of a few large ones, and one file more on a disc with many. Whole processes count, start and hashing included; ours
 * takes SHA-256 of every byte, and with its option `md5` MD5 twice besides, of files and of the session, as xorriso does with
 * `-md5 on`; by default xorriso takes nothing, and neither do genisoimage and tar. The file more is a delta session of ours,
 * and a whole tree of xorriso, which knows nothing else. Nobody reads back what was written, and that `new` makes our empty
 * disc before is not counted.
 *
 *     node bench/iso9660.mjs [--rounds 5] [--files 100000] [--large 512]
 *
 * `--files 1000000 --rounds 1` shows the peak of memory with a million files.
 *
 * “bare Node” is the least that a Node.js program does for it (`bare-node.mjs`), to see how far ours is from it.
 *
 * `--large`: MiB of each of the four large files. The time of a machine that does other work counts too: look at the
 * processor time beside it.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compete, measured, multisession } from "./programs.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    files: { type: "string", default: "100000" },
    large: { type: "string", default: "512" },
  },
});
const rounds = Number(values.rounds);
/** MiB with Node.js 20, by the number of files. */
const memoryLimits = new Map([
  [100_000, 200],
  [1_000_000, 700],
]);
const scratch = mkdtempSync(join(tmpdir(), "multisession-bench-"));
const bareNode = fileURLToPath(new URL("bare-node.mjs", import.meta.url));

try {
  console.log(`Load of the machine: ${loadavg()[0].toFixed(1)}`);
  const many = manyFiles(Number(values.files));
  await compete(
    `${values.files} files of 300 bytes`,
    builders("many", many, { xorriso: 0.3, genisoimage: 0.55, tar: 2.2 }),
    rounds,
  );
  await compete(`One file more on a disc with ${values.files}`, await appenders(many), rounds);
  rmSync(many, { recursive: true });
  const large = largeFiles(Number(values.large));
  await compete(`4 files of ${values.large} MiB`, builders("large", large, { xorriso: 0.4, genisoimage: 1 }), rounds);
  console.log(`\nLoad of the machine: ${loadavg()[0].toFixed(1)}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function builders(work, folder, goals) {
  const out = (name) => fresh(join(scratch, name));
  const genisoimage = ["-quiet", "-R", "-J", "-allow-limited-size", "-iso-level", "3", "-o"];
  return [
    {
      name: "multisession",
      limit: work === "many" ? memoryLimits.get(Number(values.files)) : undefined,
      task: () => ours(folder),
    },
    { name: "bare Node", task: () => measured(process.execPath, [bareNode, work, folder, out("bare.iso")]) },
    // What the option `md5` costs: sums of every file and of the session beside SHA-256.
    { name: "… with md5", task: () => ours(folder, "--plugin", withMd5()) },
    {
      name: "xorriso",
      goal: goals.xorriso,
      task: () => xorriso(out("xorriso.iso"), "-joliet", "on", "-map", folder, "/"),
    },
    { name: "… -md5 on", task: () => xorriso(out("md5.iso"), "-md5", "on", "-joliet", "on", "-map", folder, "/") },
    {
      name: "genisoimage",
      goal: goals.genisoimage,
      task: () => measured("genisoimage", [...genisoimage, out("genisoimage.iso"), folder]),
    },
    { name: "tar", goal: goals.tar, task: () => measured("tar", ["-cf", out("tar.tar"), "-C", folder, "."]) },
  ];
}

/** The disc is made once and copied for each round, which is not counted. */
async function appenders(folder) {
  const more = join(scratch, "more.txt");
  writeFileSync(more, "one more small file");
  const [disc, iso] = [join(scratch, "base.disc"), join(scratch, "base.iso")];
  await multisession("new", fresh(disc), "--medium", "bd-r");
  await multisession("burn", disc, folder, "--no-verify");
  await xorriso(fresh(iso), "-joliet", "on", "-map", folder, "/");
  return [
    {
      name: "multisession",
      task: () => multisession("burn", copyOf(disc), more, "--tree", "delta", "--no-verify"),
    },
    { name: "xorriso", goal: 0.15, task: () => xorriso(copyOf(iso), "-joliet", "on", "-map", more, "/more.txt") },
  ];
}

async function ours(folder, ...options) {
  const disc = fresh(join(scratch, "ours.disc"));
  await multisession("new", disc, "--medium", "bd-r");
  return multisession(...options, "burn", disc, folder, "--no-verify");
}

/** A module with the file system as it records MD5 sums. */
function withMd5() {
  const file = join(scratch, "with-md5.mjs");
  const built = new URL("../packages/iso9660/dist/index.js", import.meta.url);
  writeFileSync(file, `import { iso9660 } from "${built}";\nexport default iso9660({ md5: true });\n`);
  return file;
}

function xorriso(disc, ...commands) {
  return measured("xorriso", ["-no_rc", "-dev", `stdio:${disc}`, ...commands, "-commit_eject", "none"]);
}

/** The name of a file that does not exist, with what belongs to it. */
function fresh(file) {
  for (const suffix of ["", ".state", ".lock"]) rmSync(`${file}${suffix}`, { force: true });
  return file;
}

/** On the storage already: who flushes its own session would write the copy too. */
function copyOf(file) {
  const copy = fresh(`${file}.copy`);
  for (const suffix of ["", ".state"]) {
    if (!existsSync(`${file}${suffix}`)) continue;
    copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
    const written = openSync(`${copy}${suffix}`, "r+");
    fsyncSync(written);
    closeSync(written);
  }
  return copy;
}

function manyFiles(count) {
  const folder = join(scratch, "many");
  for (let file = 0; file < count; file++) {
    const directory = join(folder, `directory_${String(Math.floor(file / 100)).padStart(4, "0")}`);
    if (file % 100 === 0) mkdirSync(directory, { recursive: true });
    const bytes = Buffer.alloc(300, `${file} `);
    writeFileSync(join(directory, `document_${String(file).padStart(6, "0")}.txt`), bytes);
  }
  return folder;
}

function largeFiles(mebibytes) {
  const folder = join(scratch, "large");
  mkdirSync(folder);
  for (let file = 0; file < 4; file++)
    writeFileSync(join(folder, `video_${file}.bin`), Buffer.alloc(mebibytes * 2 ** 20, `${file} video `));
  return folder;
}
