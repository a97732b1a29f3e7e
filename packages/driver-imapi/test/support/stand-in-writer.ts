import type { Com } from "../../src/com/com.ts";
import type { ComObject } from "../../src/com/com-object.ts";
import { type ComServer, face } from "../../src/com/com-server.ts";
import { dualFace } from "../../src/com/dispatch.ts";
import { ComError } from "../../src/com/hresult.ts";
import type { Pointer } from "../../src/com/runtime.ts";
import { iStream } from "../../src/interfaces/automation.ts";
import {
  iBlockRange,
  iBlockRangeList,
  iBurnVerification,
  iDiscFormat2Data,
  iDiscFormat2DataEventArgs,
  iDiscFormat2Erase,
  iWriteSpeedDescriptor,
} from "../../src/interfaces/format.ts";
import { iDiscRecorder2 } from "../../src/interfaces/recorder.ts";
import type { StandInDrive } from "./stand-in-drive.ts";
import { Listeners } from "./stand-in-master.ts";
import { multisessionObjects } from "./stand-in-multisession.ts";

const SPEED_ADJUSTED = 0x00aa_0004;
const RECORDER_REQUIRED = 0xc0aa_0003;
const WRITE_NOT_IN_PROGRESS = 0xc0aa_0401;
const NAME_INVALID = 0xc0aa_0408;
const NOT_WHOLE_BLOCKS = 0xc0aa_0403;
const NOT_BLANK = 0xc0aa_0405;
const BLOCK = 2048;
/** Blocks in a second. */
const speeds = [4390, 8780];

type Find = (id: string) => StandInDrive | undefined;
type Stream = ComObject<(typeof iStream)["methods"]>;

/** The drive of a recorder object. */
function driveOf(com: Com, recorder: Pointer, find: Find): StandInDrive {
  using object = com.borrowed(recorder, iDiscRecorder2);
  const drive = find(object.call("get_ActiveDiscRecorder"));
  if (drive === undefined) throw new ComError(RECORDER_REQUIRED, "no such drive");
  return drive;
}

/** Bits of the media status from what the disc says of itself. */
const statusBits = [2, 4, 0x4000];
const OVERWRITE_ONLY = 1;

/** Makes writers of sessions. */
export function writerClass(com: Com, server: ComServer, find: Find): () => bigint {
  return () => new StandInWriter(com, server, find).pointer;
}

class StandInWriter {
  readonly pointer: bigint;
  readonly #com: Com;
  readonly #server: ComServer;
  readonly #listeners: Listeners;
  readonly #settings = { client: "", closes: false, keepsOpen: false, overwrites: false, level: 0, speed: -1 };
  #drive: StandInDrive | undefined;
  /** Borrowed: whoever uses the writer keeps its recorder. */
  #recorder: Pointer = null;
  #isCancelled = false;
  #isWriting = false;

  constructor(com: Com, server: ComServer, find: Find) {
    this.#com = com;
    this.#server = server;
    this.#listeners = new Listeners(com);
    const { drive, settings } = { drive: () => this.#given(), settings: this.#settings };
    const write = face(iDiscFormat2Data, {
      IsRecorderSupported: () => true,
      IsCurrentMediaSupported: () => true,
      get_MediaPhysicallyBlank: () => drive().burner().status === 0,
      get_MediaHeuristicallyBlank: () => drive().burner().status === 0,
      put_Recorder: (recorder) => {
        this.#drive = driveOf(com, recorder as Pointer, find);
        this.#recorder = recorder as Pointer;
      },
      get_MultisessionInterfaces: () => multisessionObjects(com, server, drive(), this.#recorder),
      get_CurrentMediaStatus: () => {
        const { status, isSessionOpen, isOverwritable } = drive().burner();
        const state = isOverwritable ? OVERWRITE_ONLY : (statusBits[status] ?? 0);
        return state | (isSessionOpen ? 0x1000 : 0) | (drive().device.writer?.status ?? 0);
      },
      get_WriteProtectStatus: () => drive().device.writer?.protection ?? 0,
      get_TotalSectorsOnMedia: () => drive().burner().openTrack.size,
      get_FreeSectorsOnMedia: () => drive().burner().openTrack.freeBlocks,
      get_NextWritableAddress: () => drive().burner().openTrack.nextWritable,
      get_StartAddressOfPreviousSession: () => drive().burner().previousSession.start,
      get_LastWrittenAddressOfPreviousSession: () => drive().burner().previousSession.end,
      get_CurrentPhysicalMediaType: () => (drive().burner().isOverwritable ? 7 : 18),
      put_ForceMediaToBeClosed: (closes) => void Object.assign(settings, { closes }),
      put_DisableConsumerDvdCompatibilityMode: (keepsOpen) => void Object.assign(settings, { keepsOpen }),
      put_ForceOverwrite: (overwrites) => void Object.assign(settings, { overwrites }),
      put_ClientName: (client) => void Object.assign(settings, { client }),
      get_SupportedWriteSpeedDescriptors: () => speeds.map((speed) => this.#speed(speed)),
      SetWriteSpeed: (speed) => {
        Object.assign(settings, { speed });
        if (speed !== -1 && !speeds.includes(speed)) throw new ComError(SPEED_ADJUSTED, "another speed");
      },
      Write: (stream) => this.#write(stream as Pointer),
      CancelWrite: () => {
        if (!this.#isWriting) throw new ComError(WRITE_NOT_IN_PROGRESS, "not writing");
        this.#isCancelled = true;
      },
    });
    const verification = face(iBurnVerification, {
      put_BurnVerificationLevel: (level) => void Object.assign(settings, { level }),
      get_BurnVerificationLevel: () => settings.level,
    });
    this.pointer = server.serve(
      write,
      verification,
      this.#listeners.face(server, () => {}),
    ).pointer;
  }

  #given(): StandInDrive {
    if (this.#drive === undefined) throw new ComError(RECORDER_REQUIRED, "no recorder");
    return this.#drive;
  }

  #speed(blocksPerSecond: number): bigint {
    return this.#server.serve(
      dualFace(
        this.#com,
        iWriteSpeedDescriptor,
        {},
        {
          get_MediaType: () => 18,
          get_RotationTypeIsPureCAV: () => false,
          get_WriteSpeed: () => blocksPerSecond,
        },
      ),
    ).pointer;
  }

  #write(pointer: Pointer): void {
    const { client, closes, level, speed } = this.#settings;
    if (client === "") throw new ComError(NAME_INVALID, "no client");
    this.#given().note(`write for ${client}${closes ? ", close" : ""}, verify ${level}, speed ${speed}`);
    this.#isWriting = true;
    this.#isCancelled = false;
    try {
      using stream = this.#com.borrowed(pointer, iStream);
      this.#record(stream);
    } finally {
      this.#isWriting = false;
    }
  }

  #record(stream: Stream): void {
    const bytes = this.#lengthOf(stream);
    if (bytes % BLOCK !== 0) throw new ComError(NOT_WHOLE_BLOCKS, "length");
    const burner = this.#given().burner();
    const { isOverwritable } = burner;
    const at = isOverwritable ? 0 : burner.openTrack.nextWritable;
    const ranges = this.#rangesOf(stream) ?? [{ at, blocks: bytes / BLOCK }];
    if (isOverwritable && !this.#settings.overwrites) throw new ComError(NOT_BLANK, "overwrite");
    const total = ranges.reduce((sum, { blocks }) => sum + blocks, 0);
    let done = 0;
    for (const range of ranges) {
      const from = range.at - at;
      const before = done;
      burner.write(
        range.at,
        range.blocks,
        (first, count) => this.#read(stream, from + first, count),
        (blocks) => this.#tell(4, before + blocks, total),
      );
      done += range.blocks;
    }
    this.#tell(4, total, total);
    this.#tell(5, 0, 0);
    if (!isOverwritable) burner.close(this.#settings.closes);
    if (this.#settings.level > 0) this.#tell(7, 0, 0);
    this.#tell(6, 0, 0);
  }

  /** `false`: it was cancelled. */
  #tell(action: number, done: number, total: number): boolean {
    const { failure } = this.#given().device.writer ?? {};
    if (action === 4 && failure !== undefined && done >= failure.afterBlocks)
      throw new ComError(failure.hresult, "failure");
    const progress = this.#server.serve(
      dualFace(
        this.#com,
        iDiscFormat2DataEventArgs,
        {},
        {
          get_StartLba: () => 1000,
          get_SectorCount: () => total,
          get_LastReadLba: () => 1000 + done,
          get_LastWrittenLba: () => 1000 + done,
          get_TotalSystemBuffer: () => 1024,
          get_UsedSystemBuffer: () => 768,
          get_FreeSystemBuffer: () => 256,
          get_ElapsedTime: () => 1,
          get_RemainingTime: () => 2,
          get_TotalTime: () => 3,
          get_CurrentAction: () => action,
        },
      ),
    );
    this.#listeners.invoke(0x200, this.pointer, progress.pointer);
    progress.release();
    return !this.#isCancelled;
  }

  #rangesOf(stream: Stream): readonly { readonly at: number; readonly blocks: number }[] | undefined {
    try {
      using list = stream.query(iBlockRangeList);
      return list.call("get_BlockRanges").map((pointer) => {
        using range = this.#com.object(pointer as bigint, iBlockRange);
        const at = range.call("get_StartLba");
        return { at, blocks: range.call("get_EndLba") - at + 1 };
      });
    } catch (error) {
      if (error instanceof ComError) return undefined;
      throw error;
    }
  }

  #lengthOf(stream: Stream): number {
    const stat = new Uint8Array(80);
    stream.call("Stat", this.#com.koffi.address(stat), 1);
    return Number(Buffer.from(stat.buffer).readBigUInt64LE(16));
  }

  #read(stream: Stream, block: number, count: number): Uint8Array {
    stream.call("Seek", BigInt(block * BLOCK), 0);
    const data = new Uint8Array(count * BLOCK);
    if (stream.call("Read", data, data.length) !== data.length) throw new ComError(0x8003_001e, "short read");
    return data;
  }
}

/** Makes erasers. */
export function eraserClass(com: Com, server: ComServer, find: Find): () => bigint {
  return () => {
    const listeners = new Listeners(com);
    let drive: StandInDrive | undefined;
    let isFull = false;
    const erase = face(iDiscFormat2Erase, {
      put_Recorder: (recorder) => {
        drive = driveOf(com, recorder as Pointer, find);
      },
      put_FullErase: (full) => {
        isFull = full;
      },
      put_ClientName: () => {},
      EraseMedia: () => {
        if (drive === undefined) throw new ComError(RECORDER_REQUIRED, "no recorder");
        listeners.invoke(0x200, null, 1, 60);
        drive.burner().erase(isFull);
        listeners.invoke(0x200, null, 60, 60);
        drive.note(`erase${isFull ? " all" : ""}`);
      },
    });
    return server.serve(
      erase,
      listeners.face(server, () => {}),
    ).pointer;
  };
}
