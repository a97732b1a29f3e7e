import {
  type Assessment,
  appendBase,
  type Blocks,
  CHAIN_UNIT,
  type FormatOption,
  type History,
  type MechanismStep,
  type Medium,
  Multisession,
  type Needs,
  native,
  newestState,
  offer,
  type Price,
  type Purpose,
  refuse,
  refuseIntent,
  refuseRecovery,
  revertBase,
  roundUp,
  type SessionIntent,
  type SessionOffer,
  unsupported,
} from "@multisession/core";
import { HEAD_BLOCKS, headAppend, headTrack, isExhausted, spaceOf, usedSpace } from "./pow-space.ts";

/**
 * BD-R pseudo-overwrite: sessions are appended one behind another and never closed; the disc's head, in a track of its
 * own, is replaced by each burn. A replaced cluster moves to the next writable address, so all appends come first, and
 * the clusters that bridge and commit take count into the session's size. Rules: MMC-5 4.5.3.5.4.
 */
export class BdrPow extends Multisession {
  protected override _assess(medium: Medium, purpose: Purpose): Assessment {
    const format = medium.kind === "bd-r" && medium.status === "blank" ? powFormat(medium) : undefined;
    if (format !== undefined && purpose === "first") {
      return {
        verdict: "after-preparation",
        fit: "last-resort",
        reason: "a blank BD-R must be formatted for pseudo-overwrite first",
        preparation: {
          isIrreversible: true,
          price: priceOf(format, medium),
          text: `Format: ${format.purpose} It cannot be undone.`,
        },
      };
    }
    if (medium.overwrite === "no") return unsupported("not formatted for pseudo-overwrite");
    if (medium.overwrite === "in-place") return unsupported("overwritten in place, without pseudo-overwrite");
    if (purpose !== "import" && isExhausted(medium, purpose === "recover" ? "repair" : "burn"))
      return unsupported("its resources for pseudo-overwrite are used up");
    return native("sessions are appended, the head is replaced");
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    switch (intent.kind) {
      case "first":
        return firstSession(medium, history, needs);
      case "append":
        return nextSession(medium, history, appendBase(history, intent.base), needs);
      case "revert":
        return nextSession(medium, history, revertBase(history, intent.to), needs);
      case "recover":
        return recovery(medium, history);
      case "close":
        return refuse(
          "UNSUPPORTED_INTENT",
          "The session of a pseudo-overwrite disc cannot be closed: drives refuse it.",
          "Nothing needs to be done: every reader finds the newest state at block 16.",
        );
      default:
        return refuseIntent(this.id, intent.kind);
    }
  }
}

function firstSession(medium: Medium, history: History, needs: Needs): SessionOffer {
  if (history.condition !== "empty")
    return refuse(
      "NOT_BLANK",
      "A disc for pseudo-overwrite cannot be begun anew.",
      history.condition === "whole" ? "Append to it, or use a blank disc." : "Use a blank disc.",
    );
  const format = medium.overwrite === "replace" ? undefined : powFormat(medium);
  if (medium.overwrite !== "replace" && format === undefined)
    return refuse(
      "NOT_WRITABLE",
      "The recorder does not offer to format this disc for pseudo-overwrite.",
      "Use the mechanism `sequential`.",
    );
  const preparation: MechanismStep[] = [];
  if (format !== undefined)
    preparation.push({
      step: "prepare",
      format: format.id,
      isIrreversible: true,
      why: "only a disc of this format can have its head replaced",
    });
  if (format !== undefined || headTrack(medium) === undefined)
    preparation.push({
      step: "reserve",
      blocks: HEAD_BLOCKS,
      why: "a track for the head, so that the first commit is an append",
    });
  return offer({
    preparation,
    price: format === undefined ? [] : priceOf(format, medium),
    space: spaceOf(medium, [headAppend(medium.unit)], { start: HEAD_BLOCKS, end: format?.blocks ?? medium.capacity }),
    reserve: repairRoom(medium, needs),
    consequences: ["If this first burn is interrupted, recovery makes the disc an empty volume."],
  });
}

/** A session behind all others: with what is new, or with nothing but the head of an old state that is shown again. */
function nextSession(
  medium: Medium,
  history: History,
  base: ReturnType<typeof appendBase>,
  needs: Needs,
): SessionOffer {
  if ("code" in base) return base;
  const space = usedSpace(medium, history, "burn");
  if ("code" in space) return space;
  const { chainFrom } = space;
  const consequences =
    chainFrom === undefined
      ? []
      : [`A cut has moved the next writable address; a bridge at block ${chainFrom} leads on, for one cluster more.`];
  return offer({ base, space, reserve: repairRoom(medium, needs), consequences });
}

/** The head is written again: the newest session's where one proves itself, an empty volume's otherwise. */
function recovery(medium: Medium, history: History): SessionOffer {
  const { condition } = history;
  if (condition !== "torn-head" && condition !== "interrupted") return refuseRecovery(history);
  const used = usedSpace(medium, history, "repair");
  if ("code" in used) return used;
  const { chainFrom: _, ...space } = used;
  const base = newestState(history);
  return base === undefined
    ? offer({ content: "head", space, consequences: ["The disc will show an empty volume."] })
    : offer({ content: "head", space, base });
}

/** What recovery and the burn after it need beside the session: the head's cluster, a bridge, and a session of a head alone. */
function repairRoom({ unit }: Medium, { headBlocks }: Needs): Blocks {
  return 2 * unit + roundUp(Math.max(unit, headBlocks), CHAIN_UNIT);
}

/** The spare places that the format takes away. */
function priceOf(format: FormatOption, { capacity }: Medium): readonly Price[] {
  return [{ resource: "blocks", amount: capacity - format.blocks }];
}

function powFormat({ formats }: Medium): FormatOption | undefined {
  return formats.find(({ id }) => id === "bd-r-pow");
}
