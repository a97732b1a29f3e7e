import { Worker } from "node:worker_threads";
import { BLOCK_BYTES } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import { fileReading } from "./file-reading.ts";
import type { Answer, Fault, Job } from "./messages.ts";

/** Bytes of a large file that are read and hashed while they are in the processor's cache; larger steps were slower (measured). */
const STEP = 256 * 1024;

/** What the worker is started with. */
interface WorkerData {
  /** What is read, one after another. */
  readonly slots: readonly SharedArrayBuffer[];
  /** Bytes of a block. */
  readonly block: number;
  /** Bytes of a large file that are read and hashed at once. */
  readonly step: number;
}

/** Starts a worker that reads and hashes files of the host with synchronous calls, into slots of shared memory. */
export function startWorker(slots: readonly SharedArrayBuffer[]): Worker {
  // Compilers that keep the names of functions call __name for each of them.
  const source = `const __name = (value) => value; (${readFiles.toString()})(${fileReading.toString()});`;
  const resourceLimits = { maxYoungGenerationSizeMb: 4 };
  return new Worker(source, {
    eval: true,
    workerData: { slots, block: BLOCK_BYTES, step: STEP } satisfies WorkerData,
    resourceLimits,
  });
}

/**
 * The whole program of the worker. It is handed over as text, so that it is found wherever the package lies, bundled into
 * one file or not built at all; so it may name nothing that stands outside of it.
 */
function readFiles(makeReading: typeof fileReading): void {
  const fs = process.getBuiltinModule("node:fs");
  const crypto = process.getBuiltinModule("node:crypto");
  const { closeSync } = fs;
  const { createHash } = crypto;
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { slots: memory, block, step } = workerData as WorkerData;
  const slots = memory.map((bytes) => Buffer.from(bytes));
  const { openFile, stateOf, errorOf, fill, check, readSmall } = makeReading(fs, crypto, block);
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

  const readPiece = (job: Extract<Job, { kind: "piece" }>): Answer => {
    const { path, bytes, modified, from, length, isLast } = job;
    const space = slots[job.slot] as Buffer;
    if (from === 0) large = begin(path, job.takesMd5);
    const current = large as LargeFile;
    const { file, sha256, md5, isOver } = current;
    const faults: Fault[] = current.error === undefined ? [] : [{ index: 0, error: current.error }];
    let read = 0;
    const readStep = (openFile: number): boolean => {
      const wanted = Math.min(step, length - read);
      const taken = fill(openFile, space, read, wanted);
      sha256.update(space.subarray(read, read + taken));
      md5?.update(space.subarray(read, read + taken));
      read += taken;
      return taken === wanted;
    };
    try {
      if (file !== undefined && !isOver) {
        while (read < length && readStep(file));
        // A byte more than planned shows that it has grown.
        if (isLast && read === length) read += fill(file, space, length, 1);
        if (isLast || read < length) {
          const state = stateOf(file);
          if (state.bytes !== bytes || state.modified !== modified) faults.push({ index: 0, state });
        }
      }
    } catch (error) {
      faults.push({ index: 0, error: errorOf(error) });
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

  parentPort?.on("message", (job: Job | null) => {
    if (job === null) return parentPort.close();
    const answer =
      job.kind === "check"
        ? check(job)
        : job.kind === "small"
          ? readSmall(job, slots[job.slot] as Buffer)
          : readPiece(job);
    parentPort.postMessage(answer);
  });
}
