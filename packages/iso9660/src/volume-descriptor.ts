import {
  BLOCK_BYTES,
  type Blocks,
  decodeSessionRecord,
  encodeSessionRecord,
  type Lba,
  SESSION_RECORD_BYTES,
  type SessionRecord,
} from "@multisession/core";
import { bigU32, putU16Both, putU32Both, u16, u32 } from "./both-endian.ts";
import { putLongDate, putNoLongDate } from "./dates.ts";
import { putRecordHeader, readRecord, recordFlag } from "./directory-record.ts";
import { dCharacters } from "./iso-names.ts";
import { putUnits } from "./joliet-dialect.ts";
import { cutUnits } from "./joliet-names.ts";
import { type EncodedTexts, type TextName, textField, type VolumeDates } from "./volume-texts.ts";

/** Types of volume descriptors (ECMA-119 8.1.1). */
export const descriptorType = { boot: 0, primary: 1, supplementary: 2, partition: 3, terminator: 255 } as const;

/** Where the fields of a primary or supplementary volume descriptor lie (ECMA-119 8.4, 8.5). */
const field = {
  type: 0,
  identifier: 1,
  version: 6,
  volumeId: 40,
  spaceSize: 80,
  escapes: 88,
  setSize: 120,
  sequence: 124,
  blockSize: 128,
  pathTableBytes: 132,
  pathTableL: 140,
  pathTableM: 148,
  root: 156,
  creation: 813,
  modification: 830,
  expiration: 847,
  effective: 864,
  structureVersion: 881,
  applicationUse: 883,
} as const;

/** Bytes of a volume id. */
export const VOLUME_ID_BYTES = 32;

/** Most characters of a volume's name in the primary descriptor, and most UTF-16 units of it in Joliet's. */
export const volumeNameLimit = { primary: 32, joliet: 16 } as const;

/** Levels of UCS-2 that Joliet names: 3 has all characters, 1 and 2 not those that combine with others. */
export type JolietLevel = 1 | 2 | 3;

/** Escape sequences of the levels: `%/@`, `%/C`, `%/E` (Joliet specification). */
const escapeSequence: Readonly<Record<JolietLevel, readonly number[]>> = {
  1: [0x25, 0x2f, 0x40],
  2: [0x25, 0x2f, 0x43],
  3: [0x25, 0x2f, 0x45],
};

/** Where a hierarchy lies. */
export interface HierarchyPointers {
  readonly rootAt: Lba;
  readonly rootBytes: number;
  readonly pathTableBytes: number;
  readonly pathTableL: Lba;
  readonly pathTableM: Lba;
}

/** Descriptors that lead to a hierarchy: the primary, Joliet's, and the enhanced one of ISO 9660:1999 (8.5). */
export type DescriptorKind = "primary" | "joliet" | "enhanced";

/** Version of a descriptor, and of the structure of its directories: the enhanced one's is 2 (ISO 9660:1999 8.5.3, 8.5.31). */
const versionOf: Readonly<Record<DescriptorKind, number>> = { primary: 1, joliet: 1, enhanced: 2 };

/** A descriptor that leads to a hierarchy, as far as it matters to readers. */
export interface VolumeDescriptor {
  readonly kind: DescriptorKind;
  /** The id's bytes as they are in the descriptor. */
  readonly volumeId: Uint8Array;
  readonly volumeBlocks: Blocks;
  readonly pointers: HierarchyPointers;
}

/** A descriptor as it was found. */
export interface FoundDescriptor extends VolumeDescriptor {
  /** Where the two halves of the root's address or length differ, what the big-endian ones say. */
  readonly otherRoot?: Pick<HierarchyPointers, "rootAt" | "rootBytes">;
  /** Fields whose two halves differ, in words. */
  readonly differing: readonly string[];
}

/** What else a new descriptor says. */
export interface DescriptorDetails {
  /** Time of the burn. */
  readonly time: number;
  /** Date in the root's record. */
  readonly rootDate: number;
  /** Texts of each descriptor. */
  readonly texts: Readonly<Record<DescriptorKind, EncodedTexts>>;
  readonly dates: VolumeDates;
  /** Behind our session record. */
  readonly applicationUse: Uint8Array;
  readonly jolietLevel: JolietLevel;
}

/** Makes a descriptor. */
export function encodeDescriptor(
  { kind, volumeId, volumeBlocks, pointers }: VolumeDescriptor,
  { time, rootDate, texts, dates, applicationUse, jolietLevel }: DescriptorDetails,
): Buffer {
  const bytes = emptyDescriptor(kind === "primary" ? descriptorType.primary : descriptorType.supplementary);
  bytes[field.version] = versionOf[kind];
  putTexts(bytes, kind, texts[kind]);
  bytes.set(volumeId, field.volumeId);
  setVolumeBlocks(bytes, volumeBlocks);
  if (kind === "joliet") bytes.set(escapeSequence[jolietLevel], field.escapes);
  putU16Both(bytes, field.setSize, 1);
  putU16Both(bytes, field.sequence, 1);
  putU16Both(bytes, field.blockSize, BLOCK_BYTES);
  putU32Both(bytes, field.pathTableBytes, pointers.pathTableBytes);
  bytes.writeUInt32LE(pointers.pathTableL, field.pathTableL);
  bytes.writeUInt32BE(pointers.pathTableM, field.pathTableM);
  putRecordHeader(bytes, field.root, {
    length: 34,
    extent: pointers.rootAt,
    dataLength: pointers.rootBytes,
    date: rootDate,
    flags: recordFlag.directory,
    nameLength: 1,
  });
  putLongDate(bytes, field.creation, dates.created ?? time);
  putLongDate(bytes, field.modification, dates.modified ?? time);
  putDateOrNone(bytes, field.expiration, dates.expires);
  putDateOrNone(bytes, field.effective, dates.effective);
  if (kind === "primary") bytes.set(applicationUse, field.applicationUse + SESSION_RECORD_BYTES);
  bytes[field.structureVersion] = versionOf[kind];
  return bytes;
}

function putDateOrNone(bytes: Uint8Array, at: number, time: number | undefined): void {
  if (time === undefined) putNoLongDate(bytes, at);
  else putLongDate(bytes, at, time);
}

/** Where the fields of a boot record lie (ECMA-119 8.2; El Torito 2.0 table 7). */
const bootField = { system: 7, catalog: 71 } as const;

/** Boot system id of El Torito, zeros behind it. */
const EL_TORITO = "EL TORITO SPECIFICATION";

/** The boot record that leads to a catalog. */
export function encodeBootRecord(catalogAt: Lba): Buffer {
  const bytes = emptyDescriptor(descriptorType.boot);
  bytes.write(EL_TORITO, bootField.system, "latin1");
  bytes.writeUInt32LE(catalogAt, bootField.catalog);
  return bytes;
}

/** Where the catalog of a boot record lies; nothing when the block holds none of El Torito. */
export function bootCatalogIn(block: Uint8Array): Lba | undefined {
  const isBoot =
    typeOfDescriptor(block) === descriptorType.boot &&
    Buffer.from(block.subarray(bootField.system, bootField.system + EL_TORITO.length)).toString("latin1") === EL_TORITO;
  return isBoot ? Buffer.from(block.buffer, block.byteOffset, BLOCK_BYTES).readUInt32LE(bootField.catalog) : undefined;
}

/** The descriptor that ends a set (ECMA-119 8.3). */
export function encodeTerminator(): Buffer {
  return emptyDescriptor(descriptorType.terminator);
}

/** The type of the descriptor in a block; nothing when the block holds none. */
export function typeOfDescriptor(block: Uint8Array): number | undefined {
  return block.length >= BLOCK_BYTES &&
    Buffer.from(block.subarray(field.identifier, field.version)).toString("latin1") === "CD001"
    ? block[field.type]
    : undefined;
}

/** Reads a descriptor that leads to a hierarchy; nothing when the block holds none, or one with other than 2048-byte blocks. */
export function decodeDescriptor(block: Uint8Array): FoundDescriptor | undefined {
  const type = typeOfDescriptor(block);
  const kind =
    type === descriptorType.primary
      ? "primary"
      : type === descriptorType.supplementary
        ? supplementaryKind(block)
        : undefined;
  if (kind === undefined || u16(block, field.blockSize) !== BLOCK_BYTES) return undefined;
  const root = readRecord(block.subarray(field.root, field.root + 34), 0);
  if (root === undefined || (root.flags & recordFlag.directory) === 0 || root.dataAt > 0xffff_ffff) return undefined;
  const { otherHalf } = root;
  return {
    kind,
    volumeId: block.slice(field.volumeId, field.volumeId + VOLUME_ID_BYTES),
    // None has no blocks, so there the other half is all that is left.
    volumeBlocks: u32(block, field.spaceSize) || bigU32(block, field.spaceSize + 4),
    pointers: {
      rootAt: root.dataAt,
      rootBytes: root.dataLength,
      pathTableBytes: u32(block, field.pathTableBytes),
      pathTableL: u32(block, field.pathTableL),
      pathTableM: Buffer.from(block.buffer, block.byteOffset, BLOCK_BYTES).readUInt32BE(field.pathTableM),
    },
    ...(otherHalf && {
      otherRoot: {
        rootAt: otherHalf.extent + root.dataAt - root.extent,
        rootBytes: otherHalf.dataLength,
      },
    }),
    differing: [
      ...(isSameTwice(block, field.spaceSize) ? [] : ["the volume's size"]),
      ...(isSameTwice(block, field.pathTableBytes) ? [] : ["the path table's size"]),
      ...(otherHalf === undefined ? [] : ["the root directory's place"]),
    ],
  };
}

/** Whether both halves of a number say the same (ECMA-119 7.3.3). */
function isSameTwice(block: Uint8Array, at: number): boolean {
  return u32(block, at) === bigU32(block, at + 4);
}

function supplementaryKind(block: Uint8Array): DescriptorKind | undefined {
  if (block[field.version] === versionOf.enhanced) return "enhanced";
  const [first, second, level] = block.subarray(field.escapes, field.escapes + 3);
  return block[field.version] === versionOf.joliet &&
    first === 0x25 &&
    second === 0x2f &&
    (level === 0x40 || level === 0x43 || level === 0x45)
    ? "joliet"
    : undefined;
}

/** Sets the volume space size. */
export function setVolumeBlocks(descriptor: Uint8Array, blocks: Blocks): void {
  putU32Both(descriptor, field.spaceSize, blocks);
}

/** Puts our session record into a primary descriptor's application use field, or takes one out. */
export function setRecord(descriptor: Uint8Array, record: SessionRecord | undefined): void {
  if (record !== undefined) descriptor.set(encodeSessionRecord(record), field.applicationUse);
  else if (recordIn(descriptor) !== undefined)
    descriptor.fill(0, field.applicationUse, field.applicationUse + SESSION_RECORD_BYTES);
}

/** Our session record in a descriptor of a volume. */
export function recordIn(descriptor: Uint8Array): SessionRecord | undefined {
  return decodeSessionRecord(descriptor.subarray(field.applicationUse, field.applicationUse + SESSION_RECORD_BYTES));
}

/** A volume's name as the id of a descriptor: up to 16 units in Joliet's, capital d-characters in the others. */
export function encodeVolumeId(name: string, kind: DescriptorKind): Uint8Array {
  const id = Buffer.alloc(VOLUME_ID_BYTES, 0x20);
  if (kind !== "joliet") id.write(dCharacters(name).slice(0, volumeNameLimit.primary), "latin1");
  else {
    putUnits(id, 0, " ".repeat(volumeNameLimit.joliet));
    putUnits(id, 0, cutUnits(name, volumeNameLimit.joliet));
  }
  return id;
}

/** Reads a volume id; what follows a zero does not count. */
export function decodeVolumeId(id: Uint8Array, kind: DescriptorKind): string {
  const text = kind !== "joliet" ? Buffer.from(id).toString("latin1") : Buffer.from(id).swap16().toString("utf16le");
  return (text.split("\0")[0] as string).trimEnd();
}

function emptyDescriptor(type: number): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  bytes[field.type] = type;
  bytes.write("CD001", field.identifier, "latin1");
  bytes[field.version] = 1;
  return bytes;
}

/** Writes texts, and spaces where there are none. */
function putTexts(bytes: Buffer, kind: DescriptorKind, texts: EncodedTexts): void {
  for (const [name, { at, bytes: length }] of Object.entries(textField) as [TextName, (typeof textField)[TextName]][]) {
    const text = texts[name] ?? "";
    if (kind !== "joliet") bytes.write(text.padEnd(length), at, length, "latin1");
    // A field of 37 bytes has eighteen characters of Joliet and a zero byte.
    else putUnits(bytes, at, text.padEnd(length >> 1));
  }
}
