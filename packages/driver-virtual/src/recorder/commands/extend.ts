import { type Blocks, roundUp, type Sense } from "@multisession/core";
import { formatParameters } from "@multisession/mmc";
import type { ExtensionRule } from "../../media/medium-table.ts";
import { addressableBlocks, physicalBlocks } from "../../media/packets.ts";
import type { MediumState } from "../../medium-state.ts";
import type { StateRecord } from "../../state-record.ts";
import { invalidParameter } from "../command-entry.ts";

/** "As many as there are" in FORMAT UNIT. */
export const ALL_BLOCKS = 0xffff_ffff;

/** One listed extension of a formatted medium. */
export interface Extension {
  /** The rule that lists it. */
  readonly rule: ExtensionRule;
  /** Addressable blocks that it adds at most. */
  readonly blocks: Blocks;
}

/** Blocks of the disc from an address to its end. */
function roomFrom({ mediumBlocks, condition, table }: MediumState, start: Blocks): Blocks {
  return mediumBlocks + (condition.packets === undefined ? 0 : table.recording.reserve) - start;
}

/** Blocks by which the last session can grow. */
function growthOf(state: MediumState): Blocks {
  const { start, size } = state.track(state.tracks.length);
  return Math.max(0, addressableBlocks(state.condition.packets, roomFrom(state, start), state.unit) - size);
}

/** Where a session that is added begins. Unconfirmed: behind the gap of sequential recording, at a multiple of a unit. */
function nextStart({ tracks, condition, table, unit }: MediumState): Blocks {
  const last = tracks.at(-1);
  if (last === undefined) return 0;
  const { runOut, sessionGap } = table.recording;
  const gap = (tracks.length === 1 ? sessionGap.first : sessionGap.later) - runOut;
  return roundUp(last.start + physicalBlocks(condition.packets, last.size) + gap, unit);
}

/** What can be added to the medium as it is formatted now. Growing is listed with 0 blocks too (captured), adding is not. */
export function extensionsOf(state: MediumState): readonly Extension[] {
  const { condition, table, unit, tracks } = state;
  const all = (table.extensions ?? [])
    .filter((rule) => rule.condition === condition.id)
    .map((rule) => {
      if (rule.does === "grow") return { rule, blocks: growthOf(state) };
      const room = tracks.length < table.maximumSessions ? roomFrom(state, nextStart(state)) : 0;
      return { rule, blocks: addressableBlocks(condition.packets, room, unit) };
    });
  return all.filter(({ rule, blocks }) => rule.does === "grow" || blocks > 0);
}

/**
 * The change that an extension makes. On a real disc one without certification leaves its session open, and that session
 * grows by what is written; here it has its size at once, in one step, so that no cut can come between the old size and the
 * old contents.
 */
export function settleExtension(
  state: MediumState,
  { rule, blocks: most }: Extension,
  asked: Blocks,
): StateRecord | Sense {
  const blocks = asked === 0 || asked === ALL_BLOCKS ? most : roundUp(asked, state.unit);
  if (blocks === 0 || blocks > most) return invalidParameter(formatParameters, "blocks");
  if (rule.does === "grow") return { is: "extend", blocks: state.blocks + blocks };
  const start = nextStart(state);
  return { is: "extend", blocks: start + blocks, start };
}
