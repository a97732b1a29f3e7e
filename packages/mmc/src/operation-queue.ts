import { MultisessionError } from "@multisession/core";
import { cancelled } from "./command-channel.ts";

/** The operations of a recorder: one runs at a time, others wait their turn. */
export class OperationQueue {
  readonly #subject: string;
  /** End of the queue. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** `subject` is the recorder's URI. */
  constructor(subject: string) {
    this.#subject = subject;
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Runs an operation when those before it are done. @throws `CANCELLED` when it is not wanted any more by then. */
  async run<T>(task: string, signal: AbortSignal | undefined, operation: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new TypeError(`The recorder ${this.#subject} is closed.`);
    this.#waiting++;
    const turn = this.#turn.then(() => {
      if (signal?.aborted) throw cancelled({ task, subject: this.#subject }, signal.reason);
      return operation();
    });
    this.#turn = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Resolves when none runs or waits. */
  async whenIdle(): Promise<void> {
    while (this.#waiting > 0) await this.#turn;
  }

  /** Takes no more operations. @throws `BUSY` when one runs or waits. */
  close(): void {
    if (this.#waiting > 0)
      throw new MultisessionError("BUSY", "The recorder is still at work.", { subject: this.#subject });
    this.#isClosed = true;
  }
}
