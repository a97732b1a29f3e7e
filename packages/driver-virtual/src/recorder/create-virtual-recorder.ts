import type { Fault } from "../faults/fault.ts";
import { type DiscOptions, freshDisc } from "../media/virtual-media.ts";
import { MediumState } from "../medium-state.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import { VirtualRecorder } from "./virtual-recorder.ts";

/** How to make a virtual recorder with a new disc. */
export interface VirtualRecorderOptions extends DiscOptions {
  /** Where the disc lies; a new one in memory when left out, and then `medium` and `capacity` describe it. */
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
  const store = options.store ?? new MemoryStore(MediumState.fresh(freshDisc(options)));
  return new VirtualRecorder(store, options.faults ?? [], options.seed ?? 1);
}
