import type { ScsiCommand, ScsiResult } from "@multisession/mmc";
import type { Com } from "../com/com.ts";
import type { ComObject, Outcome } from "../com/com-object.ts";
import type { Koffi } from "../com/runtime.ts";
import { iDiscRecorder2Ex } from "../interfaces/recorder.ts";
import { AlignedBuffer } from "./aligned-buffer.ts";
import type { RecorderObject } from "./devices.ts";

/** Success code: the command was not carried out, and the sense data says why. */
const COMMAND_HAS_SENSE_DATA = 0x00aa_0200;
/** Bytes of sense data that IMAPI2 returns. */
const SENSE_BYTES = 18;
/** IMAPI2's own default, seconds. */
const DEFAULT_TIMEOUT = 10;
/** Longest CDB that IMAPI2 takes. */
const MOST_CDB_BYTES = 16;

/**
 * Milliseconds after which no other of some linked commands is begun: the application may have changed its mind, and wants to
 * tell how far it is.
 */
const LINK_PATIENCE = 50;

/** What a drive and its adapter can transfer. */
export interface TransferLimits {
  /** Most bytes of one command, from memory that begins on a page. */
  readonly maxTransferBytes: number;
  /** Addresses of buffers have none of these bits set. */
  readonly alignmentMask: number;
}

/** Sends commands to a drive as they are, one at a time. */
export class PassThrough {
  readonly #device: ComObject<(typeof iDiscRecorder2Ex)["methods"]>;
  readonly #koffi: Koffi;
  #buffer: AlignedBuffer;
  readonly #sense = new Uint8Array(SENSE_BYTES);
  readonly #cdb = new Uint8Array(MOST_CDB_BYTES);
  #turn: Promise<unknown> = Promise.resolve();
  readonly #now: () => number;
  /** The chain of linked commands of which no other is executed. */
  #endedChain: number | undefined;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(com: Com, recorder: RecorderObject, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#device = recorder.query(iDiscRecorder2Ex);
    this.#koffi = com.koffi;
    this.#buffer = new AlignedBuffer(com.koffi);
  }

  /** Asks for the limits, and keeps to them from then on. */
  async limits(): Promise<TransferLimits> {
    const alignmentMask = await this.#device.callAsync("GetByteAlignmentMask");
    this.#buffer = new AlignedBuffer(this.#koffi, alignmentMask);
    return { maxTransferBytes: await this.#device.callAsync("GetMaximumPageAlignedTransferSize"), alignmentMask };
  }

  /** Executes one command. @throws ComError when there is no answer: the drive is gone, or it took too long. */
  execute(command: ScsiCommand): Promise<ScsiResult> {
    return this.#inTurn(() => this.#send(command));
  }

  /**
   * Executes the next commands of a chain until one is not good, or they have taken long; none when the chain has ended so already.
   *
   * @throws ComError as {@link execute} does, which ends the chain too.
   */
  executeLinked(commands: readonly ScsiCommand[], chain: number): Promise<readonly ScsiResult[]> {
    return this.#inTurn(async () => {
      if (this.#endedChain === chain) return [];
      this.#endedChain = chain;
      const results: ScsiResult[] = [];
      const end = this.#now() + LINK_PATIENCE;
      for (const command of commands) {
        const result = await this.#send(command);
        results.push(result);
        if (result.status !== "good") return results;
        if (this.#now() > end) break;
      }
      if (results.length === commands.length) this.#endedChain = undefined;
      return results;
    });
  }

  release(): void {
    this.#device.release();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #send({ cdb, dataOut, dataInLength = 0, timeout }: ScsiCommand): Promise<ScsiResult> {
    this.#sense.fill(0);
    this.#cdb.fill(0);
    this.#cdb.set(cdb);
    const seconds = timeout === undefined ? DEFAULT_TIMEOUT : Math.max(1, Math.ceil(timeout / 1000));
    const head = [this.#cdb, cdb.length, this.#sense, seconds] as const;
    if (dataOut !== undefined && dataOut.length > 0) {
      const data = this.#buffer.take(dataOut.length);
      data.set(dataOut);
      return this.#result(await this.#device.outcome("SendCommandSendDataToDevice", ...head, data, data.length));
    }
    if (dataInLength > 0) {
      const data = this.#buffer.take(dataInLength);
      const outcome = await this.#device.outcome("SendCommandGetDataFromDevice", ...head, data, data.length);
      return this.#result(outcome, data.slice(0, Math.min(outcome.value, dataInLength)));
    }
    return this.#result(await this.#device.outcome("SendCommandNoData", ...head));
  }

  #result({ hresult }: Outcome<unknown>, dataIn?: Uint8Array): ScsiResult {
    const data = dataIn === undefined ? {} : { dataIn };
    if (hresult !== COMMAND_HAS_SENSE_DATA) return { status: "good", ...data };
    return { status: "check-condition", sense: this.#sense.slice(), ...data };
  }
}
