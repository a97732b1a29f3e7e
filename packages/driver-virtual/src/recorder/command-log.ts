import type { Sense } from "@multisession/core";
import { describeCommand, describeSense } from "@multisession/mmc";

/** What became of a command. */
export type Outcome = "good" | "power-lost" | Sense;

/** One command in the log. */
export interface LoggedCommand {
  /** The CDB as it came; of one that is longer than any, the first 16 bytes. */
  readonly cdb: Uint8Array;
  /** When it came, on the recorder's clock; milliseconds. */
  readonly at: number;
  /** GOOD, the sense of a refusal, or the power went. */
  readonly outcome: Outcome;
}

/** Commands that are kept. */
const KEPT = 4096;
/** As long as a host's CDB can be. */
const LONGEST_CDB = 16;

/**
 * The last commands of a recorder. They lie in arrays that are used over and over, one entry each: an object for every
 * command would be work for the garbage collector in the middle of fast reads.
 */
export class CommandLog {
  readonly #cdbs = new Uint8Array(KEPT * LONGEST_CDB);
  readonly #lengths = new Uint8Array(KEPT);
  readonly #times = new Float64Array(KEPT);
  readonly #outcomes: Outcome[] = [];
  #count = 0;
  #cleared = 0;

  /** Oldest first; the last 4096 at most. */
  get entries(): readonly LoggedCommand[] {
    const from = Math.max(this.#cleared, this.#count - KEPT);
    return Array.from({ length: this.#count - from }, (_, index) => this.#entry(from + index));
  }

  #entry(number: number): LoggedCommand {
    const place = number % KEPT;
    const from = place * LONGEST_CDB;
    return {
      cdb: this.#cdbs.slice(from, from + (this.#lengths[place] ?? 0)),
      at: this.#times[place] ?? 0,
      outcome: this.#outcomes[place] ?? "good",
    };
  }

  /** Adds one. */
  add({ cdb, at, outcome }: LoggedCommand): void {
    const place = this.#count % KEPT;
    const length = Math.min(cdb.length, LONGEST_CDB);
    const from = place * LONGEST_CDB;
    for (let index = 0; index < length; index++) this.#cdbs[from + index] = cdb[index] ?? 0;
    this.#lengths[place] = length;
    this.#times[place] = at;
    this.#outcomes[place] = outcome;
    this.#count += 1;
  }

  /** How many were ever added. */
  get count(): number {
    return this.#count;
  }

  /** What became of the last one. */
  get lastOutcome(): Outcome {
    return this.#outcomes[(this.#count - 1) % KEPT] ?? "good";
  }

  /** Forgets everything. */
  clear(): void {
    this.#cleared = this.#count;
  }

  /** One line a command, in words. */
  toString(): string {
    return this.entries.map(describe).join("\n");
  }
}

function describe({ cdb, outcome }: LoggedCommand): string {
  const words = typeof outcome === "string" ? outcome : describeSense(outcome);
  return `${describeCommand(cdb)}: ${words}`;
}
