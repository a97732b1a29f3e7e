import {
  type AddressSpace,
  type Assessment,
  appendBase,
  type Blocks,
  CHAIN_UNIT,
  FIRST_SESSION,
  type FormatOption,
  type History,
  type IMultisessionRandomWrite,
  type Lba,
  type Medium,
  Multisession,
  MultisessionError,
  type Needs,
  native,
  newestState,
  offer,
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

/** Block of the first descriptor of a disc (ECMA-119 6.2.1): the unit that holds it is the commit. */
const FIRST_DESCRIPTOR = 16;

/**
 * Logical sessions on overwritable media, by xorriso's rule: the first at block 32, later ones at multiples of 32
 * behind it, each with a head of its own. What readers see is decided by the one unit that holds block 16, written last.
 */
export class RandomWrite extends Multisession implements IMultisessionRandomWrite {
  get writeUnitSize(): Promise<Blocks> {
    return this.importRecorder.medium().then(({ unit }) => unit);
  }

  get lastWrittenAddress(): Promise<Lba> {
    return this.importRecorder.medium().then(({ tracks }) => {
      const last = tracks[0]?.lastRecorded;
      if (last !== undefined) return last;
      throw new MultisessionError(
        "UNSUPPORTED_INTENT",
        "The recorder does not say which address was written last (IMAPI2: E_NOTIMPL).",
        { subject: this.importRecorder.uri },
      );
    });
  }

  get totalSectorsOnMedia(): Promise<Blocks> {
    return this.importRecorder.medium().then(({ capacity }) => capacity);
  }

  protected override _assess(medium: Medium, _purpose: Purpose): Assessment {
    if (medium.overwrite === "no") return unsupported(medium.restriction ?? "written once: nothing can be overwritten");
    if (medium.overwrite === "replace")
      return unsupported("pseudo-overwrite: an overwritten unit moves the next address");
    if (medium.isFormatted) return native("logical sessions, the head at block 16 written last");
    const format = plainFormat(medium);
    if (format === undefined) return unsupported("never formatted, and the recorder offers no format");
    return {
      verdict: "after-preparation",
      fit: "native",
      reason: "never formatted; it is formatted before the first write",
      preparation: { isIrreversible: false, price: [], text: `Format: ${format.purpose}` },
    };
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, _needs: Needs): SessionOffer {
    switch (intent.kind) {
      case "first":
        return firstSession(medium, history);
      case "append":
        return nextSession(medium, history, appendBase(history, intent.base));
      case "revert":
        return nextSession(medium, history, revertBase(history, intent.to));
      case "recover":
        return recovery(medium, history);
      case "close":
        return refuse(
          "UNSUPPORTED_INTENT",
          "An overwritable disc is never closed.",
          "Nothing needs to be done: every reader finds the newest state at block 16.",
        );
      default:
        return refuseIntent(this.id, intent.kind);
    }
  }
}

/** An empty disc is simply begun; on a used one an empty volume comes first, so that no old head can live again. */
function firstSession(medium: Medium, history: History): SessionOffer {
  const isUsed = history.condition !== "empty";
  const format = medium.isFormatted ? undefined : plainFormat(medium);
  if (!medium.isFormatted && format === undefined)
    return refuse("NOT_WRITABLE", "The disc was never formatted, and the recorder offers no format.", "");
  return offer({
    preparation:
      format === undefined
        ? []
        : [{ step: "prepare", format: format.id, isIrreversible: false, why: "the disc was never formatted" }],
    space: spaceFrom(FIRST_SESSION, medium, format?.blocks ?? medium.capacity),
    consequences: isUsed ? [givenUp(history)] : [],
  });
}

/** A session behind all others: with what is new, or with nothing but the head of an old state that is shown again. */
function nextSession(medium: Medium, history: History, base: ReturnType<typeof appendBase>): SessionOffer {
  if ("code" in base) return base;
  const start = roundUp(history.appendAt ?? newestState(history)?.end ?? FIRST_SESSION, CHAIN_UNIT);
  return offer({ base, space: spaceFrom(start, medium, medium.capacity) });
}

/** The head is written again: the newest session's where one proves itself, an empty volume's otherwise. */
function recovery(medium: Medium, history: History): SessionOffer {
  const { condition } = history;
  if (condition !== "torn-head" && condition !== "interrupted") return refuseRecovery(history);
  const base = newestState(history);
  const space = spaceFrom(FIRST_SESSION, medium, medium.capacity);
  return base === undefined
    ? offer({ content: "head", space, consequences: ["The disc will show an empty volume."] })
    : offer({ content: "head", space, base });
}

function spaceFrom(sessionStart: Lba, { unit }: Medium, capacity: Blocks): AddressSpace {
  return {
    ranges: [
      { start: 0, end: FIRST_SESSION, rule: "overwrite", unit },
      { start: Math.min(sessionStart, capacity), end: capacity, rule: "overwrite", unit },
    ],
    sessionStart,
    sessionUnit: CHAIN_UNIT,
    mediumEnd: capacity,
    minimum: 0,
    published: { by: "head", at: Math.floor(FIRST_DESCRIPTOR / unit) * unit, unit },
    barrier: { ordered: [], durable: [] },
  };
}

function plainFormat({ formats }: Medium): FormatOption | undefined {
  return formats.find(({ isIrreversible }) => !isIrreversible);
}

function givenUp({ states, condition }: History): string {
  if (states.length === 0) return `What is on the disc now (it is ${condition}) is given up.`;
  return `${states.length} ${states.length === 1 ? "session is" : "sessions are"} given up, the newest named “${states.at(-1)?.label ?? ""}”.`;
}
