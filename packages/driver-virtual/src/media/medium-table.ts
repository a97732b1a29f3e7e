import type { Blocks, Sense } from "@multisession/core";
import type { PacketLayout } from "./packets.ts";
import type { PageDemand, RecordingRules } from "./recording.ts";

/** How a medium takes data in one of its conditions; each has a write model of its own. */
export type WriteModelId =
  | "none"
  | "sequential"
  | "pseudo-overwrite"
  | "overwrite"
  | "restricted-overwrite"
  | "growing-overwrite"
  | "random-once";

/** What a medium is and does in one format: unformatted, or after one of its {@link FormatRule}s. */
export interface Condition {
  /** Stable name; goes into disc files. `unformatted` is how every medium is bought. */
  readonly id: string;
  /** MMC profile number, where it is another one than the medium's. */
  readonly profile?: number;
  /** Which rules WRITE follows. */
  readonly writeModel: WriteModelId;
  /** WRITE is for a disc at once only: what is left after minimal blanking. */
  readonly onlyAtOnce?: true;
  /** READ of a block that was never recorded: zeros, or this sense. */
  readonly unwritten: "zeros" | Sense;
  /**
   * READ CAPACITY. `complete-sessions`: the end of the last complete session, 0 when there is none. `when-written`: all
   * that is addressable, 0 while nothing is written. `all`: all that is addressable.
   */
  readonly capacity: "complete-sessions" | "when-written" | "all";
  /** READ DISC INFORMATION while nothing is written. */
  readonly emptyStatus: { readonly disc: number; readonly session: number };
  /** READ FORMAT CAPACITIES: 1 unformatted, 2 formatted, 3 unknown. */
  readonly descriptor: 1 | 2 | 3;
  /** Blocks lie in packets of a fixed size, which are written as a whole. */
  readonly packets?: PacketLayout;
  /** CONTROL of its tracks, where it is another one than the medium's. */
  readonly control?: number;
  /** What mode page 05h must say, where the medium is not recorded sequentially. */
  readonly page?: PageDemand;
}

/** A format of a medium that is formatted already: its last session becomes longer, or it gets another one. */
export interface ExtensionRule {
  /** Format type of FORMAT UNIT and READ FORMAT CAPACITIES (MMC). */
  readonly type: number;
  /** What it does. */
  readonly does: "grow" | "add";
  /** Condition that it is offered in, and that the medium stays in. */
  readonly condition: string;
  /** Type dependent parameter: blocks of a unit. */
  readonly parameter: number;
  /** The new blocks are written over, which takes as long as writing them. */
  readonly certifies: boolean;
}

/** A format that a medium takes. */
export interface FormatRule {
  /** Format type of FORMAT UNIT and READ FORMAT CAPACITIES (MMC). */
  readonly type: number;
  /** Condition after the format, by sub-type; a sub-type that is left out is refused. */
  readonly becomes: readonly (string | undefined)[];
  /**
   * Spare clusters of the listed sizes, of a medium of full size; the first is taken when the size does not matter. A
   * smaller medium has its share of them.
   */
  readonly spares: readonly number[];
  /** Type dependent parameter of the listing. `spares`: number of spare clusters. */
  readonly parameter: number | "spares";
  /**
   * What FORMAT UNIT does with the size that it is given. `any`: between the smallest and the largest listed one.
   * `listed`: only these. `up-to`: no more than these. `ignored`: it takes the first that is listed (captured for type 00h
   * of BD-R).
   */
  readonly size: "any" | "listed" | "up-to" | "ignored";
}

/**
 * What CLOSE TRACK SESSION does by function number (MMC). `session-by-page`: mode page 05h says whether also the disc.
 * `end-growth`: the formatted size is what was written.
 */
export type CloseEffect = "track" | "session" | "session-by-page" | "disc" | "stop-format" | "end-growth";

/** The senses that differ from drive to drive; all can be replaced by a real drive's values. */
export interface MediumSenses {
  /** WRITE at an address that is no next writable address. Captured: also 5/21/00. */
  readonly notWritable: Sense;
  /** WRITE that runs beyond the end of its track. Unconfirmed: 5/21/02 is possible. */
  readonly endOfTrack: Sense;
  /** WRITE to a finalized disc. Unconfirmed: 5/30/05 is possible. */
  readonly finalized: Sense;
  /** WRITE to a medium that needs a format. */
  readonly unformatted: Sense;
  /** WRITE to what is recorded, where each unit is recorded once. Unconfirmed: 7/27/00 is possible. */
  readonly recorded: Sense;
  /** WRITE to a place that cannot hold data, where nothing replaces it. */
  readonly writeError: Sense;
  /** The same, where spare areas would replace it and are used up. */
  readonly noSpare: Sense;
  /** WRITE of parts of units where only whole ones are taken. Unconfirmed: 5/21/02 is possible. */
  readonly unaligned: Sense;
  /** Pseudo-overwrite without a free replacement cluster. Unconfirmed: 3/32/00 and 5/63/01 are possible. */
  readonly noReplacement: Sense;
  /** Pseudo-overwrite without a free map entry or update. Unconfirmed: 5/55/03 is possible. */
  readonly noMapEntry: Sense;
  /** FORMAT UNIT where the medium cannot be formatted any more. Unconfirmed: 5/24/00 is possible. */
  readonly cannotFormat: Sense;
  /** CLOSE of a session with an open track (MMC). */
  readonly openTrack: Sense;
  /** CLOSE of a session with an empty reserved track (MMC). */
  readonly emptyReservedTrack: Sense;
  /** RESERVE TRACK beyond the free blocks, or one too many (MMC). */
  readonly noReservation: Sense;
  /** WRITE while mode page 05h says something that the track does not take (MMC). */
  readonly wrongPage: Sense;
  /** WRITE to packets while mode page 05h has packets of another size (MMC). */
  readonly wrongPacketSize: Sense;
  /** READ TOC of a disc without a complete session. Unconfirmed. */
  readonly noToc: Sense;
}

/** How a medium replaces units that it cannot record. */
export interface DefectRule {
  /** Spare blocks that no format takes away from the addressable ones. */
  readonly primary: Blocks;
  /** Which part of the blocks that a format takes away is there for defects; the rest is the medium's own. */
  readonly share: number;
}

/** The medium's own identification: who made it, and what it is. */
export interface MediaId {
  /** At most 6 characters on BD, 8 on DVD. */
  readonly manufacturer: string;
  /** Three characters. */
  readonly type: string;
  /** Of the medium. */
  readonly revision: number;
}

/** Fields of a DVD's physical format information (MMC) that differ by medium. */
export interface DvdMark {
  /** 1 RAM, 2 R, 9 +RW, 10 +R, 14 +R with two layers. */
  readonly book: number;
  /** Of the book. */
  readonly version: number;
  /** 2 recordable, 4 rewritable. */
  readonly layerType: number;
  /** Where there are two: blocks of the first one. */
  readonly layer0Blocks?: Blocks;
}

/** Media that have the same structures. */
export type StructureSet = "none" | "bd" | "dvd-plus" | "dvd-minus" | "dvd-ram";

/** All facts about a kind of medium. Commands and write models read it; none knows a medium by name. */
export interface MediumTable {
  /** Name in disc files. */
  readonly id: string;
  /** MMC profile number. */
  readonly profile: number;
  /** READ DISC STRUCTURE: DVD or BD; a CD has no structures. */
  readonly family: "cd" | "dvd" | "bd";
  /** How the medium says what it is: type of a BD's disc information, or fields of a DVD's physical format (MMC). */
  readonly mark: string | DvdMark;
  /** Which structures READ DISC STRUCTURE finds on it. */
  readonly structures: StructureSet;
  /** Write unit: an error correction block of 16, a cluster of 32. */
  readonly unit: Blocks;
  /** Blocks of a medium as sold, before spares are taken away. */
  readonly blocks: Blocks;
  /** Layers of a BD. */
  readonly layers?: number;
  /** Fewest units that a smaller medium may have: room for a few sessions. */
  readonly minimumUnits: number;
  /** RDI's Erasable bit. */
  readonly isErasable: boolean;
  /** RDI byte 7, bit 5. Captured: set on BD-R. */
  readonly isUnrestricted: boolean;
  /** CONTROL of the fabricated table of contents (captured: BD 4, DVD+RW 7), also track mode in RTI. */
  readonly control: number;
  /** How its sessions and tracks lie. */
  readonly recording: RecordingRules;
  /** Most sessions: the disc is closed for good with the last of them. */
  readonly maximumSessions: number;
  /** Most tracks in all. */
  readonly maximumTracks: number;
  /** Most tracks that are open at once. */
  readonly maximumOpenTracks: number;
  /** Pseudo-overwrite: entries of the map, and updates of it, of a fresh format. */
  readonly mapEntries: number;
  /** Flushes of a changed map that the medium takes. */
  readonly updates: number;
  /** Defect replacement once it is formatted, where it has any. */
  readonly defects?: DefectRule;
  /** Whether FORMAT UNIT on a formatted medium is possible. */
  readonly isReformattable: boolean;
  /** Whether a format goes on in the background, and keeps the old blocks; another one gives them up. */
  readonly formatsInBackground: boolean;
  /** `unformatted` first. */
  readonly conditions: readonly Condition[];
  /** In listing order. */
  readonly formats: readonly FormatRule[];
  /** Formats of what is formatted already, in listing order behind the others. */
  readonly extensions?: readonly ExtensionRule[];
  /** By condition and function; what is not listed is refused with 5/24/00. */
  readonly close: Readonly<Record<string, Readonly<Record<number, CloseEffect | Sense>>>>;
  /** BLANK by its type (MMC): the condition afterwards. A medium that has none is refused with `cannotFormat`. */
  readonly blanks: Readonly<Record<number, string>>;
  /** What a medium with something on it is while FORMAT UNIT or BLANK erases it, and stays when the power goes then. */
  readonly erasing?: string;
  /** Close of a track that is empty and not reserved, of a blank disc, and the like: GOOD without an effect, or a sense. */
  readonly nothingToClose: "good" | Sense;
  /** Senses that drives disagree on. */
  readonly senses: MediumSenses;
  /** Write speeds that the drive offers for it, fastest first; 1000 bytes per second. */
  readonly writeSpeeds: readonly number[];
  /** Speed of reading; 1000 bytes per second. */
  readonly readSpeed: number;
  /** How the medium names itself. */
  readonly mediaId: MediaId;
}

/** Makes a sense of key, code and qualifier. */
export function sense(key: number, asc: number, ascq: number): Sense {
  return { key, asc, ascq };
}

/** The senses as MMC has them, or as proposed where no capture exists. */
export const commonSenses: MediumSenses = {
  notWritable: sense(5, 0x21, 0x02),
  recorded: sense(5, 0x21, 0x02),
  writeError: sense(3, 0x0c, 0x00),
  noSpare: sense(3, 0x32, 0x00),
  endOfTrack: sense(5, 0x63, 0x00),
  finalized: sense(7, 0x27, 0x00),
  unformatted: sense(5, 0x30, 0x10),
  unaligned: sense(5, 0x24, 0x00),
  noReplacement: sense(5, 0x55, 0x03),
  noMapEntry: sense(3, 0x32, 0x01),
  cannotFormat: sense(5, 0x30, 0x06),
  openTrack: sense(5, 0x72, 0x03),
  emptyReservedTrack: sense(5, 0x72, 0x04),
  noReservation: sense(5, 0x72, 0x05),
  wrongPage: sense(5, 0x64, 0x00),
  wrongPacketSize: sense(5, 0x64, 0x01),
  noToc: sense(5, 0x24, 0x00),
};

/** The condition of that name. @throws `TypeError` when the table has none. */
export function conditionOf(table: MediumTable, id: string): Condition {
  const condition = table.conditions.find((candidate) => candidate.id === id);
  if (condition === undefined) throw new TypeError(`${table.id} has no condition "${id}"`);
  return condition;
}
