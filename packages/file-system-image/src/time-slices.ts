import { setImmediate } from "node:timers/promises";
import type { CallOptions } from "@multisession/core";

/** Steps of work between two looks at the clock, while these are short: a look takes as long as some of them. */
const STEPS = 16;

/** Milliseconds since the last look up to which steps are short. */
const SHORT = 0.5;

/** Longest time that synchronous work keeps the event loop, milliseconds: below what a person notices. */
const SLICE = 8;

/**
 * Divides long synchronous work into short slices. Synchronous file calls are about ten times faster than promises for
 * many small files (measured), so they are used, and the event loop gets its turn in between.
 */
export class TimeSlices {
  readonly #signal: AbortSignal | undefined;
  #since: number = performance.now();
  #lookedAt: number = this.#since;
  #unlooked = 0;

  constructor(options?: CallOptions) {
    this.#signal = options?.signal;
  }

  /** Whether the slice is used up, so that {@link next} is due. */
  get isOver(): boolean {
    if (this.#unlooked > 0) {
      this.#unlooked -= 1;
      return false;
    }
    const now = performance.now();
    if (now - this.#lookedAt <= SHORT) this.#unlooked = STEPS;
    this.#lookedAt = now;
    return now - this.#since > SLICE;
  }

  /** Lets the event loop have its turn. @throws the signal's reason when it was aborted. */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
    this.#lookedAt = this.#since;
  }
}
