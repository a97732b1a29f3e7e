import { isUtf8 } from "node:buffer";
import type { CallOptions, ExtendedAttribute, Lba, SpecialFile } from "@multisession/core";
import { attributeData, isPrivate, MAX_ATTRIBUTE_BYTES, readAttributes } from "./aaip.ts";
import { u32 } from "./both-endian.ts";
import { indexIn, type ListPlace, listIn } from "./checksum-list.ts";
import type { ContinuationArea, ContinuationAreas } from "./continuation-areas.ts";
import { LONG_DATE_BYTES, readLongDate, readShortDate, SHORT_DATE_BYTES } from "./dates.ts";
import { PN_BYTES, readDevice } from "./device-node.ts";
import type { PlacedRecord } from "./directory-reader.ts";
import type { Findings } from "./findings.ts";
import { componentFlag, stampFlag } from "./rock-ridge.ts";
import type { UnknownStorage } from "./unknown-storage.ts";
import { readZisofs, type Zisofs } from "./zisofs.ts";

/** What Rock Ridge says of a record; what it does not say is absent. */
export interface RockRidge {
  readonly name?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modified?: number;
  /** Names that lead to the node. */
  readonly links?: number;
  /** Serial number; in version 1.12. */
  readonly serial?: number;
  readonly target?: string;
  /** PN: number of a device. */
  readonly device?: NonNullable<SpecialFile["device"]>;
  /** CL: the directory lies there; it was moved because it was too deep. */
  readonly childAt?: Lba;
  /** ZF: the content is compressed block by block. */
  readonly zisofs?: Zisofs;
  /** What lies on the disc are not the file's bytes, and how they become them is not known here. */
  readonly storage?: UnknownStorage;
  /** AL: extended attributes, as libisofs stores them. */
  readonly extended?: readonly ExtendedAttribute[];
  /** AL of a file: which MD5 sum in the list is its own. */
  readonly sumIndex?: number;
  /** AL of the root: where the list of MD5 sums lies. */
  readonly sumList?: ListPlace;
  /** RE: a moved directory in its hiding place. */
  readonly isRelocated: boolean;
}

/** Continuation areas of one record that are followed; Linux takes as many. */
const MAX_AREAS = 32;

/** Longest name and target that are put together: more than any system takes. */
const MAX_TEXT_BYTES = 65_536;

/** Said of an area that gives nothing: zeros too, which a copy has in place of blocks. */
const LOST_AREA = "A continuation area cannot be read or makes no sense; names or attributes in it are lost.";

/** Entries that go on in the next one of the same kind where their flags say so. */
const CONTINUED: ReadonlySet<string> = new Set(["NM", "SL", "AL"]);

/** Reads the system use fields of records, with their continuation areas. */
export class RockRidgeReader {
  readonly #areas: ContinuationAreas;
  readonly #findings: Findings;
  readonly #skip: number;

  /** `skip`: bytes before the entries in every record, from the root's SP entry. */
  constructor(areas: ContinuationAreas, findings: Findings, skip: number) {
    this.#areas = areas;
    this.#findings = findings;
    this.#skip = skip;
  }

  /** What Rock Ridge says of a record. */
  async read({ systemUse, block }: PlacedRecord, options?: CallOptions): Promise<RockRidge> {
    const gathered = new Gathered();
    let next = gathered.take(systemUse.subarray(this.#skip));
    if (next === undefined) return gathered.result();
    const seen = new Set<string>();
    while (next !== undefined) {
      const { at, offset } = next;
      const area = `${at}+${offset}`;
      if (seen.size >= MAX_AREAS || seen.has(area)) {
        this.#findings.add(block, "The continuation areas of a record lead in a circle.");
        break;
      }
      seen.add(area);
      const bytes = await this.#areas.read(next, options);
      next = bytes && gathered.take(bytes);
      if (bytes === undefined || !gathered.hasGrown) this.#findings.add(at, LOST_AREA);
    }
    if (gathered.isBrokenOff)
      this.#findings.add(block, "A name, a link's target or attributes in a record go on, but nothing follows.");
    return gathered.result();
  }
}

/** Bytes to skip before the entries, as the root's own record says in SP; nothing when the volume has no SUSP. */
export function suspSkip(systemUse: Uint8Array): number | undefined {
  // CD-ROM XA puts 14 bytes of its own before SP in the root's record.
  for (const start of [0, 14]) {
    const [s, p, length, version, first, second, skip] = systemUse.subarray(start, start + 7);
    if (s === 0x53 && p === 0x50 && (length ?? 0) >= 7 && version === 1 && first === 0xbe && second === 0xef)
      return skip;
  }
  return undefined;
}

/** Puts the entries of a record and its areas together. */
class Gathered {
  readonly #name: Uint8Array[] = [];
  #target: Uint8Array[] = [];
  #hasTarget = false;
  #needsSlash = false;
  #textBytes = 0;
  readonly #attributes: Uint8Array[] = [];
  #attributeBytes = 0;
  #result: Omit<{ -readonly [K in keyof RockRidge]: RockRidge[K] }, "name" | "target"> = { isRelocated: false };

  /** Whether the last area had an entry. */
  hasGrown = false;
  /** Signature of an entry that says that it goes on, until one of its kind does not. */
  #goesOn: string | undefined;

  /** Whether an entry says that it goes on, and none has followed. */
  get isBrokenOff(): boolean {
    return this.#goesOn !== undefined;
  }

  /** Takes the entries of one area; gives the next area. */
  take(bytes: Uint8Array): ContinuationArea | undefined {
    let next: ContinuationArea | undefined;
    this.hasGrown = false;
    for (let at = 0; at + 4 <= bytes.length; ) {
      const length = bytes[at + 2] ?? 0;
      if (length < 4 || at + length > bytes.length) break;
      const entry = bytes.subarray(at, at + length);
      const signature = String.fromCharCode(entry[0] ?? 0, entry[1] ?? 0);
      this.hasGrown = true;
      if (signature === "ST") return undefined;
      if (CONTINUED.has(signature) && ((entry[4] ?? 0) & 1) !== 0) this.#goesOn = signature;
      else if (signature === this.#goesOn) this.#goesOn = undefined;
      if (signature === "CE" && length >= 28)
        next = { at: u32(entry, 4), offset: u32(entry, 12), length: u32(entry, 20) };
      else this.#takeEntry(signature, entry);
      at += length;
    }
    return next;
  }

  result(): RockRidge {
    // xorriso writes an entry without a name where it cannot convert one: then the identifier counts.
    const name = decodeText(this.#name);
    return {
      ...this.#result,
      ...(this.#attributes.length === 0 ? {} : attributesIn(this.#attributes)),
      ...(name === "" ? {} : { name }),
      ...(this.#hasTarget ? { target: decodeText(this.#target) } : {}),
    };
  }

  #takeEntry(signature: string, entry: Uint8Array): void {
    const result = this.#result;
    if (signature === "NM" && entry.length >= 5) this.#takeName(entry);
    else if (signature === "AL" && entry.length >= 5) this.#takeAttributes(entry);
    else if (signature === "SL" && entry.length >= 5) this.#takeTarget(entry);
    else if (signature === "PX" && entry.length >= 36) {
      result.mode = u32(entry, 4);
      result.links = u32(entry, 12);
      if (entry.length >= 44) result.serial = u32(entry, 36);
      result.uid = u32(entry, 20);
      result.gid = u32(entry, 28);
    } else if (signature === "PN" && entry.length >= PN_BYTES) {
      result.device = readDevice(entry);
    } else if (signature === "TF" && entry.length >= 5) {
      const modified = modifiedIn(entry);
      if (modified !== undefined) result.modified = modified;
    } else if (signature === "CL" && entry.length >= 12) result.childAt = u32(entry, 4);
    else if (signature === "ZF" || signature === "Z2") takeCompression(result, entry);
    else if (signature === "SF") result.storage ??= { kind: "sparse", entry };
    else if (signature === "RE") result.isRelocated = true;
  }

  #takeAttributes(entry: Uint8Array): void {
    this.#attributeBytes += entry.length;
    if (this.#attributeBytes <= MAX_ATTRIBUTE_BYTES) this.#attributes.push(attributeData(entry));
  }

  #takeName(entry: Uint8Array): void {
    // "." and ".." are named by flags; such a record has no text.
    if (((entry[4] ?? 0) & 6) !== 0) return;
    this.#textBytes += entry.length;
    if (this.#textBytes <= MAX_TEXT_BYTES) this.#name.push(entry.subarray(5));
  }

  #takeTarget(entry: Uint8Array): void {
    this.#hasTarget = true;
    this.#textBytes += entry.length;
    if (this.#textBytes > MAX_TEXT_BYTES) return;
    for (let at = 5; at + 2 <= entry.length; ) {
      const flags = entry[at] ?? 0;
      const length = entry[at + 1] ?? 0;
      if (this.#needsSlash) this.#target.push(SLASH);
      // Not only in front: libisofs and genisoimage write one for each empty name between two slashes.
      if (flags & componentFlag.root) this.#target.push(SLASH);
      else if (flags & componentFlag.current) this.#target.push(DOT);
      else if (flags & componentFlag.parent) this.#target.push(DOT_DOT);
      else this.#target.push(entry.subarray(at + 2, at + 2 + length));
      this.#needsSlash = (flags & (componentFlag.root | componentFlag.continued)) === 0;
      at += 2 + length;
    }
  }
}

function attributesIn(pieces: readonly Uint8Array[]): Pick<RockRidge, "extended" | "sumIndex" | "sumList"> {
  const attributes = readAttributes(pieces);
  const extended = attributes.filter((attribute) => !isPrivate(attribute));
  const sumIndex = indexIn(attributes);
  const sumList = listIn(attributes);
  return {
    ...(extended.length === 0 ? {} : { extended }),
    ...(sumIndex === undefined ? {} : { sumIndex }),
    ...(sumList === undefined ? {} : { sumList }),
  };
}

function takeCompression(result: { zisofs?: Zisofs; storage?: RockRidge["storage"] }, entry: Uint8Array): void {
  const zisofs = readZisofs(entry);
  if (zisofs === undefined) result.storage = { kind: "compressed", entry };
  else result.zisofs = zisofs;
}

const SLASH: Uint8Array = Buffer.from("/");
const DOT: Uint8Array = Buffer.from(".");
const DOT_DOT: Uint8Array = Buffer.from("..");

function modifiedIn(entry: Uint8Array): number | undefined {
  const flags = entry[4] ?? 0;
  if ((flags & stampFlag.modify) === 0) return undefined;
  const size = flags & stampFlag.long ? LONG_DATE_BYTES : SHORT_DATE_BYTES;
  const at = 5 + (flags & stampFlag.creation ? size : 0);
  if (at + size > entry.length) return undefined;
  return flags & stampFlag.long ? readLongDate(entry, at) : readShortDate(entry, at);
}

/** UTF-8, and Latin-1 where it is none: every byte stays visible. */
function decodeText(pieces: readonly Uint8Array[]): string {
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? viewOf(pieces[0]) : Buffer.concat(pieces);
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
