import type { CancelPrice } from "./events.ts";
import type { PhaseKind } from "./extent.ts";
import type { Offer } from "./plan.ts";
import { rangeOf } from "./space.ts";
import { BLOCK_BYTES, type Blocks } from "./units.ts";

/** What stopping a burn would leave behind at this moment. */
export function cancelPrice(offer: Offer, phase: PhaseKind | undefined, payloadWritten: Blocks): CancelPrice {
  const { space, base } = offer;
  if (payloadWritten === 0 && (phase === undefined || phase === "payload"))
    return { outcome: "old", lostBlocks: 0, message: "Nothing was written yet; the disc stays as it was." };
  const rule = rangeOf(space, space.sessionStart, 1)?.rule;
  if (space.published.by === "close") {
    const lostBlocks = payloadWritten + offer.reserve;
    const after = base === undefined ? "an empty volume" : "the last session";
    return {
      outcome: "interrupted",
      lostBlocks,
      message: `The session stays open; \`multisession recover\` publishes ${after} again. It costs ${sizeText(lostBlocks)} in all.`,
    };
  }
  const lostBlocks = rule === "append" ? payloadWritten : 0;
  if (base === undefined && phase !== "commit")
    return {
      outcome: "interrupted",
      lostBlocks,
      message: `The disc holds part of a first session; \`multisession recover\` makes it an empty volume.${usedUp(lostBlocks)}`,
    };
  return {
    outcome: "old",
    lostBlocks,
    message: `The disc goes on showing what it showed before.${usedUp(lostBlocks)}`,
  };
}

function usedUp(blocks: Blocks): string {
  return blocks > 0 ? ` ${sizeText(blocks)} are used up.` : " Nothing is used up.";
}

function sizeText(blocks: Blocks): string {
  return `${blocks.toLocaleString("en")} blocks (${((blocks * BLOCK_BYTES) / 1e6).toFixed(1)} MB)`;
}
