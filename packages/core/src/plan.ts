import type { PhaseKind } from "./extent.ts";
import type { Condition, StateRef } from "./history.ts";
import type { Consequence, IntentKind } from "./intent.ts";
import type { Closable } from "./recorder.ts";
import type { TreeExtent } from "./sharing.ts";
import type { AddressSpace, Price } from "./space.ts";
import type { Blocks, Lba } from "./units.ts";

/** Formats or blanks. */
export interface PrepareStep {
  readonly step: "prepare";
  /** `id` of one of the medium's {@link FormatOption}s. */
  readonly format: string;
  /** Needs the consent `irreversible-format`. */
  readonly isIrreversible: boolean;
  /** For people. */
  readonly why: string;
}

/** Splits a track of `blocks` blocks off the open one. */
export interface ReserveStep {
  readonly step: "reserve";
  /** Length of the new track. */
  readonly blocks: Blocks;
  /** For people. */
  readonly why: string;
}

/** Closes a track, a session, or the disc. */
export interface CloseStep {
  readonly step: "close";
  /** A track, a session, or the disc for good. */
  readonly what: Closable;
  /** For people. */
  readonly why: string;
}

/** Has the drive find where a track goes on that lost its power while it was written: REPAIR TRACK. */
export interface RepairStep {
  readonly step: "repair";
  /** Number of the track, as the medium counts. */
  readonly track: number;
  /** For people. */
  readonly why: string;
}

/** A step that a mechanism asks for around the writing. */
export type MechanismStep = PrepareStep | ReserveStep | RepairStep | CloseStep;

/** The medium is read again and must show this. */
export interface RefreshStep {
  readonly step: "refresh-medium";
  /** What the medium must show. */
  readonly expect: {
    /** Next writable address of the track that holds the block `track`; none when that track is full. */
    readonly next: readonly { readonly track: Lba; readonly next: Lba }[];
    /** Closed sessions on the disc. */
    readonly closedSessions?: number;
    readonly status?: "complete";
  };
}

/** One step of a burn. Steps run in order. */
export type PlanStep =
  | MechanismStep
  | RefreshStep
  | {
      readonly step: "write";
      readonly phase: number;
      readonly kind: PhaseKind;
      readonly at: Lba;
      readonly blocks: Blocks;
    }
  | { readonly step: "barrier"; readonly kind: "ordered" | "durable" };

/** What a session adds, as the offer asks for it. */
export type SessionContent =
  /** The image's tree; for `recover` and `revert` an old state's tree again. */
  | "session"
  /** Only the unit that publishes: the newest state's head, written again. */
  | "head"
  /** Nothing: the steps alone do it. */
  | "none";

/** An offer: where the next session may lie, what must come before it, and how it becomes visible. */
export interface Offer {
  readonly kind: "offer";
  /** The state that the session builds on or republishes; absent for an empty one. */
  readonly base?: StateRef;
  /** What is to be rendered. */
  readonly content: SessionContent;
  /**
   * Where an interrupted session is still open: the blocks behind it that say on the disc that it is given up, written
   * before the preparation closes it. One whole unit at least, in an append range of the space.
   */
  readonly givesUp?: { readonly at: Lba; readonly blocks: Blocks };
  /** Steps before the session is written. */
  readonly preparation: readonly MechanismStep[];
  /** What the preparation uses up. */
  readonly price: readonly Price[];
  /** Of the medium after the preparation; a `refresh-medium` step proves it. */
  readonly space: AddressSpace;
  /** Closes after the last write. */
  readonly finish: readonly CloseStep[];
  /** Closed sessions after the finish, where the medium has sessions. */
  readonly closedSessions?: number;
  /** Blocks that stay free, so that an interrupted burn can be repaired. */
  readonly reserve: Blocks;
  /** What it rules out later or gives up now, for people. */
  readonly consequences: readonly string[];
}

/** A refusal: a normal answer, not an error. */
export interface Refusal {
  readonly kind: "refused";
  /** One of core's codes, or `<plugin-id>/<code>`. */
  readonly code: string;
  /** Why, for people. */
  readonly reason: string;
  /** What to do; empty for the catalogue's. */
  readonly advice: string;
}

/** What a mechanism answers to an intent. */
export type SessionOffer = Offer | Refusal;

/** Makes a refusal. */
export function refuse(code: string, reason: string, advice: string): Refusal {
  return { kind: "refused", code, reason, advice };
}

/** Makes an offer of a new session; what is left out has its ordinary value. */
export function offer(parts: Pick<Offer, "space"> & Partial<Omit<Offer, "kind">>): Offer {
  return {
    kind: "offer",
    content: "session",
    preparation: [],
    price: [],
    finish: [],
    reserve: 0,
    consequences: [],
    ...parts,
  };
}

/** All that is not pure, chosen once and saved with the plan. */
export interface Fixed {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** 32 hexadecimal digits. */
  readonly life: string;
  /** Counts the sessions of one life, from 1. */
  readonly sequence: number;
  /** 16 hexadecimal digits. */
  readonly nonce: string;
}

/** What a mechanism makes of an offer and a rendered session. */
export type Settlement =
  | { readonly kind: "settled"; readonly steps: readonly PlanStep[]; readonly cost: readonly Price[] }
  | Refusal;

/** Pure data: every step of a burn in order, what it costs, what it rules out later. */
export interface SessionPlan {
  readonly format: 1;
  /** What it was made for. */
  readonly intent: IntentKind;
  /** `id` of the mechanism. */
  readonly mechanism: string;
  /** `id`s of the file systems that render. */
  readonly fileSystems: readonly string[];
  /** Fingerprint: the facts of the medium without the drive, and a digest of the current head. */
  readonly medium: string;
  /** `ImageShape.imageDigest`; absent when nothing is rendered. */
  readonly image?: string;
  /** How much of the tree is written; absent when no tree is recorded. */
  readonly tree?: TreeExtent;
  /** What must be the same when it is made again. */
  readonly fixed: Fixed;
  /** Condition of the disc that the plan starts from. */
  readonly condition: Condition;
  /** The state that the burn makes, or shows again. */
  readonly state?: { readonly start: Lba; readonly end: Lba; readonly label: string };
  /** In the order in which they are executed. */
  readonly steps: readonly PlanStep[];
  /** Everything that it uses up, added up by resource. */
  readonly cost: readonly Price[];
  /** Blocks that stay free for repair. */
  readonly reserve: Blocks;
  /** What it gives up or rules out, for people. */
  readonly consequences: readonly string[];
  /** The consequences that were accepted. */
  readonly consent: readonly Consequence[];
}

/** How much of one resource a cost sheet asks for. */
export function priceOf(cost: readonly Price[], resource: Price["resource"]): number {
  return cost.reduce((sum, price) => (price.resource === resource ? sum + price.amount : sum), 0);
}

/** Adds prices of the same resource together; resources in the order in which they first appear. */
export function addPrices(...prices: readonly Price[]): readonly Price[] {
  const resources = [...new Set(prices.map(({ resource }) => resource))];
  return resources
    .map((resource) => ({ resource, amount: priceOf(prices, resource) }))
    .filter(({ amount }) => amount > 0);
}
