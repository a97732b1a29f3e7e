import {
  buildSense,
  lunList,
  opcodes,
  parseSense,
  preventAllow,
  type ScsiResult,
  type ScsiTarget,
  type SenseData,
  testUnitReady,
} from "@multisession/mmc";
import { MediaEvents } from "./media-events.ts";

/** SCSI status codes (SAM-5, 5.3.1). */
export const statuses = { good: 0x00, checkCondition: 0x02, reservationConflict: 0x18 } as const;

/** What a unit answers to one command. */
export interface UnitResult {
  /** One of {@link statuses}. */
  readonly status: number;
  /** With `checkCondition`. */
  readonly sense?: Uint8Array;
  /** Data for the initiator: all that the command gives, which can be more than was asked for. */
  readonly dataIn?: Uint8Array;
}

/** One command for a unit. */
export interface UnitCommand {
  readonly cdb: Uint8Array;
  readonly dataOut?: Uint8Array;
  /** Most bytes that are sent back. */
  readonly dataInLength: number;
}

/** Initiator and unit as the unit knows them: one session (SAM's I_T nexus). Compared by identity. */
export type Nexus = object;

/** Drops all that an initiator has under way at a unit; tells whether there was anything. */
export type DropTasks = () => boolean;

/** 6/29/03, the unit was reset by somebody (SPC-4). */
const RESET: SenseData = { key: 6, asc: 0x29, ascq: 0x03 };
/** 6/2F/00, commands cleared by another initiator (SPC-4). */
const TASKS_CLEARED: SenseData = { key: 6, asc: 0x2f, ascq: 0x00 };
/** 6/2A/01, mode parameters changed (SPC-4, 6.11). */
const MODES_CHANGED: SenseData = { key: 6, asc: 0x2a, ascq: 0x01 };
/** 6/28/00, the medium may be another one. */
const MEDIUM_CHANGED: SenseData = { key: 6, asc: 0x28, ascq: 0x00 };
/** 5/24/00, invalid field in CDB. */
const INVALID_FIELD: SenseData = { key: 5, asc: 0x24, ascq: 0x00 };
/** Smallest allocation length of REPORT LUNS (SPC-4, 6.33). */
const LEAST_LUN_LIST = 16;
const UNIT_ATTENTION = 6;
/** More than any drive has to tell at once. */
const MOST_ATTENTIONS = 8;

const code = ({ opcode }: { readonly opcode: number }): number => opcode;
/** Commands that neither report nor clear a unit attention (SAM-5, 5.14; MMC-6, 4.1.6.2). */
const unattending: ReadonlySet<number> = new Set(
  [opcodes.inquiry, opcodes.reportLuns, opcodes.requestSense, opcodes.getConfiguration, opcodes.getEventStatus].map(
    code,
  ),
);
/** Commands that a reservation of another initiator does not keep out (SPC-2, 5.5.1). */
const unreserved: ReadonlySet<number> = new Set(
  [opcodes.inquiry, opcodes.reportLuns, opcodes.requestSense, opcodes.release6, opcodes.release10].map(code),
);
const selectingModes: ReadonlySet<number> = new Set([opcodes.modeSelect6, opcodes.modeSelect10].map(code));
const reserving: ReadonlySet<number> = new Set([opcodes.reserve6, opcodes.reserve10].map(code));
const releasing: ReadonlySet<number> = new Set([opcodes.release6, opcodes.release10].map(code));

/**
 * One drive for several initiators. A `ScsiTarget` knows one initiator; this adds what SCSI says of several: commands one
 * after another, unit attentions for each, RESERVE and RELEASE, and a tray that stays shut while anybody wants it to.
 */
export class LogicalUnit {
  #target: ScsiTarget;
  readonly #attentions = new Map<Nexus, SenseData[]>();
  readonly #dropTasks = new Map<Nexus, DropTasks>();
  readonly #preventing = new Set<Nexus>();
  readonly #mediaEvents = new MediaEvents();
  #holder: Nexus | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(target: ScsiTarget) {
    this.#target = target;
    // A drive that cannot even be asked now says so to the first command.
    this.#inTurn(() => this.#hearOut()).catch(() => {});
  }

  /** An initiator comes. */
  join(nexus: Nexus, dropTasks: DropTasks): void {
    this.#attentions.set(nexus, []);
    this.#dropTasks.set(nexus, dropTasks);
  }

  /** An initiator is gone: what it reserved or held is free. */
  async leave(nexus: Nexus): Promise<void> {
    this.#attentions.delete(nexus);
    this.#dropTasks.delete(nexus);
    this.#mediaEvents.forget(nexus);
    if (this.#holder === nexus) this.#holder = undefined;
    if (this.#preventing.delete(nexus) && this.#preventing.size === 0) await this.#inTurn(() => this.#allowRemoval());
  }

  /** CLEAR TASK SET: the commands of all initiators are dropped; those who lost some are told (SAM-5, 7.5 and 5.14). */
  clearTasks(by: Nexus): void {
    for (const [nexus, dropTasks] of this.#dropTasks)
      if (dropTasks() && nexus !== by) this.#announceTo(nexus, TASKS_CLEARED);
  }

  /** LOGICAL UNIT RESET: commands and reservations of all end, the tray is free, everybody else is told (SAM-5, 6.3.3). */
  async reset(by?: Nexus): Promise<void> {
    for (const dropTasks of this.#dropTasks.values()) dropTasks();
    this.#holder = undefined;
    this.#announce(RESET, by);
    if (this.#preventing.size === 0) return;
    this.#preventing.clear();
    await this.#inTurn(() => this.#allowRemoval());
  }

  /**
   * Puts what `work` gives in the place of the drive: another one, or the same with another disc. No command is under way
   * meanwhile, and everybody hears of a new medium. When `work` gives nothing or throws, all stays as it is.
   */
  async exchange(work: (old: ScsiTarget) => Promise<ScsiTarget | undefined>): Promise<void> {
    await this.#inTurn(async () => {
      const target = await work(this.#target);
      if (target === undefined) return;
      this.#target = target;
      await this.#hearOut();
      this.#preventing.clear();
      this.#announce(MEDIUM_CHANGED);
    });
  }

  /** What the drive itself has to tell of its start is no news to those who come later, and told by us to all others. */
  async #hearOut(): Promise<void> {
    for (let told = 0; told < MOST_ATTENTIONS; told++) {
      const { sense } = await this.#target.execute({ cdb: testUnitReady.build({}) });
      if (sense === undefined || parseSense(sense).key !== UNIT_ATTENTION) return;
    }
  }

  /**
   * Executes one command when all that came before have ended. `isWanted` is asked just before: a command that was
   * aborted meanwhile is never begun.
   *
   * @returns nothing for a command that was not wanted any more.
   * @throws what the `ScsiTarget` throws when there is no answer.
   */
  execute(nexus: Nexus, command: UnitCommand, isWanted: () => boolean = () => true): Promise<UnitResult | undefined> {
    return this.#inTurn(async () => (isWanted() ? await this.#execute(nexus, command) : undefined));
  }

  /** Resolves when everything that was begun has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #execute(nexus: Nexus, command: UnitCommand): Promise<UnitResult> {
    const opcode = command.cdb[0] ?? 0;
    if (this.#holder !== undefined && this.#holder !== nexus && !this.#passesReservation(command.cdb))
      return { status: statuses.reservationConflict };
    const attention = this.#takeAttention(nexus, opcode);
    if (attention !== undefined)
      return opcode === code(opcodes.requestSense)
        ? { status: statuses.good, dataIn: buildSense(attention).subarray(0, command.cdb[4]) }
        : { status: statuses.checkCondition, sense: buildSense(attention) };
    if (opcode === code(opcodes.preventAllow)) return this.#prevent(nexus, command);
    if (reserving.has(opcode) || releasing.has(opcode)) return this.#reserve(nexus, reserving.has(opcode));
    if (opcode === code(opcodes.getEventStatus)) return this.#askForEvents(nexus, command);
    const result = await this.#ask(command, nexus);
    if (selectingModes.has(opcode) && result.status === statuses.good) this.#announce(MODES_CHANGED, nexus);
    return result;
  }

  async #askForEvents(nexus: Nexus, command: UnitCommand): Promise<UnitResult> {
    const cdb = this.#mediaEvents.question(nexus, command.cdb);
    const result = await this.#ask({ ...command, cdb }, nexus);
    if (result.dataIn === undefined) return result;
    const dataIn = this.#mediaEvents.answer(nexus, command.cdb, result.dataIn, this.#attentions.keys());
    return { ...result, dataIn };
  }

  /** Between initiators only we can tell: the drive knows one. To release what one does not hold is no error (SPC-2, 7.17). */
  #reserve(nexus: Nexus, reserves: boolean): UnitResult {
    if (reserves) this.#holder = nexus;
    else if (this.#holder === nexus) this.#holder = undefined;
    return { status: statuses.good };
  }

  async #ask({ cdb, dataOut, dataInLength }: UnitCommand, nexus?: Nexus): Promise<UnitResult> {
    const result = await this.#target.execute({
      cdb,
      ...(dataOut === undefined ? { dataInLength } : { dataOut }),
    });
    this.#spread(result, nexus);
    return result.status === "good"
      ? { status: statuses.good, ...(result.dataIn && { dataIn: result.dataIn }) }
      : { status: statuses.checkCondition, ...(result.sense && { sense: result.sense }) };
  }

  /** The drive tells a unit attention to one initiator; the others have to hear of it too. */
  #spread({ sense }: ScsiResult, nexus: Nexus | undefined): void {
    if (sense === undefined) return;
    const said = parseSense(sense);
    if (said.key === UNIT_ATTENTION) this.#announce(said, nexus);
  }

  #announce(attention: SenseData, except?: Nexus): void {
    for (const nexus of this.#attentions.keys()) if (nexus !== except) this.#announceTo(nexus, attention);
  }

  #announceTo(nexus: Nexus, attention: SenseData): void {
    const waiting = this.#attentions.get(nexus) ?? [];
    const isKnown = waiting.some(({ asc, ascq }) => asc === attention.asc && ascq === attention.ascq);
    if (!isKnown) waiting.push(attention);
  }

  #takeAttention(nexus: Nexus, opcode: number): SenseData | undefined {
    if (unattending.has(opcode) && opcode !== code(opcodes.requestSense)) return undefined;
    return this.#attentions.get(nexus)?.shift();
  }

  /** Allowing removal is always possible (SPC-2, 5.5.1). */
  #passesReservation(cdb: Uint8Array): boolean {
    const opcode = cdb[0] ?? 0;
    return unreserved.has(opcode) || (opcode === code(opcodes.preventAllow) && !preventAllow.parse(cdb).prevent);
  }

  /** The tray is free when nobody keeps it shut (SPC-2, 7.12). */
  async #prevent(nexus: Nexus, command: UnitCommand): Promise<UnitResult> {
    const { prevent } = preventAllow.parse(command.cdb);
    if (!prevent && this.#preventing.size > 0) {
      this.#preventing.delete(nexus);
      if (this.#preventing.size > 0) return { status: statuses.good };
    }
    const result = await this.#ask(command, nexus);
    if (prevent && result.status === statuses.good) this.#preventing.add(nexus);
    return result;
  }

  async #allowRemoval(): Promise<void> {
    await this.#ask({ cdb: preventAllow.build({ prevent: false }), dataInLength: 0 });
  }
}

/** A number for which there is no unit: it tells just that (SPC-4, 5.8 and 6.6.2). */
export function absentUnit({ cdb }: UnitCommand): UnitResult {
  const opcode = cdb[0] ?? 0;
  if (opcode === code(opcodes.inquiry)) {
    const data = new Uint8Array(36);
    // Qualifier 3, type 1Fh: no device can be here.
    data.set([0x7f, 0, 5, 2, 31]);
    return { status: statuses.good, dataIn: data.subarray(0, ((cdb[3] ?? 0) << 8) | (cdb[4] ?? 0)) };
  }
  // 5/25/00, logical unit not supported.
  const sense = buildSense({ key: 5, asc: 0x25, ascq: 0x00 });
  return opcode === code(opcodes.requestSense)
    ? { status: statuses.good, dataIn: sense.subarray(0, cdb[4] ?? 0) }
    : { status: statuses.checkCondition, sense };
}

/** REPORT LUNS, which the device answers whichever unit is asked (SPC-4, 6.33). */
export function reportedUnits(
  luns: Iterable<number>,
  { select, allocationLength }: { readonly select: number; readonly allocationLength: number },
): UnitResult {
  if (select > 2 || allocationLength < LEAST_LUN_LIST)
    return { status: statuses.checkCondition, sense: buildSense(INVALID_FIELD) };
  // Select 1 asks for well-known units only, and there are none.
  const list = lunList.build(select === 1 ? [] : [...luns]);
  return { status: statuses.good, dataIn: list.subarray(0, allocationLength) };
}
