import type { HostPath } from "./host-folder.ts";

/** Numbers that a listing has of each entry, and where: mode, owner, size, time in milliseconds, and what identifies it. */
export const entryNumber = {
  mode: 0,
  uid: 1,
  gid: 2,
  bytes: 3,
  modified: 4,
  device: 5,
  inode: 6,
  links: 7,
  special: 8,
} as const;

/** Numbers of one entry. */
export const ENTRY_NUMBERS = 9;

/** What the host says of why something cannot be looked at. */
export interface HostFault {
  readonly code: string;
  readonly message: string;
}

/** A folder of the host and what is in it, at one moment. Plain data, so that another thread can make it. */
export interface HostListing {
  /** In any order; all as bytes where one is no valid UTF-8 (possible on Linux). */
  readonly names: readonly string[] | readonly Uint8Array[];
  /** Those of each entry, in the order of the names; a mode of 0 where nothing is there any more. */
  readonly numbers: Float64Array;
  /** Entries that cannot be looked at, by their place. */
  readonly faults: ReadonlyMap<number, HostFault>;
  /** Why the folder cannot be listed. */
  readonly fault?: HostFault;
}

/**
 * Lists folders with synchronous calls, and pauses between some: there can be a million entries. Its text is handed over to the thread that reads ahead, so it may name nothing that
 * stands outside of it.
 */
export function folderListing(
  { lstatSync, readdirSync }: typeof import("node:fs"),
  separator: string,
  perEntry: number,
): (path: HostPath) => Generator<undefined, HostListing> {
  const entriesAtOnce = 64;
  const faultOf = (error: unknown): HostFault => {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return { code, message };
  };

  const namesIn = (path: HostPath): readonly string[] | readonly Buffer[] => {
    const names = readdirSync(path);
    return names.some((name) => name.includes("\ufffd")) ? readdirSync(path, { encoding: "buffer" }) : names;
  };

  /** The path of an entry. */
  const within = (path: HostPath): ((name: string | Buffer) => HostPath) => {
    const start = typeof path === "string" && path.endsWith(separator) ? path : undefined;
    return (name) =>
      typeof path === "string" && typeof name === "string"
        ? (start ?? path + separator) + name
        : Buffer.concat([Buffer.from(path), Buffer.from(separator), Buffer.from(name)]);
  };

  return function* (given) {
    const path = typeof given === "string" ? given : Buffer.from(given);
    const faults = new Map<number, HostFault>();
    let names: readonly string[] | readonly Buffer[];
    try {
      names = namesIn(path);
    } catch (error) {
      return { names: [], numbers: new Float64Array(0), faults, fault: faultOf(error) };
    }
    const numbers = new Float64Array(perEntry * names.length);
    const pathOf = within(path);
    for (const [index, name] of names.entries()) {
      if (index % entriesAtOnce === entriesAtOnce - 1) yield;
      try {
        const stats = lstatSync(pathOf(name), { throwIfNoEntry: false });
        if (stats === undefined) continue;
        const { mode, uid, gid, size, mtimeMs, dev, ino, nlink, rdev } = stats;
        numbers.set([mode, uid, gid, size, mtimeMs, dev, ino, nlink, rdev], perEntry * index);
      } catch (error) {
        faults.set(index, faultOf(error));
      }
    }
    return { names, numbers, faults };
  };
}
