import type { CancelPrice } from "./events.ts";
import type { PhaseKind } from "./extent.ts";
import type { Offer } from "./plan.ts";
import { rangeOf } from "./space.ts";
import type { Blocks } from "./units.ts";

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
      message: `The session would stay open; \`multisession recover\` publishes ${after} again. It costs ${lostBlocks} blocks in all.`,
    };
  }
  const lostBlocks = rule === "append" ? payloadWritten : 0;
  if (base === undefined && phase !== "commit")
    return {
      outcome: "interrupted",
      lostBlocks,
      message: "The disc would hold part of a first session; `multisession recover` makes it an empty volume.",
    };
  const cost = lostBlocks > 0 ? ` ${lostBlocks} blocks are used up.` : " Nothing is used up.";
  return { outcome: "old", lostBlocks, message: `The disc would go on showing what it showed before.${cost}` };
}
