import type { CancelPrice } from "@multisession/core";
import { exitCodes } from "./exit-codes.ts";
import type { CommandIo, StopRequest } from "./io.ts";

/**
 * Ctrl-C and SIGTERM. The first one asks to stop after the current write and says what that costs; a second Ctrl-C ends
 * the process at once. Nothing listens before {@link Interruption.listen}.
 */
export class Interruption {
  /** What stopping now would cost; kept up to date by whoever hears the events of a burn. */
  price: CancelPrice | undefined;
  /** Called before something is said, so that a moving bar makes room. */
  beforeMessage: () => void = () => {};
  readonly #controller = new AbortController();
  readonly #io: CommandIo;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  /** Aborts with the first request to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts to listen; gives back a function that ends it. */
  listen(): () => void {
    return this.#io.onStop((request) => this.#stop(request));
  }

  #stop(request: StopRequest): void {
    const { stderr } = this.#io;
    if (!this.signal.aborted) {
      this.beforeMessage();
      const what = this.price === undefined ? "Stopping." : `Stopping after the current write. ${this.price.message}`;
      stderr.write(`${what}\nPress Ctrl-C again to end at once.\n`);
      this.#controller.abort();
      return;
    }
    if (request === "terminate") return;
    this.beforeMessage();
    stderr.write(
      this.price === undefined
        ? "Ended at once.\n"
        : "Ended at once, in the middle of a write. Run `multisession info` and `multisession recover` on the disc.\n",
    );
    this.#io.exit(exitCodes.cancelled);
  }
}
