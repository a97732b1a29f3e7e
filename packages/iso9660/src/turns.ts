import { setImmediate } from "node:timers/promises";
import type { CallOptions } from "@multisession/core";

/** Nodes handled between two turns of the event loop: a few milliseconds of work. */
const NODES_PER_TURN = 4096;

/** Gives the event loop its turn while a large tree is handled, and stops when the caller has given up. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #nodes = 0;

  constructor(options?: CallOptions) {
    this.#signal = options?.signal;
  }

  /** To be awaited after so many nodes. @throws the signal's reason when it was aborted. */
  async after(nodes: number): Promise<void> {
    this.#nodes += nodes;
    if (this.#nodes < NODES_PER_TURN) return;
    this.#nodes = 0;
    await setImmediate();
    this.#signal?.throwIfAborted();
  }
}
