import type { Worker } from "node:worker_threads";
import { MultisessionError } from "@multisession/core";
import type { HostPath } from "../host-folder.ts";
import type { HostListing } from "../host-listing.ts";
import type { Answer, FileJob, Job } from "./messages.ts";
import { startWorker } from "./worker.ts";

/** Who waits for an answer. */
interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * A thread that lists folders of the host, and reads and hashes files, one job after the other. It keeps the process alive only
 * while it has one.
 */
export class Reader {
  readonly #worker: Worker = startWorker();
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#worker.on("message", (answer: unknown) => this.#answered(answer));
    this.#worker.on("error", (error) => this.#fail(lost(`: ${error.message}`, error)));
    this.#worker.on("exit", () => this.#fail(lost(".")));
    this.#worker.unref();
  }

  /** Why it answers no more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Has files read or looked at, after what was asked for before. */
  ask(job: FileJob): Promise<Answer> {
    return this.#ask(job) as Promise<Answer>;
  }

  /** Has a folder listed. */
  list(path: HostPath): Promise<HostListing> {
    return this.#ask({ kind: "list", path }) as Promise<HostListing>;
  }

  #ask(job: Job): Promise<unknown> {
    const asking = new Promise<unknown>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(job);
    });
    // Whoever needs the answer hears of a failure; others may have given up.
    asking.catch(() => undefined);
    return asking;
  }

  /** Ends it at once. Idempotent. */
  async close(): Promise<void> {
    this.#failure ??= new MultisessionError("SOURCE_UNREADABLE", "The thread that reads files was ended.", {
      subject: "files",
    });
    await this.#worker.terminate();
  }

  #answered(answer: unknown): void {
    this.#waiting.shift()?.resolve(answer);
    // Whoever ends it waits for that, and an answer can still come in between: then nothing else may keep the process.
    if (this.#waiting.length === 0 && this.#failure === undefined) this.#worker.unref();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function lost(how: string, cause?: Error): MultisessionError {
  return new MultisessionError("SOURCE_UNREADABLE", `The thread that reads files ended${how}`, {
    subject: "files",
    advice: "Try again; where it lacks memory, `node --max-old-space-size` gives more.",
    retry: "same-disc",
    ...(cause === undefined ? {} : { cause }),
  });
}
