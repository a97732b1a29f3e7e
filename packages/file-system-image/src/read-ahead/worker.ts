import type { Hash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { BLOCK_BYTES } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import { fileReading } from "./file-reading.ts";
import type { Answer, Fault, HashJob, Job, PieceJob } from "./messages.ts";

/** What the worker is started with. */
interface WorkerData {
  /** What is read, one after another. */
  readonly slots: readonly SharedArrayBuffer[];
  /** Bytes of a block. */
  readonly block: number;
}

/** Starts a worker that reads and hashes files of the host with synchronous calls, into slots of shared memory. */
export function startWorker(slots: readonly SharedArrayBuffer[]): Worker {
  // Compilers that keep the names of functions call __name for each of them.
  const source = `const __name = (value) => value; (${readFiles.toString()})(${fileReading.toString()});`;
  const resourceLimits = { maxYoungGenerationSizeMb: 4 };
  return new Worker(source, {
    eval: true,
    workerData: { slots, block: BLOCK_BYTES } satisfies WorkerData,
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
  const { closeSync, openSync } = fs;
  const { createHash } = crypto;
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { slots: memory, block } = workerData as WorkerData;
  const slots = memory.map((bytes) => Buffer.from(bytes));
  const { hostPath, stateOf, errorOf, fill, check, readSmall } = makeReading(fs, crypto, block);
  const zeros = Buffer.alloc(65_536);
  /** The large file that is being read. */
  interface LargeFile {
    /** Absent when it could not be opened. */
    readonly file?: number;
    /** Nothing more is read of it. */
    readonly isOver: boolean;
    readonly error?: { readonly code: string; readonly message: string };
  }
  let large: LargeFile | undefined;
  const nothing = new Uint8Array(0);

  const begin = (path: HostPath): LargeFile => {
    try {
      return { file: openSync(hostPath(path), "r"), isOver: false };
    } catch (error) {
      return { isOver: true, error: errorOf(error) };
    }
  };

  const readPiece = ({ path, bytes, modified, from, length, isLast, slot }: PieceJob): Answer => {
    if (from === 0) large = begin(path);
    const { file, isOver, error: opening } = large as LargeFile;
    const faults: Fault[] = opening === undefined ? [] : [{ index: 0, error: opening }];
    let read = 0;
    try {
      if (file !== undefined && !isOver) {
        // A byte more than planned shows that it has grown.
        read = fill(file, slots[slot] as Buffer, 0, isLast ? length + 1 : length);
        if (isLast || read < length) {
          const state = stateOf(file);
          if (state.bytes !== bytes || state.modified !== modified) faults.push({ index: 0, state });
        }
      }
    } catch (error) {
      faults.push({ index: 0, error: errorOf(error) });
    }
    // What comes after its end, should it grow again, is none of it.
    if (!isLast) large = { ...(large as LargeFile), isOver: isOver || read < length };
    else {
      if (file !== undefined) closeSync(file);
      large = undefined;
    }
    return { faults, lengths: [read], sha256: nothing, md5: nothing };
  };

  /** Hashes of the large file that is being hashed. */
  let hashes: Hash[] = [];

  const hashPiece = ({ slot, from, length, read, isLast, takesMd5 }: HashJob): Answer => {
    if (from === 0) hashes = [createHash("sha256"), ...(takesMd5 ? [createHash("md5")] : [])];
    for (const hash of hashes) {
      hash.update((slots[slot] as Buffer).subarray(0, Math.min(read, length)));
      for (let left = length - read; left > 0; left -= zeros.length) hash.update(zeros.subarray(0, left));
    }
    const [sha256 = nothing, md5 = nothing] = isLast ? hashes.map((hash) => Uint8Array.from(hash.digest())) : [];
    return { faults: [], lengths: [], sha256, md5 };
  };

  const answerTo = (job: Job): Answer => {
    switch (job.kind) {
      case "check":
        return check(job);
      case "small":
        return readSmall(job, slots[job.slot] as Buffer);
      case "piece":
        return readPiece(job);
      case "hash":
        return hashPiece(job);
    }
  };

  parentPort?.on("message", (job: Job | null) => {
    if (job === null) return parentPort.close();
    parentPort.postMessage(answerTo(job));
  });
}
