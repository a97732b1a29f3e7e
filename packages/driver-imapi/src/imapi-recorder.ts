import {
  type Blocks,
  type CallOptions,
  type Closable,
  type DiscRecorder,
  type DriveIdentity,
  type Lba,
  type Medium,
  MultisessionError,
  type PlanExecutor,
  type PrepareStep,
  type ReloadOutcome,
  type WriteOptions,
} from "@multisession/core";
import type { DriveCapture, MmcRecorder } from "@multisession/mmc";
import type { WriteOutcome, WriteProgress, WriterFacts } from "./host/data-writer.ts";
import type { DeviceFacts } from "./host/devices.ts";
import type { EraseProgress } from "./host/eraser.ts";
import type { DriveMechanism, MultisessionProperty } from "./host/multisession-objects.ts";
import type { HostProcess } from "./host-process.ts";
import { WindowsImage, type WindowsImageOptions } from "./image/windows-image.ts";
import type { WindowsSession } from "./image/windows-session.ts";
import type { MultisessionSource } from "./multisession/multisession-source.ts";
import { ImapiExecutor, type ImapiWriterOptions } from "./writer/imapi-executor.ts";
import { checkWritable, mediaStates } from "./writer/media-status.ts";
import { runWriter } from "./writer/run-writer.ts";

/** Options of {@link ImapiRecorder.erase}. */
export interface EraseOptions {
  /** Overwrite everything, which takes as long as writing it. Default: only what says where data lies. */
  readonly full?: boolean;
  /** Hears how long it takes. */
  readonly onProgress?: (progress: EraseProgress) => void;
}

/** Options of {@link ImapiRecorder.writeWindowsSession}. */
export interface WriteWindowsSessionOptions extends CallOptions, Omit<ImapiWriterOptions, "spoolFolder"> {
  /** Close the disc for good. Default: it stays open, where IMAPI2 leaves it so. */
  readonly closeDisc?: boolean;
  /** Hears where the write stands. */
  readonly onProgress?: (progress: WriteProgress) => void;
}

/** How a recorder is set up. */
export interface RecorderSetup {
  /** Identifier, identity and mount points. */
  readonly device: DeviceFacts;
  /** Name under which other programs see who holds the drive. */
  readonly client: string;
  /** Takes the drive for this program alone, until the recorder is closed. */
  readonly acquire: () => Promise<void>;
  /** Gives it back before that. */
  readonly release: () => Promise<void>;
  /** Present when plans are carried out by IMAPI2's own writer. */
  readonly writer?: ImapiWriterOptions;
}

/**
 * A Windows drive. Its disc is read and written with MMC's commands, through IMAPI2's pass-through, unless the application
 * chose IMAPI2's own writer: then `executor` carries out whole plans.
 */
export class ImapiRecorder implements DiscRecorder, MultisessionSource {
  /** Identifier, identity and mount points, as IMAPI2 told them when the drive was opened. */
  readonly device: DeviceFacts;
  readonly #mmc: MmcRecorder;
  readonly #host: HostProcess;
  readonly #client: string;
  #working = 0;
  readonly #acquire: () => Promise<void>;
  readonly #release: () => Promise<void>;
  /** IMAPI2's own writer, when it was chosen. */
  readonly executor?: PlanExecutor;

  /** @internal For the driver. */
  constructor(mmc: MmcRecorder, host: HostProcess, { device, client, acquire, release, writer }: RecorderSetup) {
    this.#mmc = mmc;
    this.#host = host;
    this.device = device;
    this.#client = client;
    this.#acquire = acquire;
    this.#release = release;
    if (writer === undefined) return;
    const hold = this.#hold.bind(this);
    const home = { uri: mmc.uri, client, host, hold, acquire, prepare: mmc.prepare.bind(mmc) };
    this.executor = new ImapiExecutor(home, writer);
  }

  get uri(): string {
    return this.#mmc.uri;
  }

  get drive(): DriveIdentity {
    return this.#mmc.drive;
  }

  /**
   * Takes the drive for this program alone, as the first command that changes the disc does by itself. IMAPI2:
   * `AcquireExclusiveAccess` and `DisableMcn`.
   *
   * @throws `BUSY` with the name of the program that holds the drive.
   */
  acquire(): Promise<void> {
    return this.#acquire();
  }

  /** Gives it back, which `close` does too. IMAPI2: `EnableMcn` and `ReleaseExclusiveAccess`. */
  release(): Promise<void> {
    return this.#release();
  }

  /** Name of the program that holds the drive alone; nothing when none does. IMAPI2: `ExclusiveAccessOwner`. */
  exclusiveAccessOwner(): Promise<string | undefined> {
    return this.#host.calls.owner();
  }

  /** Opens the tray. IMAPI2: `EjectMedia`. @throws the codes of IMAPI2's failures. */
  eject(): Promise<void> {
    return this.#host.calls.eject();
  }

  /** Pulls the tray in, where `device.canLoad`. IMAPI2: `CloseTray`. @throws the codes of IMAPI2's failures. */
  load(): Promise<void> {
    return this.#host.calls.load();
  }

  /**
   * What IMAPI2's own writer says of the disc: status, kind, write protection, speeds, addresses. IMAPI2: the properties of
   * `MsftDiscFormat2Data`.
   *
   * @throws `NO_MEDIUM`, and the codes of IMAPI2's other failures.
   */
  writerFacts(): Promise<WriterFacts> {
    return this.#host.calls.writerFacts();
  }

  /**
   * Blanks a rewritable disc with IMAPI2's own eraser, `MsftDiscFormat2Erase`. It cannot be stopped.
   *
   * @throws `NO_MEDIUM`, `BUSY`, `imapi/erase-media-is-not-erasable` and the codes of IMAPI2's other failures.
   */
  async erase({ full = false, onProgress }: EraseOptions = {}): Promise<void> {
    const silence = this.#host.listen((event) => event.type === "erase" && onProgress?.(event));
    try {
      await this.#hold(() => this.#host.calls.erase({ client: this.#client, full }));
      await this.#mmc.medium({ refresh: true });
    } finally {
      silence();
    }
  }

  /** Asks one of the drive's multisession objects, for `imapiSequential` and `imapiRandomWrite`. @throws the codes of IMAPI2's failures. */
  multisessionProperty(mechanism: DriveMechanism, property: MultisessionProperty): Promise<number | boolean> {
    return this.#host.calls.multisession(mechanism, property);
  }

  /**
   * Begins an image of Windows' own, one at a time. The drive is given back first: Windows' image does not read one that is held.
   *
   * @throws `IMPORT_SEEK_FAILURE` on a blank disc, `NO_COMPATIBLE_MULTISESSION_TYPE` when no mechanism fits, `FOREIGN_CONTENT`,
   * `NO_MEDIUM` and the codes of IMAPI2's other failures.
   */
  async windowsImage(options: WindowsImageOptions = {}): Promise<WindowsImage> {
    await this.#release();
    return WindowsImage.begin(this.#host, options);
  }

  /**
   * Records a session of Windows' image with IMAPI2's own writer: as the next session, or on an overwritable disc the blocks that it
   * changes, in their order.
   *
   * @throws `CANCELLED` when the signal was aborted, which leaves the disc in an unknown state; `WRITE_PROTECTED`, `DISC_CLOSED`,
   * `NOT_WRITABLE`, `VERIFY_FAILED` and the codes of IMAPI2's other failures.
   */
  async writeWindowsSession(session: WindowsSession, options: WriteWindowsSessionOptions = {}): Promise<WriteOutcome> {
    const { closeDisc = false, verification = "none", speed, onProgress = () => {} } = options;
    const facts = await this.#host.calls.writerFacts();
    checkWritable(facts, this.uri);
    await this.#acquire();
    const isOverwritten = (facts.status & mediaStates.overwriteOnly) !== 0;
    const job = {
      spool: session.path,
      closeDisc,
      verification,
      client: this.#client,
      ...(speed !== undefined && { speed }),
      ...(isOverwritten && { runs: session.runs }),
    };
    const outcome = await this.#hold(() => runWriter(this.#host, job, onProgress, options));
    await this.#mmc.medium({ refresh: true });
    return outcome;
  }

  medium(options?: CallOptions & { readonly refresh?: boolean }): Promise<Medium> {
    return this.#mmc.medium(options);
  }

  read(at: Lba, blocks: Blocks, options?: CallOptions): Promise<Uint8Array> {
    return this.#mmc.read(at, blocks, options);
  }

  prepare(step: PrepareStep, options?: CallOptions): Promise<void> {
    return this.#mmc.prepare(step, options);
  }

  reserve(blocks: Blocks, options?: CallOptions): Promise<void> {
    return this.#mmc.reserve(blocks, options);
  }

  repair(track: number, options?: CallOptions): Promise<void> {
    return this.#mmc.repair(track, options);
  }

  write(at: Lba, data: Uint8Array, options?: WriteOptions): Promise<void> {
    return this.#mmc.write(at, data, options);
  }

  flush(options?: CallOptions): Promise<void> {
    return this.#mmc.flush(options);
  }

  closeSpace(what: Closable, options?: CallOptions): Promise<void> {
    return this.#mmc.closeSpace(what, options);
  }

  reload(options?: CallOptions): Promise<ReloadOutcome> {
    return this.#mmc.reload(options);
  }

  /** Captures what the drive shows of itself, as `MmcRecorder.capture` does. */
  capture(options?: CallOptions): Promise<DriveCapture> {
    return this.#mmc.capture(options);
  }

  /** Counts work that goes past the MMC recorder. */
  async #hold<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
    }
  }

  /** Gives the drive back and ends its process; idempotent. @throws `BUSY` while a burn runs. */
  async close(): Promise<void> {
    if (this.#working > 0) throw new MultisessionError("BUSY", "The recorder is still at work.", { subject: this.uri });
    await this.#mmc.close();
  }

  /** Closes it when what runs in the drive is done. @throws as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#working === 0) await this.#mmc[Symbol.asyncDispose]();
    else await this.close();
  }
}
