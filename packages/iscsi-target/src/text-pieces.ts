import { ProtocolError } from "./protocol-error.ts";

/** Most bytes of text that may come in pieces before it has to make sense. */
const LONGEST_TEXT = 65_536;
/** Most pieces: each could bring nothing, and they would never end. */
const MOST_PIECES = 128;

/** Text that is sent in several PDUs (the C bit; RFC 7143, 6.2). */
export class TextPieces {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @throws `ProtocolError` when it is more than a negotiation needs. */
  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > LONGEST_TEXT || this.#pieces.length >= MOST_PIECES)
      throw new ProtocolError("more text than a negotiation needs");
    this.#pieces.push(piece);
  }

  /** All of it; what comes next is another text. */
  take(): Uint8Array {
    const text = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return text;
  }
}
