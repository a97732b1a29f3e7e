import { type Blocks, type Condition, closedSessions, type Medium } from "@multisession/core";
import { blocksAsBytes, count, numberText } from "./size.ts";

const kinds: Readonly<Record<string, string>> = {
  "bd-r": "BD-R",
  "bd-r-pow": "BD-R formatted for pseudo-overwrite",
  "dvd+rw": "DVD+RW",
};

/** Name of a kind of medium for people. */
export function kindText(kind: string): string {
  return kinds[kind] ?? kind.toUpperCase();
}

const overwriteText: Readonly<Record<Medium["overwrite"], string>> = {
  no: "written once, one session after another",
  "in-place": "overwritable in place",
  replace: "pseudo-overwrite: what is overwritten moves",
};

/** What the medium is and how it is written, one line. */
export function mediumText(medium: Medium): string {
  const parts = [kindText(medium.kind), overwriteText[medium.overwrite], `write unit ${count(medium.unit, "block")}`];
  if (!medium.isFormatted) parts.push("not formatted yet");
  if (medium.isWriteProtected) parts.push("write-protected");
  return parts.join(" · ");
}

/** How far the medium is written, as the drive says, one line. */
export function statusText(medium: Medium): string {
  switch (medium.status) {
    case "blank":
      return "blank";
    case "complete":
      return "closed for good, nothing can be added";
    case "random":
      return "overwritable, has no sessions of its own";
    case "appendable":
      return medium.sessions === "none"
        ? "open, can be appended to"
        : `open, ${count(closedSessions(medium), "closed session")}`;
  }
}

/** Blocks that can still be appended; `undefined` where only the newest session's end tells it. */
export function freeBlocks(medium: Medium): Blocks | undefined {
  if (medium.status === "complete") return 0;
  if (medium.overwrite === "in-place") return undefined;
  return medium.tracks.reduce((most, { next, free }) => (next === undefined ? most : Math.max(most, free)), 0);
}

/** Capacity and what is left of it, one line. `used`: end of the newest session, where the drive does not tell. */
export function roomText(medium: Medium, used: Blocks): string {
  const free = freeBlocks(medium) ?? Math.max(0, medium.capacity - used);
  const share = medium.capacity === 0 ? 0 : (free / medium.capacity) * 100;
  return `${blocksAsBytes(free)} free of ${blocksAsBytes(medium.capacity)} (${numberText(free)} of ${count(medium.capacity, "block")}, ${share.toFixed(share >= 10 ? 0 : 1)} %)`;
}

const conditions: Readonly<Record<Condition, string>> = {
  empty: "nothing is recorded",
  whole: "everything is as it should be",
  "old-hidden": "a whole state is there, but readers no longer find it",
  closing: "all is written, only a close is missing",
  "torn-head": "the head is damaged and can be rebuilt from another copy",
  interrupted: "a burn was interrupted, nothing of it is visible",
  unreadable: "blocks that decide cannot be read",
  foreign: "it holds something that no registered file system knows",
};

/** What a condition means, in words. */
export function conditionText(condition: Condition): string {
  return conditions[condition];
}

/** Whether `recover` brings a disc in this condition back. */
export function isRecoverable(condition: Condition): boolean {
  return (
    condition === "old-hidden" || condition === "closing" || condition === "torn-head" || condition === "interrupted"
  );
}
