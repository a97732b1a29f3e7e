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
  /** What came, up to `#received`; it has room for what may come. */
  #bytes: Uint8Array = new Uint8Array();
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
    this.#bytes = immediate;
    this.#received = immediate.length;
    this.#unaskedEnd = isLast ? immediate.length : limit;
    this.#isUnaskedOver = isLast;
  }
  #isUnaskedOver: boolean;
  /** Nothing more of it will be asked for. */
  #isLost = false;

  /** All of it is here, or it makes no sense to wait for the rest. */
  get isComplete(): boolean {
    return this.#isLost || (this.#received >= this.#expected && this.#isUnaskedOver);
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

  /**
   * Takes a Data-Out PDU. What is lost or out of its place cannot be asked for again at error recovery level 0: the
   * command ends with a sense, when its sequence has ended (RFC 7143, 7.8 and 7.9).
   *
   * @throws `ProtocolError` when nobody asked for it.
   */
  take({ header, data }: Pdu, isDamaged: boolean): void {
    const { transferTag, offset, dataSn, isFinal } = dataOut.parse(header);
    const end = this.#end(transferTag);
    const isInPlace = offset === this.#received && offset + data.length <= end && dataSn === this.#dataSn;
    if (isDamaged || !isInPlace) this.isDamaged = true;
    if (!this.isDamaged) this.#keep(data);
    if (isInPlace) this.#received += data.length;
    this.#dataSn++;
    if (!isFinal) return;
    if (transferTag === NO_TAG) this.#isUnaskedOver = true;
    else if (this.#received < end) this.isDamaged = true;
    this.#demand = undefined;
    this.#isLost = this.isDamaged;
  }

  /** Copies, as a view would keep all that arrived with it; without a copy only where one piece is everything. */
  #keep(data: Uint8Array): void {
    if (data.length === this.#expected) this.#bytes = data;
    else {
      const room = this.#demand === undefined ? this.#unaskedEnd : this.#expected;
      if (this.#bytes.length < room) this.#bytes = enlarged(this.#bytes.subarray(0, this.#received), room);
      this.#bytes.set(data, this.#received);
    }
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
    return this.#bytes.subarray(0, this.#received);
  }
}

function enlarged(bytes: Uint8Array, size: number): Uint8Array {
  const larger = Buffer.allocUnsafeSlow(size);
  larger.set(bytes);
  return larger;
}
