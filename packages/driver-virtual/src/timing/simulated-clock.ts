import type { Clock } from "@multisession/mmc";

/** A clock that stands still until somebody waits for it, so that hours of burning take no time. */
export class SimulatedClock implements Clock {
  #now: number;

  /** @param start what it shows at first; milliseconds. */
  constructor(start = 0) {
    this.#now = start;
  }

  /** Milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Lets so many milliseconds pass at once. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets them pass at once, for whoever waits; rejects with the signal's reason when it is aborted. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.advance(milliseconds);
  }
}
