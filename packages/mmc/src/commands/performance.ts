import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, entriesOf, struct, u8, u16, u32, type ValuesOf } from "../struct.ts";

/** GET PERFORMANCE (ACh, MMC). */
export const getPerformance = command(opcodes.getPerformance, {
  /** Type 0: bit 2 asks for write speeds, bits 4-3 are the tolerance (10b). */
  dataType: bits(1, 4, 0),
  lba: u32(2),
  maximumDescriptors: u16(8),
  /** 0 nominal speeds, 3 write speeds. */
  type: u8(10),
});

const performanceHead = struct({ dataLength: u32(0), isWrite: bit(4, 1), hasExceptions: bit(4, 0) }, { size: 8 });

/** One stretch of {@link performance}. */
export const nominalSpeed = struct({ startLba: u32(0), startSpeed: u32(4), endLba: u32(8), endSpeed: u32(12) });

/** Speed from one address to another; 1000 bytes per second. */
export type NominalSpeed = ValuesOf<typeof nominalSpeed>;

/** One entry of {@link writeSpeeds}. */
export const writeSpeed = struct({
  /** Write rotation control: 0 constant linear, 1 constant angular velocity. */
  rotation: bits(0, 4, 3),
  restoreDefaults: bit(0, 2),
  exact: bit(0, 1),
  mixed: bit(0, 0),
  endLba: u32(4),
  /** 1000 bytes per second. */
  readSpeed: u32(8),
  /** 1000 bytes per second. */
  writeSpeed: u32(12),
});

/** One speed that the medium can be written at. */
export type WriteSpeed = ValuesOf<typeof writeSpeed>;

/** GET PERFORMANCE data, type 0. */
export interface Performance {
  /** Whether these are write speeds. */
  readonly isWrite: boolean;
  /** From the lowest address to the highest. */
  readonly speeds: readonly NominalSpeed[];
}

function body(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(8, 4 + performanceHead.parse(bytes).dataLength);
}

/** GET PERFORMANCE data, type 0: nominal speeds (MMC). */
export const performance: Codec<Performance> = {
  parse: (bytes) => ({
    isWrite: performanceHead.parse(bytes).isWrite,
    speeds: entriesOf(body(bytes), nominalSpeed.size).map(nominalSpeed.parse),
  }),
  build: ({ isWrite, speeds }) =>
    concat(performanceHead.build({ dataLength: 4 + 16 * speeds.length, isWrite }), ...speeds.map(nominalSpeed.build)),
};

/** GET PERFORMANCE data, type 3: write speeds, fastest first (MMC; checked against captures). */
export const writeSpeeds: Codec<readonly WriteSpeed[]> = {
  parse: (bytes) => entriesOf(body(bytes), writeSpeed.size).map(writeSpeed.parse),
  build: (speeds) =>
    concat(performanceHead.build({ dataLength: 4 + 16 * speeds.length }), ...speeds.map(writeSpeed.build)),
};

/** SET STREAMING (B6h, MMC). */
export const setStreaming = command(
  opcodes.setStreaming,
  { type: u8(8), parameterLength: u16(9) },
  { parameterLength: 28 },
);

/** SET STREAMING, performance descriptor: so many kB (1000 bytes) in so many ms. */
export const streamingDescriptor = struct(
  {
    rotation: bits(0, 4, 3),
    restoreDefaults: bit(0, 2),
    exact: bit(0, 1),
    randomAccess: bit(0, 0),
    startLba: u32(4),
    endLba: u32(8),
    readSize: u32(12),
    readTime: u32(16),
    writeSize: u32(20),
    writeTime: u32(24),
  },
  { defaults: { readTime: 1000, writeTime: 1000 } },
);

/** SET CD SPEED (BBh, MMC). Speeds in 1000 bytes per second, FFFFh for the highest. */
export const setCdSpeed = command(opcodes.setCdSpeed, {
  rotation: bits(1, 1, 0),
  readSpeed: u16(2),
  writeSpeed: u16(4),
});
