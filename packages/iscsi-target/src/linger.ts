/**
 * Milliseconds that the thread stays awake after an answer. An initiator that sends one command at a time sends the next
 * within 50 µs, and to fall asleep and be woken for it takes as long as to answer it: 64 KiB reads went from 0.70 to 0.45 s
 * for 512 MiB (measured, Linux in a virtual machine).
 */
const MOMENT = 0.1;

/** Keeps the thread awake for a moment, in which everything else that comes has its turn too. */
export class Linger {
  readonly #now: () => number;
  readonly #defer: (turn: () => void) => unknown;
  #until = 0;
  #isAwake = false;

  /** `now`: milliseconds. `defer`: what is called after whatever has come meanwhile. */
  constructor(now: () => number = () => performance.now(), defer: (turn: () => void) => unknown = setImmediate) {
    this.#now = now;
    this.#defer = defer;
  }

  /** From now on for a moment. */
  stay(): void {
    this.#until = this.#now() + MOMENT;
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#defer(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isAwake = this.#now() < this.#until;
    if (this.#isAwake) this.#defer(this.#turn);
  };
}
