import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, i32, u24 } from "../struct.ts";

/** READ CD (BEh, MMC): parts of CD sectors, audio too. Not for DVD and BD. */
export const readCd = command(opcodes.readCd, {
  /** One of {@link sectorTypes}: what the sectors must be. */
  sectorType: bits(1, 4, 2),
  digitalAudioPlay: bit(1, 1),
  lba: i32(2),
  blocks: u24(6),
  sync: bit(9, 7),
  /** Bit 0 the 4-byte header, bit 1 the sub-header of Mode 2. */
  header: bits(9, 6, 5),
  userData: bit(9, 4),
  errorCorrection: bit(9, 3),
  /** 0 none, 1 the C2 bits, 2 the C2 bits and their block byte. */
  errorFlags: bits(9, 2, 1),
  /** 0 none, 1 raw, 2 Q, 4 R to W. */
  subChannel: bits(10, 2, 0),
});

/** Types of CD sectors (MMC). */
export const sectorTypes = { any: 0, audio: 1, mode1: 2, mode2: 3, mode2Form1: 4, mode2Form2: 5 } as const;
