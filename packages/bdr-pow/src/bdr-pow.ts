import {
  type AddressSpace,
  type Assessment,
  appendTrack,
  type Blocks,
  CHAIN_UNIT,
  FIRST_SESSION,
  type FormatOption,
  type History,
  type Lba,
  type MechanismStep,
  type Medium,
  Multisession,
  type Needs,
  newestState,
  type Offer,
  type Price,
  type Purpose,
  type Refusal,
  refuse,
  roundUp,
  type SessionIntent,
  type SessionOffer,
  type Track,
  type WritableRange,
} from "@multisession/core";

/** Blocks of the track that holds the disc's head: one cluster. */
const HEAD_BLOCKS: Blocks = 32;

/** Replacements, map entries and updates that one burn and its repair may need: bridge, commit, and both again. */
const LEAST_RESOURCES = 4;

/**
 * BD-R pseudo-overwrite: sessions are appended one behind another and never closed; the disc's head, in a track of its
 * own, is replaced by each burn. A replaced cluster moves to the next writable address, so all appends come first, and
 * the clusters that bridge and commit take count into the session's size. Rules: MMC-5 4.5.3.5.4.
 */
export class BdrPow extends Multisession {
  protected override _assess(medium: Medium, purpose: Purpose): Assessment {
    const format = powFormat(medium);
    if (
      medium.kind === "bd-r" &&
      medium.status === "blank" &&
      format !== undefined &&
      (purpose === "first" || purpose === "recover")
    ) {
      return {
        verdict: "after-preparation",
        fit: "last-resort",
        reason: "a blank BD-R must be formatted for pseudo-overwrite first",
        preparation: {
          isIrreversible: true,
          price: [{ resource: "blocks", amount: medium.capacity - format.blocks }],
          text: `Format: ${format.purpose}; it cannot be undone`,
        },
      };
    }
    if (medium.overwrite !== "replace")
      return unsupported(
        medium.overwrite === "no"
          ? "not formatted for pseudo-overwrite"
          : "overwritten in place, without pseudo-overwrite",
      );
    if (purpose !== "import" && leastResource(medium) < LEAST_RESOURCES)
      return unsupported("its resources for pseudo-overwrite are used up");
    return native("sessions are appended, the head is replaced");
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    switch (intent.kind) {
      case "first":
        return offerFirst(medium, history, needs);
      case "append":
        return offerAppend(medium, history, intent.base, needs);
      case "recover":
        return offerRecovery(medium, history);
      case "close":
        return refuse(
          "UNSUPPORTED_INTENT",
          "The session of a pseudo-overwrite disc cannot be closed: drives refuse it.",
          "Nothing needs to be done: every reader finds the newest state at block 16.",
        );
      default:
        return refuse(
          "UNSUPPORTED_INTENT",
          `Pseudo-overwrite does not do "${intent.kind}" yet.`,
          "Extract the older session and record it as a new one.",
        );
    }
  }
}

function offerFirst(medium: Medium, history: History, needs: Needs): SessionOffer {
  if (history.condition !== "empty")
    return refuse(
      "NOT_BLANK",
      "Nothing on this disc can be given back, so it cannot be begun anew.",
      "Append to it, or use a blank disc.",
    );
  const format = medium.overwrite === "replace" ? undefined : powFormat(medium);
  const capacity = format?.blocks ?? medium.capacity;
  if (medium.overwrite !== "replace" && format === undefined)
    return refuse(
      "NOT_WRITABLE",
      "The recorder does not offer to format this disc for pseudo-overwrite.",
      "Use the mechanism `sequential`.",
    );
  const isHeadReserved = medium.overwrite === "replace" && headTrack(medium) !== undefined;
  const preparation: MechanismStep[] = [];
  if (format !== undefined)
    preparation.push({
      step: "prepare",
      format: format.id,
      isIrreversible: true,
      why: "Formatting for pseudo-overwrite cannot be undone.",
    });
  if (!isHeadReserved)
    preparation.push({
      step: "reserve",
      blocks: HEAD_BLOCKS,
      why: "a track for the head, so that the first commit is an append",
    });
  const space: AddressSpace = {
    ...publication(medium.unit),
    ranges: [
      { start: 0, end: HEAD_BLOCKS, rule: "append", next: 0, unit: medium.unit },
      { start: HEAD_BLOCKS, end: capacity, rule: "append", next: HEAD_BLOCKS, unit: medium.unit },
    ],
    sessionStart: FIRST_SESSION,
    mediumEnd: capacity,
  };
  return {
    kind: "offer",
    content: "session",
    isFreshStart: false,
    preparation,
    space,
    finish: [],
    reserve: repairRoom(medium, needs),
    consequences: ["If this first burn is interrupted, recovery makes the disc an empty volume."],
  };
}

function offerAppend(medium: Medium, history: History, index: number, needs: Needs): SessionOffer {
  if (history.condition !== "whole")
    return refuse(
      "NEEDS_RECOVERY",
      `The disc is ${history.condition}.`,
      history.condition === "empty" ? "Record a first session." : "Run `multisession recover`.",
    );
  const base = history.states[index];
  if (base === undefined)
    return refuse("UNKNOWN_SESSION", `The disc has no session ${index + 1}.`, "`multisession sessions` lists them.");
  const space = usedSpace(medium, history);
  if ("kind" in space) return space;
  const bridge =
    space.chainFrom === undefined
      ? []
      : [
          `A cut has moved the next writable address: a bridge at block ${space.chainFrom} leads readers of the chain on, for one cluster more.`,
        ];
  return {
    kind: "offer",
    base,
    content: "session",
    isFreshStart: false,
    preparation: [],
    space,
    finish: [],
    reserve: repairRoom(medium, needs),
    consequences: bridge,
  };
}

/** The head is written again: the newest session's where one proves itself, an empty volume's otherwise. */
function offerRecovery(medium: Medium, history: History): SessionOffer {
  if (history.condition !== "torn-head" && history.condition !== "interrupted") {
    return refuse(
      history.condition === "whole" ? "NOTHING_TO_RECOVER" : "FOREIGN_CONTENT",
      `The disc is ${history.condition}.`,
      "Use another disc.",
    );
  }
  const base = newestState(history);
  const space = usedSpace(medium, history);
  if ("kind" in space) return space;
  const { chainFrom: _, ...withoutBridge } = space;
  const offer: Offer = {
    kind: "offer",
    content: "head",
    isFreshStart: false,
    preparation: [],
    space: withoutBridge,
    finish: [],
    reserve: 0,
    consequences: base === undefined ? ["The disc will show an empty volume."] : [],
  };
  return base === undefined ? offer : { ...offer, base };
}

/** The space of a disc in use. A cut leaves a dead head where the chain goes on: a bridge must lead from there. */
function usedSpace(medium: Medium, history: History): AddressSpace | Refusal {
  const data = appendTrack(medium);
  if (data === undefined || data.start < HEAD_BLOCKS)
    return refuse("DISC_FULL", "No track has a writable address left.", "Import the disc and record to a new one.");
  if (leastResource(medium) < LEAST_RESOURCES)
    return refuse(
      "RESOURCES_EXHAUSTED",
      "The disc's resources for pseudo-overwrite are used up.",
      "Import the disc and record to a new one.",
    );
  const end = data.start + data.size;
  const replace = replaceRange(medium.unit, data.next);
  const isHeadUnwritten = headTrack(medium)?.next === 0;
  const head: WritableRange = isHeadUnwritten
    ? { start: 0, end: HEAD_BLOCKS, rule: "append", next: 0, unit: medium.unit }
    : { start: 0, end: HEAD_BLOCKS, ...replace };
  const appendAt = history.appendAt ?? data.next;
  const written: readonly WritableRange[] =
    data.next > HEAD_BLOCKS ? [{ start: HEAD_BLOCKS, end: data.next, ...replace }] : [];
  return {
    ...publication(medium.unit),
    ranges: [head, ...written, { start: data.next, end, rule: "append", next: data.next, unit: medium.unit }],
    sessionStart: data.next,
    ...(appendAt < data.next ? { chainFrom: appendAt } : {}),
    mediumEnd: end,
  };
}

/** Each replaced cluster takes one of the data track, and one replacement and one map entry. */
function replaceRange(unit: Blocks, takesFrom: Lba): Pick<WritableRange, "rule" | "unit" | "perUnit" | "takesFrom"> {
  const perUnit: readonly Price[] = [
    { resource: "blocks", amount: unit },
    { resource: "replacements", amount: 1 },
    { resource: "map-entries", amount: 1 },
  ];
  return { rule: "replace", unit, perUnit, takesFrom };
}

function publication(unit: Blocks): Pick<AddressSpace, "sessionUnit" | "minimum" | "published" | "barrier"> {
  return {
    sessionUnit: CHAIN_UNIT,
    minimum: 0,
    published: { by: "head", at: 0, unit },
    barrier: { ordered: [], durable: [{ resource: "updates", amount: 1 }] },
  };
}

/** What recovery and the burn after it need beside the session: the head's cluster, a bridge, and a session of a head alone. */
function repairRoom(medium: Medium, needs: Needs): Blocks {
  return 2 * medium.unit + roundUp(Math.max(medium.unit, needs.headBlocks), CHAIN_UNIT);
}

function headTrack(medium: Medium): Track | undefined {
  return medium.tracks.find(({ start, size }) => start === 0 && size === HEAD_BLOCKS);
}

function powFormat(medium: Medium): FormatOption | undefined {
  return medium.formats.find(({ id }) => id === "bd-r-pow");
}

function leastResource({ resources }: Medium): number {
  return resources === undefined
    ? Number.POSITIVE_INFINITY
    : Math.min(resources.replacements, resources.mapEntries, resources.updates);
}
