import { sep } from "node:path";
import { Worker } from "node:worker_threads";
import { BLOCK_BYTES } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import { ENTRY_NUMBERS, folderListing } from "../host-listing.ts";
import { fileReading } from "./file-reading.ts";
import type { Answer, Fault, FileJob, Job, PieceJob } from "./messages.ts";

/** Bytes of a large file that are read and hashed while they are in the processor's cache; larger steps were slower (measured). */
const STEP = 256 * 1024;

/** What the worker is started with. */
interface WorkerData {
  /** Bytes of a block. */
  readonly block: number;
  /** Bytes of a large file that are read and hashed at once. */
  readonly step: number;
  /** What stands between the names of a path. */
  readonly separator: string;
  /** Numbers of each entry in a listing. */
  readonly perEntry: number;
}

/** Starts a worker that lists folders of the host, and reads and hashes files, with synchronous calls. */
export function startWorker(): Worker {
  const texts = [fileReading, folderListing].map((text) => text.toString()).join(", ");
  // Compilers that keep the names of functions call __name for each of them.
  const source = `const __name = (value) => value; (${work.toString()})(${texts});`;
  const workerData: WorkerData = { block: BLOCK_BYTES, step: STEP, separator: sep, perEntry: ENTRY_NUMBERS };
  return new Worker(source, { eval: true, workerData, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
}

/**
 * The whole program of the worker. It is handed over as text, so that it is found wherever the package lies, bundled into
 * one file or not built at all; so it may name nothing that stands outside of it.
 */
function work(makeReading: typeof fileReading, makeListing: typeof folderListing): void {
  const fs = process.getBuiltinModule("node:fs");
  const crypto = process.getBuiltinModule("node:crypto");
  const { closeSync } = fs;
  const { createHash } = crypto;
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { block, step, separator, perEntry } = workerData as WorkerData;
  const list = makeListing(fs, separator, perEntry);
  const { openFile, claim, stateOf, errorOf, fill, check, keep, readSmall } = makeReading(fs, crypto, block);
  const zeros = Buffer.alloc(65_536);
  interface LargeFile {
    /** Absent when it could not be opened. */
    readonly file?: number;
    readonly sha256: ReturnType<typeof createHash>;
    /** Absent where nobody asked for it. */
    readonly md5: ReturnType<typeof createHash> | undefined;
    /** Nothing more is read of it. */
    readonly isOver: boolean;
    readonly error?: { readonly code: string; readonly message: string };
  }
  /** The large file that is being read. */
  let large: LargeFile | undefined;

  const addZeros = ({ sha256, md5 }: LargeFile, bytes: number): void => {
    for (let left = bytes; left > 0; left -= zeros.length) {
      sha256.update(zeros.subarray(0, left));
      md5?.update(zeros.subarray(0, left));
    }
  };

  const begin = (path: HostPath, takesMd5: boolean): LargeFile => {
    const hashes = { sha256: createHash("sha256"), md5: takesMd5 ? createHash("md5") : undefined };
    try {
      return { file: openFile(path), ...hashes, isOver: false };
    } catch (error) {
      return { ...hashes, isOver: true, error: errorOf(error) };
    }
  };

  const readPiece = (job: PieceJob): Answer => {
    const { path, bytes, modified, from, length, isLast } = job;
    const space = Buffer.from(job.memory);
    if (from === 0) large = begin(path, job.takesMd5);
    const current = large as LargeFile;
    const { file, sha256, md5, isOver } = current;
    const faults: Fault[] = current.error === undefined ? [] : [{ index: 0, error: current.error }];
    let read = 0;
    const readStep = (openFile: number): boolean => {
      const wanted = Math.min(step, length - read);
      const taken = job.isRead === true ? wanted : fill(openFile, space, read, wanted, from + read);
      sha256.update(space.subarray(read, read + taken));
      md5?.update(space.subarray(read, read + taken));
      read += taken;
      return taken === wanted;
    };
    const changeOf = (openFile: number): readonly Fault[] => {
      const state = stateOf(openFile);
      return state.bytes !== bytes || state.modified !== modified ? [{ index: 0, state }] : [];
    };
    try {
      if (file !== undefined && !isOver) {
        while (read < length && readStep(file));
        // A byte more than planned shows that it has grown.
        if (isLast && read === length) read += fill(file, space, length, 1, from + length);
        if (isLast || read < length) faults.push(...changeOf(file));
      }
    } catch (error) {
      // A pipe in its place cannot be read from a byte on: that it is another says more.
      const [change] = file === undefined ? [] : changeOf(file);
      faults.push(change ?? { index: 0, error: errorOf(error) });
    }
    addZeros(current, length - read);
    // What comes after its end, should it grow again, is none of it.
    if (!isLast) large = { ...current, isOver: isOver || read < length };
    else {
      if (file !== undefined) closeSync(file);
      large = undefined;
    }
    return {
      faults,
      lengths: [read],
      sha256: Uint8Array.from(isLast ? sha256.digest() : []),
      md5: Uint8Array.from(isLast && md5 !== undefined ? md5.digest() : []),
    };
  };

  const answerTo = (job: FileJob): Answer => {
    const isMine = !("claim" in job) || job.claim === undefined || claim(job.claim);
    if (!isMine) return { faults: [], lengths: [], sha256: new Uint8Array(0), md5: new Uint8Array(0) };
    switch (job.kind) {
      case "check":
        return check(job);
      case "keep":
        return keep(job);
      case "small":
        return readSmall(job, Buffer.from(job.memory));
      case "piece":
        return readPiece(job);
    }
  };

  parentPort?.on("message", (job: Job) => {
    if (job.kind === "list") {
      const listing = list(job.path);
      let step = listing.next();
      while (step.done !== true) step = listing.next();
      return parentPort.postMessage(step.value, [step.value.numbers.buffer as ArrayBuffer]);
    }
    const answer = answerTo(job);
    parentPort.postMessage(answer, answer.packed === undefined ? [] : [answer.packed.buffer as ArrayBuffer]);
  });
}
