import type { Counters } from "../faults/fault.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { type MemorySnapshot, MemoryStore } from "../storage/memory-store.ts";
import type { Operation } from "../timing/operation.ts";
import type { TimingSnapshot } from "../timing/timing.ts";
import type { BufferSnapshot } from "../write-model/buffered-disc.ts";
import type { Drive } from "./drive.ts";

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
  readonly drive: Pick<
    Drive,
    "isTrayOpen" | "isRemovalPrevented" | "attentions" | "mediaEvent" | "modePages" | "sessionAtOnce"
  >;
  /** Its time. */
  readonly timing: TimingSnapshot;
  /** What went on. */
  readonly operation: Operation | undefined;
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

/** Keeps what a snapshot holds. */
export function keepContent(snapshot: Snapshot, content: SnapshotContent): void {
  contents.set(snapshot, content);
}

/** The disc of a recorder that has snapshots. @throws `TypeError` when it does not lie in memory. */
export function memoryOf(store: MediumStore): MemoryStore {
  if (!(store instanceof MemoryStore)) throw new TypeError("Only a disc in memory has snapshots");
  return store;
}
