import type { Com } from "../com/com.ts";
import type { ComObject } from "../com/com-object.ts";
import type { ComServer } from "../com/com-server.ts";
import { dualFace } from "../com/dispatch.ts";
import { advise } from "../com/event-sink.ts";
import type { Pointer } from "../com/runtime.ts";
import { serveStream } from "../com/stream-server.ts";
import { iDispatch, iStream } from "../interfaces/automation.ts";
import { classIds } from "../interfaces/class-ids.ts";
import {
  dDiscFormat2DataEvents,
  formatEventIds,
  iBlockRange,
  iBlockRangeList,
  iBurnVerification,
  iDiscFormat2Data,
  iDiscFormat2DataEventArgs,
  iWriteSpeedDescriptor,
} from "../interfaces/format.ts";
import { writeActions } from "../writer/write-actions.ts";
import { blockRangeFace } from "./block-ranges.ts";
import type { RecorderObject } from "./devices.ts";
import { SpooledDisc, type SpoolRun } from "./spool.ts";

/** One speed at which IMAPI2 can write the disc. */
export interface WriteSpeedFacts {
  /** `IMAPI_MEDIA_PHYSICAL_TYPE` */
  readonly mediaType: number;
  /** Constant angular velocity: faster to the outside. */
  readonly isConstantAngular: boolean;
  /** Blocks in a second. */
  readonly blocksPerSecond: number;
}

/** What IMAPI2's writer says of the disc. Numbers are IMAPI2's. */
export interface WriterFacts {
  /** Bits of `IMAPI_FORMAT2_DATA_MEDIA_STATE`. */
  readonly status: number;
  /** Bits of `IMAPI_MEDIA_WRITE_PROTECT_STATE`. */
  readonly protection: number;
  /** `IMAPI_MEDIA_PHYSICAL_TYPE` */
  readonly mediaType: number;
  /** The drive says that it is blank. */
  readonly isPhysicallyBlank: boolean;
  /** Or it looks so: no file system, and zeros at both ends. */
  readonly isHeuristicallyBlank: boolean;
  /** Free and used. */
  readonly totalBlocks: number;
  /** On overwritable discs all of them. */
  readonly freeBlocks: number;
  /** First block of the next session; 0 on a blank disc. */
  readonly nextWritableAddress: number;
  /** −1 when there is none. */
  readonly previousSessionStart: number;
  /** Last block; −1 when there is none. */
  readonly previousSessionEnd: number;
  /** Speeds at which it can be written. */
  readonly speeds: readonly WriteSpeedFacts[];
}

/** Levels of verification (`IMAPI_BURN_VERIFICATION_LEVEL`). */
const verificationLevels = { none: 0, quick: 1, full: 2 } as const;

/** Success codes that say that the speed is another: `S_IMAPI_SPEEDADJUSTED`, `S_IMAPI_BOTHADJUSTED`. */
const speedAdjusted: ReadonlySet<number> = new Set([0x00aa_0004, 0x00aa_0006]);

/** One call of IMAPI2's writer. */
export interface WriteJob {
  /** File that holds the blocks, one run behind another. */
  readonly spool: string;
  /** Where the blocks go on an overwritable disc, in the order of the file; without it they are the next session. */
  readonly runs?: readonly SpoolRun[];
  /** Whether the disc is closed for good. */
  readonly closeDisc: boolean;
  readonly verification: keyof typeof verificationLevels;
  /** Blocks in a second; the fastest without it. */
  readonly speed?: number;
  readonly client: string;
}

/** What a write did otherwise than it was asked for. */
export interface WriteOutcome {
  /** The drive could not take the speed, and IMAPI2 chose another. */
  readonly isSpeedAdjusted: boolean;
}

/** Progress of a write. */
export interface WriteProgress {
  /** One of {@link writeActions}. */
  readonly action: number;
  /** Blocks that the drive has taken. */
  readonly doneBlocks: number;
  /** All that it is to take. */
  readonly totalBlocks: number;
  /** Filled part of the write buffer, 0 to 1. */
  readonly buffer?: number;
  /** As IMAPI2 estimates it. */
  readonly secondsLeft: number;
}

type DataWriterObject = ComObject<(typeof iDiscFormat2Data)["methods"]>;

/** IMAPI2's writer of sessions, for one drive. */
export class DataWriter {
  readonly #com: Com;
  readonly #server: ComServer;
  readonly #recorder: RecorderObject;
  #isCancelled = false;
  #action: number = writeActions.validating;

  constructor(com: Com, server: ComServer, recorder: RecorderObject) {
    this.#com = com;
    this.#server = server;
    this.#recorder = recorder;
    server.prepare(iStream, iBlockRange, iBlockRangeList, dDiscFormat2DataEvents);
  }

  async facts(): Promise<WriterFacts> {
    using writer = await this.#open();
    return {
      status: await writer.callAsync("get_CurrentMediaStatus"),
      protection: await writer.callAsync("get_WriteProtectStatus"),
      mediaType: await writer.callAsync("get_CurrentPhysicalMediaType"),
      isPhysicallyBlank: await writer.callAsync("get_MediaPhysicallyBlank"),
      isHeuristicallyBlank: await writer.callAsync("get_MediaHeuristicallyBlank"),
      totalBlocks: await writer.callAsync("get_TotalSectorsOnMedia"),
      freeBlocks: await writer.callAsync("get_FreeSectorsOnMedia"),
      nextWritableAddress: await writer.callAsync("get_NextWritableAddress"),
      previousSessionStart: await writer.callAsync("get_StartAddressOfPreviousSession"),
      previousSessionEnd: await writer.callAsync("get_LastWrittenAddressOfPreviousSession"),
      speeds: await this.#speeds(writer),
    };
  }

  /** Writes a session, or runs of blocks. @throws ComError, `E_IMAPI_REQUEST_CANCELLED` after {@link cancel}. */
  async write(job: WriteJob, tell: (progress: WriteProgress) => void): Promise<WriteOutcome> {
    this.#isCancelled = false;
    this.#action = writeActions.validating;
    using writer = await this.#open();
    const outcome = await this.#configure(writer, job);
    const sink = this.#server.serve(
      dualFace(this.#com, dDiscFormat2DataEvents, formatEventIds, {
        Update: (source, progress) => this.#onUpdate(source as Pointer, progress as Pointer, tell),
      }),
    );
    const unadvise = advise(this.#com, writer, dDiscFormat2DataEvents, sink);
    try {
      await this.#writeStream(writer, job);
      return outcome;
    } finally {
      unadvise();
      sink.release();
    }
  }

  /** Stops a write at its next event, unless it is finalizing. */
  cancel(): void {
    this.#isCancelled = true;
  }

  async #open(): Promise<DataWriterObject> {
    const writer = this.#com.create(classIds.formatData, iDiscFormat2Data);
    try {
      await writer.callAsync("put_Recorder", this.#recorder);
      return writer;
    } catch (error) {
      writer.release();
      throw error;
    }
  }

  async #configure(writer: DataWriterObject, job: WriteJob): Promise<WriteOutcome> {
    await writer.callAsync("put_ClientName", job.client);
    await writer.callAsync("put_ForceMediaToBeClosed", job.closeDisc);
    // Otherwise a DVD+R is closed for good with its first session, whatever the other flag says.
    await writer.callAsync("put_DisableConsumerDvdCompatibilityMode", true);
    // The plan says what may be overwritten; IMAPI2 would refuse any disc that is not blank.
    await writer.callAsync("put_ForceOverwrite", job.runs !== undefined);
    await this.#setVerification(writer, job.verification);
    if (job.speed === undefined) return { isSpeedAdjusted: false };
    const { hresult } = await writer.outcome("SetWriteSpeed", job.speed, false);
    return { isSpeedAdjusted: speedAdjusted.has(hresult) };
  }

  async #setVerification(writer: DataWriterObject, level: WriteJob["verification"]): Promise<void> {
    if (level === "none") return;
    using verification = writer.query(iBurnVerification);
    await verification.callAsync("put_BurnVerificationLevel", verificationLevels[level]);
  }

  async #writeStream(writer: DataWriterObject, { spool, runs }: WriteJob): Promise<void> {
    if (runs === undefined) {
      using stream = this.#com.openFileStream(spool);
      await writer.callAsync("Write", stream);
      return;
    }
    using disc = new SpooledDisc(spool, runs);
    const stream = serveStream(this.#com, this.#server, disc, blockRangeFace(this.#com, this.#server, runs));
    try {
      await writer.callAsync("Write", stream);
    } finally {
      stream.release();
    }
  }

  #onUpdate(source: Pointer, progress: Pointer, tell: (progress: WriteProgress) => void): void {
    using borrowed = this.#com.borrowed(progress, iDispatch);
    using values = borrowed.query(iDiscFormat2DataEventArgs);
    const action = values.call("get_CurrentAction");
    const isWriting = action === writeActions.writing;
    this.#action = action;
    const system = isWriting ? values.call("get_TotalSystemBuffer") : 0;
    tell({
      action,
      doneBlocks: isWriting ? values.call("get_LastWrittenLba") - values.call("get_StartLba") : 0,
      totalBlocks: isWriting ? values.call("get_SectorCount") : 0,
      secondsLeft: values.call("get_RemainingTime"),
      ...(system > 0 && { buffer: values.call("get_UsedSystemBuffer") / system }),
    });
    if (this.#isCancelled && this.#isCancellable) this.#cancelNow(source);
  }

  get #isCancellable(): boolean {
    return this.#action <= writeActions.writing;
  }

  /** IMAPI2 takes a cancel only from within its event. */
  #cancelNow(source: Pointer): void {
    using borrowed = this.#com.borrowed(source, iDispatch);
    using writer = borrowed.query(iDiscFormat2Data);
    writer.call("CancelWrite");
  }

  async #speeds(writer: DataWriterObject): Promise<readonly WriteSpeedFacts[]> {
    const speeds: WriteSpeedFacts[] = [];
    for (const value of await writer.callAsync("get_SupportedWriteSpeedDescriptors")) {
      if (typeof value !== "bigint") continue;
      using object = this.#com.object(value, iDispatch);
      using descriptor = object.query(iWriteSpeedDescriptor);
      speeds.push({
        mediaType: await descriptor.callAsync("get_MediaType"),
        isConstantAngular: await descriptor.callAsync("get_RotationTypeIsPureCAV"),
        blocksPerSecond: await descriptor.callAsync("get_WriteSpeed"),
      });
    }
    return speeds;
  }
}
