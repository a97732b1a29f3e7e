import type { Activity, CancelPrice, OnEvent } from "./events.ts";
import type { Blocks } from "./units.ts";

/** Shortest time between two progress events, milliseconds. */
const INTERVAL = 100;
/** Time over which the speed is averaged, milliseconds. */
const WINDOW = 3000;

/** Counts blocks and tells, not more than ten times a second, where a long action stands. */
export class Progress {
  readonly #total: Blocks;
  readonly #onEvent: OnEvent | undefined;
  readonly #samples: { readonly time: number; readonly blocks: Blocks }[] = [];
  #done: Blocks = 0;
  #lastTold = Number.NEGATIVE_INFINITY;

  constructor(total: Blocks, onEvent: OnEvent | undefined) {
    this.#total = total;
    this.#onEvent = onEvent;
  }

  /** Tells at once that another activity begins. */
  begin(activity: Activity, cancel?: () => CancelPrice): void {
    this.#tell(activity, performance.now(), cancel);
  }

  /** Counts blocks; tells when it is time, and always at the end. */
  advance(blocks: Blocks, activity: Activity, cancel?: () => CancelPrice, buffer?: number): void {
    this.#done += blocks;
    const now = performance.now();
    if (now - this.#lastTold < INTERVAL && this.#done < this.#total) return;
    this.#tell(activity, now, cancel, buffer);
  }

  #tell(activity: Activity, now: number, cancel: (() => CancelPrice) | undefined, buffer?: number): void {
    if (this.#onEvent === undefined) return;
    this.#lastTold = now;
    const speed = this.#speed(now);
    this.#onEvent({
      type: "progress",
      activity,
      doneBlocks: this.#done,
      totalBlocks: this.#total,
      ...(speed === undefined ? {} : { blocksPerSecond: speed, secondsLeft: (this.#total - this.#done) / speed }),
      ...(buffer === undefined ? {} : { buffer }),
      ...(cancel === undefined ? {} : { cancel: cancel() }),
    });
  }

  #speed(now: number): number | undefined {
    this.#samples.push({ time: now, blocks: this.#done });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.time ?? now) > WINDOW) this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || now <= first.time || this.#done <= first.blocks) return undefined;
    return ((this.#done - first.blocks) * 1000) / (now - first.time);
  }
}
