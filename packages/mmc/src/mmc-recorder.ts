import {
  BLOCK_BYTES,
  type Blocks,
  type CallOptions,
  type Closable,
  checkBlocks,
  type DiscRecorder,
  type DriveIdentity,
  type Lba,
  type Medium,
  MultisessionError,
  type PrepareStep,
  type ReloadOutcome,
  type WriteOptions,
} from "@multisession/core";
import type { DriveCapture } from "./capture/drive-capture.ts";
import { readDriveCapture } from "./capture/read-drive-capture.ts";
import type { Clock } from "./clock.ts";
import { closeCommands } from "./close-rules.ts";
import { type ChannelCommand, CommandChannel, timeouts } from "./command-channel.ts";
import { modeSelect10 } from "./commands/mode.ts";
import { read10, synchronizeCache, write10 } from "./commands/read-write.ts";
import { closeTrackSession, repairTrack, reserveTrack } from "./commands/tracks.ts";
import { testUnitReady } from "./commands/unit.ts";
import { formatChoices } from "./format-rules.ts";
import { mediumFacts } from "./medium-facts.ts";
import { type MediumReport, readMediumReport } from "./medium-report.ts";
import { mediumRules } from "./medium-rules.ts";
import { OperationQueue } from "./operation-queue.ts";
import { type Piece, pieces } from "./pieces.ts";
import { checkFormat, prepareCommand } from "./prepare-command.ts";
import { canReload, eject, load } from "./reload-disc.ts";
import { checkReservation } from "./reserve-rules.ts";
import { type SenseData, senseOf } from "./sense.ts";
import type { CommandPurpose } from "./sense-error.ts";
import { describeSense } from "./sense-words.ts";
import type { ScsiTransport } from "./transport.ts";
import { pageFor, type Succession, type WriteParameters, writeParametersList } from "./write-parameters.ts";

/** Most blocks that READ(10) and WRITE(10) can name. */
const MOST_BLOCKS = 0xffff;

/**
 * Most bytes of one WRITE. Transports take more, but libburn and growisofs send 32 or 64 KiB at most, so that more is what no
 * drive and no bridge to USB has been tried with. A whole unit on DVD and BD.
 */
const MOST_WRITE_BYTES = 64 * 1024;

/** How often a look at the disc is begun anew when the disc is changed meanwhile. */
const MOST_INSPECTIONS = 5;

/** ASC of the unit attentions that say something about the medium: it may be another, or the drive was reset. */
const attentions = { mediumChanged: 0x28, reset: 0x29 } as const;

/**
 * A recorder that speaks MMC over any transport.
 *
 * One operation runs at a time; others wait their turn. Facts about the medium are read once and kept until a command of
 * this recorder changes them, or the drive reports that the medium was changed or the drive was reset. An aborted signal
 * stops an operation before its next command; what the drive does by then goes on.
 */
export class MmcRecorder implements DiscRecorder {
  readonly uri: string;
  readonly drive: DriveIdentity;
  readonly #transport: ScsiTransport;
  readonly #channel: CommandChannel;
  readonly #operations: OperationQueue;
  /** The facts as they are; absent when something may have changed them. */
  #medium: Medium | undefined;
  /** The facts as they were read last, for what a write does not change (unit, capacity) and for the count of snapshots. */
  #latest: Medium | undefined;
  /** What mode page 05h must say for the disc; absent where it does not count. */
  #page: WriteParameters["page"] | undefined;
  /** What the page was made to say of the session that is open; absent when the drive may have forgotten it. */
  #succession: Succession | undefined;
  /** The medium was changed after its facts were given out; nothing is read or written before they are asked again. */
  #isStale = false;
  /** The medium was changed or the drive reset since this was last set back. */
  #hadAttention = false;
  /** Data was accepted that may not be on the medium yet. */
  #isUnflushed = false;

  /** For `openMmcRecorder`, which knows the drive. */
  constructor(
    transport: ScsiTransport,
    { uri, clock, drive }: { readonly uri: string; readonly clock: Clock; readonly drive: DriveIdentity },
  ) {
    this.uri = uri;
    this.drive = drive;
    this.#transport = transport;
    this.#operations = new OperationQueue(uri);
    this.#channel = new CommandChannel(transport, clock, (sense, command) => this.#noticeAttention(sense, command));
  }

  medium({ signal, refresh }: CallOptions & { readonly refresh?: boolean } = {}): Promise<Medium> {
    return this.#queue("tell about its disc", signal, async () => {
      if (refresh) this.#medium = undefined;
      const medium = await this.#facts(signal);
      this.#isStale = false;
      return medium;
    });
  }

  /**
   * Captures what the drive shows of itself with the disc that is in it. Nothing that was recorded is read, and no serial
   * number is kept. Changes nothing.
   *
   * @throws `NO_MEDIUM`, and what `medium` throws.
   */
  capture({ signal }: CallOptions = {}): Promise<DriveCapture> {
    return this.#queue("tell about itself", signal, async () => {
      const report = await this.#report(signal);
      return readDriveCapture(this.drive, report, { channel: this.#channel, subject: this.uri, signal });
    });
  }

  async read(at: Lba, blocks: Blocks, { signal }: CallOptions = {}): Promise<Uint8Array> {
    checkBlocks(at, "at");
    checkBlocks(blocks, "blocks");
    return this.#queue(`read ${place(at, blocks)}`, signal, async () => {
      const data = new Uint8Array(blocks * BLOCK_BYTES);
      for (const piece of pieces(at, blocks, this.#mostBlocks(1), 1)) {
        data.set(await this.#readPiece(piece.at, piece.blocks, signal), (piece.at - at) * BLOCK_BYTES);
      }
      return data;
    });
  }

  async write(at: Lba, data: Uint8Array, { signal, onAccepted }: WriteOptions = {}): Promise<void> {
    checkBlocks(at, "at");
    if (data.length % BLOCK_BYTES !== 0) throw new TypeError(`data must be whole blocks, not ${data.length} bytes`);
    const blocks = data.length / BLOCK_BYTES;
    return this.#queue(`write ${place(at, blocks)}`, signal, async () => {
      if (blocks === 0) return;
      const { unit } = this.#latest ?? (await this.#facts(signal));
      await this.#setParameters("next-allowed", "write", signal);
      const cut = pieces(at, blocks, this.#mostBlocks(unit, MOST_WRITE_BYTES), unit);
      const commands = cut.map((piece) => {
        const from = (piece.at - at) * BLOCK_BYTES;
        return this.#writeCommand(piece, data.subarray(from, from + piece.blocks * BLOCK_BYTES), signal);
      });
      this.#checkFresh(`write ${place(at, blocks)}`);
      this.#medium = undefined;
      await this.#channel.executeAll(commands, (index) => {
        this.#isUnflushed = true;
        onAccepted?.(cut[index]?.blocks ?? 0);
      });
    });
  }

  flush({ signal }: CallOptions = {}): Promise<void> {
    return this.#queue("finish writing", signal, () => this.#flush(signal));
  }

  prepare(step: PrepareStep, { signal }: CallOptions = {}): Promise<void> {
    const task = `format the disc (${step.format})`;
    return this.#queue(task, signal, async () => {
      const report = await this.#report(signal);
      const choice = formatChoices(report).find(({ rule }) => rule.id === step.format);
      checkFormat(step, choice, this.uri);
      await this.#change({ purpose: "prepare", task, ...prepareCommand(choice), signal });
      if (choice.rule.isDone(await this.#facts(signal), choice.blocks)) return;
      const message = `The recorder reported no error, but the disc does not show the format ${step.format}.`;
      throw new MultisessionError("NOT_AS_PLANNED", message, { subject: this.uri });
    });
  }

  async reserve(blocks: Blocks, { signal }: CallOptions = {}): Promise<void> {
    checkBlocks(blocks, "blocks");
    const task = `reserve a track of ${blocks} blocks`;
    return this.#queue(task, signal, async () => {
      checkReservation(await this.#facts(signal), blocks, this.uri);
      await this.#change({ purpose: "reserve", task, cdb: reserveTrack.build({ blocks }), signal });
    });
  }

  repair(track: number, { signal }: CallOptions = {}): Promise<void> {
    const task = `repair track ${track}`;
    return this.#queue(task, signal, async () => {
      await this.#change({ purpose: "repair", task, cdb: repairTrack.build({ immediate: true, track }), signal });
      const { tracks } = await this.#facts(signal);
      if (tracks.find(({ number }) => number === track)?.state !== "damaged") return;
      const message = `The recorder reported no error, but track ${track} is still damaged.`;
      throw new MultisessionError("NOT_AS_PLANNED", message, { subject: this.uri });
    });
  }

  closeSpace(what: Closable, { signal }: CallOptions = {}): Promise<void> {
    const task = `close the ${what}`;
    return this.#queue(task, signal, async () => {
      for (const { multisession, ...command } of closeCommands(await this.#facts(signal), what, this.uri)) {
        if (multisession !== undefined) await this.#setParameters(multisession, "close", signal);
        const cdb = closeTrackSession.build({ immediate: true, ...command });
        await this.#change({ purpose: "close", task, cdb, signal });
        this.#isUnflushed = false;
      }
    });
  }

  reload({ signal }: CallOptions = {}): Promise<ReloadOutcome> {
    return this.#queue("reload the disc", signal, async () => {
      if (this.#isUnflushed) await this.#flush(signal);
      const told = (task: string) => ({ ...this.#told("reload", task), signal });
      if (!(await canReload(this.#channel, told("tell whether it can reload the disc")))) return "same-cache";
      this.#medium = undefined;
      if (!(await eject(this.#channel, told("eject the disc")))) return "same-cache";
      await load(this.#channel, told("load the disc again"));
      return "reloaded";
    });
  }

  async close(): Promise<void> {
    if (this.#operations.isClosed) return;
    this.#operations.close();
    await this.#transport.close();
  }

  /** Closes it when what runs is done: an error that ends its scope may have left a read behind, and counts more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#operations.whenIdle();
    await this.close();
  }

  /** Runs an operation when those before it are done. */
  async #queue<T>(task: string, signal: AbortSignal | undefined, operation: () => Promise<T>): Promise<T> {
    try {
      return await this.#operations.run(task, signal, operation);
    } catch (error) {
      if (MultisessionError.is(error) && error.code === "RECORDER_LOST") this.#medium = undefined;
      throw error;
    }
  }

  /** The facts, read again when something may have changed them. */
  async #facts(signal: AbortSignal | undefined): Promise<Medium> {
    if (this.#medium) return this.#medium;
    const report = await this.#report(signal);
    const facts = mediumFacts(report);
    const parameters = mediumRules[facts.kind]?.parameters;
    this.#page = parameters && pageFor(parameters, report);
    const { generation = 0, ...latest } = this.#latest ?? {};
    const isSame = JSON.stringify(latest) === JSON.stringify(facts);
    this.#medium = { ...facts, generation: isSame ? generation : generation + 1 };
    this.#latest = this.#medium;
    return this.#medium;
  }

  /** What the drive says of one and the same disc: begins anew when it was changed in between. */
  async #report(signal: AbortSignal | undefined): Promise<MediumReport> {
    const command = { ...this.#told("inspect", "get ready"), signal };
    for (let tries = 0; tries < MOST_INSPECTIONS; tries++) {
      await this.#channel.execute({ ...command, cdb: testUnitReady.build({}) });
      this.#hadAttention = false;
      const report = await readMediumReport(this.#channel, this.uri, signal);
      if (!this.#hadAttention) return report;
    }
    const message = "The disc was changed, or the drive reset, again and again while it was looked at.";
    throw new MultisessionError("COMMAND_FAILED", message, { subject: this.uri });
  }

  async #readPiece(at: Lba, blocks: Blocks, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const dataInLength = blocks * BLOCK_BYTES;
    const command = this.#told("read", `read ${place(at, blocks)}`, at, blocks);
    this.#checkFresh(command.task);
    const cdb = read10.build({ lba: at, blocks });
    const data = await this.#channel.execute({ ...command, cdb, dataInLength, timeout: timeouts.read, signal });
    if (data.length === dataInLength) return data;
    const message = `The recorder could not ${command.task}: it gave ${data.length} of ${dataInLength} bytes.`;
    throw new MultisessionError("READ_FAILED", message, { subject: this.uri });
  }

  /** There are 16 for each MiB, so what an error would say is put together when there is one. */
  #writeCommand({ at, blocks }: Piece, dataOut: Uint8Array, signal: AbortSignal | undefined): ChannelCommand {
    const { capacity, status, overwrite } = this.#latest ?? {};
    return {
      purpose: "write",
      get task() {
        return `write ${place(at, blocks)}`;
      },
      subject: this.uri,
      at,
      end: at + blocks,
      isClosedForGood: status === "complete",
      ...(capacity !== undefined && { capacity }),
      oldState: overwrite === "in-place" ? "unknown" : "intact",
      cdb: write10.build({ lba: at, blocks }),
      dataOut,
      timeout: timeouts.write,
      patience: timeouts.write,
      signal,
    };
  }

  /** SYNCHRONIZE CACHE without its immediate bit, so that an error is told at once and not with a later command. */
  async #flush(signal: AbortSignal | undefined): Promise<void> {
    const patience = timeouts.flush;
    const command = { ...this.#told("flush", "finish writing"), patience, signal };
    this.#checkFresh(command.task);
    this.#medium = undefined;
    await this.#channel.execute({ ...command, cdb: synchronizeCache.build({}), timeout: timeouts.flush });
    await this.#channel.waitUntilReady(command);
    this.#isUnflushed = false;
  }

  /** Has mode page 05h say what the disc needs, when it counts and does not say so yet. */
  async #setParameters(
    succession: Succession,
    purpose: CommandPurpose,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (this.#page === undefined || this.#succession === succession) return;
    const command = this.#told(purpose, "set how the disc is written");
    this.#checkFresh(command.task);
    const dataOut = writeParametersList(this.#page, succession);
    const cdb = modeSelect10.build({ parameterLength: dataOut.length });
    this.#succession = undefined;
    await this.#channel.execute({ ...command, cdb, dataOut, signal });
    this.#succession = succession;
  }

  /** Sends a command that changes the medium and can go on after it has returned, and waits for its end. */
  async #change(command: Omit<ChannelCommand, "subject">): Promise<void> {
    this.#checkFresh(command.task);
    this.#medium = undefined;
    const told = { ...command, subject: this.uri, patience: timeouts.long };
    await this.#channel.execute(told);
    this.#succession = undefined;
    const { purpose, task, subject, patience, signal } = told;
    await this.#channel.waitUntilReady({ purpose, task, subject, patience, signal });
  }

  /**
   * What a unit attention means for this recorder. Returning has the command sent again.
   *
   * @throws `WRITE_FAILED` when data was accepted that may be lost with it, or the drive has forgotten how the disc is to be
   * written; `STALE` when the medium was changed and the command is for the one before.
   */
  #noticeAttention(sense: SenseData, { purpose, task, isFollowUp }: ChannelCommand): void {
    const isChange = sense.asc === attentions.mediumChanged;
    if (!isChange && sense.asc !== attentions.reset) return;
    const isForgotten = this.#succession !== undefined && !isFollowUp && purpose !== "inspect";
    this.#medium = undefined;
    this.#succession = undefined;
    this.#hadAttention = true;
    // Some operations make the drive look at its disc anew; the command that started them was for the right one.
    if (purpose === "reload" || (isChange && isFollowUp)) return;
    this.#isStale ||= isChange && this.#latest !== undefined;
    if (this.#isUnflushed) {
      this.#isUnflushed = false;
      const message = `The recorder had not finished writing when this happened: ${describeSense(senseOf(sense))}. What it had accepted may be lost.`;
      const details = { subject: this.uri, oldState: "unknown", sense: senseOf(sense) } as const;
      throw new MultisessionError("WRITE_FAILED", message, details);
    }
    if (purpose !== "inspect") this.#checkFresh(task);
    if (isForgotten) {
      const message = `The drive has forgotten how the disc is to be written, so it did not ${task}: ${describeSense(senseOf(sense))}.`;
      throw new MultisessionError("WRITE_FAILED", message, { subject: this.uri, sense: senseOf(sense) });
    }
  }

  /** @throws `STALE` when the medium was changed after its facts were given out. */
  #checkFresh(task: string): void {
    if (!this.#isStale) return;
    const message = `The disc was changed after it was looked at, so the recorder did not ${task}.`;
    throw new MultisessionError("STALE", message, { subject: this.uri });
  }

  #told(purpose: CommandPurpose, task: string, at?: Lba, blocks: Blocks = 0) {
    const { capacity, status } = this.#latest ?? {};
    const range = at === undefined ? {} : { at, end: at + blocks };
    const known = { isClosedForGood: status === "complete", ...(capacity !== undefined && { capacity }) };
    return { purpose, task, subject: this.uri, ...range, ...known };
  }

  /** Most blocks of one command: what the transport carries, in whole units where that is at least one. */
  #mostBlocks(unit: Blocks, mostBytes = MOST_BLOCKS * BLOCK_BYTES): Blocks {
    const most = Math.max(1, Math.floor(Math.min(mostBytes, this.#transport.maxTransferBytes) / BLOCK_BYTES));
    return most < unit ? most : most - (most % unit);
  }
}

function place(at: Lba, blocks: Blocks): string {
  return blocks === 1 ? `block ${at}` : `${blocks} blocks at block ${at}`;
}
