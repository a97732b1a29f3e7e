/**
 * The least that a Node.js program of two threads does for a disc with hashes, to know how far ours is from it: there is no
 * tree that can be edited, no plan, no proof, no drive, no mechanism, and the descriptors are left out, so nobody can read
 * what it writes.
 *
 *     node bench/bare-node.mjs many FOLDER FILE     folders of small files: names, records and Joliet's, a manifest
 *     node bench/bare-node.mjs large FOLDER FILE    large files, copied here and hashed in the other thread
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const BLOCK = 2048;
const PIECE = 256 * 1024;

const [work, folder, file] = isMainThread ? process.argv.slice(2) : [workerData.work, workerData.folder];

if (!isMainThread) await (work === "many" ? readFolders() : hashFiles());
else if (work === "many") await recordMany();
else if (work === "large") await recordLarge();
else throw new TypeError("The work is many or large");

/** Reads, from the first on, the folders that the other thread has not taken. */
function readFolders() {
  const names = fs.readdirSync(folder).sort();
  const claims = new Int32Array(workerData.claims);
  for (const [index, name] of names.entries())
    if (Atomics.compareExchange(claims, index, 0, 1) === 0) parentPort.postMessage({ index, ...readFolder(name) });
}

/** The files of a folder in whole blocks, with all that is said of them. */
function readFolder(name) {
  const path = join(folder, name);
  const names = fs.readdirSync(path).sort();
  const [sizes, times] = [new Int32Array(names.length), new Float64Array(names.length)];
  const hashes = Buffer.alloc(32 * names.length);
  const blocks = Buffer.alloc(BLOCK * names.length);
  for (const [index, file] of names.entries()) {
    const opened = fs.openSync(`${path}/${file}`, "r");
    times[index] = fs.fstatSync(opened).mtimeMs;
    sizes[index] = fs.readSync(opened, blocks, index * BLOCK, BLOCK, null);
    fs.closeSync(opened);
    const bytes = blocks.subarray(index * BLOCK, index * BLOCK + sizes[index]);
    hashes.set(createHash("sha256").update(bytes).digest(), 32 * index);
  }
  return { names, sizes, times, hashes, blocks };
}

async function recordMany() {
  const names = fs.readdirSync(folder).sort();
  const claims = new SharedArrayBuffer(4 * names.length);
  const read = Array.from({ length: names.length });
  const worker = new Worker(new URL(import.meta.url), { workerData: { work, folder, claims } });
  const ended = new Promise((resolve) => worker.on("exit", resolve));
  worker.on("message", ({ index, ...one }) => {
    read[index] = one;
  });
  const taken = new Int32Array(claims);
  for (let index = names.length - 1; index >= 0; index--) {
    if (Atomics.compareExchange(taken, index, 0, 1) !== 0) continue;
    read[index] = readFolder(names[index]);
    await setImmediate();
  }
  await ended;
  const out = fs.openSync(file, "w");
  writeAll(
    out,
    [isoDirectory, jolietDirectory].flatMap((directory) => read.map(directory)),
  );
  writeAll(
    out,
    read.map(({ blocks }) => blocks),
  );
  writeAll(out, read.map(manifest));
  fs.fdatasyncSync(out);
  fs.closeSync(out);
}

function isoDirectory({ names, sizes, times }) {
  const keyed = names.map((name, index) => ({ key: name.toUpperCase().replace(/[^A-Z0-9_.]/g, "_"), name, index }));
  return directory(keyed, sizes, times, (bytes, at, { key, name }) => {
    bytes.latin1Write(`${key};1`, at + 33);
    const end = at + 33 + key.length + 2;
    bytes.latin1Write("PX", end);
    bytes.writeUInt32LE(0o100644, end + 4);
    bytes.writeUInt32BE(0o100644, end + 8);
    bytes.latin1Write("TF", end + 44);
    bytes.latin1Write("NM", end + 70);
    bytes.latin1Write(name, end + 75);
    return end + 75 + name.length;
  });
}

function jolietDirectory({ names, sizes, times }) {
  const keyed = names.map((name, index) => ({ key: name, name, index }));
  return directory(keyed, sizes, times, (bytes, at, { key }) => {
    bytes.write(key, at + 33, "utf16le");
    return at + 33 + 2 * key.length;
  });
}

function directory(keyed, sizes, times, putName) {
  const bytes = Buffer.alloc(BLOCK * Math.ceil(keyed.length / 8));
  let at = 0;
  for (const one of keyed.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    if (BLOCK - (at % BLOCK) < 255) at = Math.ceil(at / BLOCK) * BLOCK;
    bytes.writeUInt32LE(one.index, at + 2);
    bytes.writeUInt32BE(one.index, at + 6);
    bytes.writeUInt32LE(sizes[one.index], at + 10);
    bytes.writeUInt32BE(sizes[one.index], at + 14);
    const date = new Date(times[one.index]);
    bytes[at + 18] = date.getUTCFullYear() - 1900;
    bytes[at + 19] = date.getUTCMonth() + 1;
    bytes[at + 20] = date.getUTCDate();
    bytes[at + 21] = date.getUTCHours();
    bytes[at + 22] = date.getUTCMinutes();
    bytes[at + 23] = date.getUTCSeconds();
    const end = putName(bytes, at, one);
    bytes[at] = end - at;
    at = end;
  }
  return bytes;
}

function manifest({ sizes, hashes }) {
  const hex = hashes.toString("hex");
  return Buffer.from(
    Array.from(sizes, (size, index) => `${size} ${hex.slice(64 * index, 64 * index + 64)}\n`).join(""),
  );
}

function writeAll(out, buffers) {
  for (let index = 0; index < buffers.length; index += 8) fs.writevSync(out, buffers.slice(index, index + 8));
}

async function recordLarge() {
  const worker = new Worker(new URL(import.meta.url), { workerData: { work, folder } });
  const ended = new Promise((resolve) => worker.on("exit", resolve));
  const out = fs.openSync(file, "w");
  eachPiece((piece) => fs.writeSync(out, piece));
  fs.fdatasyncSync(out);
  fs.closeSync(out);
  await ended;
}

function hashFiles() {
  const hash = createHash("sha256");
  eachPiece((piece) => hash.update(piece));
  hash.digest();
}

function eachPiece(use) {
  const buffer = Buffer.alloc(PIECE);
  for (const name of fs.readdirSync(folder)) {
    const opened = fs.openSync(join(folder, name), "r");
    for (let bytes = fs.readSync(opened, buffer); bytes > 0; bytes = fs.readSync(opened, buffer))
      use(buffer.subarray(0, bytes));
    fs.closeSync(opened);
  }
}
