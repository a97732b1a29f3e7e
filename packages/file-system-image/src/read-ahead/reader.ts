import type { Worker } from "node:worker_threads";
import type { Answer, Job } from "./messages.ts";
import { startWorker } from "./worker.ts";

/** A thread that reads and hashes files of the host, one job after the other. */
export class Reader {
  readonly #worker: Worker;
  readonly #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[] = [];
  #failure: Error | undefined;

  constructor(slots: readonly SharedArrayBuffer[]) {
    this.#worker = startWorker(slots);
    this.#worker.on("message", (answer: Answer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("The thread that reads files has ended.")));
  }

  /** Why it answers no more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Has a job done after those that were asked for before. */
  ask(job: Job): Promise<Answer> {
    const asking = new Promise<Answer>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(job);
    });
    // Whoever needs the answer hears of a failure; others may have given up.
    asking.catch(() => undefined);
    return asking;
  }

  /** Nothing more is asked for: what was is still answered, and then its memory is free. */
  finish(): void {
    if (this.#failure === undefined) this.#worker.postMessage(null);
  }

  /** Ends it at once. Idempotent. */
  async close(): Promise<void> {
    this.#failure ??= new Error("The thread that reads files was ended.");
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
