import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, struct, u8, u16 } from "../struct.ts";

/** GET EVENT STATUS NOTIFICATION (4Ah, MMC). Drives take the polled form only. */
export const getEventStatus = command(
  opcodes.getEventStatus,
  { polled: bit(1, 0), classes: u8(4), allocationLength: u16(7) },
  { polled: true },
);

/** Classes of events; bit `1 << class` in the CDB asks for one. */
export const eventClasses = {
  operationalChange: 1,
  powerManagement: 2,
  externalRequest: 3,
  media: 4,
  deviceBusy: 6,
} as const;

/** What happened to the medium: event codes of class {@link eventClasses}.media. */
export const mediaEvents = {
  none: 0,
  ejectRequest: 1,
  newMedia: 2,
  removal: 3,
  changed: 4,
  backgroundFormatDone: 5,
  backgroundFormatRestarted: 6,
} as const;

/** GET EVENT STATUS NOTIFICATION data. */
export interface EventStatus {
  /** Bit map of the classes that the device has. */
  readonly supported: number;
  /** Absent when the device has none of the classes that were asked for. */
  readonly event?: {
    /** One of {@link eventClasses}. */
    readonly class: number;
    /** What happened; 0 nothing. */
    readonly code: number;
    /** Depends on the class; media: bit 1 a medium is present, bit 0 the tray is open. */
    readonly status: number;
    /** Depends on the class; device busy: time in 100 ms. */
    readonly parameter: number;
  };
}

const eventHead = struct({ length: u16(0), noEventAvailable: bit(2, 7), class: bits(2, 2, 0), supported: u8(3) });
const eventData = struct({
  ...eventHead.fields,
  code: bits(4, 3, 0),
  status: u8(5),
  parameter: u16(6),
});

/** GET EVENT STATUS NOTIFICATION data (MMC). */
export const eventStatus: Codec<EventStatus> = {
  parse(bytes) {
    const { noEventAvailable, supported, class: eventClass, code, status, parameter } = eventData.parse(bytes);
    if (noEventAvailable) return { supported };
    return { supported, event: { class: eventClass, code, status, parameter } };
  },
  build: ({ supported, event }) =>
    event
      ? eventData.build({ length: 6, supported, ...event })
      : eventHead.build({ length: 2, noEventAvailable: true, supported }),
};
