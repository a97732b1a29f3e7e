import { CommandWindow } from "./command-window.ts";
import { discoveryPairs, type Portal } from "./discovery.ts";
import { IncomingData } from "./incoming-data.ts";
import type { LogicalUnit } from "./logical-unit.ts";
import { Negotiation, type Parameters } from "./negotiation.ts";
import { StatusNumbers } from "./numbers.ts";
import type { Output } from "./output.ts";
import * as pdus from "./pdu.ts";
import type { ReceivedPdu } from "./pdu-reader.ts";
import { ProtocolError } from "./protocol-error.ts";
import { lunOf, type Task } from "./task.ts";
import { TaskManager } from "./task-manager.ts";
import { TaskRunner } from "./task-runner.ts";
import { buildAnswer, parseText, type TextPairs } from "./text-keys.ts";
import { TextPieces } from "./text-pieces.ts";

/** What a session is begun with. */
export interface SessionSetting {
  /** Units by number; none for a discovery session. */
  readonly units: ReadonlyMap<number, LogicalUnit>;
  readonly parameters: Parameters;
  readonly output: Output;
  /** CmdSN of the login. */
  readonly cmdSn: number;
  /** StatSN of the first status behind the login. */
  readonly statSn: number;
  /** Number of its connection. */
  readonly cid: number;
  /** A discovery session lists targets and does nothing else. */
  readonly isDiscovery: boolean;
  /** What SendTargets tells. */
  readonly portal: Portal;
  /** Most bytes that one command moves. */
  readonly maxTransferBytes: number;
  /** Hears what a unit threw. */
  readonly onFailure: (error: unknown) => void;
  /** Ends every connection of the target: a cold reset. */
  readonly endAll: () => void;
}

/** Seconds that an initiator waits before it comes again (RFC 7143, 13.15). */
const TIME_TO_WAIT = 2;
/** Most immediate commands, and functions of task management, under way: the window does not count them (RFC 7143, 4.2.2.1). */
const MOST_IMMEDIATE = 16;

/**
 * The full feature phase of a session with its one connection: takes PDUs, answers them through the output. It is the
 * nexus of its initiator.
 */
export class Session {
  readonly #setting: SessionSetting;
  readonly #window: CommandWindow;
  readonly #numbers: StatusNumbers;
  readonly #runner: TaskRunner;
  readonly #manager: TaskManager;
  readonly #tasks = new Map<number, Task>();
  readonly #negotiation = new Negotiation();
  readonly #textPieces = new TextPieces();
  #parameters: Parameters;
  /** Functions of task management under way. */
  #functions = 0;
  #isEnded = false;

  constructor(setting: SessionSetting) {
    this.#setting = setting;
    const { units, parameters, output, maxTransferBytes, onFailure } = setting;
    this.#parameters = parameters;
    this.#window = new CommandWindow(setting.cmdSn);
    this.#numbers = new StatusNumbers(setting.statSn, this.#window);
    this.#runner = new TaskRunner({
      units,
      nexus: this,
      parameters: () => this.#parameters,
      numbers: this.#numbers,
      output,
      maxTransferBytes,
      onEnd: (task) => this.#forget(task),
      onFailure,
    });
    this.#manager = new TaskManager({
      units,
      nexus: this,
      tasks: this.#tasks,
      drop: (task) => this.#drop(task),
      skip: (cmdSn, before) => this.#skip(cmdSn, before),
    });
    for (const [lun, unit] of units) unit.join(this, () => this.#manager.dropAll(lun));
  }

  /** Numbers for what the connection itself sends. */
  get numbers(): StatusNumbers {
    return this.#numbers;
  }

  /** Takes what arrived. @throws `ProtocolError` when the connection has to end. */
  receive(pdu: ReceivedPdu): void {
    const { opcode, isImmediate } = pdus.anyHeader.parse(pdu.header);
    if (opcode === pdus.opcodes.dataOut) this.#takeData(pdu);
    else if (opcode === pdus.opcodes.snack) this.#reject(pdu, pdus.rejectReasons.snack);
    // A command whose data was damaged has not come: its number stays open (RFC 7143, 7.8).
    else if (pdu.isDamaged) this.#reject(pdu, pdus.rejectReasons.dataDigest);
    else if (isImmediate) this.#dispatch(pdu, opcode);
    else this.#takeInOrder(pdu);
  }

  #takeInOrder(pdu: ReceivedPdu): void {
    const { cmdSn } = pdus.initiatorNumbers.parse(pdu.header);
    this.#dispatchAll(this.#window.take(cmdSn, pdu));
  }

  #skip(cmdSn: number, before: number): boolean {
    const due = this.#window.skip(cmdSn, before);
    this.#dispatchAll(due ?? []);
    return due !== undefined;
  }

  #dispatchAll(due: readonly ReceivedPdu[]): void {
    for (const pdu of due) this.#dispatch(pdu, pdus.anyHeader.parse(pdu.header).opcode);
  }

  /** The connection is gone: what was under way is dropped, what was reserved is free. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const task of this.#tasks.values()) this.#runner.drop(task);
    this.#tasks.clear();
    await Promise.all([...this.#setting.units.values()].map((unit) => unit.leave(this)));
  }

  /** Asks the initiator to log out within so many seconds (RFC 7143, 11.9.1). */
  requestLogout(seconds: number): void {
    const event = pdus.asyncEvents.logoutRequest;
    this.#setting.output.send(pdus.asyncMessage.build({ event, third: seconds, ...this.#numbers.take() }));
  }

  /** Tells the initiator that its connection is about to be ended (RFC 7143, 11.9.1). */
  announceEnd(): void {
    const { output, cid } = this.#setting;
    const event = pdus.asyncEvents.connectionDropped;
    output.send(pdus.asyncMessage.build({ event, first: cid, second: TIME_TO_WAIT, ...this.#numbers.take() }));
  }

  /** Asks whether the initiator is still there (RFC 7143, 11.19). */
  ping(): void {
    this.#setting.output.send(pdus.nopIn.build({ tag: pdus.NO_TAG, transferTag: 1, ...this.#numbers.current }));
  }

  #dispatch(pdu: ReceivedPdu, opcode: number): void {
    const { opcodes, rejectReasons } = pdus;
    const usesUnits = opcode === opcodes.scsiCommand || opcode === opcodes.taskManagement;
    if (usesUnits && this.#setting.isDiscovery) {
      this.#releaseNumber(pdu);
      this.#reject(pdu, rejectReasons.protocolError);
    } else if (opcode === opcodes.scsiCommand) this.#command(pdu);
    else {
      this.#releaseNumber(pdu);
      if (opcode === opcodes.nopOut) this.#nop(pdu);
      else if (opcode === opcodes.text) this.#text(pdu);
      else if (opcode === opcodes.logout) this.#logout(pdu);
      else if (opcode === opcodes.taskManagement) this.#manage(pdu);
      else this.#reject(pdu, rejectReasons.commandNotSupported);
    }
  }

  #releaseNumber({ header }: ReceivedPdu): void {
    if (!pdus.anyHeader.parse(header).isImmediate) this.#window.release();
  }

  #command(pdu: ReceivedPdu): void {
    const request = pdus.scsiCommand.parse(pdu.header);
    const refusal = this.#refusal(request, pdu);
    if (refusal !== undefined) {
      this.#releaseNumber(pdu);
      this.#reject(pdu, refusal);
      return;
    }
    const { tag, writes, expectedBytes, isFinal } = request;
    if (!writes && pdu.data.length > 0) throw new ProtocolError("data with a command that brings none");
    // What is more than can be moved is refused without its data.
    const isTooMuch = expectedBytes > this.#setting.maxTransferBytes;
    const brings = writes && !isTooMuch;
    const incoming = brings ? new IncomingData(expectedBytes, pdu.data, isFinal, this.#parameters) : undefined;
    const lun = lunOf(request.lun) ?? Number.NaN;
    const task: Task = { request, lun, isAborted: false, ...(incoming && { incoming }) };
    this.#tasks.set(tag, task);
    this.#runner.advance(task);
  }

  /** Why a command is not even begun. */
  #refusal({ tag, isImmediate, reads, writes }: Task["request"], { more }: ReceivedPdu): number | undefined {
    const { taskInProgress, tooManyImmediate, commandNotSupported } = pdus.rejectReasons;
    if (this.#tasks.has(tag)) return taskInProgress;
    if (isImmediate && this.#immediateTasks >= MOST_IMMEDIATE) return tooManyImmediate;
    // Both at once would need the bidirectional form, which no command of a disc drive has; nor has one a longer CDB.
    return (reads && writes) || more.length > 0 ? commandNotSupported : undefined;
  }

  get #immediateTasks(): number {
    return [...this.#tasks.values()].filter(({ request }) => request.isImmediate).length;
  }

  #takeData(pdu: ReceivedPdu): void {
    const { tag, transferTag } = pdus.dataOut.parse(pdu.header);
    const task = this.#tasks.get(tag);
    const { incoming } = task ?? {};
    if (pdu.isDamaged) this.#reject(pdu, pdus.rejectReasons.dataDigest);
    // Data for a task that is not there any more: aborted, or refused before it came.
    if (task === undefined || incoming === undefined || incoming.isComplete) return;
    if (transferTag !== pdus.NO_TAG && incoming.transferTag === undefined) return;
    incoming.take(pdu, pdu.isDamaged);
    this.#runner.advance(task);
  }

  #nop(pdu: ReceivedPdu): void {
    const { tag, lun } = pdus.nopOut.parse(pdu.header);
    // An answer to our own question.
    if (tag === pdus.NO_TAG) return;
    const echo = pdu.data.subarray(0, this.#parameters.initiatorDataBytes);
    this.#setting.output.send(pdus.nopIn.build({ tag, lun, ...this.#numbers.take() }), echo);
  }

  #text(pdu: ReceivedPdu): void {
    const { tag, lun, continues, isFinal } = pdus.textRequest.parse(pdu.header);
    if (isFinal && continues) throw new ProtocolError("a text that ends in the middle");
    this.#textPieces.add(pdu.data);
    const pairs = continues ? [] : this.#answerText(parseText(this.#textPieces.take()));
    // Only the initiator ends a negotiation (RFC 7143, 11.11.1).
    const transferTag = isFinal ? pdus.NO_TAG : 1;
    const header = pdus.textResponse.build({ tag, lun, isFinal, transferTag, ...this.#numbers.take() });
    this.#setting.output.send(header, buildAnswer(pairs, this.#parameters.initiatorDataBytes));
  }

  #answerText(pairs: TextPairs): TextPairs {
    const { isDiscovery, portal } = this.#setting;
    const replies = pairs.flatMap(([key, value]) =>
      key === "SendTargets"
        ? discoveryPairs(value, isDiscovery, portal)
        : this.#negotiation.answer([[key, value]], "full-feature"),
    );
    // The one parameter that may be declared anew (RFC 7143, 13.12).
    if (this.#negotiation.told("MaxRecvDataSegmentLength") !== undefined) {
      const { initiatorDataBytes } = this.#negotiation.parameters;
      this.#parameters = { ...this.#parameters, initiatorDataBytes };
    }
    return replies;
  }

  #logout(pdu: ReceivedPdu): void {
    const { tag, reason, cid } = pdus.logoutRequest.parse(pdu.header);
    const { output } = this.#setting;
    const response = this.#logoutResponse(reason, cid);
    const isEnd = response === pdus.logoutResponses.closed;
    if (isEnd) for (const task of this.#tasks.values()) this.#drop(task);
    output.send(pdus.logoutResponse.build({ tag, response, timeToWait: TIME_TO_WAIT, ...this.#numbers.take() }));
    if (isEnd) output.end();
  }

  /** Reason 0 ends the session, 1 a connection; 2 is for recovery of connections, which we do not have (RFC 7143, 11.14). */
  #logoutResponse(reason: number, cid: number): number {
    const { closed, noConnection, noRecovery } = pdus.logoutResponses;
    if (reason === 0) return closed;
    if (reason === 1) return cid === this.#setting.cid ? closed : noConnection;
    return noRecovery;
  }

  #manage(pdu: ReceivedPdu): void {
    if (this.#functions >= MOST_IMMEDIATE) {
      this.#reject(pdu, pdus.rejectReasons.tooManyImmediate);
      return;
    }
    this.#functions++;
    const { output, onFailure, endAll } = this.#setting;
    const request = pdus.taskManagement.parse(pdu.header);
    this.#manager
      .carryOut(request)
      .then(({ response, endsConnections }) => {
        this.#functions--;
        if (this.#isEnded) return;
        output.send(pdus.taskManagementResponse.build({ tag: request.tag, response, ...this.#numbers.take() }));
        if (endsConnections) endAll();
      })
      .catch((error: unknown) => {
        onFailure(error);
        output.end();
      });
  }

  #drop(task: Task): void {
    this.#forget(task);
    this.#runner.drop(task);
  }

  #forget(task: Task): void {
    this.#tasks.delete(task.request.tag);
    if (!task.request.isImmediate) this.#window.release();
  }

  #reject(pdu: ReceivedPdu, reason: number): void {
    this.#setting.output.send(pdus.reject.build({ reason, ...this.#numbers.take() }), pdu.header);
  }
}
