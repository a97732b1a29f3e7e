import crypto from "node:crypto";
import fs from "node:fs";
import { BLOCK_BYTES } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import type { Answer, Claim, Fault, FileList, Hashed, KeepJob, SmallJob } from "./messages.ts";

/** What files are read with. */
export interface FileReading {
  /** Opens a file; tells its descriptor. */
  openFile(path: HostPath): number;
  /** Whether it is this thread that does it. */
  claim(claim: Claim): boolean;
  /** By what an open file shows that it was changed. */
  stateOf(file: number): { readonly bytes: number; readonly modified: number };
  errorOf(error: unknown): { readonly code: string; readonly message: string };
  /** Fills a part of `space` with what lies `from` a byte of a file on, or where it was read last; tells the bytes read, fewer than `length` only at its end. */
  fill(file: number, space: Uint8Array, at: number, length: number, from: number | null): number;
  /** Can every file be opened, and is it as it was? */
  check(files: FileList): Answer;
  /** Whole files into fresh memory, one behind the other without a gap. */
  keep(job: KeepJob): Answer;
  /** Whole files, one behind the other, each filled up with zeros to whole blocks. */
  readSmall(job: SmallJob, space: Buffer): Answer;
}

/**
 * Synchronous reading of host files. Its text is handed over to the thread that reads ahead, so it may name nothing that
 * stands outside of it; `block`: bytes of a block.
 */
export function fileReading(
  { closeSync, constants, fstatSync, openSync, readSync }: typeof import("node:fs"),
  { hash }: typeof import("node:crypto"),
  block: number,
): FileReading {
  const openFile = (path: HostPath): number => {
    const name = typeof path === "string" ? path : Buffer.from(path);
    try {
      // A pipe in the place of the file would else keep this thread until somebody writes into it. Windows has no such flag.
      return openSync(name, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      // A file that a server has lent to somebody is there after a while.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      return openSync(name, "r");
    }
  };

  const claim = ({ claims, index }: Claim): boolean => Atomics.exchange(new Int32Array(claims), index, 1) === 0;

  const stateOf = (file: number): { bytes: number; modified: number } => {
    const { size, mtimeMs } = fstatSync(file);
    return { bytes: size, modified: mtimeMs };
  };

  const errorOf = (error: unknown): { code: string; message: string } => {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return { code, message };
  };

  const check = ({ paths, bytes, modified }: FileList): Answer => {
    const faults: Fault[] = [];
    for (let index = 0; index < paths.length && faults.length === 0; index++) {
      try {
        const file = openFile(paths[index] as HostPath);
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
  const fill = (file: number, space: Uint8Array, at: number, length: number, from: number | null): number => {
    let filled = 0;
    for (let read = -1; read !== 0 && filled < length; filled += read)
      read = readSync(file, space, at + filled, length - filled, from === null ? null : from + filled);
    return filled;
  };

  /** Whole files, one behind the other, each filled up with zeros to whole units. */
  const readFiles = ({ paths, bytes, modified, takesMd5 }: FileList & Hashed, space: Buffer, unit: number): Answer => {
    const faults: Fault[] = [];
    const lengths: number[] = [];
    // Hashes are taken as strings: a buffer for each of them takes twice as long.
    const sha256 = Buffer.alloc(32 * paths.length);
    const md5 = Buffer.alloc(takesMd5 ? 16 * paths.length : 0);
    let at = 0;
    for (let index = 0; index < paths.length; index++) {
      const planned = bytes[index] as number;
      let length = 0;
      try {
        const file = openFile(paths[index] as HostPath);
        try {
          // One byte more than planned, so that a file that has grown shows it; less is its end. Where that byte lies
          // behind the last unit, the next file is read over it.
          length = readSync(file, space, at, planned + 1, null);
          if (length < planned) length += fill(file, space, at + length, planned - length, null);
          const state = stateOf(file);
          if (state.bytes !== planned || state.modified !== modified[index]) faults.push({ index, state });
        } finally {
          closeSync(file);
        }
      } catch (error) {
        faults.push({ index, error: errorOf(error) });
      }
      const end = at + Math.ceil(planned / unit) * unit;
      space.fill(0, at + Math.min(length, planned), end);
      const content = space.subarray(at, at + planned);
      sha256.write(hash("sha256", content, "binary"), 32 * index, "latin1");
      if (takesMd5) md5.write(hash("md5", content, "binary"), 16 * index, "latin1");
      lengths.push(length);
      at = end;
    }
    return { faults, lengths, sha256, md5 };
  };

  const keep = (job: KeepJob): Answer => {
    const total = job.bytes.reduce((sum, planned) => sum + planned, 0);
    // The byte by which the last one shows that it has grown.
    const packed = Buffer.allocUnsafeSlow(total + 1);
    return { ...readFiles(job, packed, 1), packed };
  };

  const readSmall = (job: SmallJob, space: Buffer): Answer => readFiles(job, space, block);

  return { openFile, claim, stateOf, errorOf, fill, check, keep, readSmall };
}

/** Reading in this thread. */
export const here: FileReading = fileReading(fs, crypto, BLOCK_BYTES);
