import { setTimeout as delay } from "node:timers/promises";

/** Time, so that tests need not wait. */
export interface Clock {
  /** Milliseconds from any fixed moment on. */
  now(): number;
  /** Waits so many milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal && { signal }),
};
