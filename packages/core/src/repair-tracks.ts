import type { History } from "./history.ts";
import type { Medium } from "./medium.ts";
import { type Offer, offer } from "./plan.ts";

/** Conditions in which a recovery may change the disc. */
const recoverable: readonly History["condition"][] = ["interrupted", "closing", "old-hidden", "torn-head"];

/**
 * The recovery that comes before every other one: tracks that lost their power are repaired (REPAIR TRACK), so that the
 * drive finds where they go on. Nothing can be planned before that, so it is a plan of its own, the same for every
 * mechanism. Nothing when no track is damaged.
 */
export function repairOffer({ tracks, capacity, unit }: Medium, { condition }: History): Offer | undefined {
  const damaged = tracks.filter(({ state }) => state === "damaged");
  if (damaged.length === 0 || !recoverable.includes(condition)) return undefined;
  return offer({
    content: "none",
    preparation: damaged.map(({ number }) => ({
      step: "repair",
      track: number,
      why: "it lost its power; the drive must find where it goes on",
    })),
    space: {
      ranges: [],
      sessionStart: capacity,
      sessionUnit: unit,
      mediumEnd: capacity,
      minimum: 0,
      published: { by: "close" },
      barrier: { ordered: [], durable: [] },
    },
  });
}
