import type { Price } from "./space.ts";
import type { Blocks } from "./units.ts";

/** What an image wants a mechanism for. */
export type Purpose = "first" | "append" | "import" | "recover";

/** Names of what cannot be undone; an intent lists those that the user accepts. */
export type Consequence = "give-up-sessions" | "irreversible-format" | "close-disc";

/** What is to be done. A union that grows: what a mechanism's descriptor does not claim, core refuses with a reason. */
export type SessionIntent =
  | { readonly kind: "first"; readonly close: "session" | "disc"; readonly consent: readonly Consequence[] }
  /** `base`: index of the state that the new session builds on, as a rule the newest. */
  | {
      readonly kind: "append";
      readonly close: "session" | "disc";
      readonly base: number;
      readonly consent: readonly Consequence[];
    }
  | { readonly kind: "prepare"; readonly format: string; readonly consent: readonly Consequence[] }
  | { readonly kind: "close"; readonly consent: readonly Consequence[] }
  | { readonly kind: "revert"; readonly to: number }
  | { readonly kind: "recover" };

/** A kind of intent. */
export type IntentKind = SessionIntent["kind"];

/** What a mechanism says of a medium. */
export interface Assessment {
  /** `after-preparation`: a format or the like must come first, with its price. */
  readonly verdict: "supported" | "after-preparation" | "unsupported";
  /** How well it fits: `native` before `usable` before `last-resort`. */
  readonly fit: "native" | "usable" | "last-resort";
  /** In words, for people. */
  readonly reason: string;
  /** What the preparation costs and what cannot be undone. */
  readonly preparation?: { readonly isIrreversible: boolean; readonly price: readonly Price[]; readonly text: string };
}

/** The assessment of a mechanism that does not fit. */
export function unsupported(reason: string): Assessment {
  return { verdict: "unsupported", fit: "last-resort", reason };
}

/** The assessment of a mechanism that is made for the medium. */
export function native(reason: string): Assessment {
  return { verdict: "supported", fit: "native", reason };
}

/** What the file systems need at least, known before anything is laid out. */
export interface Needs {
  /** A lower bound for the new session. */
  readonly atLeast: Blocks;
  /** Blocks of a session that only republishes an old state; the room that repair needs. */
  readonly headBlocks: Blocks;
}
