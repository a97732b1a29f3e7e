import type { Medium } from "./medium.ts";
import type { PrepareStep } from "./plan.ts";
import type { PlanExecutor } from "./plan-executor.ts";
import type { Blocks, Lba } from "./units.ts";

/** Options of every call that may take long. */
export interface CallOptions {
  /** Stops the call before its next command. */
  readonly signal?: AbortSignal;
}

/** Options of a write. */
export interface WriteOptions extends CallOptions {
  /**
   * Hears of blocks when the recorder has accepted them, while others of the same call are still under way: a write that fails
   * or is cancelled has used these up. A recorder that does not tell is taken to accept all at once.
   */
  readonly onAccepted?: (blocks: Blocks) => void;
}

/** Reads blocks; cannot write. */
export interface BlockReader {
  /**
   * Reads `blocks` blocks from `at` on.
   *
   * @returns exactly `blocks` × 2048 bytes, owned by the caller.
   * @throws `READ_FAILED` with the address when the recorder cannot read them all (unwritten, damaged, outside).
   */
  read(at: Lba, blocks: Blocks, options?: CallOptions): Promise<Uint8Array>;
}

/** A recorder as mechanisms see it: its disc can be read, not written. IMAPI2: what `ImportRecorder` is used for. */
export interface DiscReader extends BlockReader {
  /** Names recorder and disc for people and for `plugins.open`, such as `virtual:/home/me/backup.disc`. */
  readonly uri: string;
  /**
   * The facts about the disc, read once and kept until something changed them. `refresh` asks the drive again.
   *
   * @throws `NO_MEDIUM` when there is no disc.
   */
  medium(options?: CallOptions & { readonly refresh?: boolean }): Promise<Medium>;
}

/** What a `reload` reached: whether reads after it can come from a cache that held the written data. */
export type ReloadOutcome = "reloaded" | "cache-dropped" | "same-cache";

/** Identity of the drive, as INQUIRY gives it. */
export interface DriveIdentity {
  /** Up to 8 characters. */
  readonly vendor: string;
  /** Up to 16 characters. */
  readonly product: string;
  /** Up to 4 characters. */
  readonly revision: string;
}

/** What can be closed: MMC's CLOSE TRACK SESSION in the functions that all media share. */
export type Closable = "track" | "session" | "disc";

/** An open recorder. Whoever opened it closes it; the end of an `await using` waits for what runs before. */
export interface DiscRecorder extends DiscReader, AsyncDisposable {
  /** Who made the drive. */
  readonly drive: DriveIdentity;
  /** A writer of its own, when the application chose it: `burn` gives it whole plans instead of single commands. */
  readonly executor?: PlanExecutor;
  /** Formats or blanks as the plan's step says; resolves when the medium is ready. */
  prepare(step: PrepareStep, options?: CallOptions): Promise<void>;
  /** RESERVE TRACK: splits the open track, so that its first `blocks` blocks become a track of their own. */
  reserve(blocks: Blocks, options?: CallOptions): Promise<void>;
  /** REPAIR TRACK: has the drive find where a track goes on that lost its power while it was written. */
  repair(track: number, options?: CallOptions): Promise<void>;
  /** Writes whole blocks; resolves when the recorder has accepted them, which is not yet durable. */
  write(at: Lba, data: Uint8Array, options?: WriteOptions): Promise<void>;
  /** SYNCHRONIZE CACHE: resolves when everything accepted so far is on the medium. */
  flush(options?: CallOptions): Promise<void>;
  /** Closes the open track, the open session, or the disc for good. */
  closeSpace(what: Closable, options?: CallOptions): Promise<void>;
  /** Takes care that reads after it come from the medium. */
  reload(options?: CallOptions): Promise<ReloadOutcome>;
  /** Releases the drive; idempotent. @throws `BUSY` while a burn runs. */
  close(): Promise<void>;
}

/** A device that a driver found. */
export interface DeviceEntry {
  /** For `plugins.open`. */
  readonly uri: string;
  /** For people: vendor, product, path. */
  readonly text: string;
}

/** Opens recorders: the plugin that knows one way to a drive. */
export interface Driver {
  /** Stable name, such as `virtual`. */
  readonly id: string;
  /** Recorders that can be found without being named. */
  list(options?: CallOptions): Promise<readonly DeviceEntry[]>;
  /** Whether `device` (a path, drive letter, or URI) is this driver's; must not touch a device. */
  claims(device: string): Promise<boolean>;
  /** @throws a coded error when the device does not exist, is in use, or is not the driver's. */
  open(device: string, options?: CallOptions): Promise<DiscRecorder>;
}
