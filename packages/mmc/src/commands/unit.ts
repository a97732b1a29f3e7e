import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, u8 } from "../struct.ts";

/** TEST UNIT READY (00h, SPC). */
export const testUnitReady = command(opcodes.testUnitReady, {});

/** REQUEST SENSE (03h, SPC). The reply is sense data. */
export const requestSense = command(opcodes.requestSense, {
  /** Whether descriptor format is wanted; hosts ask for the fixed one. */
  descriptorFormat: bit(1, 0),
  allocationLength: u8(4),
});

/** START STOP UNIT (1Bh, MMC). `loadEject` without `start` ejects, with it loads the tray. */
export const startStopUnit = command(opcodes.startStopUnit, {
  immediate: bit(1, 0),
  formatLayer: bits(3, 1, 0),
  /** 0: the other bits count; 1 active, 2 idle, 3 standby, 5 sleep. */
  powerCondition: bits(4, 7, 4),
  formatLayerValid: bit(4, 2),
  loadEject: bit(4, 1),
  start: bit(4, 0),
});

/** PREVENT ALLOW MEDIUM REMOVAL (1Eh, MMC). */
export const preventAllow = command(opcodes.preventAllow, { persistent: bit(4, 1), prevent: bit(4, 0) });
