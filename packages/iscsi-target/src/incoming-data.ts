import type { Parameters } from "./negotiation.ts";
import { dataOut, NO_TAG, type Pdu } from "./pdu.ts";
import { ProtocolError } from "./protocol-error.ts";

/** A transfer that the initiator is asked for. */
export interface Demand {
  readonly transferTag: number;
  readonly r2tSn: number;
  /** Bytes from the beginning of the command's data. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The data that one command brings: in its own PDU, unasked behind it, and as it is asked for (RFC 7143, 4.2.4.2).
 * Everything has to come in order (DataPDUInOrder, DataSequenceInOrder).
 */
export class IncomingData {
  readonly #expected: number;
  readonly #parameters: Parameters;
  #pieces: Uint8Array[] = [];
  #received = 0;
  #demand: Demand | undefined;
  #demands = 0;
  #dataSn = 0;
  /** Exclusive end of what may come without being asked for. */
  #unaskedEnd = 0;
  /** A piece came with a wrong digest: the command cannot be carried out. */
  isDamaged = false;

  /**
   * @param expected - Bytes that the command brings in all.
   * @param immediate - Data of the command's own PDU.
   * @param isLast - The command's F bit: nothing more comes unasked.
   * @throws `ProtocolError` when more came than was agreed.
   */
  constructor(expected: number, immediate: Uint8Array, isLast: boolean, parameters: Parameters) {
    this.#expected = expected;
    this.#parameters = parameters;
    const { immediateData, initialR2T, firstBurstBytes } = parameters;
    const limit = Math.min(expected, firstBurstBytes);
    if (immediate.length > 0 && !immediateData) throw new ProtocolError("immediate data, which was not agreed");
    if (immediate.length > limit) throw new ProtocolError("more immediate data than was agreed");
    if (!isLast && initialR2T) throw new ProtocolError("a command whose data comes unasked, which was not agreed");
    if (immediate.length > 0) this.#pieces.push(immediate);
    this.#received = immediate.length;
    this.#unaskedEnd = isLast ? immediate.length : limit;
    this.#isUnaskedOver = isLast;
  }
  #isUnaskedOver: boolean;

  /** All of it is here. */
  get isComplete(): boolean {
    return this.#received >= this.#expected && this.#isUnaskedOver;
  }

  /** Something has to be asked for, and nothing is under way. */
  get wantsDemand(): boolean {
    return this.#isUnaskedOver && this.#demand === undefined && this.#received < this.#expected;
  }

  /** Bytes that are still to come. */
  get missing(): number {
    return this.#expected - this.#received;
  }

  /** Asks for what comes next: at most one burst. */
  demand(transferTag: number): Demand {
    const bytes = Math.min(this.missing, this.#parameters.maxBurstBytes);
    this.#demand = { transferTag, r2tSn: this.#demands, offset: this.#received, bytes };
    this.#demands++;
    this.#dataSn = 0;
    return this.#demand;
  }

  /** The transfer that is under way. */
  get transferTag(): number | undefined {
    return this.#demand?.transferTag;
  }

  /** Takes a Data-Out PDU. @throws `ProtocolError` when it is not the one that has to come now. */
  take({ header, data }: Pdu, isDamaged: boolean): void {
    const { transferTag, offset, dataSn, isFinal } = dataOut.parse(header);
    const isAsked = transferTag !== NO_TAG;
    const end = this.#end(transferTag);
    if (offset !== this.#received || offset + data.length > end)
      throw new ProtocolError("data that is not in its place");
    if (dataSn !== this.#dataSn) throw new ProtocolError("data whose number is not the next");
    this.#dataSn++;
    if (isDamaged) this.isDamaged = true;
    this.#pieces.push(data);
    this.#received += data.length;
    if (!isFinal) return;
    if (!isAsked) this.#isUnaskedOver = true;
    else if (this.#received < end) throw new ProtocolError("less data than it was asked for");
    else this.#demand = undefined;
  }

  #end(transferTag: number): number {
    if (transferTag === NO_TAG) {
      if (this.#isUnaskedOver) throw new ProtocolError("data that nobody asked for");
      return this.#unaskedEnd;
    }
    if (transferTag !== this.#demand?.transferTag) throw new ProtocolError("data for a transfer that is not under way");
    return this.#demand.offset + this.#demand.bytes;
  }

  /** Bytes that came. */
  get taken(): number {
    return this.#received;
  }

  /** All that came, in one piece. */
  bytes(): Uint8Array {
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
  }
}
