import type { PhaseKind } from "./extent.ts";
import type { PlanStep } from "./plan.ts";
import type { Blocks, Lba } from "./units.ts";

/** What stopping now would leave behind. */
export interface CancelPrice {
  /** What the disc is after a stop at this moment. `empty`: readers see an empty volume. `new`: the burn cannot be stopped any more. */
  readonly outcome: "old" | "empty" | "interrupted" | "new";
  /** Blocks that are used up for nothing. */
  readonly lostBlocks: Blocks;
  /** One sentence for people. */
  readonly message: string;
}

/** Where a long action stands. */
export type Activity = "prepare" | PhaseKind | "close" | "verify" | "recover";

/** Something that a burn, a verification or a recovery tells while it works. */
export type BurnEvent =
  | { readonly type: "step"; readonly step: PlanStep; readonly index: number; readonly of: number }
  | {
      readonly type: "progress";
      readonly activity: Activity;
      readonly doneBlocks: Blocks;
      readonly totalBlocks: Blocks;
      /** Mean of the last seconds; absent until there is one. */
      readonly blocksPerSecond?: number;
      readonly secondsLeft?: number;
      /** Filled part of the write buffer, 0 to 1. */
      readonly buffer?: number;
      /** Present while something is written. */
      readonly cancel?: CancelPrice;
    }
  /** A source file changed while it was read. */
  | { readonly type: "damage"; readonly label: string; readonly at: Lba; readonly what: string }
  | { readonly type: "note"; readonly message: string };

/** Receives events; what it throws is not caught. */
export type OnEvent = (event: BurnEvent) => void;
