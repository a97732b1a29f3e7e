import { Worker } from "node:worker_threads";
import { BLOCK_BYTES } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import type { Answer, Fault, FileList, Job } from "./messages.ts";

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
  const source = `const __name = (value) => value; (${readFiles.toString()})();`;
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
function readFiles(): void {
  const { closeSync, fstatSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  const { createHash, hash } = process.getBuiltinModule("node:crypto");
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { slots: memory, block } = workerData as WorkerData;
  const slots = memory.map((bytes) => Buffer.from(bytes));
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

  const hostPath = (path: HostPath): HostPath => (typeof path === "string" ? path : Buffer.from(path));

  const stateOf = (file: number): { bytes: number; modified: number } => {
    const { size, mtimeMs } = fstatSync(file);
    return { bytes: size, modified: mtimeMs };
  };

  const errorOf = (error: unknown): { code: string; message: string } => {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return { code, message };
  };

  const addZeros = ({ sha256, md5 }: LargeFile, bytes: number): void => {
    for (let left = bytes; left > 0; left -= zeros.length) {
      sha256.update(zeros.subarray(0, left));
      md5?.update(zeros.subarray(0, left));
    }
  };

  const check = ({ paths, bytes, modified }: FileList): Answer => {
    const faults: Fault[] = [];
    for (let index = 0; index < paths.length && faults.length === 0; index++) {
      try {
        const file = openSync(hostPath(paths[index] as HostPath), "r");
        try {
          const state = stateOf(file);
          if (state.bytes !== bytes[index] || state.modified !== modified[index]) faults.push({ index, state });
        } finally {
          closeSync(file);
        }
      } catch (error) {
        faults.push({ index, error: errorOf(error) });
      }
    }
    return { faults, lengths: [], sha256: new Uint8Array(0), md5: new Uint8Array(0) };
  };

  /** @returns the bytes read; fewer than `length` only at the end of the file. */
  const fill = (file: number, space: Uint8Array, at: number, length: number): number => {
    let filled = 0;
    for (let read = -1; read !== 0 && filled < length; filled += read)
      read = readSync(file, space, at + filled, length - filled, null);
    return filled;
  };

  const readSmall = ({ paths, bytes, modified, slot, takesMd5 }: Extract<Job, { kind: "small" }>): Answer => {
    const space = slots[slot] as Buffer;
    const faults: Fault[] = [];
    const lengths: number[] = [];
    const sha256 = new Uint8Array(32 * paths.length);
    const md5 = new Uint8Array(takesMd5 ? 16 * paths.length : 0);
    let at = 0;
    for (let index = 0; index < paths.length; index++) {
      const planned = bytes[index] as number;
      let length = 0;
      try {
        const file = openSync(hostPath(paths[index] as HostPath), "r");
        try {
          // One byte more than planned, so that a file that has grown shows it; less is its end. Where that byte lies
          // behind the last block, the next file is read over it.
          length = readSync(file, space, at, planned + 1, null);
          if (length < planned) length += fill(file, space, at + length, planned - length);
          const state = stateOf(file);
          if (state.bytes !== planned || state.modified !== modified[index]) faults.push({ index, state });
        } finally {
          closeSync(file);
        }
      } catch (error) {
        faults.push({ index, error: errorOf(error) });
      }
      const end = at + Math.ceil(planned / block) * block;
      space.fill(0, at + Math.min(length, planned), end);
      sha256.set(hash("sha256", space.subarray(at, at + planned), "buffer"), 32 * index);
      if (takesMd5) md5.set(hash("md5", space.subarray(at, at + planned), "buffer"), 16 * index);
      lengths.push(length);
      at = end;
    }
    return { faults, lengths, sha256, md5 };
  };

  const begin = (path: HostPath, takesMd5: boolean): LargeFile => {
    const hashes = { sha256: createHash("sha256"), md5: takesMd5 ? createHash("md5") : undefined };
    try {
      return { file: openSync(hostPath(path), "r"), ...hashes, isOver: false };
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
    try {
      if (file !== undefined && !isOver) {
        read = fill(file, space, 0, isLast ? length + 1 : length);
        if (isLast || read < length) {
          const state = stateOf(file);
          if (state.bytes !== bytes || state.modified !== modified) faults.push({ index: 0, state });
        }
      }
    } catch (error) {
      faults.push({ index: 0, error: errorOf(error) });
    }
    sha256.update(space.subarray(0, Math.min(read, length)));
    md5?.update(space.subarray(0, Math.min(read, length)));
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
    const answer = job.kind === "check" ? check(job) : job.kind === "small" ? readSmall(job) : readPiece(job);
    parentPort.postMessage(answer);
  });
}
