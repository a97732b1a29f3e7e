import { type Blocks, type Condition, closedSessions, type Medium } from "@multisession/core";
import { blocksAsBytes, count, numberText } from "./size.ts";

const kinds: Readonly<Record<string, string>> = {
  "cd-rw-packet": "CD-RW formatted for fixed packets",
  "dvd-r-dl": "DVD-R with two layers",
  "dvd-rw-ro": "DVD-RW formatted for overwriting",
  "dvd+r-dl": "DVD+R with two layers",
  "bd-r-pow": "BD-R formatted for pseudo-overwrite",
  "bd-r-rrm": "BD-R formatted for random recording",
};

/** Kinds that are written in order as write-once ones are, and can be made blank again. */
const erasable: ReadonlySet<string> = new Set(["cd-rw", "dvd-rw"]);

/** Name of a kind of medium for people. */
export function kindText(kind: string): string {
  const [, profile] = /^unknown-(.+)$/.exec(kind) ?? [];
  return profile === undefined ? (kinds[kind] ?? kind.toUpperCase()) : `unknown kind of disc (profile ${profile}h)`;
}

const formats: Readonly<Record<string, string>> = {
  "bd-r-pow": "Format as BD-R for pseudo-overwrite",
  "bd-r-spare": "Format as BD-R with spare areas",
  "dvd-ram": "Format the whole DVD-RAM, with spare areas",
  "bd-re-spare": "Format as BD-RE with spare areas",
  "bd-re-no-spare": "Format as BD-RE without spare areas",
  "dvd-rw-ro": "Format the whole DVD-RW for overwriting",
  "dvd-rw-ro-quick": "Format the DVD-RW for overwriting, quickly",
  "dvd-rw-blank": "Blank the whole DVD-RW",
  "dvd-rw-blank-quick": "Blank the DVD-RW quickly",
  "cd-rw-packet": "Format the whole CD-RW for fixed packets",
  "cd-rw-blank": "Blank the whole CD-RW",
  "cd-rw-blank-quick": "Blank the CD-RW quickly",
};

/** What a format does, as the beginning of a sentence. */
export function formatText(format: string): string {
  return formats[format] ?? `Format as ${kindText(format)}`;
}

function writingText({ kind, overwrite, sessions, restriction, status }: Medium): string {
  if (overwrite === "in-place") return "overwritten in place";
  if (overwrite === "replace") return "pseudo-overwrite: what is overwritten moves";
  if (kind.endsWith("-rom")) return "pressed, cannot be recorded";
  if (restriction !== undefined && status !== "complete") return "takes no sessions as it is";
  if (erasable.has(kind)) return "one session after another, until it is blanked";
  return sessions === "physical" ? "written once, one session after another" : "written once";
}

/** What the medium is and how it is written. */
export function mediumText(medium: Medium): string {
  const parts = [kindText(medium.kind), writingText(medium)];
  if (!medium.isFormatted) parts.push("not formatted yet");
  return parts.join(" · ");
}

/** How blocks are lost to the rules of the medium. */
export function layoutText({ unit, sessions, sessionGap, minimumTrack, status }: Medium): string {
  const parts = [unit === 1 ? "written block by block" : `written in units of ${count(unit, "block")}`];
  if (sessions === "physical" && sessionGap > 0 && status !== "complete")
    parts.push(`${count(sessionGap, "block")} (${blocksAsBytes(sessionGap)}) are lost behind the next session`);
  if (minimumTrack !== undefined) parts.push(`a track has at least ${count(minimumTrack, "block")}`);
  return parts.join(" · ");
}

/** Why nothing can be written, or not as its kind would allow; names of the facts and their words. */
export function limitFacts(medium: Medium): readonly (readonly [name: string, text: string])[] {
  const facts: (readonly [string, string])[] = [];
  if (medium.isWriteProtected) facts.push(["Protected", medium.protection ?? "it must not be written"]);
  if (medium.restriction !== undefined) facts.push(["Restricted", medium.restriction]);
  return facts;
}

/** The formats that it takes now: how much it holds then, what goes to spare areas, and what each is good for. */
export function formatFacts({ formats: choices, capacity, isWriteProtected }: Medium): readonly string[] {
  if (isWriteProtected) return [];
  return choices.map(({ id, blocks, isIrreversible, purpose }) => {
    const use = id === "cd-rw-packet" ? "to link its packets" : "for spare areas";
    const spare = capacity - blocks;
    const room = blocks === 0 ? "" : `, ${blocksAsBytes(blocks)}`;
    const given = blocks > 0 && spare > 0 ? `, ${count(spare, "block")} less ${use}` : "";
    return `${id}${room}${given}: ${purpose}${isIrreversible ? " It cannot be undone." : ""}`;
  });
}

/** How far the medium is written, as the drive says, one line. */
export function statusText(medium: Medium): string {
  switch (medium.status) {
    case "blank":
      return "blank";
    case "complete":
      return "closed for good, nothing can be added";
    case "random":
      return medium.overwrite === "no"
        ? "recorded anywhere, each block once"
        : "overwritable, has no sessions of its own";
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
  // Where each block is recorded once and anywhere, there is room and no next address.
  const isAnywhere = medium.status === "random";
  return medium.tracks.reduce(
    (most, { next, free }) => (next === undefined && !isAnywhere ? most : Math.max(most, free)),
    0,
  );
}

/** Capacity and what is left of it, one line. `used`: end of the newest session, where the drive does not tell. */
export function roomText(medium: Medium, used: Blocks): string {
  const free = freeBlocks(medium) ?? Math.max(0, medium.capacity - used);
  const share = medium.capacity === 0 ? 0 : (free / medium.capacity) * 100;
  return `${blocksAsBytes(free)} free of ${blocksAsBytes(medium.capacity)} (${numberText(free)} of ${count(medium.capacity, "block")}, ${shareText(share)} %)`;
}

/** A share in percent; 100 is all of it, and no less. */
function shareText(share: number): string {
  if (share === 0 || share === 100) return String(share);
  return share > 99 ? (Math.floor(share * 10) / 10).toFixed(1) : share.toFixed(share >= 10 ? 0 : 1);
}

const conditions: Readonly<Record<Condition, string>> = {
  empty: "nothing is recorded",
  whole: "its sessions are found, with their heads and roots; `verify` looks further",
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
