import type { CancelPrice } from "./events.ts";
import type { Offer } from "./plan.ts";
import { rangeOf } from "./space.ts";
import { BLOCK_BYTES, type Blocks } from "./units.ts";

/** How far a burn has come. */
export interface BurnPosition {
  /** A format, or another change that comes before the first write, was done. */
  readonly isPrepared: boolean;
  /** The head of a used disc was replaced by an empty volume's. */
  readonly isInvalidated: boolean;
  /** Blocks that the recorder has accepted that give an interrupted session up. */
  readonly givenUpBlocks: Blocks;
  /** Blocks of the session that the recorder has accepted. */
  readonly payloadBlocks: Blocks;
  /** All of them. */
  readonly isPayloadWritten: boolean;
  /** The commit or a close was begun: the burn can only be finished. */
  readonly isBound: boolean;
}

/** What stopping a burn would leave behind at this moment. */
export function cancelPrice(offer: Offer, position: BurnPosition): CancelPrice {
  if (position.isBound)
    return {
      outcome: "new",
      lostBlocks: 0,
      message: "It cannot be stopped any more: what it wrote is being published.",
    };
  const { space, base } = offer;
  const isAppended = rangeOf(space, space.sessionStart, 1)?.rule === "append";
  const lostBlocks = isAppended ? position.payloadBlocks : 0;
  if (position.isInvalidated)
    return {
      outcome: "empty",
      lostBlocks,
      message: `What the disc held is given up already: readers see an empty volume.${usedUp(lostBlocks)}`,
    };
  if (position.givenUpBlocks > 0)
    return {
      outcome: "interrupted",
      lostBlocks: position.givenUpBlocks,
      message: "The disc stays interrupted; `multisession recover` goes on.",
    };
  if (position.payloadBlocks === 0) return beforeTheSession(position);
  if (space.published.by === "close") {
    const lost = position.payloadBlocks + offer.reserve;
    const old = base === undefined ? "an empty volume" : "the last session again";
    const after = position.isPayloadWritten ? `the new session, or ${old}` : old;
    return {
      outcome: "interrupted",
      lostBlocks: lost,
      message: `The session stays open; \`multisession recover\` publishes ${after}. It costs ${sizeText(lost)} in all.`,
    };
  }
  if (base === undefined) {
    const part = position.isPayloadWritten
      ? "The disc holds a first session that is not published; `multisession recover` shows it, or an empty volume."
      : "The disc holds part of a first session; `multisession recover` makes it an empty volume.";
    return { outcome: "interrupted", lostBlocks, message: `${part}${usedUp(lostBlocks)}` };
  }
  return {
    outcome: "old",
    lostBlocks,
    message: `The disc goes on showing what it showed before.${usedUp(lostBlocks)}`,
  };
}

function beforeTheSession({ isPrepared }: BurnPosition): CancelPrice {
  const message = isPrepared
    ? "Nothing was recorded yet, but the format or the like that comes first was begun, and stays."
    : "Nothing was written yet; the disc stays as it was.";
  return { outcome: "old", lostBlocks: 0, message };
}

function usedUp(blocks: Blocks): string {
  return blocks > 0 ? ` ${sizeText(blocks)} are used up.` : " Nothing is used up.";
}

function sizeText(blocks: Blocks): string {
  // The first `toLocaleString` of a process takes 13 ms.
  return `${String(blocks).replace(/\B(?=(?:\d{3})+$)/g, ",")} blocks (${((blocks * BLOCK_BYTES) / 1e6).toFixed(1)} MB)`;
}
