import type { Clock, DriveCapture } from "@multisession/mmc";
import { checkKnown, chooseDrive } from "../drives/choose-drive.ts";
import type { Fault } from "../faults/fault.ts";
import { type DiscOptions, freshDisc } from "../media/virtual-media.ts";
import { MediumState } from "../medium-state.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import { VirtualRecorder } from "./virtual-recorder.ts";

/** Makes a disc in memory. A recorder takes it, and another one after the first is gone. */
export function createMedium(options: DiscOptions): MediumStore {
  const disc = freshDisc(options);
  const drive = options.drive === undefined ? undefined : chooseDrive(options.drive);
  if (drive !== undefined) checkKnown(drive, disc.table);
  return new MemoryStore(MediumState.fresh(disc), drive);
}

/** How to make a virtual recorder with a new disc. */
export interface VirtualRecorderOptions extends DiscOptions {
  /** The disc, instead of a new one in memory as the other options describe it. */
  readonly store?: MediumStore;
  /** What goes wrong. */
  readonly faults?: readonly Fault[];
  /** Decides what survives a power cut: the same seed and commands give the same disc. 1 when left out. */
  readonly seed?: number;
  /** Where its time comes from, as in {@link RecorderOptions}. */
  readonly clock?: Clock;
  /** Its serial number, as in {@link RecorderOptions}. */
  readonly serial?: string;
}

/**
 * Makes a virtual recorder, with a new disc in memory unless there is a store.
 *
 * @throws `TypeError` for an unknown medium or drive, a capacity that the medium cannot have, and a drive that does not know it.
 */
export function createVirtualRecorder(options: VirtualRecorderOptions): VirtualRecorder {
  const { faults, seed, clock, serial, drive: wanted, store = createMedium(options) } = options;
  const drive: DriveCapture = chooseDrive(wanted ?? store.drive);
  checkKnown(drive, store.state.table);
  return new VirtualRecorder(store, {
    drive,
    ...(faults && { faults }),
    ...(seed !== undefined && { seed }),
    ...(clock && { clock }),
    ...(serial !== undefined && { serial }),
  });
}
