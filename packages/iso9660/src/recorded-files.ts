import type { Attributes, RecordedEntry, RecordedExtent } from "@multisession/core";
import type { PlacedRecord } from "./directory-reader.ts";
import type { Findings } from "./findings.ts";
import type { RecordedSums } from "./recorded-sums.ts";
import type { RockRidge } from "./rock-ridge-reader.ts";
import { joinExtents } from "./sections.ts";
import { remarkOf } from "./unknown-storage.ts";
import { encodingOf, isPlausible } from "./zisofs.ts";

/** A file whose sections are not all read yet. */
export interface OpenFile {
  readonly record: PlacedRecord;
  readonly name: string;
  readonly attributes: Attributes;
  readonly extents: RecordedExtent[];
  readonly rockRidge: RockRidge | undefined;
}

/** The files of a volume, as its records have them. */
export class RecordedFiles {
  readonly #findings: Findings;
  readonly #sums: RecordedSums | undefined;
  /** Files with several names, by serial number and content. */
  readonly #inodes = new Map<string, number>();

  constructor(findings: Findings, sums: RecordedSums | undefined) {
    this.#findings = findings;
    this.#sums = sums;
  }

  /** The entry of a file whose sections are read. */
  entryOf({ name, attributes, extents, rockRidge, record }: OpenFile): RecordedEntry & { readonly kind: "file" } {
    const joined = joinExtents(extents);
    const stored = joined.reduce((sum, { bytes }) => sum + bytes, 0);
    const inode = this.#inodeOf(joined, rockRidge);
    const md5At = rockRidge?.sumIndex === undefined ? undefined : this.#sums?.md5At(rockRidge.sumIndex);
    const file = {
      kind: "file",
      name,
      attributes,
      extents: joined,
      ...(inode === undefined ? {} : { inode }),
      ...(inode === undefined || rockRidge?.links === undefined ? {} : { links: rockRidge.links }),
      ...(md5At === undefined ? {} : { md5At }),
    } as const;
    const zisofs = rockRidge?.zisofs;
    if (zisofs === undefined) {
      const remark = rockRidge?.storage && remarkOf(rockRidge.storage);
      return { ...file, bytes: stored, ...(remark === undefined ? {} : { remark }) };
    }
    if (isPlausible(zisofs, stored)) return { ...file, bytes: zisofs.bytes, encoding: encodingOf(zisofs) };
    this.#findings.add(
      record.block,
      `"${name}" cannot be as long as its compression says; its bytes are shown as they lie on the disc.`,
    );
    return { ...file, bytes: stored };
  }

  /** Names with one serial number and one content are one file; without serial numbers, names with one content that say so. */
  #inodeOf(extents: readonly RecordedExtent[], rockRidge: RockRidge | undefined): number | undefined {
    if ((rockRidge?.links ?? 1) < 2) return undefined;
    const serial = rockRidge?.serial;
    if (serial === undefined && extents.length === 0) return undefined;
    const key = [serial, ...extents.map(({ at, bytes }) => `${at}+${bytes}`)].join(" ");
    const known = this.#inodes.get(key);
    if (known !== undefined) return known;
    const inode = this.#inodes.size + 1;
    this.#inodes.set(key, inode);
    return inode;
  }
}
