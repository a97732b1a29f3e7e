import type { Blocks, Lba, Sense } from "@multisession/core";
import { sense } from "../media/medium-table.ts";
import type { Counters, Fault, PowerCutFault } from "./fault.ts";

interface Armed {
  readonly fault: Fault;
  /** Commands that a `sense` fault has seen. */
  seen: number;
}

/** The faults that are armed, and the counters that they go by. */
export class FaultScript {
  #armed: Armed[] = [];
  #counters: Counters = { commands: 0, blocks: 0, effects: 0 };
  #armedAt: Counters = this.#counters;

  /** What was done so far. */
  get counters(): Counters {
    return this.#counters;
  }

  set counters(counters: Counters) {
    this.#counters = counters;
  }

  /** Replaces all faults; they count from now on. */
  arm(faults: readonly Fault[]): void {
    this.#armed = faults.map((fault) => ({ fault, seen: 0 }));
    this.#armedAt = this.#counters;
  }

  /** How many of `wanted` blocks or effects take place before the power goes; they are counted. */
  take(what: "block" | "effect" | "command", wanted: number): number {
    const key = `${what}s` as const;
    if (!this.isArmed) {
      this.#counters = { ...this.#counters, [key]: this.#counters[key] + wanted };
      return wanted;
    }
    const done = this.#counters[key] - this.#armedAt[key];
    const cuts = this.#cuts().filter(({ after }) => after === what);
    const allowed = cuts.reduce((least, { count }) => Math.min(least, Math.max(0, count - done)), wanted);
    this.#counters = { ...this.#counters, [key]: this.#counters[key] + allowed };
    return allowed;
  }

  /** Whether a cut is due: its last command, block or effect has taken place. */
  get isCutDue(): boolean {
    if (!this.isArmed) return false;
    return this.#cuts().some(({ after, count }) => {
      const key = `${after}s` as const;
      return this.#counters[key] - this.#armedAt[key] >= count;
    });
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

  /** Takes away the cuts: the power is back. */
  disarmCuts(): void {
    this.#armed = this.#armed.filter(({ fault }) => fault.fault !== "power-cut");
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
    const bad = this.#armed
      .map(({ fault }) => fault)
      .filter((fault) => fault.fault === "bad-block" && fault.on === on && fault.at >= at && fault.at < at + blocks)
      .map((fault) => (fault.fault === "bad-block" ? fault.at : 0));
    if (bad.length === 0) return undefined;
    return { ...(on === "read" ? sense(3, 0x11, 0x05) : sense(3, 0x0c, 0x00)), at: Math.min(...bad) };
  }

  #cuts(): PowerCutFault[] {
    return this.#armed.map(({ fault }) => fault).filter((fault) => fault.fault === "power-cut");
  }
}
