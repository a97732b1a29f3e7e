import { once } from "node:events";
import { connect, type Socket } from "node:net";
import * as pdus from "../src/pdu.ts";
import { type Framing, PduReader, type ReceivedPdu } from "../src/pdu-reader.ts";
import { piecesOf } from "../src/pdu-writer.ts";
import { buildText, parseText } from "../src/text-keys.ts";

/** What a login says when nothing else is asked of it. */
const usualKeys: Readonly<Record<string, string>> = {
  InitiatorName: "iqn.2026-11.test:initiator",
  TargetName: "iqn.2026-11.local.multisession:drives",
  SessionType: "Normal",
};

/** What came of one command. */
export interface CommandOutcome {
  readonly status: number;
  readonly data: Buffer;
  /** Key, additional code and qualifier, as in `6/28/00`. */
  readonly sense: string;
  readonly isUnderflow: boolean;
  readonly isOverflow: boolean;
  readonly residualBytes: number;
}

/** An initiator that says exactly what a test wants, also what is wrong. */
export class Initiator {
  readonly socket: Socket;
  readonly framing: Framing = { headerDigest: false, dataDigest: false, maxDataBytes: 2 ** 24 };
  readonly #reader = new PduReader(this.framing);
  readonly #received: ReceivedPdu[] = [];
  #wake: () => void = () => {};
  isClosed = false;
  cmdSn = 1;
  #tag = 0;
  isid: Uint8Array = Uint8Array.of(0x80, 0, 0, 0, 0, 1);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
    socket.on("data", (chunk: Buffer) => {
      this.#reader.push(chunk);
      for (let pdu = this.#reader.next(); pdu !== undefined; pdu = this.#reader.next()) this.#received.push(pdu);
      this.#wake();
    });
  }

  static async connect(port: number): Promise<Initiator> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new Initiator(socket);
  }

  /** Connects and logs in. */
  static async login(port: number, keys: Readonly<Record<string, string>> = {}, isid?: Uint8Array): Promise<Initiator> {
    const initiator = await Initiator.connect(port);
    if (isid) initiator.isid = isid;
    const { status } = await initiator.logIn(keys);
    if (status !== 0) throw new Error(`login refused: ${status.toString(16)}`);
    return initiator;
  }

  /** One login request from the operational stage to the full feature phase, unless told otherwise. */
  async logIn(
    keys: Readonly<Record<string, string>> = {},
    header: { stage?: number; nextStage?: number; transits?: boolean; tsih?: number } = {},
  ): Promise<{ status: number; keys: Readonly<Record<string, string>>; tsih: number; transits: boolean }> {
    const said = Object.entries({ ...usualKeys, ...keys }).filter(([, value]) => value !== "");
    return this.step(Object.fromEntries(said), header);
  }

  /** One login request with just these keys. */
  async step(
    keys: Readonly<Record<string, string>>,
    header: { stage?: number; nextStage?: number; transits?: boolean; tsih?: number } = {},
  ): Promise<{ status: number; keys: Readonly<Record<string, string>>; tsih: number; transits: boolean }> {
    const fields = { stage: 1, nextStage: 3, transits: true, tsih: 0, ...header };
    const { isid, cmdSn } = this;
    this.send(
      pdus.loginRequest.build({ isImmediate: true, isid, cid: 1, cmdSn, tag: 1, ...fields }),
      buildText(Object.entries(keys)),
    );
    const { header: bytes, data } = await this.receive();
    const { status, tsih, transits, nextStage } = pdus.loginResponse.parse(bytes);
    const answers = Object.fromEntries(parseText(data));
    if (status === 0 && transits && nextStage === 3) {
      this.framing.headerDigest = answers["HeaderDigest"] === "CRC32C";
      this.framing.dataDigest = answers["DataDigest"] === "CRC32C";
    }
    return { status, keys: answers, tsih, transits };
  }

  send(header: Uint8Array, data?: Uint8Array): void {
    this.raw(...piecesOf(header, data, this.framing));
  }

  /** Sends bytes as they are. */
  raw(...pieces: readonly Uint8Array[]): void {
    this.socket.cork();
    for (const piece of pieces) this.socket.write(piece);
    this.socket.uncork();
  }

  /** The next PDU. @throws when the connection ends first, or nothing comes for 10 seconds. */
  async receive(): Promise<ReceivedPdu> {
    const until = performance.now() + 10_000;
    for (;;) {
      const pdu = this.#received.shift();
      if (pdu !== undefined) return pdu;
      if (this.isClosed) throw new Error("the target closed the connection");
      if (performance.now() > until) throw new Error("the target said nothing");
      await this.#waitForSomething();
    }
  }

  /** Resolves when the target has closed the connection. */
  async gone(): Promise<void> {
    if (!this.isClosed) await once(this.socket, "close");
  }

  #waitForSomething(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 250);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  nextTag(): number {
    this.#tag++;
    return this.#tag;
  }

  /** Sends a command; data in its own PDU as far as `immediate` goes. */
  begin(
    cdb: Uint8Array,
    {
      lun = 0,
      expectedBytes = 0,
      out,
      immediate = 0,
      isFinal = true,
    }: { lun?: number; expectedBytes?: number; out?: Uint8Array; immediate?: number; isFinal?: boolean } = {},
  ): number {
    const tag = this.nextTag();
    const whole = new Uint8Array(16);
    whole.set(cdb);
    const header = pdus.scsiCommand.build({
      tag,
      isFinal,
      reads: out === undefined && expectedBytes > 0,
      writes: out !== undefined,
      lun: Uint8Array.of(0, lun, 0, 0, 0, 0, 0, 0),
      expectedBytes: out?.length ?? expectedBytes,
      cdb: whole,
      cmdSn: this.cmdSn++,
    });
    this.send(header, out?.subarray(0, immediate));
    return tag;
  }

  /** Carries out a command, and gives what is asked for. */
  async execute(cdb: Uint8Array, options: Parameters<Initiator["begin"]>[1] = {}): Promise<CommandOutcome> {
    return this.outcome(this.begin(cdb, options), options.out);
  }

  /** Goes on with a command until its status comes. */
  async outcome(tag: number, out: Uint8Array = new Uint8Array()): Promise<CommandOutcome> {
    const pieces: Buffer[] = [];
    for (;;) {
      const { header, data } = await this.receive();
      const { opcode } = pdus.anyHeader.parse(header);
      if (opcode === pdus.opcodes.readyToTransfer) {
        const { transferTag, offset, desiredBytes, lun } = pdus.readyToTransfer.parse(header);
        this.sendData(out.subarray(offset, offset + desiredBytes), { tag, transferTag, offset, lun });
      } else if (opcode === pdus.opcodes.dataIn) {
        pieces.push(Buffer.from(data));
        const { hasStatus, ...rest } = pdus.dataIn.parse(header);
        if (hasStatus) return { ...rest, data: Buffer.concat(pieces), sense: "" };
      } else if (opcode === pdus.opcodes.scsiResponse) {
        const sense = data.subarray(2);
        const text = sense.length === 0 ? "" : [(sense[2] ?? 0) & 15, sense[12], sense[13]].map(hex).join("/");
        return { ...pdus.scsiResponse.parse(header), data: Buffer.concat(pieces), sense: text };
      } else throw new Error(`opcode ${opcode.toString(16)} for a command`);
    }
  }

  /** Sends data in PDUs of 8192 bytes. */
  sendData(
    data: Uint8Array,
    { tag, transferTag, offset, lun }: { tag: number; transferTag: number; offset: number; lun: Uint8Array },
  ): void {
    for (let at = 0, dataSn = 0; at < data.length; at += 8192, dataSn++) {
      const piece = data.subarray(at, at + 8192);
      const isFinal = at + piece.length === data.length;
      this.send(pdus.dataOut.build({ isFinal, tag, transferTag, lun, dataSn, offset: offset + at }), piece);
    }
  }
}

function hex(value = 0, index = 0): string {
  return value
    .toString(16)
    .padStart(index === 0 ? 1 : 2, "0")
    .toUpperCase();
}
