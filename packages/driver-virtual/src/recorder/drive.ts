import type { Sense } from "@multisession/core";
import { type DriveCapture, mediaEvents } from "@multisession/mmc";
import { FaultScript } from "../faults/fault-script.ts";
import { sense } from "../media/medium-table.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { BufferedDisc } from "../write-model/buffered-disc.ts";
import { type DriveTraits, traitsOf } from "./drive-traits.ts";
import { defaultModePages } from "./mode-pages.ts";

/** Serial number of every virtual recorder. */
export const SERIAL = "000000000001";

const LOADED: Sense = sense(6, 0x28, 0x00);
const POWERED_ON: Sense = sense(6, 0x29, 0x00);

/** The recorder without its medium: the tray, what it has to tell, and the disc with its buffer. */
export class Drive {
  /** Which drive it behaves as. */
  readonly capture: DriveCapture;
  /** Faults and counters. */
  readonly script: FaultScript = new FaultScript();
  /** The disc in the drive, or on the open tray. */
  disc: BufferedDisc;
  /** Whether the tray is out: then there is no medium. */
  isTrayOpen = false;
  /** PREVENT ALLOW MEDIUM REMOVAL. */
  isRemovalPrevented = false;
  /** Unit attentions, each reported once. */
  attentions: readonly Sense[] = [LOADED];
  /** The medium event that GET EVENT STATUS NOTIFICATION has not told yet. */
  mediaEvent: number = mediaEvents.newMedia;
  /** Mode pages as MODE SELECT left them, by code. */
  modePages: ReadonlyMap<number, Uint8Array> = defaultModePages;

  constructor(store: MediumStore, capture: DriveCapture) {
    this.capture = capture;
    this.disc = this.#load(store);
  }

  /** How it behaves with the disc as it is. */
  get traits(): DriveTraits {
    return traitsOf(this.capture, this.disc.state);
  }

  #load(store: MediumStore): BufferedDisc {
    return new BufferedDisc(store, (wanted) => this.script.take("effect", wanted));
  }

  /** Opens the tray; what was written is safe. */
  eject(): void {
    this.disc.flush();
    this.isTrayOpen = true;
    this.mediaEvent = mediaEvents.removal;
  }

  /** Closes the tray; the medium may be another one. */
  load(): void {
    if (!this.isTrayOpen) return;
    this.isTrayOpen = false;
    this.attentions = [LOADED];
    this.mediaEvent = mediaEvents.newMedia;
  }

  /** Loses what is in the buffer: there is only what the medium holds. */
  loseBuffer(): void {
    this.disc = this.#load(this.disc.store);
  }

  /** Comes up again after the power was gone. */
  restart(): void {
    this.isTrayOpen = false;
    this.isRemovalPrevented = false;
    this.attentions = [POWERED_ON, LOADED];
    this.mediaEvent = mediaEvents.newMedia;
    this.modePages = defaultModePages;
  }
}
