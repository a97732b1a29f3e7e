import type { Fault } from "../faults/fault.ts";
import { type DiscOptions, freshDisc } from "../media/virtual-media.ts";
import { MediumState } from "../medium-state.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import { VirtualRecorder } from "./virtual-recorder.ts";

/** Makes a disc in memory. A recorder takes it, and another one after the first is gone. */
export function createMedium(options: DiscOptions): MediumStore {
  return new MemoryStore(MediumState.fresh(freshDisc(options)));
}

/** How to make a virtual recorder with a new disc. */
export interface VirtualRecorderOptions extends DiscOptions {
  /** The disc, instead of a new one in memory as the other options describe it. */
  readonly store?: MediumStore;
  /** What goes wrong. */
  readonly faults?: readonly Fault[];
  /** Decides what survives a power cut: the same seed and commands give the same disc. 1 when left out. */
  readonly seed?: number;
}

/**
 * Makes a virtual recorder, with a new disc in memory unless there is a store.
 *
 * @throws `TypeError` for an unknown medium and a capacity that it cannot have.
 */
export function createVirtualRecorder(options: VirtualRecorderOptions): VirtualRecorder {
  const store = options.store ?? createMedium(options);
  return new VirtualRecorder(store, options.faults ?? [], options.seed ?? 1);
}
