import type {
  Blocks,
  CallOptions,
  Closable,
  DiscRecorder,
  DriveIdentity,
  Lba,
  Medium,
  PlanExecutor,
  PrepareStep,
  ReloadOutcome,
} from "@multisession/core";
import type { DriveCapture, MmcRecorder } from "@multisession/mmc";
import type { WriterFacts } from "./host/data-writer.ts";
import type { DeviceFacts } from "./host/devices.ts";
import type { EraseProgress } from "./host/eraser.ts";
import type { HostProcess } from "./host-process.ts";
import { ImapiExecutor, type ImapiWriterOptions } from "./writer/imapi-executor.ts";

/** Options of {@link ImapiRecorder.erase}. */
export interface EraseOptions {
  /** Overwrite everything, which takes as long as writing it. Default: only what says where data lies. */
  readonly full?: boolean;
  /** Hears how long it takes. */
  readonly onProgress?: (progress: EraseProgress) => void;
}

/** How a recorder is set up. */
export interface RecorderSetup {
  /** Identifier, identity and mount points. */
  readonly device: DeviceFacts;
  /** Name under which other programs see who holds the drive. */
  readonly client: string;
  /** Takes the drive for this program alone, until the recorder is closed. */
  readonly acquire: () => Promise<void>;
  /** Present when plans are carried out by IMAPI2's own writer. */
  readonly writer?: ImapiWriterOptions;
}

/**
 * A Windows drive. Its disc is read and written with MMC's commands, through IMAPI2's pass-through, unless the application
 * chose IMAPI2's own writer: then `executor` carries out whole plans.
 */
export class ImapiRecorder implements DiscRecorder {
  /** Identifier, identity and mount points, as IMAPI2 told them when the drive was opened. */
  readonly device: DeviceFacts;
  readonly #mmc: MmcRecorder;
  readonly #host: HostProcess;
  readonly #client: string;
  /** IMAPI2's own writer, when it was chosen. */
  readonly executor?: PlanExecutor;

  /** For the driver. */
  constructor(mmc: MmcRecorder, host: HostProcess, { device, client, acquire, writer }: RecorderSetup) {
    this.#mmc = mmc;
    this.#host = host;
    this.device = device;
    this.#client = client;
    if (writer === undefined) return;
    const home = { uri: mmc.uri, client, host, acquire, prepare: mmc.prepare.bind(mmc) };
    this.executor = new ImapiExecutor(home, writer);
  }

  get uri(): string {
    return this.#mmc.uri;
  }

  get drive(): DriveIdentity {
    return this.#mmc.drive;
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
      await this.#host.calls.erase({ client: this.#client, full });
      await this.#mmc.medium({ refresh: true });
    } finally {
      silence();
    }
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

  write(at: Lba, data: Uint8Array, options?: CallOptions): Promise<void> {
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

  close(): Promise<void> {
    return this.#mmc.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
