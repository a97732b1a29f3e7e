import type { Blocks, Lba } from "@multisession/core";

/**
 * One change of a medium's state: what a recorder would write into the medium's management areas. Plain data; the journal
 * of a disc file holds these as JSON.
 */
export type StateRecord =
  /** Everything begins anew in a condition; the old blocks stay readable unless it erases them. */
  | {
      readonly is: "format";
      readonly condition: string;
      readonly blocks: Blocks;
      readonly background: number;
      readonly erases?: boolean;
      readonly isMode2?: true;
    }
  /** A formatted medium got more blocks: up to `blocks` in its last session or, where there is a `start`, in a new one. */
  | { readonly is: "extend"; readonly blocks: Blocks; readonly start?: Lba }
  /** The background format went on. */
  | { readonly is: "background"; readonly value: number }
  /** A track was recorded up to `next`; a CD's in Mode 2. */
  | { readonly is: "append"; readonly track: number; readonly next: Lba; readonly isMode2?: true }
  /** A cluster `unit` was replaced by the cluster `by`, the next one of a track. */
  | { readonly is: "replace"; readonly track: number; readonly unit: Lba; readonly by: Lba }
  /** A cluster `by` was used up for a replacement that did not get into the map. */
  | { readonly is: "lose"; readonly track: number; readonly by: Lba }
  /** The map of replacements was written. */
  | { readonly is: "update" }
  /** Blocks were written in place. */
  | { readonly is: "overwrite"; readonly at: Lba; readonly blocks: Blocks }
  /** A unit was written that can be written once, anywhere. */
  | { readonly is: "record"; readonly at: Lba; readonly blocks: Blocks }
  /** A unit could not hold data: a spare one takes its place. */
  | { readonly is: "spare"; readonly unit: Lba }
  /** Blocks were torn, so that they cannot be read. */
  | { readonly is: "unreadable"; readonly blocks: readonly Lba[] }
  /** A track was split: it ends at `end`, the rest is a new one. */
  | { readonly is: "reserve"; readonly track: number; readonly end: Lba }
  /** A track was closed; one of a session that was recorded at once, or where the empty rest begins elsewhere than always. */
  | { readonly is: "close-track"; readonly track: number; readonly isAtOnce?: true; readonly rest?: Lba }
  /** The open session was closed. */
  | { readonly is: "close-session" }
  /** The disc was closed for good. */
  | { readonly is: "finalize" }
  /** A track lost its next address. */
  | { readonly is: "damage"; readonly track: number }
  /** A track got its next address back. */
  | { readonly is: "repair"; readonly track: number };

/** A change and the blocks that go with it. Each takes place as a whole or not at all. */
export interface Effect {
  /** What changes. */
  readonly record: StateRecord;
  /** Blocks as a host sees them afterwards. */
  readonly data?: { readonly at: Lba; readonly bytes: Uint8Array };
}
