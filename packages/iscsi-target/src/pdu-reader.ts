import { DIGEST_BYTES, digest, padding } from "./digest.ts";
import { HEADER_BYTES, lengths, type Pdu } from "./pdu.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Pieces that are together no longer than this are joined when they arrive. */
const SMALL_BYTES = 4096;

/** What a reader has to know of a connection; it changes once, when the login ends. */
export interface Framing {
  /** A CRC32C follows every header. */
  headerDigest: boolean;
  /** A CRC32C follows every data segment. */
  dataDigest: boolean;
  /** Most bytes of a data segment that is accepted: what was declared as MaxRecvDataSegmentLength. */
  maxDataBytes: number;
}

/** A PDU as it arrived. */
export interface ReceivedPdu extends Pdu {
  /** The digest of its data was wrong: the data must not be used. */
  readonly isDamaged: boolean;
}

/**
 * Cuts a stream of bytes into PDUs. Keeps at most one PDU of the permitted length, whatever arrives.
 *
 * The framing is looked at anew for every PDU, so that a change between two of them counts at once.
 */
export class PduReader {
  readonly #framing: Framing;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** Takes what arrived. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const last = this.#chunks.at(-1);
    // Byte by byte, each would take many times its size.
    if (last !== undefined && last.length + chunk.length <= SMALL_BYTES)
      this.#chunks[this.#chunks.length - 1] = Buffer.concat([last, chunk]);
    else this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Whether a PDU has begun to arrive. */
  get isPartial(): boolean {
    return this.#bytes > 0;
  }

  /**
   * The next PDU, or nothing while it is not complete.
   *
   * @throws `ProtocolError` when the stream cannot be followed any more: a segment that is too long, a header whose
   *   digest is wrong (without error recovery nothing but the end of the connection follows; RFC 7143, 7.7).
   */
  next(): ReceivedPdu | undefined {
    const { headerDigest, dataDigest, maxDataBytes } = this.#framing;
    if (this.#bytes < HEADER_BYTES) return undefined;
    const { moreWords, dataBytes } = lengths.parse(this.#front(HEADER_BYTES));
    if (dataBytes > maxDataBytes)
      throw new ProtocolError(`a data segment of ${dataBytes} bytes, where at most ${maxDataBytes} are accepted`);
    const headerEnd = HEADER_BYTES + 4 * moreWords;
    const dataStart = headerEnd + (headerDigest ? DIGEST_BYTES : 0);
    const dataEnd = dataStart + dataBytes + padding(dataBytes);
    const hasDataDigest = dataDigest && dataBytes > 0;
    const end = dataEnd + (hasDataDigest ? DIGEST_BYTES : 0);
    if (headerDigest && this.#bytes >= dataStart) {
      const head = this.#front(dataStart);
      if (!isDigestOf(head.subarray(0, headerEnd), head.subarray(headerEnd)))
        throw new ProtocolError("a header whose digest is wrong");
    }
    if (this.#bytes < end) return undefined;
    const bytes = this.#take(end);
    return {
      header: bytes.subarray(0, HEADER_BYTES),
      more: bytes.subarray(HEADER_BYTES, headerEnd),
      data: bytes.subarray(dataStart, dataStart + dataBytes),
      isDamaged: hasDataDigest && !isDigestOf(bytes.subarray(dataStart, dataEnd), bytes.subarray(dataEnd)),
    };
  }

  /** The first bytes in one piece; they stay. */
  #front(bytes: number): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    this.#chunks = [Buffer.concat(this.#chunks)];
    return (this.#chunks[0] as Uint8Array).subarray(0, bytes);
  }

  #take(bytes: number): Uint8Array {
    const piece = this.#front(bytes);
    const rest = (this.#chunks[0] as Uint8Array).subarray(bytes);
    this.#chunks = rest.length === 0 ? this.#chunks.slice(1) : [rest, ...this.#chunks.slice(1)];
    this.#bytes -= bytes;
    return piece;
  }
}

function isDigestOf(bytes: Uint8Array, sum: Uint8Array): boolean {
  return Buffer.compare(digest(bytes), sum) === 0;
}
