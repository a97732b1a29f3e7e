import { opcodes, read10, read12, readCd } from "@multisession/mmc";

/** Bytes of a block of data. */
const BLOCK_BYTES = 2048;
/** Most bytes that READ CD gives for one block: all headers, error correction and sub-channels (MMC-6, 6.19). */
const RAW_BLOCK_BYTES = 2352 + 294 + 96;

/**
 * Most bytes that a command can make a drive give, so that none has to be held that the limit forbids. Commands whose
 * answer is short whatever they ask for count with their allocation length at most, and are not looked at here.
 */
export function bytesAskedFor(cdb: Uint8Array): number {
  switch (cdb[0]) {
    case opcodes.read10.opcode:
      return read10.parse(cdb).blocks * BLOCK_BYTES;
    case opcodes.read12.opcode:
      return read12.parse(cdb).blocks * BLOCK_BYTES;
    case opcodes.readCd.opcode:
      return readCd.parse(cdb).blocks * RAW_BLOCK_BYTES;
    default:
      return 0;
  }
}
