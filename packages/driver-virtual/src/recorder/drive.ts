import type { Sense } from "@multisession/core";
import { type Clock, type DriveCapture, mediaEvents, type SenseData } from "@multisession/mmc";
import { FaultScript } from "../faults/fault-script.ts";
import { sense } from "../media/medium-table.ts";
import { freshDisc } from "../media/virtual-media.ts";
import { MediumState } from "../medium-state.ts";
import type { StateRecord } from "../state-record.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import { durationOf, fixedTimes, wholeMedium } from "../timing/durations.ts";
import { busySenses, isInBackground, type Operation, progressOf } from "../timing/operation.ts";
import { Timing } from "../timing/timing.ts";
import { BufferedDisc } from "../write-model/buffered-disc.ts";
import { type DriveTraits, traitsOf } from "./drive-traits.ts";
import { defaultModePages } from "./mode-pages.ts";
import type { SessionAtOnce } from "./session-at-once.ts";

/** Serial number of a virtual recorder that was given none. */
const SERIAL = "000000000001";

const LOADED: Sense = sense(6, 0x28, 0x00);
const POWERED_ON: Sense = sense(6, 0x29, 0x00);

/** Something that changes the medium. */
interface Work {
  /** The changes, in order. */
  readonly records: readonly StateRecord[];
  /** What other commands hear meanwhile. */
  readonly sense: Sense;
  /** The host wants the answer at once. */
  readonly isImmediate?: boolean;
  /** What is told of the end. */
  readonly event?: number | undefined;
  /** Time beside that of the changes: milliseconds. */
  readonly more?: number;
  /** Changes that come behind a format, while the drive is free. */
  readonly background?: readonly StateRecord[];
}

/** What differs between two drives of one kind. */
interface DriveOptions {
  readonly clock?: Clock | undefined;
  readonly serial?: string | undefined;
}

/** Key 0, 04/04: a format goes on in the background. */
const backgroundFormat: Sense = sense(0, 0x04, 0x04);
/** A background format that runs. */
const RUNNING = 2;

/** The recorder without its medium: the tray, what it has to tell, and the disc with its buffer. */
export class Drive {
  /** Which drive it behaves as. */
  readonly capture: DriveCapture;
  /** Tells it from others of its kind. */
  readonly serial: string;
  /** Faults and counters. */
  readonly script: FaultScript = new FaultScript();
  /** The disc in the drive, or on the open tray. */
  disc: BufferedDisc;
  /** The disc that belongs into the drive, while a wrong one is in it. */
  #missing: BufferedDisc | undefined;
  /** Whether the tray is out: then there is no medium. */
  isTrayOpen = false;
  /** PREVENT ALLOW MEDIUM REMOVAL. */
  isRemovalPrevented = false;
  /** Unit attentions, each reported once. */
  attentions: readonly Sense[] = [LOADED];
  /** The medium event that GET EVENT STATUS NOTIFICATION has not told yet. */
  mediaEvent: number = mediaEvents.newMedia;
  /** Mode pages as MODE SELECT left them, by code. */
  modePages: ReadonlyMap<number, Uint8Array> = defaultModePages;
  /** The session that SEND CUE SHEET has described, until it is recorded. */
  sessionAtOnce: SessionAtOnce | undefined;

  /** Time, speeds and the fill of the buffer. */
  readonly timing: Timing;
  /** What goes on while its command has been answered. */
  operation: Operation | undefined;

  constructor(store: MediumStore, capture: DriveCapture, { clock, serial = SERIAL }: DriveOptions = {}) {
    this.capture = capture;
    this.serial = serial;
    this.disc = this.#load(store);
    this.timing = new Timing(clock, () => this.traits);
  }

  /**
   * Flushes, and then changes the medium; what takes long goes on behind the answer when the host wants it so. Without a
   * clock all of it is done at once.
   */
  carryOut({ records, sense, isImmediate = false, event, more = 0, background = [] }: Work): void {
    const { disc, timing } = this;
    disc.flush();
    const { write } = timing.speeds;
    // A format before another one only erases: the two are one operation.
    const durations = records.map((record, index) =>
      record.is === "format" && records[index + 1]?.is === "format" ? 0 : durationOf(record, disc.state, write),
    );
    const whole = durations.reduce((sum, duration) => sum + duration, timing.drain() + more);
    // One thing goes on at a time: what comes while a format does is waited for.
    if (timing.isAtOnce || !isImmediate || whole === 0 || this.operation !== undefined) {
      timing.pass(whole);
      disc.change(...records);
      if (disc.state.background !== RUNNING) this.operation = undefined;
      this.#begin(background, event, write);
    } else {
      this.operation = this.#operation(records, durations, { sense, whole, event });
    }
    timing.forgetSpeeds();
  }

  #operation(
    records: readonly StateRecord[],
    durations: readonly number[],
    { sense, whole, event }: { readonly sense: Sense; readonly whole: number; readonly event: number | undefined },
  ): Operation {
    const start = this.timing.now;
    const end = start + whole;
    // What comes before the first change, such as the rest of the buffer, comes first.
    let at = end - durations.reduce((sum, duration) => sum + duration, 0);
    const steps = records.map((record, index) => {
      at += durations[index] ?? 0;
      return { at, record };
    });
    return { sense, start, end, steps, event };
  }

  /** What goes on in the background of everything else: the rest of a format. */
  #begin(records: readonly StateRecord[], event: number | undefined, speed: number): void {
    const { disc, timing } = this;
    if (records.length > 0 && !timing.isAtOnce) {
      const start = timing.now;
      const end = start + wholeMedium(disc.state, speed);
      this.operation = {
        sense: backgroundFormat,
        start,
        end,
        steps: records.map((record) => ({ at: end, record })),
        event,
      };
      return;
    }
    if (records.length > 0) {
      timing.pass(wholeMedium(disc.state, speed));
      disc.change(...records);
    }
    if (event !== undefined) this.mediaEvent = event;
  }

  /** Carries out what of an operation has taken place by now. */
  proceed(): void {
    const { operation, timing } = this;
    if (operation === undefined) return;
    const { now } = timing;
    const due = operation.steps.filter(({ at }) => at <= now);
    this.operation = { ...operation, steps: operation.steps.slice(due.length) };
    for (const { record } of due) this.#take(record);
    if (operation.end > now) return;
    this.operation = undefined;
    timing.forgetSpeeds();
    if (operation.event !== undefined) this.mediaEvent = operation.event;
  }

  /** Ends an operation at once: the drive has all the time that it needs. */
  finish(): void {
    const { operation } = this;
    this.operation = undefined;
    for (const { record } of operation?.steps ?? []) this.#take(record);
  }

  #take(record: StateRecord): void {
    // A format that was stopped does not go on.
    if (record.is === "background" && this.disc.state.background !== RUNNING) return;
    this.disc.change(record);
  }

  /** What keeps the drive from other commands, with how far it is. */
  get busy(): SenseData | undefined {
    const { operation } = this;
    return operation === undefined || isInBackground(operation) ? undefined : progressOf(operation, this.timing.now);
  }

  /** How far what goes on is, as REQUEST SENSE tells it. */
  get progress(): SenseData | undefined {
    const { operation } = this;
    if (operation === undefined) return undefined;
    if (isInBackground(operation) && this.disc.state.background !== RUNNING) return undefined;
    return progressOf(operation, this.timing.now);
  }

  /** How it behaves with the disc as it is. */
  get traits(): DriveTraits {
    return traitsOf(this.capture, this.disc.state);
  }

  #load(store: MediumStore): BufferedDisc {
    return new BufferedDisc(store, (wanted) => this.script.take("effect", wanted), this.script);
  }

  /** Opens the tray; what was written is safe. */
  eject(): void {
    this.disc.flush();
    this.timing.pass(this.timing.drain());
    this.finish();
    this.isTrayOpen = true;
    this.mediaEvent = mediaEvents.removal;
  }

  /** Closes the tray; the medium may be another one. */
  load(isImmediate: boolean): void {
    if (!this.isTrayOpen) return;
    const { timing } = this;
    this.isTrayOpen = false;
    this.sessionAtOnce = undefined;
    this.#exchange();
    this.attentions = [LOADED];
    this.mediaEvent = mediaEvents.newMedia;
    if (timing.isAtOnce || !isImmediate) {
      timing.pass(fixedTimes.load);
      return;
    }
    const { now: start } = timing;
    this.mediaEvent = mediaEvents.none;
    const end = start + fixedTimes.load;
    this.operation = { sense: busySenses.load, start, end, steps: [], event: mediaEvents.newMedia };
  }

  #exchange(): void {
    this.takeRightDisc();
    const other = this.script.takeOtherDisc();
    if (other === undefined) return;
    this.#missing = this.disc;
    this.disc = this.#load(new MemoryStore(MediumState.fresh(freshDisc(other))));
    this.timing.forgetSpeeds();
  }

  /** Puts the disc that belongs into the drive in the place of a wrong one. */
  takeRightDisc(): void {
    this.disc = this.#missing ?? this.disc;
    this.#missing = undefined;
    this.timing.forgetSpeeds();
  }

  /** Whether a wrong disc is in the drive. */
  get hasWrongDisc(): boolean {
    return this.#missing !== undefined;
  }

  /** The disc is out, and what was in the buffer is lost. */
  lose(): void {
    this.loseBuffer();
    this.isTrayOpen = true;
    this.isRemovalPrevented = false;
    this.mediaEvent = mediaEvents.removal;
  }

  /** Loses what is in the buffer: there is only what the medium holds. */
  loseBuffer(): void {
    this.script.takeDeferred();
    this.operation = undefined;
    this.sessionAtOnce = undefined;
    this.timing.drain();
    this.disc = this.#load(this.disc.store);
  }

  /** Whether it has to tell that the power was off. */
  get hasRestarted(): boolean {
    return this.attentions.includes(POWERED_ON);
  }

  /** Comes up again after the power was gone. */
  restart(): void {
    this.isTrayOpen = false;
    this.isRemovalPrevented = false;
    this.attentions = [POWERED_ON, LOADED];
    this.mediaEvent = mediaEvents.newMedia;
    this.modePages = defaultModePages;
  }
}
