import type { CommandWindow } from "./command-window.ts";
import { next } from "./serial-number.ts";

/** The numbers that every PDU of the target carries. */
export interface Numbers {
  readonly statSn: number;
  readonly expCmdSn: number;
  readonly maxCmdSn: number;
}

/** StatSN of a connection, with the command numbers of its session (RFC 7143, 4.2.2). */
export class StatusNumbers {
  readonly #window: Pick<CommandWindow, "expected" | "maximum">;
  #statSn: number;

  /** @param first - StatSN of the first status that is sent. */
  constructor(first: number, window: Pick<CommandWindow, "expected" | "maximum">) {
    this.#statSn = first;
    this.#window = window;
  }

  /** For a PDU that carries no status: StatSN is that of the next one. */
  get current(): Numbers {
    return { statSn: this.#statSn, expCmdSn: this.#window.expected, maxCmdSn: this.#window.maximum };
  }

  /** For a PDU that carries a status, which uses its number up. */
  take(): Numbers {
    const numbers = this.current;
    this.#statSn = next(this.#statSn);
    return numbers;
  }
}
