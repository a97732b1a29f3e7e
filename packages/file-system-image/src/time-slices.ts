import { setImmediate } from "node:timers/promises";
import type { CallOptions } from "@multisession/core";

/** Longest time that synchronous work keeps the event loop, milliseconds: below what a person notices. */
const SLICE = 8;

/**
 * Divides long synchronous work into short slices. Synchronous file calls are about ten times faster than promises for
 * many small files (measured), so they are used, and the event loop gets its turn in between.
 */
export class TimeSlices {
  readonly #signal: AbortSignal | undefined;
  #since: number = performance.now();

  constructor(options?: CallOptions) {
    this.#signal = options?.signal;
  }

  /** Whether the slice is used up, so that {@link next} is due. */
  get isOver(): boolean {
    return performance.now() - this.#since > SLICE;
  }

  /** Lets the event loop have its turn. @throws the signal's reason when it was aborted. */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
