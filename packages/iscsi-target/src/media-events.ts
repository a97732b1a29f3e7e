import { type EventStatus, eventClasses, eventStatus, getEventStatus, mediaEvents } from "@multisession/mmc";
import type { Nexus } from "./logical-unit.ts";

const MEDIA = 1 << eventClasses.media;

/**
 * What happened to the medium, for each initiator: a drive tells GET EVENT STATUS NOTIFICATION once, and then whoever asked
 * next would never hear of a new disc.
 */
export class MediaEvents {
  readonly #untold = new Map<Nexus, number>();

  forget(nexus: Nexus): void {
    this.#untold.delete(nexus);
  }

  /** The command that the drive is asked: for an initiator with news it is about the medium. */
  question(nexus: Nexus, cdb: Uint8Array): Uint8Array {
    return this.#isNewsFor(nexus, cdb) ? getEventStatus.build({ ...getEventStatus.parse(cdb), classes: MEDIA }) : cdb;
  }

  /** The answer for the initiator that asked; what the drive tells is kept for the others. */
  answer(nexus: Nexus, cdb: Uint8Array, answer: Uint8Array, everybody: Iterable<Nexus>): Uint8Array {
    const { allocationLength } = getEventStatus.parse(cdb);
    const whole = wholeEvent(answer);
    if (whole?.event === undefined || whole.event.class !== eventClasses.media) return answer;
    if (whole.event.code !== mediaEvents.none) {
      for (const other of everybody) this.#untold.set(other, whole.event.code);
      this.#untold.delete(nexus);
      return answer;
    }
    const code = this.#untold.get(nexus);
    if (code === undefined) return answer;
    this.#untold.delete(nexus);
    return eventStatus.build({ ...whole, event: { ...whole.event, code } }).subarray(0, allocationLength);
  }

  #isNewsFor(nexus: Nexus, cdb: Uint8Array): boolean {
    return this.#untold.has(nexus) && (getEventStatus.parse(cdb).classes & MEDIA) !== 0;
  }
}

/** An event that was cut off has not been told. */
function wholeEvent(answer: Uint8Array): EventStatus | undefined {
  return answer.length < 8 ? undefined : eventStatus.parse(answer);
}
