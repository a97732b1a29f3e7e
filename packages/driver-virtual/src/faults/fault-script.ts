import type { Blocks, Lba, Sense } from "@multisession/core";
import { sense } from "../media/medium-table.ts";
import type { DiscOptions } from "../media/virtual-media.ts";
import type { Counters, Fault, PowerCutFault } from "./fault.ts";
import type { HotRemovalFault } from "./hot-removal.ts";
import { Random } from "./random.ts";
import { lostBlocks } from "./torn-unit.ts";
import { type WrongAnswerFault, wrongAnswer } from "./wrong-answer.ts";

/** 2/04/01, becoming ready. */
const becomingReady = sense(2, 0x04, 0x01);
/** 2/04/08, long write in progress. */
const longWrite = sense(2, 0x04, 0x08);

const counterOf = { command: "commands", block: "blocks", effect: "effects" } as const;

interface Armed {
  readonly fault: Fault;
  /** Commands that a fault which counts them has seen. */
  seen: number;
  /** Commands that a slow drive is still not ready for. */
  busy: number;
  /** Time until which a slow drive is not ready; milliseconds. */
  until: number;
}

/** The faults that are armed, and the counters that they go by. */
export class FaultScript {
  #armed: Armed[] = [];
  readonly #counters = { commands: 0, blocks: 0, effects: 0 };
  #armedAt: Counters = this.counters;
  #random = new Random(1);
  #deferred: Sense | undefined;

  /** What was done so far. */
  get counters(): Counters {
    return { ...this.#counters };
  }

  set counters(counters: Counters) {
    Object.assign(this.#counters, counters);
  }

  /** All that is left to chance, also what survives a power cut: one row of numbers, so that its state tells how it goes on. */
  get random(): Random {
    return this.#random;
  }

  /** Replaces all faults; they count from now on. A seed decides anew what of them is left to chance. */
  arm(faults: readonly Fault[], now: number, seed?: number): void {
    this.#armed = faults.map((fault) => ({
      fault,
      seen: 0,
      busy: fault.fault === "slow" && !fault.after ? (fault.times ?? 0) : 0,
      until: fault.fault === "slow" && !fault.after ? now + (fault.milliseconds ?? 0) : 0,
    }));
    if (seed !== undefined) this.#random = new Random(seed);
    this.#armedAt = this.counters;
  }

  /** How many of `wanted` blocks or effects take place before the power goes; they are counted. */
  take(what: "block" | "effect" | "command", wanted: number): number {
    const key = counterOf[what];
    if (!this.isArmed) {
      this.#counters[key] += wanted;
      return wanted;
    }
    const done = this.#counters[key] - this.#armedAt[key];
    const cuts = this.#ends().filter(({ after }) => after === what);
    const allowed = cuts.reduce((least, { count }) => Math.min(least, Math.max(0, count - done)), wanted);
    this.#counters[key] += allowed;
    return allowed;
  }

  /** Whether a cut or a removal is due: its last command, block or effect has taken place. */
  get isCutDue(): boolean {
    return this.isArmed && this.#ends().some((fault) => this.#isDue(fault));
  }

  /** Whether what is due is that the disc is taken out. */
  get isRemovalDue(): boolean {
    const due = this.#ends().filter((fault) => this.#isDue(fault));
    return due.length > 0 && due.every(({ fault }) => fault === "hot-removal");
  }

  #isDue({ after, count }: PowerCutFault | HotRemovalFault): boolean {
    const key = counterOf[after];
    return this.#counters[key] - this.#armedAt[key] >= count;
  }

  /** Whether any fault is armed. */
  get isArmed(): boolean {
    return this.#armed.length > 0;
  }

  /** Whether a cut damages the open tracks. */
  get damagesTracks(): boolean {
    return this.#cuts().some(({ damagesTracks }) => damagesTracks === true);
  }

  /** Whether the drive lies about what it writes. */
  get isLying(): boolean {
    return this.#armed.some(({ fault }) => fault.fault === "lying");
  }

  /** Takes away what has happened: cuts when the power went, removals when the disc is out. */
  disarm(what: "power-cut" | "hot-removal"): void {
    this.#armed = this.#armed.filter(({ fault }) => fault.fault !== what);
  }

  /** The sense of a fault that hits this command, when one does. */
  refusal(opcode: number, at: Lba, blocks: Blocks): Sense | undefined {
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (fault.fault !== "sense" || fault.opcode !== opcode) continue;
      if (fault.at !== undefined && (fault.at < at || fault.at >= at + blocks)) continue;
      armed.seen += 1;
      const nth = armed.seen - (fault.after ?? 0);
      if (nth >= 1 && nth <= (fault.times ?? Number.POSITIVE_INFINITY)) return fault.sense;
    }
    return undefined;
  }

  /** The sense of the first bad block in a range. */
  badBlock(on: "read" | "write", at: Lba, blocks: Blocks): Sense | undefined {
    if (!this.isArmed) return undefined;
    const bad = this.#armed
      .map(({ fault }) => fault)
      .filter((fault) => fault.fault === "bad-block" && fault.on === on && !fault.isDeferred)
      .filter((fault) => fault.fault === "bad-block" && fault.at >= at && fault.at < at + blocks)
      .map((fault) => (fault.fault === "bad-block" ? fault.at : 0));
    if (bad.length === 0) return undefined;
    return { ...(on === "read" ? sense(3, 0x11, 0x05) : sense(3, 0x0c, 0x00)), at: Math.min(...bad) };
  }

  /** What a slow drive says to this command, when it is not ready; only those are asked that need the drive. */
  notReady(opcode: number, now: number): Sense | undefined {
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (fault.fault !== "slow") continue;
      if (armed.busy > 0 || now < armed.until) {
        armed.busy = Math.max(0, armed.busy - 1);
        return fault.sense ?? (fault.opcode === undefined ? becomingReady : longWrite);
      }
      if (fault.opcode !== undefined && fault.opcode !== opcode) continue;
      armed.seen += 1;
      if (armed.seen !== fault.after) continue;
      armed.busy = fault.times ?? 0;
      armed.until = now + (fault.milliseconds ?? 0);
    }
    return undefined;
  }

  /** The blocks of a range that have a defect, in order. */
  defectsIn(at: Lba, blocks: Blocks): readonly Lba[] {
    return this.#armed
      .flatMap(({ fault }) => (fault.fault === "defect" ? [fault.at] : []))
      .filter((block) => block >= at && block < at + blocks)
      .sort((a, b) => a - b);
  }

  /** Whether spare areas count as used up. */
  get hasNoSpares(): boolean {
    return this.#armed.some(({ fault }) => fault.fault === "no-spares");
  }

  /** Whether any unit is to be torn. */
  get isTearing(): boolean {
    return this.#armed.some(
      ({ fault }) => fault.fault === "torn-unit" || (fault.fault === "bad-block" && fault.isDeferred === true),
    );
  }

  /** Blocks of a unit that are lost when it gets onto the medium; each torn unit once. */
  tornIn(unit: Lba, blocks: Blocks): readonly Lba[] {
    const failed = this.#armed.flatMap(({ fault }) =>
      fault.fault === "bad-block" && fault.isDeferred && fault.on === "write" ? [fault.at] : [],
    );
    const lost = failed.filter((at) => at >= unit && at < unit + blocks);
    const [first] = lost;
    if (first !== undefined) this.#deferred ??= { ...sense(3, 0x0c, 0x00), at: first };
    return [...this.#tornIn(unit, blocks), ...lost];
  }

  /** What failed behind the back of its WRITE, once. */
  takeDeferred(): Sense | undefined {
    const deferred = this.#deferred;
    this.#deferred = undefined;
    return deferred;
  }

  #tornIn(unit: Lba, blocks: Blocks): readonly Lba[] {
    const torn = this.#armed.find(
      ({ fault }) => fault.fault === "torn-unit" && fault.at >= unit && fault.at < unit + blocks,
    );
    if (torn === undefined) return [];
    this.#armed = this.#armed.filter((armed) => armed !== torn);
    return lostBlocks(unit, blocks, this.#random);
  }

  /** Whether the data of this WRITE comes too late; each WRITE asks once. */
  takeUnderrun(): boolean {
    let isLate = false;
    for (const armed of this.#armed) {
      if (armed.fault.fault !== "buffer-underrun") continue;
      isLate ||= armed.seen === (armed.fault.after ?? 0);
      armed.seen += 1;
    }
    return isLate;
  }

  /** The disc that lies in the tray instead of the right one, once. */
  takeOtherDisc(): DiscOptions | undefined {
    const armed = this.#armed.find(({ fault }) => fault.fault === "wrong-disc");
    if (armed?.fault.fault !== "wrong-disc") return undefined;
    this.#armed = this.#armed.filter((other) => other !== armed);
    return armed.fault.disc;
  }

  /** The answer to a command, as the faults leave it. */
  answer(cdb: Uint8Array, answer: Uint8Array): Uint8Array {
    if (!this.isArmed) return answer;
    const wrong = this.#armed.flatMap(({ fault }): WrongAnswerFault[] =>
      fault.fault === "wrong-toc" || fault.fault === "untold-address" ? [fault] : [],
    );
    return wrong.length === 0 ? answer : wrongAnswer(wrong, cdb, answer);
  }

  /** What ends the run: cuts and removals. */
  #ends(): readonly (PowerCutFault | HotRemovalFault)[] {
    return this.#armed
      .map(({ fault }) => fault)
      .filter((fault) => fault.fault === "power-cut" || fault.fault === "hot-removal");
  }

  #cuts(): PowerCutFault[] {
    return this.#armed.map(({ fault }) => fault).filter((fault) => fault.fault === "power-cut");
  }
}
