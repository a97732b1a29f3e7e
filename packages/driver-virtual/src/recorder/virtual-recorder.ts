import { setImmediate } from "node:timers/promises";
import { type Blocks, type Lba, MultisessionError } from "@multisession/core";
import {
  buildSense,
  type Clock,
  type DriveCapture,
  type ScsiCommand,
  type ScsiResult,
  type ScsiTarget,
  type ScsiTransport,
} from "@multisession/mmc";
import { chooseDrive } from "../drives/choose-drive.ts";
import { virtualDrive } from "../drives/virtual-drive.ts";
import type { Counters, Fault } from "../faults/fault.ts";
import { aftermath, survivors } from "../faults/power-cut.ts";
import type { LogOrigin } from "../log/log-line.ts";
import type { RecorderEvent } from "../log/recorder-event.ts";
import type { MediumStore, StoreAccess } from "../storage/medium-store.ts";
import { shifted } from "../timing/operation.ts";
import { PowerLost } from "../write-model/buffered-disc.ts";
import { trayOpen } from "./command-entry.ts";
import { changing, rangeOf } from "./command-kinds.ts";
import { CommandLog, type LoggedCommand } from "./command-log.ts";
import { dispatch } from "./dispatch.ts";
import { Drive } from "./drive.ts";
import { contentOf, keepContent, memoryOf, type Snapshot } from "./snapshot.ts";

/** As drives on a bus take it: larger commands fail on some hosts. */
const MAXIMUM_TRANSFER_BYTES = 64 * 1024;
/** Answers come without a pause for at most so long; then timers and signals have their turn. Milliseconds. */
const LONGEST_RUN = 10;

const noData: Uint8Array = new Uint8Array();

/** How a recorder behaves; its disc is a matter of its own. */
export interface RecorderOptions {
  /** What goes wrong. */
  readonly faults?: readonly Fault[];
  /** Decides what survives a power cut: the same seed and commands give the same disc. 1 when left out. */
  readonly seed?: number;
  /** Which drive it behaves as: the one that the disc was made with when left out. */
  readonly drive?: DriveCapture;
  /**
   * Where its time comes from: it works at the speeds of its drive, and what takes long goes on behind its command. Give
   * the same clock to `openMmcRecorder`. Without a clock everything is done at once.
   */
  readonly clock?: Clock;
  /** Its serial number, in ASCII: recorders that one host sees side by side need different ones. `000000000001` when left out. */
  readonly serial?: string;
}

/**
 * A recorder in software: executes real CDBs and answers real sense data. It holds one disc, can lose its power at any
 * command, block or effect, and counts all of them.
 */
export class VirtualRecorder implements ScsiTarget {
  readonly #drive: Drive;
  readonly #log = new CommandLog();
  readonly #observers = new Set<(event: RecorderEvent) => void>();
  #faults: readonly Fault[] = [];
  #isOn = true;
  #lastPause = 0;

  constructor(
    store: MediumStore,
    { faults = [], seed = 1, drive = chooseDrive(store.drive), clock, serial }: RecorderOptions = {},
  ) {
    this.#drive = new Drive(store, drive, { clock, serial });
    this.arm(faults, seed);
  }

  /** Executes one command. @throws `RECORDER_LOST` while the power is off, or when it goes during the command. */
  async execute(command: ScsiCommand): Promise<ScsiResult> {
    if (performance.now() - this.#lastPause > LONGEST_RUN) {
      await setImmediate();
      this.#lastPause = performance.now();
    }
    const result = this.run(command);
    await this.#drive.timing.catchUp();
    return result;
  }

  /** Executes one command at once, as {@link execute} does. */
  run(command: ScsiCommand): ScsiResult {
    if (this.#observers.size === 0) return this.#run(command);
    const { time: at } = this;
    const before = this.#log.count;
    try {
      const result = this.#run(command);
      this.#tell({ is: "command", at, command, outcome: this.#log.lastOutcome, result });
      return result;
    } catch (error) {
      // An error of the host's storage is no answer of the recorder.
      if (this.#log.count > before) this.#tell({ is: "command", at, command, outcome: this.#log.lastOutcome });
      throw error;
    }
  }

  #run({ cdb, dataOut = noData, dataInLength = Number.POSITIVE_INFINITY }: ScsiCommand): ScsiResult {
    const { script } = this.#drive;
    const at = this.time;
    this.#endWhenDue();
    if (!this.#isOn) throw this.#lost(cdb, at);
    try {
      const reply = dispatch(this.#drive, cdb, dataOut);
      if (script.isCutDue) throw new PowerLost();
      script.take("command", 1);
      const isRefused = reply !== undefined && !(reply instanceof Uint8Array);
      this.#log.add({ cdb, at, outcome: isRefused ? reply : "good" });
      // The command that a cut waits for is still answered.
      this.#endWhenDue();
      if (isRefused) return { status: "check-condition", sense: buildSense(reply) };
      if (reply === undefined) return { status: "good" };
      return { status: "good", dataIn: reply.length > dataInLength ? reply.subarray(0, dataInLength) : reply };
    } catch (error) {
      if (!(error instanceof PowerLost)) throw storageError(error, cdb);
      return this.#ended(cdb, at);
    }
  }

  #endWhenDue(): void {
    const { script } = this.#drive;
    if (!this.#isOn || !script.isCutDue) return;
    if (script.isRemovalDue) this.#remove();
    else this.#cut();
  }

  /** The command in the middle of which the power went, or the disc was taken out. */
  #ended(cdb: Uint8Array, at: number): ScsiResult {
    if (this.#drive.script.isRemovalDue) {
      this.#remove();
      this.#log.add({ cdb, at, outcome: trayOpen });
      return { status: "check-condition", sense: buildSense(trayOpen) };
    }
    this.#cut();
    throw this.#lost(cdb, at);
  }

  /** Has a function hear of all that happens to it; gives back what ends that. */
  observe(observer: (event: RecorderEvent) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  #tell(event: RecorderEvent): void {
    for (const observer of this.#observers) observer(event);
  }

  /** What a log of it begins with. */
  get origin(): LogOrigin {
    const { disc, capture, timing } = this.#drive;
    return {
      at: this.time,
      state: disc.store.state,
      drive: capture === virtualDrive ? undefined : capture,
      seed: this.#drive.script.random.state,
      faults: this.#faults,
      hasClock: !timing.isAtOnce,
      ...(this.#drive.hasRestarted && { wasOff: true }),
    };
  }

  #lost(cdb: Uint8Array, at: number): MultisessionError {
    this.#log.add({ cdb, at, outcome: "power-lost" });
    return new MultisessionError("RECORDER_LOST", "The virtual recorder has no power.", {
      subject: "virtual recorder",
      oldState: "unknown",
    });
  }

  /** Replaces all faults; they count commands, blocks and effects from now on. A seed decides anew what survives a cut. */
  arm(faults: readonly Fault[], seed?: number): void {
    this.#tell({ is: "arm", at: this.time, faults, seed });
    this.#faults = faults;
    this.#drive.script.arm(faults, this.time, seed);
  }

  /** What was done so far; faults count the same things. */
  get counters(): Counters {
    return this.#drive.script.counters;
  }

  /** Which drive it behaves as. */
  get drive(): DriveCapture {
    return this.#drive.capture;
  }

  /** The last commands, oldest first. */
  get log(): readonly LoggedCommand[] {
    return this.#log.entries;
  }

  /** The last commands in words, one a line. */
  logText(): string {
    return this.#log.toString();
  }

  /** Forgets the logged commands. */
  clearLog(): void {
    this.#log.clear();
  }

  /** Whether it has power. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** The power goes: of what is in the buffer, as much gets onto the medium as the seed says. */
  powerCut(): void {
    if (!this.#isOn) return;
    this.#tell({ is: "power-cut", at: this.time });
    this.#cut();
  }

  #cut(): void {
    const { script } = this.#drive;
    const isDamaging = script.damagesTracks;
    this.#proceedUntilCut();
    this.#isOn = false;
    script.disarm("power-cut");
    this.#settle(isDamaging);
    this.#drive.loseBuffer();
  }

  /** The disc is taken out by force: of what is in the buffer, as much gets onto it as the seed says. */
  removeDisc(): void {
    if (!this.#isOn || this.#drive.isTrayOpen) return;
    this.#tell({ is: "removal", at: this.time });
    this.#remove();
  }

  #remove(): void {
    const { script, isTrayOpen } = this.#drive;
    this.#proceedUntilCut();
    script.disarm("hot-removal");
    if (!this.#isOn || isTrayOpen) return;
    this.#settle(false);
    this.#drive.lose();
  }

  /** What gets onto the medium of all that was under way. */
  #settle(isDamaging: boolean): void {
    const { disc, script } = this.#drive;
    disc.store.commit(survivors(disc, script.random), true);
    disc.store.commit(aftermath(disc.store.state, isDamaging), true);
  }

  /** What had taken place of a long operation is on the medium. */
  #proceedUntilCut(): void {
    try {
      this.#drive.proceed();
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    }
  }

  /** Milliseconds of its clock; without one, the time that a real drive would have taken so far. */
  get time(): number {
    return this.#drive.timing.now;
  }

  /** The power is back: the recorder comes up with the medium as it is. */
  powerOn(): void {
    if (this.#isOn) return;
    this.#tell({ is: "power-on", at: this.time });
    this.#drive.restart();
    this.#isOn = true;
  }

  /** A way to the recorder for an initiator. Closing it puts everything onto the medium, but keeps the recorder. */
  transport(): ScsiTransport {
    return {
      name: "virtual recorder",
      maxTransferBytes: MAXIMUM_TRANSFER_BYTES,
      execute: (command) => this.execute(command),
      close: async () => this.flush(),
    };
  }

  /** Puts everything onto the medium, and ends what goes on: a drive that its user leaves in good order. */
  flush(): void {
    if (!this.#isOn) return;
    this.#tell({ is: "flush", at: this.time });
    try {
      this.#drive.disc.flush();
      this.#drive.finish();
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
      this.#endWhenDue();
    }
  }

  /** Releases the disc; what was written is safe. Idempotent. */
  close(): void {
    try {
      this.flush();
    } finally {
      // Whatever became of the rest: the disc file is given back.
      this.#isOn = false;
      this.#drive.takeRightDisc();
      this.#drive.disc.store.close();
    }
  }

  /**
   * The state of recorder and disc, to go back to. Cheap: blocks are shared.
   *
   * @throws `TypeError` when the disc does not lie in memory, and while a wrong one is in the drive.
   */
  snapshot(): Snapshot {
    if (this.#drive.hasWrongDisc) throw new TypeError("The disc in the drive is not its own");
    const { isTrayOpen, isRemovalPrevented, attentions, mediaEvent, modePages, sessionAtOnce } = this.#drive;
    const { disc, timing, operation } = this.#drive;
    const snapshot: Snapshot = { counters: this.counters };
    keepContent(snapshot, {
      store: memoryOf(disc.store).snapshot(),
      buffer: disc.snapshot(),
      drive: { isTrayOpen, isRemovalPrevented, attentions, mediaEvent, modePages, sessionAtOnce },
      timing: timing.snapshot(),
      operation,
      isOn: this.#isOn,
      random: this.#drive.script.random.state,
    });
    return snapshot;
  }

  /** Goes back to a snapshot of this recorder or of one with the same kind of disc. All faults are disarmed. */
  restore(snapshot: Snapshot): void {
    const { store, buffer, drive, timing, operation, isOn, random } = contentOf(snapshot);
    this.#tell({ is: "restore", at: this.time });
    this.#drive.takeRightDisc();
    memoryOf(this.#drive.disc.store).restore(store);
    this.#drive.disc.restore(buffer);
    Object.assign(this.#drive, drive);
    this.#drive.timing.restore(timing);
    this.#drive.operation = operation && shifted(operation, this.time - timing.now);
    this.#drive.script.counters = snapshot.counters;
    this.arm([], random);
    this.#isOn = isOn;
  }

  /** Exclusive end of the blocks that were recorded, the buffer included. */
  get recordedEnd(): Blocks {
    return this.#drive.disc.end;
  }

  /** Blocks as a host sees them, without a command; those that cannot be read are zeros. */
  peek(at: Lba, blocks: Blocks): Uint8Array {
    return this.#drive.disc.peek(at, blocks);
  }

  /** Whether the disc can be written, is protected where it lies, or is a file without its state. */
  get access(): StoreAccess {
    return this.#drive.disc.store.access;
  }
}

/** What the host's own storage says of a disc file: no sense can tell it. */
function storageError(error: unknown, cdb: Uint8Array): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const isRead = rangeOf(cdb) !== undefined && !changing.has(cdb[0] ?? 0);
  const message = `The disc file cannot be ${isRead ? "read" : "written"}: ${error.message}.`;
  const details = { subject: "virtual recorder", oldState: "intact", cause: error } as const;
  return new MultisessionError(isRead ? "READ_FAILED" : "WRITE_FAILED", message, details);
}
