import { COMMAND_WINDOW } from "./keys.ts";
import type { ReceivedPdu } from "./pdu-reader.ts";
import { distance, next } from "./serial-number.ts";

/**
 * The order of commands in a session (RFC 7143, 4.2.2.1): each non-immediate one has a number, is carried out in its
 * turn, and only so many are under way. The window moves on when commands end.
 */
export class CommandWindow {
  #expected: number;
  #maximum: number;
  /** What came too early; nothing for a number whose command will never come. */
  readonly #early = new Map<number, ReceivedPdu | undefined>();

  /** @param first - CmdSN of the login, which is that of the first command. */
  constructor(first: number) {
    this.#expected = first;
    this.#maximum = next(first, COMMAND_WINDOW - 1);
  }

  /** ExpCmdSN: the command that has to come next. */
  get expected(): number {
    return this.#expected;
  }

  /** MaxCmdSN: the last one that may come. */
  get maximum(): number {
    return this.#maximum;
  }

  /**
   * Takes a command with its number.
   *
   * @returns what is due now, in order. Nothing for a number outside of the window or one that came already, which are
   *   passed over in silence, and for one that comes too early, which waits.
   */
  take(cmdSn: number, pdu: ReceivedPdu): readonly ReceivedPdu[] {
    if (!this.#isOpen(cmdSn) || this.#early.has(cmdSn)) return [];
    this.#early.set(cmdSn, pdu);
    return this.#due();
  }

  /**
   * Counts a command as come that was aborted before its turn (RFC 7143, 11.6.1).
   *
   * @param before - CmdSN of the abort.
   * @returns what is due now, or nothing when the number cannot be that of such a command.
   */
  skip(cmdSn: number, before: number): readonly ReceivedPdu[] | undefined {
    if (!this.#isOpen(cmdSn) || distance(cmdSn, before) <= 0) return undefined;
    this.#early.set(cmdSn, undefined);
    return this.#due();
  }

  #isOpen(cmdSn: number): boolean {
    return distance(this.#expected, cmdSn) >= 0 && distance(cmdSn, this.#maximum) >= 0;
  }

  #due(): readonly ReceivedPdu[] {
    const due: ReceivedPdu[] = [];
    while (this.#early.has(this.#expected)) {
      const one = this.#early.get(this.#expected);
      this.#early.delete(this.#expected);
      this.#expected = next(this.#expected);
      if (one === undefined) this.release();
      else due.push(one);
    }
    return due;
  }

  /** A command that had a number has ended: one more may come. */
  release(): void {
    this.#maximum = next(this.#maximum);
  }
}
