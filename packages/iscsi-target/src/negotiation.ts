import { type Key, keys } from "./keys.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { TextPairs } from "./text-keys.ts";

/** What a connection and its session work with (RFC 7143, 13). Lengths are bytes. */
export interface Parameters {
  /** A CRC32C follows every header. */
  readonly headerDigest: boolean;
  /** A CRC32C follows every data segment. */
  readonly dataDigest: boolean;
  /** Data that nobody asked for comes only in the command's own PDU. */
  readonly initialR2T: boolean;
  /** A command may bring data in its own PDU. */
  readonly immediateData: boolean;
  /** Longest data segment that the initiator takes. */
  readonly initiatorDataBytes: number;
  /** Most bytes of one sequence of Data-In, or of one transfer that was asked for. */
  readonly maxBurstBytes: number;
  /** Most bytes that a command brings without being asked. */
  readonly firstBurstBytes: number;
  /** Transfers that one command may be asked for at once. */
  readonly maxOutstandingR2T: number;
}

/** What counts where nothing was negotiated (RFC 7143, 13). */
const defaultParameters: Parameters = {
  headerDigest: false,
  dataDigest: false,
  initialR2T: true,
  immediateData: true,
  initiatorDataBytes: 8192,
  maxBurstBytes: 262_144,
  firstBurstBytes: 65_536,
  maxOutstandingR2T: 1,
};

/** When a key is sent. */
export type Occasion = "login" | "full-feature";

/**
 * Answers the keys of an initiator, one after another, and keeps what was agreed. A key is negotiated once (RFC 7143,
 * 6.3); declarations may come again with the same meaning only in the full feature phase.
 */
export class Negotiation {
  #parameters = defaultParameters;
  readonly #told = new Map<string, string>();

  /** What was agreed so far. */
  get parameters(): Parameters {
    // A first burst is never longer than a burst (RFC 7143, 13.14).
    const { firstBurstBytes, maxBurstBytes } = this.#parameters;
    return { ...this.#parameters, firstBurstBytes: Math.min(firstBurstBytes, maxBurstBytes) };
  }

  /** What the initiator said with a key. */
  told(key: string): string | undefined {
    return this.#told.get(key);
  }

  /** @throws `ProtocolError` when a key is negotiated again, or what the initiator declares makes no sense. */
  answer(pairs: TextPairs, occasion: Occasion): TextPairs {
    return pairs.flatMap(([name, value]) => {
      const key = keys.get(name);
      if (key === undefined) return [[name, "NotUnderstood"] as const];
      const reply = this.#answer(name, key, value, occasion);
      return reply === undefined ? [] : [[name, reply] as const];
    });
  }

  #answer(name: string, key: Key, value: string, occasion: Occasion): string | undefined {
    if (occasion === "full-feature" && !key.isDeclaredAnytime) return "Reject";
    if (this.#told.has(name) && occasion === "login") throw new ProtocolError(`the key ${name} twice`);
    this.#told.set(name, value);
    const outcome = key.answer(value);
    // It would be said twice in one answer: by us of ourselves, and as what is refused.
    if (outcome.reply === "Reject" && key.isDeclaredAnytime && occasion === "login")
      throw new ProtocolError(`a value of ${name} that is none`);
    if (outcome.agreed !== undefined) this.#parameters = { ...this.#parameters, ...outcome.agreed };
    return outcome.reply;
  }
}
