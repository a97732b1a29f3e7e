import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, entriesOf, raw, struct, u16, type ValuesOf } from "../struct.ts";

/** SEND OPC INFORMATION (54h, MMC): has the drive calibrate its laser, or gives it values of an earlier calibration. */
export const sendOpcInformation = command(opcodes.sendOpcInformation, {
  /** The drive calibrates now; there is no parameter list then. */
  doOpc: bit(1, 0),
  /** Test zones to leave out: bit 0 the inner, bit 1 the outer. */
  exclude: bits(2, 1, 0),
  /** A multiple of 8. */
  parameterLength: u16(7),
});

/** Values of one calibration: in SEND OPC INFORMATION, and behind the 34 bytes of READ DISC INFORMATION. */
export const calibrationEntry = struct({
  /** 1000 bytes per second. */
  speed: u16(0),
  /** The drive's own. */
  values: raw(2, 6),
});

/** Values of one calibration. */
export type CalibrationEntry = ValuesOf<typeof calibrationEntry>;

/** A list of calibrations (MMC). */
export const calibrationTable: Codec<readonly CalibrationEntry[]> = {
  parse: (bytes) => entriesOf(bytes, calibrationEntry.size).map(calibrationEntry.parse),
  build: (entries) => concat(...entries.map(calibrationEntry.build)),
};
