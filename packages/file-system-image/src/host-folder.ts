import { isUtf8 } from "node:buffer";
import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import type { Attributes, SpecialFile } from "@multisession/core";
import { deviceOf } from "./device-number.ts";
import { type FileState, FileStates } from "./file-states.ts";

/** A path on the host; bytes where the name is no valid UTF-8 (possible on Linux). */
export type HostPath = string | Buffer;

/** What the host says of an item. */
export interface HostItem {
  readonly kind: "file" | "directory" | "symlink" | "special";
  readonly attributes: Attributes;
  readonly state: FileState;
  /** What a special file is; absent for a socket, which is nothing without the program that made it. */
  readonly special?: SpecialFile;
}

/** An item with its place. */
export interface NamedHostItem {
  readonly folder: HostFolder;
  readonly name: string;
  readonly item: HostItem;
}

/** An entry of a folder of the host. */
export interface HostEntry {
  /** As it will stand in the image. */
  readonly name: string;
  readonly hostName: string | Buffer;
  /** Present when the name had to be changed: it was no valid UTF-8. */
  readonly note?: string;
}

/** A folder of the host; shared by all files in it, so that a file costs little more than its own name. */
export class HostFolder {
  readonly path: HostPath;
  /** Those of its files that are sources. */
  readonly files: FileStates = new FileStates();
  /** What the last entry had, and the next one has as a rule. */
  #attributes: Attributes | undefined;

  constructor(path: HostPath) {
    this.path = path;
  }

  /** The path of an entry. */
  pathOf(name: string | Buffer): HostPath {
    if (typeof this.path === "string" && typeof name === "string")
      return this.path.endsWith(sep) ? this.path + name : this.path + sep + name;
    return Buffer.concat([Buffer.from(this.path), Buffer.from(sep), Buffer.from(name)]);
  }

  /** All entries, sorted by name. Throws what the host says. */
  list(): readonly HostEntry[] {
    const names = readdirSync(this.path);
    const entries: HostEntry[] = names.some((name) => name.includes("\ufffd"))
      ? decodeNames(readdirSync(this.path, { encoding: "buffer" }))
      : names.map((name) => ({ name, hostName: name }));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What an entry is; nothing when it is gone. Throws what else the host says. */
  inspect(entry: string | Buffer): HostItem | undefined {
    const path = this.pathOf(entry);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    const item = itemOf(stats, () => lstatSync(path, { bigint: true }).ino);
    const last = this.#attributes;
    if (last !== undefined && isSame(last, item.attributes)) return { ...item, attributes: last };
    this.#attributes = item.attributes;
    return item;
  }

  /** Target of a symbolic link, as POSIX writes it. `isExact`: it was valid UTF-8. Throws what the host says. */
  target(entry: string | Buffer): { readonly target: string; readonly isExact: boolean } {
    const bytes = readlinkSync(this.pathOf(entry), { encoding: "buffer" });
    const text = bytes.toString("utf8");
    return { target: sep === "\\" ? text.replaceAll("\\", "/") : text, isExact: isUtf8(bytes) };
  }
}

function isSame(a: Attributes, b: Attributes): boolean {
  return a.modified === b.modified && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}

/** A file or folder that a caller named: a link is followed. Throws what the host says. */
export function inspectHost(path: string): NamedHostItem {
  const absolute = resolve(path);
  const item = itemOf(statSync(absolute), () => statSync(absolute, { bigint: true }).ino);
  return { folder: new HostFolder(dirname(absolute)), name: basename(absolute), item };
}

/** A host path for people. */
export function pathText(path: HostPath): string {
  return typeof path === "string" ? path : path.toString("utf8");
}

/**
 * The state of a file. Numbers that a file system gives out can be above 2^53, as those of NTFS and some of FUSE: only there
 * `exactInode` is asked, for reading all numbers exactly takes twice the time and memory.
 */
function stateOf({ size, mtimeMs, dev, ino, nlink }: Stats, exactInode: () => bigint): FileState {
  const inode = ino <= Number.MAX_SAFE_INTEGER ? ino : exactInode();
  return { bytes: small(size), modified: mtimeMs, device: dev, inode, isLinked: nlink > 1 && ino !== 0 };
}

function itemOf(stats: Stats, exactInode: () => bigint): HostItem {
  const special = specialOf(stats);
  const item = { kind: kindOf(stats), attributes: attributesOf(stats), state: stateOf(stats, exactInode) };
  return special === undefined ? item : { ...item, special };
}

function specialOf(stats: Stats): SpecialFile | undefined {
  if (stats.isFIFO()) return { type: "fifo" };
  const type = stats.isCharacterDevice() ? "character-device" : stats.isBlockDevice() ? "block-device" : undefined;
  return type && { type, device: deviceOf(stats.rdev) };
}

function kindOf(stats: Stats): HostItem["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "special";
}

/** Windows has no owners and makes modes up, so that there sensible ones are stored. */
function attributesOf(stats: Stats): Attributes {
  const modified = Math.floor(stats.mtimeMs);
  if (process.platform === "win32") return { mode: stats.isDirectory() ? 0o755 : 0o644, uid: 0, gid: 0, modified };
  return { mode: stats.mode & 0o7777, uid: small(stats.uid), gid: small(stats.gid), modified };
}

/** The same number; a small one without the 16 bytes that V8 takes for numbers which come out of an array of doubles. */
function small(value: number): number {
  return value === (value | 0) ? value | 0 : value;
}

/** Names that are no valid UTF-8 are replaced; two that become the same are told apart by a number. */
function decodeNames(names: readonly Buffer[]): HostEntry[] {
  const taken = new Set(names.filter((name) => isUtf8(name)).map((name) => name.toString("utf8")));
  return names.toSorted(Buffer.compare).map((hostName) => {
    const text = hostName.toString("utf8");
    if (isUtf8(hostName)) return { name: text, hostName: text };
    let name = text;
    for (let count = 2; taken.has(name); count++) name = `${text}~${count}`;
    taken.add(name);
    return { name, hostName, note: `Its name is no valid UTF-8 (${hostName.toString("hex")}) and was replaced.` };
  });
}
