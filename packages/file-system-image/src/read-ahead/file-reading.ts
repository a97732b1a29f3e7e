import crypto from "node:crypto";
import fs from "node:fs";
import { BLOCK_BYTES } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import type { Answer, Fault, FileList, SmallJob } from "./messages.ts";

/** What files are read with. */
export interface FileReading {
  /** Opens a file; tells its descriptor. */
  openFile(path: HostPath): number;
  /** By what an open file shows that it was changed. */
  stateOf(file: number): { readonly bytes: number; readonly modified: number };
  errorOf(error: unknown): { readonly code: string; readonly message: string };
  /** Fills a part of `space`; tells the bytes read, fewer than `length` only at the end of the file. */
  fill(file: number, space: Uint8Array, at: number, length: number): number;
  /** Can every file be opened, and is it as it was? */
  check(files: FileList): Answer;
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
  const fill = (file: number, space: Uint8Array, at: number, length: number): number => {
    let filled = 0;
    for (let read = -1; read !== 0 && filled < length; filled += read)
      read = readSync(file, space, at + filled, length - filled, null);
    return filled;
  };

  const readSmall = ({ paths, bytes, modified, takesMd5 }: SmallJob, space: Buffer): Answer => {
    const faults: Fault[] = [];
    const lengths: number[] = [];
    const sha256 = new Uint8Array(32 * paths.length);
    const md5 = new Uint8Array(takesMd5 ? 16 * paths.length : 0);
    let at = 0;
    for (let index = 0; index < paths.length; index++) {
      const planned = bytes[index] as number;
      let length = 0;
      try {
        const file = openFile(paths[index] as HostPath);
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

  return { openFile, stateOf, errorOf, fill, check, readSmall };
}

/** Reading in this thread. */
export const here: FileReading = fileReading(fs, crypto, BLOCK_BYTES);
