import type {
  Blocks,
  CallOptions,
  Closable,
  DiscRecorder,
  DriveIdentity,
  Lba,
  Medium,
  PrepareStep,
  ReloadOutcome,
} from "@multisession/core";
import type { DriveCapture, MmcRecorder } from "@multisession/mmc";
import type { DeviceFacts } from "./host/devices.ts";
import type { HostProcess } from "./host-process.ts";

/** A Windows drive. Its disc is read and written with MMC's commands, through IMAPI2's pass-through. */
export class ImapiRecorder implements DiscRecorder {
  /** Identifier, identity and mount points, as IMAPI2 told them when the drive was opened. */
  readonly device: DeviceFacts;
  readonly #mmc: MmcRecorder;
  readonly #host: HostProcess;

  /** For the driver. */
  constructor(mmc: MmcRecorder, host: HostProcess, device: DeviceFacts) {
    this.#mmc = mmc;
    this.#host = host;
    this.device = device;
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
