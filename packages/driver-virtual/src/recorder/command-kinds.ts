import type { Blocks, Lba } from "@multisession/core";
import { opcodes, read10, read12, write10, write12 } from "@multisession/mmc";

/** Commands that change a medium. */
export const changing: ReadonlySet<number> = new Set(
  [
    opcodes.write10,
    opcodes.write12,
    opcodes.writeAndVerify10,
    opcodes.formatUnit,
    opcodes.blank,
    opcodes.reserveTrack,
    opcodes.closeTrackSession,
    opcodes.repairTrack,
  ].map(({ opcode }) => opcode),
);

/** Commands that tell of the disc, and wait only in some drives. */
export const tellingOfDisc: ReadonlySet<number> = new Set(
  [opcodes.readDiscInformation, opcodes.readTrackInformation].map(({ opcode }) => opcode),
);
/** Commands that do not wait for what goes on in the drive. */
export const informing: ReadonlySet<number> = new Set([
  ...tellingOfDisc,
  opcodes.readBufferCapacity.opcode,
  opcodes.mechanismStatus.opcode,
  opcodes.modeSense6.opcode,
  opcodes.modeSense10.opcode,
]);

/** The blocks that a command names, where it is one of those whose range a fault can name. */
export function rangeOf(cdb: Uint8Array): { readonly lba: Lba; readonly blocks: Blocks } | undefined {
  return [read10, read12, write10, write12].find(({ command }) => command.opcode === cdb[0])?.parse(cdb);
}
