import type { Sense } from "@multisession/core";
import { describeCommand, describeSense } from "@multisession/mmc";

/** What became of a command. */
export type Outcome = "good" | "power-lost" | Sense;

/** One command in the log. */
export interface LoggedCommand {
  /** The CDB as it came. */
  readonly cdb: Uint8Array;
  /** When it came, on the recorder's clock; milliseconds. */
  readonly at: number;
  /** GOOD, the sense of a refusal, or the power went. */
  readonly outcome: Outcome;
}

/** Most commands that are kept. */
const KEPT = 4096;

/** The last commands of a recorder. */
export class CommandLog {
  #entries: LoggedCommand[] = [];

  /** Oldest first; at least the last 4096. */
  get entries(): readonly LoggedCommand[] {
    return this.#entries;
  }

  /** Adds one. */
  add(command: LoggedCommand): void {
    if (this.#entries.length >= 2 * KEPT) this.#entries = this.#entries.slice(-KEPT);
    this.#entries.push(command);
  }

  /** The last one. */
  get last(): LoggedCommand | undefined {
    return this.#entries.at(-1);
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries = [];
  }

  /** One line a command, in words. */
  toString(): string {
    return this.#entries.map(describe).join("\n");
  }
}

function describe({ cdb, outcome }: LoggedCommand): string {
  const words = typeof outcome === "string" ? outcome : describeSense(outcome);
  return `${describeCommand(cdb)}: ${words}`;
}
