import type { Sense } from "@multisession/core";
import { mediaEvents } from "@multisession/mmc";
import { FaultScript } from "../faults/fault-script.ts";
import { sense } from "../media/medium-table.ts";
import { freshDisc } from "../media/virtual-media.ts";
import { MediumState } from "../medium-state.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import { BufferedDisc } from "../write-model/buffered-disc.ts";
import { defaultModePages } from "./mode-pages.ts";

/** What a recorder says it is: INQUIRY data. */
export const driveIdentity = {
  vendor: "VIRTUAL",
  product: "DISC RECORDER",
  revision: "1.00",
  serial: "000000000001",
} as const;

const LOADED: Sense = sense(6, 0x28, 0x00);
const POWERED_ON: Sense = sense(6, 0x29, 0x00);

/** The recorder without its medium: the tray, what it has to tell, and the disc with its buffer. */
export class Drive {
  /** Faults and counters. */
  readonly script: FaultScript = new FaultScript();
  /** The disc in the drive, or on the open tray. */
  disc: BufferedDisc;
  /** The disc that belongs into the drive, while a wrong one is in it. */
  #missing: BufferedDisc | undefined;
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

  constructor(store: MediumStore) {
    this.disc = this.#load(store);
  }

  #load(store: MediumStore): BufferedDisc {
    return new BufferedDisc(
      store,
      (wanted) => this.script.take("effect", wanted),
      (unit, blocks) => this.script.tornIn(unit, blocks),
    );
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
    this.#exchange();
    this.attentions = [LOADED];
    this.mediaEvent = mediaEvents.newMedia;
  }

  #exchange(): void {
    this.takeRightDisc();
    const other = this.script.takeOtherDisc();
    if (other === undefined) return;
    this.#missing = this.disc;
    this.disc = this.#load(new MemoryStore(MediumState.fresh(freshDisc(other))));
  }

  /** Puts the disc that belongs into the drive in the place of a wrong one. */
  takeRightDisc(): void {
    this.disc = this.#missing ?? this.disc;
    this.#missing = undefined;
  }

  /** Whether a wrong disc is in the drive. */
  get hasWrongDisc(): boolean {
    return this.#missing !== undefined;
  }

  /** The disc is out, and what was in the buffer is lost. */
  lose(): void {
    this.loseBuffer();
    this.isTrayOpen = true;
    this.isRemovalPrevented = false;
    this.mediaEvent = mediaEvents.removal;
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
