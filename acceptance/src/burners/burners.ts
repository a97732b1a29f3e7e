import type { Burner } from "./burner.ts";
import { growisofsBurner } from "./growisofs.ts";
import { wodimBurner } from "./wodim.ts";
import { xorrisoBurner } from "./xorriso.ts";

/**
 * All programs, by the machines in which they work at the same time. Each has its own: wodim opens no drive where there are
 * many ("Cannot open SCSI driver" with 24 of them, not with 4).
 */
export const burners: readonly (readonly Burner[])[] = [
  [xorrisoBurner],
  [growisofsBurner],
  [wodimBurner("tao"), wodimBurner("sao")],
];
