import type { Attributes, TreeNode } from "@multisession/core";
import { putU32Both } from "./both-endian.ts";
import { LONG_DATE_BYTES, putLongDate, putShortDate, SHORT_DATE_BYTES } from "./dates.ts";
import { specialType } from "./device-node.ts";
import { putUtf8, utf8Bytes } from "./utf8.ts";

/** Versions of Rock Ridge. 1.12 adds serial numbers, by which readers know hard links. */
export type RockRidgeVersion = "1.10" | "1.12";

/** What differs between the versions: the identifier in ER, and the length of PX (RRIP 1.10 and 1.12, 4.1.1 and 4.3). */
const rockRidge: Readonly<Record<RockRidgeVersion, { readonly id: string; readonly attributeBytes: number }>> = {
  "1.10": { id: "RRIP_1991A", attributeBytes: 36 },
  "1.12": { id: "IEEE_P1282", attributeBytes: 44 },
};

/** File type bits of a POSIX mode. */
export const fileType = { mask: 0o170000, directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

/** Time stamps of a TF entry, in the order of the flag bits (RRIP 4.1.6). */
export const stampFlag = { creation: 0x01, modify: 0x02, access: 0x04, attributes: 0x08, long: 0x80 } as const;

/** Kinds of components of a symbolic link (RRIP 4.1.3.1). */
export const componentFlag = { continued: 0x01, current: 0x02, parent: 0x04, root: 0x08 } as const;

/** Bytes before the text of NM and the components of SL. */
const TEXT_HEADER_BYTES = 5;

/** An entry's length is one byte; even entries keep what follows aligned. */
const MAX_ENTRY_BYTES = 254;

/** Bytes of a name that Linux shows (measured, 6.1). */
export const MAX_NAME_BYTES = 253;

/** Forms of a time stamp: to the second in seven bytes, or to hundredths of it in seventeen. */
export type StampForm = "short" | "long";

/** Bytes of a TF entry with one stamp. */
const stampBytes: Readonly<Record<StampForm, number>> = {
  short: TEXT_HEADER_BYTES + SHORT_DATE_BYTES,
  long: TEXT_HEADER_BYTES + LONG_DATE_BYTES,
};

/** How PX and TF are written. */
export interface AttributeForm {
  readonly version: RockRidgeVersion;
  readonly stamps: StampForm;
}

/** Bytes of {@link putAttributes}: PX and TF. */
export function attributeBytes({ version, stamps }: AttributeForm): number {
  return rockRidge[version].attributeBytes + stampBytes[stamps];
}

/** Bytes of the entry that leads to a continuation area. */
export const CE_BYTES = 28;

/** Bytes of {@link putSuspStart} and {@link putExtensionId}. */
export const ROOT_ENTRY_BYTES: number = 7 + 8 + 10;

/** Writes signature, length and version of an entry (SUSP 4.1). */
function putEntry(bytes: Uint8Array, at: number, signature: string, length: number): void {
  bytes[at] = signature.charCodeAt(0);
  bytes[at + 1] = signature.charCodeAt(1);
  bytes[at + 2] = length;
  bytes[at + 3] = 1;
}

/** Writes SP: the sign of SUSP, first in the root's own record (SUSP 5.3). */
export function putSuspStart(bytes: Uint8Array, at: number): number {
  putEntry(bytes, at, "SP", 7);
  bytes[at + 4] = 0xbe;
  bytes[at + 5] = 0xef;
  return at + 7;
}

/**
 * Writes ER without its texts for people, so that it fits into the root's record: a continuation area of the root is
 * what newest Linux rejects behind a head with the session's own size, and then all of Rock Ridge is lost.
 */
export function putExtensionId(bytes: Uint8Array, at: number, version: RockRidgeVersion): number {
  const { id } = rockRidge[version];
  const length = 8 + id.length;
  putEntry(bytes, at, "ER", length);
  bytes[at + 4] = id.length;
  bytes[at + 7] = 1;
  bytes.set(Buffer.from(id, "latin1"), at + 8);
  return at + length;
}

/** The version that a root's own record names in ER, which ours all have there. */
export function versionOf(systemUse: Uint8Array): RockRidgeVersion | undefined {
  const text = Buffer.from(systemUse).toString("latin1");
  return (Object.keys(rockRidge) as RockRidgeVersion[]).find((version) => text.includes(rockRidge[version].id));
}

/** File type bits of a node. */
export function typeOf(node: TreeNode): number {
  return node.kind === "special" ? specialType[node.type] : fileType[node.kind];
}

/** What PX says beside attributes. */
export interface Inode {
  /** Names that lead to the node. */
  readonly links: number;
  /** The same for all names of one file; from version 1.12 on. */
  readonly serial: number;
}

/**
 * Writes PX and TF. TF has the time of modification only: where access and attribute change are missing,
 * Linux, xorriso and libarchive take the date of the directory record, which is the same (measured).
 */
export function putAttributes(
  bytes: Uint8Array,
  at: number,
  type: number,
  attributes: Attributes,
  { links, serial }: Inode,
  { version, stamps: form }: AttributeForm,
): number {
  const length = rockRidge[version].attributeBytes;
  putEntry(bytes, at, "PX", length);
  putU32Both(bytes, at + 4, type | (attributes.mode & 0o7777));
  putU32Both(bytes, at + 12, links);
  putU32Both(bytes, at + 20, attributes.uid);
  putU32Both(bytes, at + 28, attributes.gid);
  if (version === "1.12") putU32Both(bytes, at + 36, serial);
  const stamps = at + length;
  putEntry(bytes, stamps, "TF", stampBytes[form]);
  bytes[stamps + 4] = form === "long" ? stampFlag.modify | stampFlag.long : stampFlag.modify;
  if (form === "long") putLongDate(bytes, stamps + 5, attributes.modified);
  else putShortDate(bytes, stamps + 5, attributes.modified);
  return stamps + stampBytes[form];
}

/** Writes CE: where the entries go on (SUSP 5.1). */
export function putContinuation(bytes: Uint8Array, at: number, block: number, offset: number, length: number): number {
  putEntry(bytes, at, "CE", CE_BYTES);
  putU32Both(bytes, at + 4, block);
  putU32Both(bytes, at + 12, offset);
  putU32Both(bytes, at + 20, length);
  return at + CE_BYTES;
}

/** Bytes of CL and PL, and of RE (RRIP 4.1.5). */
export const RELOCATION_BYTES = { link: 12, mark: 4 } as const;

/** Writes CL: the folder that belongs here lies there (RRIP 4.1.5.1). */
export function putMovedChild(bytes: Uint8Array, at: number, childAt: number): number {
  putEntry(bytes, at, "CL", RELOCATION_BYTES.link);
  putU32Both(bytes, at + 4, childAt);
  return at + RELOCATION_BYTES.link;
}

/** Writes PL: the true parent of a folder that was moved, in its record of the parent (RRIP 4.1.5.2). */
export function putRealParent(bytes: Uint8Array, at: number, parentAt: number): number {
  putEntry(bytes, at, "PL", RELOCATION_BYTES.link);
  putU32Both(bytes, at + 4, parentAt);
  return at + RELOCATION_BYTES.link;
}

/** Writes RE: this is no place that a reader should show (RRIP 4.1.5.3). */
export function putIsMoved(bytes: Uint8Array, at: number): number {
  putEntry(bytes, at, "RE", RELOCATION_BYTES.mark);
  return at + RELOCATION_BYTES.mark;
}

/** Bytes of a name in one NM entry. */
export function nameEntryBytes(name: string): number {
  return TEXT_HEADER_BYTES + utf8Bytes(name);
}

/** Writes a name in one NM entry; it must be known to fit. */
export function putName(bytes: Buffer, at: number, name: string, length: number): number {
  putEntry(bytes, at, "NM", length);
  putUtf8(bytes, at + TEXT_HEADER_BYTES, name, length - TEXT_HEADER_BYTES);
  return at + length;
}

/**
 * A name in as many NM entries as it needs, the first at most `firstBytes` long; no character is cut in half. Linux leaves out
 * the entry that leads beyond {@link MAX_NAME_BYTES}, and all behind it, so that none begins before and ends behind.
 */
export function nameEntries(name: string, firstBytes: number): Buffer[] {
  const text = Buffer.from(name);
  const entries: Buffer[] = [];
  for (let at = 0; at < text.length; ) {
    const room = (entries.length === 0 ? Math.min(firstBytes, MAX_ENTRY_BYTES) : MAX_ENTRY_BYTES) - TEXT_HEADER_BYTES;
    const shown = characterStart(text, MAX_NAME_BYTES);
    const end = characterStart(text, at < shown ? Math.min(at + room, shown) : at + room);
    const entry = Buffer.alloc(TEXT_HEADER_BYTES + end - at);
    putEntry(entry, 0, "NM", entry.length);
    entry[4] = end < text.length ? 1 : 0;
    text.copy(entry, TEXT_HEADER_BYTES, at, end);
    entries.push(entry);
    at = end;
  }
  return entries;
}

/** The nearest place not behind `at` where a UTF-8 character starts. */
function characterStart(text: Buffer, at: number): number {
  if (at >= text.length) return text.length;
  let start = at;
  while (((text[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}

/** A component of a link's target: a name, or with a flag the root, `.` or `..`. */
interface LinkComponent {
  readonly flags: number;
  readonly text: Buffer;
}

/** Bytes of components in one SL entry. */
const COMPONENT_ROOM = MAX_ENTRY_BYTES - TEXT_HEADER_BYTES;

/** No part of a name, which goes on: behind a name it stands for the slash. */
const NOTHING_GOES_ON: LinkComponent = { flags: componentFlag.continued, text: Buffer.alloc(0) };

/**
 * A link's target in as many SL entries as it needs (RRIP 4.1.3). Entries are parted inside a name, or behind a part of none:
 * libarchive puts no slash between entries, so that one between names would be lost there.
 */
export function linkEntries(target: string): Buffer[] {
  const entries: LinkComponent[][] = [[]];
  let room = COMPONENT_ROOM;
  const waiting = componentsOf(target).toReversed();
  const beginEntry = (): void => {
    entries.push([]);
    room = COMPONENT_ROOM;
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entry = entries.at(-1) as LinkComponent[];
    if (next.text.length + 2 <= room) {
      entry.push(next);
      room -= next.text.length + 2;
    } else if (room >= 3 && next.text.length >= 2) {
      const [head, tail] = splitComponent(next, Math.min(room - 2, next.text.length - 1));
      entry.push(head);
      waiting.push(tail);
      beginEntry();
    } else {
      const last = entry.at(-1);
      waiting.push(next);
      if (last !== undefined && last.text.length >= 2) {
        const [head, tail] = splitComponent(last, last.text.length - 1);
        entry[entry.length - 1] = head;
        waiting.push(tail);
      } else {
        if (room < 2) waiting.push(entry.pop() as LinkComponent);
        entry.push(NOTHING_GOES_ON);
      }
      beginEntry();
    }
  }
  return entries.map((components, index) => encodeLinkEntry(components, index < entries.length - 1));
}

function splitComponent({ flags, text }: LinkComponent, at: number): [LinkComponent, LinkComponent] {
  return [
    { flags: componentFlag.continued, text: text.subarray(0, at) },
    { flags, text: text.subarray(at) },
  ];
}

/**
 * The parts between slashes; an empty first one is the root. Other empty ones keep doubled and final slashes: Linux and
 * bsdtar give them back, xorriso and isoinfo a target that means the same.
 */
function componentsOf(target: string): LinkComponent[] {
  const parts = target === "/" ? [""] : target.split("/");
  return parts.map((part, index) => {
    const flags =
      part === "" && index === 0
        ? componentFlag.root
        : part === "."
          ? componentFlag.current
          : part === ".."
            ? componentFlag.parent
            : 0;
    return { flags, text: Buffer.from(flags === 0 ? part : "") };
  });
}

function encodeLinkEntry(components: readonly LinkComponent[], goesOn: boolean): Buffer {
  const entry = Buffer.concat([
    Buffer.alloc(TEXT_HEADER_BYTES),
    ...components.flatMap(({ flags, text }) => [Buffer.from([flags, text.length]), text]),
  ]);
  putEntry(entry, 0, "SL", entry.length);
  entry[4] = goesOn ? 1 : 0;
  return entry;
}
