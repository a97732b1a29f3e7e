import { setImmediate } from "node:timers/promises";
import { type Blocks, type Lba, MultisessionError, type Sense } from "@multisession/core";
import {
  buildSense,
  opcodes,
  read10,
  read12,
  type ScsiCommand,
  type ScsiResult,
  type ScsiTarget,
  type ScsiTransport,
  write10,
  write12,
} from "@multisession/mmc";
import type { Counters, Fault } from "../faults/fault.ts";
import { aftermath, survivors } from "../faults/power-cut.ts";
import { Random } from "../faults/random.ts";
import { sense } from "../media/medium-table.ts";
import type { MediumStore, StoreAccess } from "../storage/medium-store.ts";
import { type MemorySnapshot, MemoryStore } from "../storage/memory-store.ts";
import { type BufferSnapshot, PowerLost } from "../write-model/buffered-disc.ts";
import { type Reply, trayOpen } from "./command-entry.ts";
import { CommandLog, type LoggedCommand } from "./command-log.ts";
import { commands } from "./command-table.ts";
import { Drive } from "./drive.ts";

/** The state of a recorder and its disc at one time: made by `snapshot`, taken by `restore`. */
export interface Snapshot {
  /** What was done until then. */
  readonly counters: Counters;
}

/** What a snapshot holds. */
export interface SnapshotContent {
  /** The medium. */
  readonly store: MemorySnapshot;
  /** The buffer. */
  readonly buffer: BufferSnapshot;
  /** The rest of the recorder. */
  readonly drive: Pick<Drive, "isTrayOpen" | "isRemovalPrevented" | "attentions" | "mediaEvent" | "modePages">;
  /** Whether it had power. */
  readonly isOn: boolean;
  /** What decides what survives a cut. */
  readonly random: number;
}

const contents = new WeakMap<Snapshot, SnapshotContent>();

/** What a snapshot holds. @throws `TypeError` when it is none. */
export function contentOf(snapshot: Snapshot): SnapshotContent {
  const content = contents.get(snapshot);
  if (content === undefined) throw new TypeError("This is no snapshot of a virtual recorder");
  return content;
}

/** 5/20/00, the recorder does not know the command. */
const unknownCommand: Sense = sense(5, 0x20, 0x00);
/** 7/27/00, write protected. */
const writeProtected: Sense = sense(7, 0x27, 0x00);
/** As long as a host's CDB can be. */
const LONGEST_CDB = 16;
/** As drives on a bus take it: larger commands fail on some hosts. */
const MAXIMUM_TRANSFER_BYTES = 64 * 1024;
/** Answers come without a pause for at most so long; then timers and signals have their turn. Milliseconds. */
const LONGEST_RUN = 10;

/** Commands that change a medium. */
const changing: ReadonlySet<number> = new Set(
  [
    opcodes.write10,
    opcodes.write12,
    opcodes.writeAndVerify10,
    opcodes.formatUnit,
    opcodes.blank,
    opcodes.reserveTrack,
    opcodes.closeTrackSession,
    opcodes.repairTrack,
  ].map(({ opcode }) => opcode),
);

/** Commands whose range a fault can name. */
const ranged = new Map([read10, read12, write10, write12].map((layout) => [layout.command.opcode, layout]));

/**
 * A recorder in software: executes real CDBs and answers real sense data. It holds one disc, can lose its power at any
 * command, block or effect, and counts all of them.
 */
export class VirtualRecorder implements ScsiTarget {
  readonly #drive: Drive;
  readonly #log = new CommandLog();
  #random: Random;
  #isOn = true;
  #lastPause = 0;

  constructor(store: MediumStore, faults: readonly Fault[], seed: number) {
    this.#drive = new Drive(store);
    this.#random = new Random(seed);
    this.arm(faults, seed);
  }

  /** Executes one command. @throws `RECORDER_LOST` while the power is off, or when it goes during the command. */
  async execute(command: ScsiCommand): Promise<ScsiResult> {
    if (performance.now() - this.#lastPause > LONGEST_RUN) {
      await setImmediate();
      this.#lastPause = performance.now();
    }
    return this.run(command);
  }

  /** Executes one command at once, as {@link execute} does. */
  run({ cdb, dataOut = new Uint8Array(), dataInLength = Number.POSITIVE_INFINITY }: ScsiCommand): ScsiResult {
    const { script } = this.#drive;
    this.#endWhenDue();
    if (!this.#isOn) throw this.#lost(cdb);
    try {
      const reply = this.#dispatch(cdb, dataOut);
      if (script.isCutDue) throw new PowerLost();
      script.take("command", 1);
      const isRefused = reply !== undefined && !(reply instanceof Uint8Array);
      this.#log.add(cdb, isRefused ? reply : "good");
      // The command that a cut waits for is still answered.
      this.#endWhenDue();
      if (isRefused) return { status: "check-condition", sense: buildSense(reply) };
      return { status: "good", ...(reply && { dataIn: reply.subarray(0, dataInLength) }) };
    } catch (error) {
      if (!(error instanceof PowerLost)) throw storageError(error, cdb);
      return this.#ended(cdb);
    }
  }

  #endWhenDue(): void {
    const { script } = this.#drive;
    if (!this.#isOn || !script.isCutDue) return;
    if (script.isRemovalDue) this.removeDisc();
    else this.powerCut();
  }

  /** The command in the middle of which the power went, or the disc was taken out. */
  #ended(cdb: Uint8Array): ScsiResult {
    if (this.#drive.script.isRemovalDue) {
      this.removeDisc();
      this.#log.add(cdb, trayOpen);
      return { status: "check-condition", sense: buildSense(trayOpen) };
    }
    this.powerCut();
    throw this.#lost(cdb);
  }

  #dispatch(cdb: Uint8Array, dataOut: Uint8Array): Reply {
    const full = new Uint8Array(LONGEST_CDB);
    full.set(cdb.subarray(0, LONGEST_CDB));
    const opcode = full[0] ?? 0;
    const entry = cdb.length === 0 ? undefined : commands.get(opcode);
    if (entry === undefined) return unknownCommand;
    const [attention, ...later] = this.#drive.attentions;
    if (entry.reportsAttention && attention !== undefined && !this.#drive.isTrayOpen) {
      this.#drive.attentions = later;
      return attention;
    }
    const { script, isTrayOpen } = this.#drive;
    if (script.isArmed && entry.reportsAttention && !isTrayOpen) {
      const busy = script.notReady(opcode);
      if (busy !== undefined) return busy;
    }
    const refusal = this.#refusalByFault(opcode, full) ?? this.#protection(opcode);
    const reply = refusal ?? entry.run(this.#drive, full, dataOut);
    return reply instanceof Uint8Array ? this.#drive.script.answer(full, reply) : reply;
  }

  /** A disc that cannot be changed where it lies is a write-protected one. */
  #protection(opcode: number): Sense | undefined {
    const { disc, isTrayOpen } = this.#drive;
    return disc.store.access !== "write" && changing.has(opcode) && !isTrayOpen ? writeProtected : undefined;
  }

  #refusalByFault(opcode: number, cdb: Uint8Array): Sense | undefined {
    const { script } = this.#drive;
    if (!script.isArmed) return undefined;
    const range = ranged.get(opcode)?.parse(cdb);
    return script.refusal(opcode, range?.lba ?? 0, range?.blocks ?? 0);
  }

  #lost(cdb: Uint8Array): MultisessionError {
    this.#log.add(cdb, "power-lost");
    return new MultisessionError("RECORDER_LOST", "The virtual recorder has no power.", {
      subject: "virtual recorder",
      oldState: "unknown",
    });
  }

  /** Replaces all faults; they count commands, blocks and effects from now on. A seed decides anew what survives a cut. */
  arm(faults: readonly Fault[], seed?: number): void {
    this.#drive.script.arm(faults, seed);
    if (seed !== undefined) this.#random = new Random(seed);
  }

  /** What was done so far; faults count the same things. */
  get counters(): Counters {
    return this.#drive.script.counters;
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
    const { script } = this.#drive;
    const isDamaging = script.damagesTracks;
    this.#isOn = false;
    script.disarm("power-cut");
    this.#settle(isDamaging);
    this.#drive.loseBuffer();
  }

  /** The disc is taken out by force: of what is in the buffer, as much gets onto it as the seed says. */
  removeDisc(): void {
    const { script, isTrayOpen } = this.#drive;
    script.disarm("hot-removal");
    if (!this.#isOn || isTrayOpen) return;
    this.#settle(false);
    this.#drive.lose();
  }

  /** What gets onto the medium of all that was under way. */
  #settle(isDamaging: boolean): void {
    const { disc } = this.#drive;
    disc.store.commit(survivors(disc, this.#random), true);
    disc.store.commit(aftermath(disc.store.state, isDamaging), true);
  }

  /** The power is back: the recorder comes up with the medium as it is. */
  powerOn(): void {
    if (this.#isOn) return;
    this.#drive.restart();
    this.#isOn = true;
  }

  /** A way to the recorder for an initiator. Closing it puts everything onto the medium, but keeps the recorder. */
  transport(): ScsiTransport {
    return {
      name: "virtual recorder",
      maxTransferBytes: MAXIMUM_TRANSFER_BYTES,
      execute: (command) => this.execute(command),
      close: async () => this.#flush(),
    };
  }

  #flush(): void {
    if (!this.#isOn) return;
    try {
      this.#drive.disc.flush();
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
      this.#endWhenDue();
    }
  }

  /** Releases the disc; what was written is safe. Idempotent. */
  close(): void {
    this.#flush();
    this.#isOn = false;
    this.#drive.takeRightDisc();
    this.#drive.disc.store.close();
  }

  /**
   * The state of recorder and disc, to go back to. Cheap: blocks are shared.
   *
   * @throws `TypeError` when the disc does not lie in memory, and while a wrong one is in the drive.
   */
  snapshot(): Snapshot {
    if (this.#drive.hasWrongDisc) throw new TypeError("The disc in the drive is not its own");
    const { isTrayOpen, isRemovalPrevented, attentions, mediaEvent, modePages, disc } = this.#drive;
    const snapshot: Snapshot = { counters: this.counters };
    contents.set(snapshot, {
      store: memoryOf(disc.store).snapshot(),
      buffer: disc.snapshot(),
      drive: { isTrayOpen, isRemovalPrevented, attentions, mediaEvent, modePages },
      isOn: this.#isOn,
      random: this.#random.state,
    });
    return snapshot;
  }

  /** Goes back to a snapshot of this recorder or of one with the same kind of disc. All faults are disarmed. */
  restore(snapshot: Snapshot): void {
    const { store, buffer, drive, isOn, random } = contentOf(snapshot);
    this.#drive.takeRightDisc();
    memoryOf(this.#drive.disc.store).restore(store);
    this.#drive.disc.restore(buffer);
    Object.assign(this.#drive, drive);
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
  const isRead = ranged.has(cdb[0] ?? 0) && !changing.has(cdb[0] ?? 0);
  const message = `The disc file cannot be ${isRead ? "read" : "written"}: ${error.message}.`;
  const details = { subject: "virtual recorder", oldState: "intact", cause: error } as const;
  return new MultisessionError(isRead ? "READ_FAILED" : "WRITE_FAILED", message, details);
}

function memoryOf(store: MediumStore): MemoryStore {
  if (!(store instanceof MemoryStore)) throw new TypeError("Only a disc in memory has snapshots");
  return store;
}
