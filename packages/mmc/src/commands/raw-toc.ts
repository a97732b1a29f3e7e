import { bit, bits, type Codec, concat, entriesOf, raw, struct, u8, u16, u24, type ValuesOf } from "../struct.ts";

/** Formats of READ TOC/PMA/ATIP (MMC). DVD and BD drives make up 0 and 1 and have no others. */
export const tocFormats = { toc: 0, sessions: 1, raw: 2, pma: 3, atip: 4, cdText: 5 } as const;

/** Points of a raw table of contents that are no track numbers (MMC). */
export const tocPoints = {
  /** `pointTime`: number of the first track, disc type (00h, 10h CD-I, 20h XA), 0. */
  firstTrack: 0xa0,
  /** `pointTime`: number of the last track, 0, 0. */
  lastTrack: 0xa1,
  /** `pointTime`: start of the lead-out. */
  leadOut: 0xa2,
  /** ADR 5. `time`: start of the next program area, FFFFFFh on a closed disc; `pointTime`: last possible lead-out. */
  nextProgram: 0xb0,
  /** ADR 5. `pointTime`: start of the first lead-in. */
  leadIn: 0xc0,
} as const;

/** One entry of {@link rawToc}. */
export const rawTocEntry = struct({
  session: u8(0),
  adr: bits(1, 7, 4),
  control: bits(1, 3, 0),
  /** 0 in the lead-in. */
  track: u8(2),
  /** A track number, or one of {@link tocPoints}. */
  point: u8(3),
  /** M, S and F in one number, as `msfOf` makes it. */
  time: u24(4),
  zero: u8(7),
  /** As `time`; {@link tocPoints} tells of points that hold something else. */
  pointTime: u24(8),
});

/** One entry of a raw table of contents or of the program memory area. */
export type RawTocEntry = ValuesOf<typeof rawTocEntry>;

/** READ TOC data, formats 2 and 3. */
export interface RawToc {
  /** Number of the first complete session; 0 in a PMA. */
  readonly first: number;
  /** Number of the last complete session; 0 in a PMA. */
  readonly last: number;
  /** As recorded, always in M, S, F. */
  readonly entries: readonly RawTocEntry[];
}

const rawHead = struct({ length: u16(0), first: u8(2), last: u8(3) });

/** READ TOC data, formats 2 (raw TOC) and 3 (PMA) (MMC). CD only. */
export const rawToc: Codec<RawToc> = {
  parse(bytes) {
    const { length, first, last } = rawHead.parse(bytes);
    return { first, last, entries: entriesOf(bytes.subarray(4, 2 + length), rawTocEntry.size).map(rawTocEntry.parse) };
  },
  build({ first, last, entries }) {
    const list = concat(...entries.map(rawTocEntry.build));
    return concat(rawHead.build({ length: 2 + list.length, first, last }), list);
  },
};

/** READ TOC data, format 4: ATIP (MMC). CD-R and CD-RW only. Times as `msfOf` makes them. */
export const atip = struct(
  {
    length: u16(0),
    /** Always set. */
    isValid: bit(4, 7),
    writingPower: bits(4, 6, 4),
    referenceSpeed: bits(4, 2, 0),
    unrestricted: bit(5, 6),
    /** Always set. */
    hasType: bit(6, 7),
    rewritable: bit(6, 6),
    subType: bits(6, 5, 3),
    hasA1: bit(6, 2),
    hasA2: bit(6, 1),
    hasA3: bit(6, 0),
    /** Start of the lead-in; its maker registered it, so that it names the medium. */
    leadIn: u24(8),
    /** Last possible start of the lead-out. */
    lastLeadOut: u24(12),
    a1: u24(16),
    a2: u24(20),
    a3: u24(24),
  },
  { size: 28, defaults: { length: 26, isValid: true, hasType: true } },
);

/** One pack of {@link cdText}. */
export const cdTextPack = struct({
  type: u8(0),
  track: u8(1),
  sequence: u8(2),
  doubleByte: bit(3, 7),
  block: bits(3, 6, 4),
  position: bits(3, 3, 0),
  text: raw(4, 12),
  checksum: u16(16),
});

/** One pack of CD-Text. */
export type CdTextPack = ValuesOf<typeof cdTextPack>;

const cdTextHead = struct({ length: u16(0) }, { size: 4 });

/** READ TOC data, format 5: CD-Text of the lead-in (MMC). */
export const cdText: Codec<readonly CdTextPack[]> = {
  parse: (bytes) =>
    entriesOf(bytes.subarray(4, 2 + cdTextHead.parse(bytes).length), cdTextPack.size).map(cdTextPack.parse),
  build(packs) {
    const list = concat(...packs.map(cdTextPack.build));
    return concat(cdTextHead.build({ length: 2 + list.length }), list);
  },
};
