import { buildSense, opcodes, reportLuns, type SenseData } from "@multisession/mmc";
import { answer } from "./answer.ts";
import { absentUnit, type LogicalUnit, type Nexus, reportedUnits, statuses, type UnitResult } from "./logical-unit.ts";
import type { Parameters } from "./negotiation.ts";
import type { StatusNumbers } from "./numbers.ts";
import type { Output } from "./output.ts";
import { NO_TAG, readyToTransfer } from "./pdu.ts";
import { next } from "./serial-number.ts";
import type { Task } from "./task.ts";
import { bytesAskedFor } from "./transfer-limit.ts";

/** 5/24/00, invalid field in CDB: more than this target moves with one command. */
const TOO_MUCH: SenseData = { key: 5, asc: 0x24, ascq: 0x00 };
/** 4/44/00, internal target failure: the drive gave no answer. */
const NO_ANSWER: SenseData = { key: 4, asc: 0x44, ascq: 0x00 };
/** B/47/05, protocol service CRC error (RFC 7143, 7.8). */
const BAD_DIGEST: SenseData = { key: 0xb, asc: 0x47, ascq: 0x05 };
const checkCondition = (sense: SenseData): UnitResult => ({
  status: statuses.checkCondition,
  sense: buildSense(sense),
});

/** What a runner works with. */
export interface RunnerSetting {
  readonly units: ReadonlyMap<number, LogicalUnit>;
  readonly nexus: Nexus;
  /** What counts at the moment: the initiator may take longer segments later. */
  readonly parameters: () => Parameters;
  readonly numbers: StatusNumbers;
  readonly output: Output;
  /** Most bytes that one command moves; what is asked for ahead is kept to twice as many. */
  readonly maxTransferBytes: number;
  /** Hears of every task that has ended, before its status is sent. */
  readonly onEnd: (task: Task) => void;
  /** Hears what a unit threw. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Brings tasks to their end: asks for the data that they bring, in the order in which they came and never for more than
 * can be held, executes them, one unit's one after another, and sends the answers.
 */
export class TaskRunner {
  readonly #setting: RunnerSetting;
  readonly #queues = new Map<number, Task[]>();
  /** Tasks whose data is still to be asked for, oldest first. */
  #hungry: Task[] = [];
  /** Bytes that were asked for and are held. */
  #held = 0;
  readonly #holding = new Map<Task, number>();
  #nextTransferTag = 0;

  constructor(setting: RunnerSetting) {
    this.#setting = setting;
  }

  /** Takes a new task, or one whose data came. */
  advance(task: Task): void {
    const { incoming } = task;
    if (incoming === undefined || incoming.isComplete) this.#queue(task);
    else {
      if (incoming.wantsDemand && !this.#hungry.includes(task)) this.#hungry.push(task);
      this.#ask();
    }
  }

  /** Forgets a task that was aborted. */
  drop(task: Task): void {
    task.isAborted = true;
    this.#hungry = this.#hungry.filter((other) => other !== task);
    this.#release(task);
  }

  #ask(): void {
    const limit = 2 * this.#setting.maxTransferBytes;
    for (let [task] = this.#hungry; task?.incoming !== undefined; [task] = this.#hungry) {
      const { incoming } = task;
      const wanted = this.#holding.has(task) ? 0 : incoming.missing;
      if (this.#held > 0 && this.#held + wanted > limit) return;
      this.#hungry.shift();
      this.#held += wanted;
      if (wanted > 0) this.#holding.set(task, wanted);
      this.#demand(task);
    }
  }

  #demand({ request: { tag, lun }, incoming }: Task): void {
    if (incoming === undefined) return;
    const { r2tSn, offset, bytes, transferTag } = incoming.demand(this.#transferTag());
    const { numbers, output } = this.#setting;
    output.send(
      readyToTransfer.build({ tag, lun, transferTag, r2tSn, offset, desiredBytes: bytes, ...numbers.current }),
    );
  }

  #transferTag(): number {
    const tag = this.#nextTransferTag;
    this.#nextTransferTag = next(tag) === NO_TAG ? 0 : next(tag);
    return tag;
  }

  #queue(task: Task): void {
    const waiting = this.#queues.get(task.lun);
    if (waiting !== undefined) {
      waiting.push(task);
      return;
    }
    const queue = [task];
    this.#queues.set(task.lun, queue);
    void this.#work(task.lun, queue);
  }

  /** Executes what waits for one unit; ends when nothing does. Never rejects. */
  async #work(lun: number, queue: Task[]): Promise<void> {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      await this.#setting.output.ready();
      if (task.isAborted) continue;
      const result = await this.#execute(task);
      this.#finish(task, result);
    }
    this.#queues.delete(lun);
  }

  async #execute(task: Task): Promise<UnitResult | undefined> {
    const { units, nexus, maxTransferBytes, onFailure } = this.#setting;
    const { cdb, reads, expectedBytes } = task.request;
    const { incoming } = task;
    if (expectedBytes > maxTransferBytes && !reads) return checkCondition(TOO_MUCH);
    if (bytesAskedFor(cdb) > maxTransferBytes) return checkCondition(TOO_MUCH);
    if (incoming?.isDamaged) return checkCondition(BAD_DIGEST);
    const command = {
      cdb,
      ...(incoming !== undefined && { dataOut: incoming.bytes() }),
      dataInLength: maxTransferBytes,
    };
    if (cdb[0] === opcodes.reportLuns.opcode) return reportedUnits(units.keys(), reportLuns.parse(cdb));
    const unit = units.get(task.lun);
    if (unit === undefined) return absentUnit(command);
    try {
      return await unit.execute(nexus, command, () => !task.isAborted);
    } catch (error) {
      onFailure(error);
      return checkCondition(NO_ANSWER);
    }
  }

  #finish(task: Task, result: UnitResult | undefined): void {
    this.#release(task);
    if (result === undefined || task.isAborted) return;
    const { parameters, numbers, output, onEnd } = this.#setting;
    onEnd(task);
    answer(task, result, parameters(), numbers, output);
  }

  #release(task: Task): void {
    this.#held -= this.#holding.get(task) ?? 0;
    if (this.#holding.delete(task)) this.#ask();
  }
}
