import type { Socket } from "node:net";
import { buildSense, type ScsiTarget } from "@multisession/mmc";
import { HEAD_BYTES, type Pdu, pduBytes, pduReader } from "./iscsi-pdu.ts";

/** Operation codes (RFC 7143, 11.2.1.2); an answer's is that of its request and 20h. */
const requests = { nop: 0x00, command: 0x01, task: 0x02, login: 0x03, dataOut: 0x05, logout: 0x06 } as const;
const ANSWER = 0x20;
const DATA_IN = 0x25;
const READY_TO_TRANSFER = 0x31;
const IMMEDIATE = 0x40;
const FINAL = 0x80;
const NO_TAG = 0xffff_ffff;

/** Most bytes of data in one message. */
const SEGMENT = 65_536;
/** Commands that may come while others are under way. */
const WINDOW = 32;
/** Lengths of CDBs by their group (SPC). */
const cdbLengths = [6, 10, 10, 16, 16, 12, 16, 16] as const;
const REPORT_LUNS = 0xa0;
const INQUIRY = 0x12;
const CHECK_CONDITION = 0x02;
/** No device can be there (SPC): qualifier 3, type 1Fh. */
const noDevice = Buffer.concat([Buffer.from([0x7f, 0, 5, 2, 31]), Buffer.alloc(31)]);
/** 5/25/00, logical unit not supported. */
const noUnit = buildSense({ key: 5, asc: 0x25, ascq: 0x00 });

/** What is answered to what an initiator offers at login (RFC 7143, 13); other keys are its own to declare. */
const loginAnswers: Readonly<Record<string, (offered: string) => string>> = {
  AuthMethod: () => "None",
  HeaderDigest: () => "None",
  DataDigest: () => "None",
  InitialR2T: () => "Yes",
  ImmediateData: () => "Yes",
  DataPDUInOrder: () => "Yes",
  DataSequenceInOrder: () => "Yes",
  IFMarker: () => "No",
  OFMarker: () => "No",
  MaxBurstLength: (offered) => offered,
  FirstBurstLength: (offered) => offered,
  DefaultTime2Wait: () => "2",
  DefaultTime2Retain: () => "0",
  ErrorRecoveryLevel: () => "0",
  MaxOutstandingR2T: () => "1",
  MaxConnections: () => "1",
};

/** A command whose data is still on its way. */
interface Incoming {
  readonly data: Buffer;
  received: number;
  readonly whenWhole: () => void;
}

/** What QEMU's initiator needs of a session: login, commands with data in both directions, NOP, logout. */
export class DriveConnection {
  readonly #socket: Socket;
  readonly #units: readonly ScsiTarget[];
  readonly #incoming = new Map<number, Incoming>();
  #expected = 0;
  #status = 1;

  constructor(socket: Socket, units: readonly ScsiTarget[]) {
    this.#socket = socket;
    this.#units = units;
    socket.on(
      "data",
      pduReader((pdu) => this.#take(pdu)),
    );
  }

  #take({ head, data }: Pdu): void {
    const operation = head.readUInt8(0) & 0x3f;
    const tag = head.readUInt32BE(16);
    if (operation === requests.login) this.#expected = head.readUInt32BE(24);
    else if (operation !== requests.dataOut && (head.readUInt8(0) & IMMEDIATE) === 0) {
      this.#expected = (head.readUInt32BE(24) + 1) >>> 0;
    }
    if (operation === requests.login) this.#login(head, data, tag);
    else if (operation === requests.command)
      this.#command(head, data, tag).catch((error: Error) => this.#socket.destroy(error));
    else if (operation === requests.dataOut) this.#dataOut(head, data, tag);
    else if (operation === requests.nop) this.#nop(data, tag);
    else if (operation === requests.task) this.#send(this.#answer(requests.task, tag));
    else if (operation === requests.logout) this.#socket.end(pduBytes(this.#answer(requests.logout, tag)));
    else this.#socket.destroy();
  }

  #login(head: Buffer, data: Buffer, tag: number): void {
    const flags = head.readUInt8(1);
    const isSecurity = ((flags >> 2) & 3) === 0;
    const answers = data
      .toString()
      .split("\0")
      .flatMap((pair) => {
        const [key = "", value = ""] = pair.split("=");
        const answer = loginAnswers[key];
        return answer === undefined ? [] : [`${key}=${answer(value)}`];
      });
    answers.push(isSecurity ? "TargetPortalGroupTag=1" : `MaxRecvDataSegmentLength=${4 * SEGMENT}`);
    const answer = this.#answer(requests.login, tag);
    answer.writeUInt8(flags & 0x8f, 1);
    head.copy(answer, 8, 8, 14);
    answer.writeUInt16BE(1, 14);
    this.#send(answer, Buffer.from(answers.map((pair) => `${pair}\0`).join("")));
  }

  #nop(data: Buffer, tag: number): void {
    if (tag === NO_TAG) return;
    const answer = this.#answer(requests.nop, tag);
    answer.writeUInt32BE(NO_TAG, 20);
    this.#send(answer, data);
  }

  /** Data in any order, each piece at its offset. */
  #dataOut(head: Buffer, data: Buffer, tag: number): void {
    const incoming = this.#incoming.get(tag);
    if (incoming === undefined) return;
    data.copy(incoming.data, head.readUInt32BE(40));
    incoming.received += data.length;
    if (incoming.received < incoming.data.length) return;
    this.#incoming.delete(tag);
    incoming.whenWhole();
  }

  async #command(head: Buffer, data: Buffer, tag: number): Promise<void> {
    const length = head.readUInt32BE(20);
    const isWrite = (head.readUInt8(1) & 0x20) !== 0 && length > 0;
    const dataOut = isWrite ? await this.#whole(head, data, tag) : undefined;
    const unit = head.readUInt8(9);
    const opcode = head.readUInt8(32);
    const cdb = Uint8Array.from(head.subarray(32, 32 + (cdbLengths[opcode >> 5] ?? 16)));
    const target = this.#units[unit];
    const result =
      opcode === REPORT_LUNS || target === undefined
        ? this.#withoutUnit(opcode)
        : await target.execute({ cdb, ...(dataOut ? { dataOut } : { dataInLength: length }) });
    const dataIn = (result.dataIn ?? new Uint8Array()).subarray(0, length);
    this.#sendData(dataIn, tag);
    const answer = this.#answer(requests.command, tag);
    if (!isWrite && dataIn.length < length) {
      // Less than was asked for (RFC 7143, 11.4.5.1).
      answer.writeUInt8(FINAL | 0x02, 1);
      answer.writeUInt32BE(length - dataIn.length, 44);
    }
    answer.writeUInt8(result.sense === undefined ? 0 : CHECK_CONDITION, 3);
    answer.writeUInt32BE(Math.ceil(dataIn.length / SEGMENT), 36);
    this.#send(answer, result.sense && Buffer.concat([Buffer.from([0, result.sense.length]), result.sense]));
  }

  /** All data of a command: what did not come with it is asked for. */
  #whole(head: Buffer, data: Buffer, tag: number): Promise<Buffer> {
    const whole = Buffer.alloc(head.readUInt32BE(20));
    data.copy(whole);
    if (data.length >= whole.length) return Promise.resolve(whole);
    return new Promise((resolve) => {
      this.#incoming.set(tag, { data: whole, received: data.length, whenWhole: () => resolve(whole) });
      const ready = this.#header(READY_TO_TRANSFER, tag);
      head.copy(ready, 8, 8, 16);
      ready.writeUInt32BE(tag, 20);
      ready.writeUInt32BE(data.length, 40);
      ready.writeUInt32BE(whole.length - data.length, 44);
      this.#send(ready);
    });
  }

  /** REPORT LUNS is answered for all; any other number has no device behind it (SPC). */
  #withoutUnit(opcode: number): { readonly dataIn?: Uint8Array; readonly sense?: Uint8Array } {
    if (opcode === REPORT_LUNS) {
      const list = Buffer.alloc(8 + 8 * this.#units.length);
      list.writeUInt32BE(8 * this.#units.length, 0);
      for (const unit of this.#units.keys()) list.writeUInt8(unit, 8 + 8 * unit + 1);
      return { dataIn: list };
    }
    return opcode === INQUIRY ? { dataIn: noDevice } : { sense: noUnit };
  }

  #sendData(data: Uint8Array, tag: number): void {
    for (let at = 0, number = 0; at < data.length; at += SEGMENT, number++) {
      const head = this.#header(DATA_IN, tag);
      head.writeUInt8(at + SEGMENT >= data.length ? FINAL : 0, 1);
      head.writeUInt32BE(NO_TAG, 20);
      head.writeUInt32BE(0, 24);
      head.writeUInt32BE(number, 36);
      head.writeUInt32BE(at, 40);
      this.#send(head, data.subarray(at, at + SEGMENT));
    }
  }

  /** Header of an answer, which has a number of its own. */
  #answer(request: number, tag: number): Buffer {
    const head = this.#header(request | ANSWER, tag);
    this.#status = (this.#status + 1) >>> 0;
    return head;
  }

  #header(operation: number, tag: number): Buffer {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt8(operation, 0);
    head.writeUInt8(FINAL, 1);
    head.writeUInt32BE(tag, 16);
    head.writeUInt32BE(this.#status, 24);
    head.writeUInt32BE(this.#expected, 28);
    head.writeUInt32BE((this.#expected + WINDOW - 1) >>> 0, 32);
    return head;
  }

  #send(head: Buffer, data?: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(pduBytes(head, data));
  }
}
