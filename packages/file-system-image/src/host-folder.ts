import { isUtf8 } from "node:buffer";
import { lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import type { Attributes, SpecialFile } from "@multisession/core";
import { deviceOf } from "./device-number.ts";
import { type FileState, FileStates } from "./file-states.ts";
import { ENTRY_NUMBERS, entryNumber, type HostFault, type HostListing } from "./host-listing.ts";

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
  /** Its place in the listing. */
  readonly index: number;
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

  /** All entries of a listing, sorted by name. Throws what the host said. */
  entries({ names, fault }: HostListing): readonly HostEntry[] {
    if (fault !== undefined) throw hostError(fault);
    this.files.expect(names.length);
    const entries = isText(names)
      ? names.map((name, index) => ({ name, hostName: name, index }))
      : decodeNames(names.map((name) => Buffer.from(name)));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What an entry of a listing is; nothing when it is gone. Throws what else the host said. */
  itemIn({ numbers, faults }: HostListing, { index, hostName }: HostEntry): HostItem | undefined {
    const fault = faults.get(index);
    if (fault !== undefined) throw hostError(fault);
    const at = ENTRY_NUMBERS * index;
    if (numbers[at + entryNumber.mode] === 0) return undefined;
    return this.#remembered(itemOf(numbers, at, () => lstatSync(this.pathOf(hostName), { bigint: true }).ino));
  }

  /** The folders among the entries of a listing, but for those that are left out. */
  foldersIn(
    { numbers }: HostListing,
    entries: readonly HostEntry[],
    leftOut: ReadonlySet<HostEntry>,
  ): ReadonlyMap<HostEntry, HostFolder> {
    const kindOf = ({ index }: HostEntry): HostItem["kind"] | undefined =>
      kinds.get((numbers[ENTRY_NUMBERS * index + entryNumber.mode] as number) & KIND);
    const folders = entries.filter((entry) => kindOf(entry) === "directory" && !leftOut.has(entry));
    return new Map(folders.map((entry) => [entry, new HostFolder(this.pathOf(entry.hostName))]));
  }

  /** What an entry is now; nothing when there is none. Throws what else the host says. */
  inspect(entry: string | Buffer): HostItem | undefined {
    const path = this.pathOf(entry);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats && this.#remembered(itemOf(numbersOf(stats), 0, () => lstatSync(path, { bigint: true }).ino));
  }

  #remembered(item: HostItem): HostItem {
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
  const item = itemOf(numbersOf(statSync(absolute)), 0, () => statSync(absolute, { bigint: true }).ino);
  return { folder: new HostFolder(dirname(absolute)), name: basename(absolute), item };
}

/** A host path for people. */
export function pathText(path: HostPath): string {
  return typeof path === "string" ? path : path.toString("utf8");
}

/** An error of the host that another thread met. */
function hostError({ code, message }: HostFault): Error {
  return Object.assign(new Error(message), { code });
}

function isText(names: readonly string[] | readonly Uint8Array[]): names is readonly string[] {
  return typeof names[0] === "string";
}

/** The numbers of an entry, as a listing has them. */
function numbersOf({ mode, uid, gid, size, mtimeMs, dev, ino, nlink, rdev }: Stats): readonly number[] {
  return [mode, uid, gid, size, mtimeMs, dev, ino, nlink, rdev];
}

/** Bits of a mode that tell what an item is (POSIX `sys/stat.h`). */
const KIND = 0o170000;

const kinds: ReadonlyMap<number, HostItem["kind"]> = new Map([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "symlink"],
]);

const specials: ReadonlyMap<number, SpecialFile["type"]> = new Map([
  [0o010000, "fifo"],
  [0o020000, "character-device"],
  [0o060000, "block-device"],
]);

/**
 * What the numbers of an entry say. Inodes can be above 2^53, as those of NTFS and some of FUSE: only there `exactInode` is
 * asked, for reading all numbers exactly takes twice the time and memory.
 */
function itemOf(numbers: ArrayLike<number>, at: number, exactInode: () => bigint): HostItem {
  const of = (number: number): number => numbers[at + number] as number;
  const mode = of(entryNumber.mode);
  const modified = of(entryNumber.modified);
  const inode = of(entryNumber.inode);
  const kind = kinds.get(mode & KIND) ?? "special";
  const state: FileState = {
    bytes: small(of(entryNumber.bytes)),
    modified,
    device: of(entryNumber.device),
    inode: inode <= Number.MAX_SAFE_INTEGER ? inode : exactInode(),
    isLinked: of(entryNumber.links) > 1 && inode !== 0,
  };
  const attributes = attributesOf(kind, mode, of(entryNumber.uid), of(entryNumber.gid), Math.floor(modified));
  if (kind !== "special") return { kind, attributes, state };
  const type = specials.get(mode & KIND);
  if (type === undefined) return { kind, attributes, state };
  const special: SpecialFile = type === "fifo" ? { type } : { type, device: deviceOf(of(entryNumber.special)) };
  return { kind, attributes, state, special };
}

/** Windows has no owners and makes modes up, so that there sensible ones are stored. */
function attributesOf(kind: HostItem["kind"], mode: number, uid: number, gid: number, modified: number): Attributes {
  if (process.platform === "win32") return { mode: kind === "directory" ? 0o755 : 0o644, uid: 0, gid: 0, modified };
  return { mode: mode & 0o7777, uid: small(uid), gid: small(gid), modified };
}

/** The same number; a small one without the 16 bytes that V8 takes for numbers which come out of an array of doubles. */
function small(value: number): number {
  return value === (value | 0) ? value | 0 : value;
}

/** Names that are no valid UTF-8 are replaced; two that become the same are told apart by a number. */
function decodeNames(names: readonly Buffer[]): HostEntry[] {
  const taken = new Set(names.filter((name) => isUtf8(name)).map((name) => name.toString("utf8")));
  const listed = names.map((hostName, index) => ({ hostName, index }));
  // The numbers follow the order of the bytes, so that the same folder gives the same names.
  return listed
    .sort((a, b) => Buffer.compare(a.hostName, b.hostName))
    .map(({ hostName, index }) => {
      const text = hostName.toString("utf8");
      if (isUtf8(hostName)) return { name: text, hostName: text, index };
      let name = text;
      for (let count = 2; taken.has(name); count++) name = `${text}~${count}`;
      taken.add(name);
      const note = `Its name is no valid UTF-8 (${hostName.toString("hex")}) and was replaced.`;
      return { name, hostName, index, note };
    });
}
