import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, struct, u8, u16, u32 } from "../struct.ts";

/** GET CONFIGURATION (46h, MMC). */
export const getConfiguration = command(opcodes.getConfiguration, {
  /** 0 all features, 1 the current ones, 2 only `feature`. */
  requestType: bits(1, 1, 0),
  /** Where the list starts. */
  feature: u16(2),
  allocationLength: u16(7),
});

/** Request types of GET CONFIGURATION. */
export const configurationRequests = { all: 0, current: 1, one: 2 } as const;

/** One feature of a drive. */
export interface Feature {
  /** Feature number. */
  readonly code: number;
  /** Of the descriptor's layout. */
  readonly version: number;
  /** It is always current. */
  readonly isPersistent: boolean;
  /** It counts for the medium that is in the drive. */
  readonly isCurrent: boolean;
  /** The descriptor without its 4-byte head; a multiple of 4 bytes. */
  readonly data: Uint8Array;
}

/** GET CONFIGURATION data. */
export interface Configuration {
  /** Profile of the medium; 0 without one. */
  readonly profile: number;
  /** In ascending order of their codes. */
  readonly features: readonly Feature[];
}

const configurationHead = struct({ dataLength: u32(0), profile: u16(6) });
const featureHead = struct({
  code: u16(0),
  version: bits(2, 5, 2),
  isPersistent: bit(2, 1),
  isCurrent: bit(2, 0),
  length: u8(3),
});

/** GET CONFIGURATION data (MMC). A drive that lacks the one feature asked for answers the header alone. */
export const configuration: Codec<Configuration> = {
  parse(bytes) {
    const { dataLength, profile } = configurationHead.parse(bytes);
    const list = bytes.subarray(8, 4 + dataLength);
    const features: Feature[] = [];
    for (let at = 0; at + 4 <= list.length; ) {
      const { length, ...head } = featureHead.parse(list.subarray(at));
      features.push({ ...head, data: list.slice(at + 4, at + 4 + length) });
      at += 4 + length;
    }
    return { profile, features };
  },
  build({ profile, features }) {
    const list = features.map(({ data, ...head }) => concat(featureHead.build({ ...head, length: data.length }), data));
    const body = concat(...list);
    return concat(configurationHead.build({ dataLength: 4 + body.length, profile }), body);
  },
};
