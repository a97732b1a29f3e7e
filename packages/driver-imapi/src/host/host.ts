import type { ScsiCommand, ScsiResult } from "@multisession/mmc";
import type { Com } from "../com/com.ts";
import { ComServer } from "../com/com-server.ts";
import { ComError } from "../com/hresult.ts";
import { DataWriter, type WriteJob, type WriteOutcome, type WriterFacts } from "./data-writer.ts";
import { DeviceWatch } from "./device-watch.ts";
import { type DeviceFacts, factsOf, listDevices, openRecorder, type RecorderObject } from "./devices.ts";
import { eraseDisc } from "./eraser.ts";
import { type BuiltSession, ImageBuilder, type ImageEdit, type ImageFacts, type ImageStart } from "./image-builder.ts";
import { askMultisession, type DriveMechanism, type MultisessionProperty } from "./multisession-objects.ts";
import { PassThrough, type TransferLimits } from "./pass-through.ts";
import type { HostEvent } from "./protocol.ts";

/** A drive that was opened. */
export interface OpenedDevice extends TransferLimits {
  readonly facts: DeviceFacts;
}

/** What a host process does for the application. One host has at most one drive open. */
export interface HostOperations {
  /** All drives. */
  devices(): Promise<readonly DeviceFacts[]>;
  /** Tells of drives that come and go from now on. */
  watch(): Promise<void>;
  /** Opens a drive by its identifier. */
  open(id: string): Promise<OpenedDevice>;
  /** Sends a command as it is. */
  execute(command: ScsiCommand): Promise<ScsiResult>;
  /**
   * Sends commands one after another, until one is not good or they have taken long; then none of the same chain is sent any more.
   */
  executeLinked(commands: readonly ScsiCommand[], chain: number): Promise<readonly ScsiResult[]>;
  /** Takes the drive for this program alone, and silences notices of media changes. */
  acquire(client: string, force: boolean): Promise<void>;
  /** Gives back what {@link HostOperations.acquire} took. */
  release(): Promise<void>;
  /** Program that holds the drive alone, as far as it can be told. */
  owner(): Promise<string | undefined>;
  /** What IMAPI2's writer says of the disc. */
  writerFacts(): Promise<WriterFacts>;
  /** Has IMAPI2's writer write; tells of its progress. */
  write(job: WriteJob): Promise<WriteOutcome>;
  /** Stops a write as soon as IMAPI2 takes it. */
  cancelWrite(): Promise<void>;
  /** Has IMAPI2 blank the disc; tells of its progress. */
  erase(options: { readonly client: string; readonly full: boolean }): Promise<void>;
  /** Asks one of the drive's multisession objects. */
  multisession(mechanism: DriveMechanism, property: MultisessionProperty): Promise<number | boolean>;
  /** Begins an image of Windows' own; one at a time. */
  beginImage(start: ImageStart): Promise<ImageFacts>;
  /** Changes its tree. */
  editImage(change: ImageEdit): Promise<void>;
  /** Builds it into a file. */
  buildImage(path: string): Promise<BuiltSession>;
  /** Gives it back. */
  endImage(): Promise<void>;
  eject(): Promise<void>;
  load(): Promise<void>;
  /** Gives everything back. */
  close(): Promise<void>;
}

/** The operations over COM. */
export class Host implements HostOperations {
  readonly #com: Com;
  readonly #server: ComServer;
  readonly #tell: (event: HostEvent) => void;
  #watch: DeviceWatch | undefined;
  #recorder: RecorderObject | undefined;
  #passThrough: PassThrough | undefined;
  #writer: DataWriter | undefined;
  #image: ImageBuilder | undefined;
  #isAcquired = false;
  #spool: string | undefined;

  constructor(com: Com, tell: (event: HostEvent) => void, onFault: (fault: unknown, method: string) => void) {
    this.#com = com;
    this.#server = new ComServer(com, onFault);
    this.#tell = tell;
  }

  devices(): Promise<readonly DeviceFacts[]> {
    return listDevices(this.#com);
  }

  async watch(): Promise<void> {
    this.#watch ??= new DeviceWatch(this.#com, this.#server, this.#tell);
  }

  async open(id: string): Promise<OpenedDevice> {
    const recorder = await openRecorder(this.#com, id);
    this.#recorder = recorder;
    this.#passThrough = new PassThrough(this.#com, recorder);
    return { facts: await factsOf(recorder, id), ...(await this.#passThrough.limits()) };
  }

  execute(command: ScsiCommand): Promise<ScsiResult> {
    return this.#commands().execute(command);
  }

  executeLinked(commands: readonly ScsiCommand[], chain: number): Promise<readonly ScsiResult[]> {
    return this.#commands().executeLinked(commands, chain);
  }

  async acquire(client: string, force: boolean): Promise<void> {
    if (this.#isAcquired) return;
    const recorder = this.#opened();
    await recorder.callAsync("AcquireExclusiveAccess", force, client);
    try {
      await recorder.callAsync("DisableMcn");
    } catch (error) {
      await recorder.callAsync("ReleaseExclusiveAccess");
      throw error;
    }
    this.#isAcquired = true;
  }

  async release(): Promise<void> {
    if (!this.#isAcquired) return;
    this.#isAcquired = false;
    try {
      await this.#opened().callAsync("EnableMcn");
    } finally {
      await this.#opened().callAsync("ReleaseExclusiveAccess");
    }
  }

  writerFacts(): Promise<WriterFacts> {
    return this.#writerOf().facts();
  }

  async write(job: WriteJob): Promise<WriteOutcome> {
    this.#spool = job.spool;
    try {
      return await this.#writerOf().write(job, (progress) => this.#tell({ type: "write", ...progress }));
    } finally {
      this.#spool = undefined;
    }
  }

  /** File of the write that is under way. */
  get spool(): string | undefined {
    return this.#spool;
  }

  async cancelWrite(): Promise<void> {
    this.#writer?.cancel();
  }

  erase(options: { readonly client: string; readonly full: boolean }): Promise<void> {
    return eraseDisc(this.#com, this.#server, this.#opened(), options, (progress) =>
      this.#tell({ type: "erase", ...progress }),
    );
  }

  multisession(mechanism: DriveMechanism, property: MultisessionProperty): Promise<number | boolean> {
    return askMultisession(this.#com, this.#opened(), mechanism, property);
  }

  async beginImage(start: ImageStart): Promise<ImageFacts> {
    await this.endImage();
    const { builder, facts } = await ImageBuilder.begin(this.#com, this.#server, this.#opened(), start);
    this.#image = builder;
    return facts;
  }

  editImage(change: ImageEdit): Promise<void> {
    return this.#begun().edit(change);
  }

  buildImage(path: string): Promise<BuiltSession> {
    return this.#begun().build(path);
  }

  async endImage(): Promise<void> {
    this.#image?.release();
    this.#image = undefined;
  }

  async eject(): Promise<void> {
    await this.#opened().callAsync("EjectMedia");
  }

  async load(): Promise<void> {
    await this.#opened().callAsync("CloseTray");
  }

  async close(): Promise<void> {
    this.#watch?.end();
    this.#watch = undefined;
    await this.endImage();
    this.#writer = undefined;
    try {
      await this.release();
    } catch (error) {
      // A drive that is gone takes nothing back.
      if (!(error instanceof ComError)) throw error;
    }
    this.#passThrough?.release();
    this.#passThrough = undefined;
    this.#recorder?.release();
    this.#recorder = undefined;
  }

  async owner(): Promise<string | undefined> {
    try {
      return (await this.#recorder?.callAsync("get_ExclusiveAccessOwner")) || undefined;
    } catch {
      return undefined;
    }
  }

  #commands(): PassThrough {
    if (this.#passThrough === undefined) throw new TypeError("No drive is open");
    return this.#passThrough;
  }

  #begun(): ImageBuilder {
    if (this.#image === undefined) throw new TypeError("No image was begun");
    return this.#image;
  }

  #writerOf(): DataWriter {
    this.#writer ??= new DataWriter(this.#com, this.#server, this.#opened());
    return this.#writer;
  }

  #opened(): RecorderObject {
    if (this.#recorder === undefined) throw new TypeError("No drive is open");
    return this.#recorder;
  }
}
