import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, type Codec, concat, entriesOf, struct, u8, u16, type ValuesOf } from "../struct.ts";
import { discStructure } from "./disc-structure.ts";

/** SEND DISC STRUCTURE (BFh, MMC). */
export const sendDiscStructure = command(opcodes.sendDiscStructure, { format: u8(7), parameterLength: u16(8) });

/** One entry of {@link structureList}. */
export const structureEntry = struct({
  format: u8(0),
  canSend: bit(1, 7),
  canRead: bit(1, 6),
  /** Bytes of the structure with its header. */
  length: u16(2),
});

/** A structure that the drive has for the medium. */
export type StructureEntry = ValuesOf<typeof structureEntry>;

/** READ DISC STRUCTURE data, format FFh, with its header: the structures that there are (MMC). */
export const structureList: Codec<readonly StructureEntry[]> = {
  parse: (bytes) => entriesOf(discStructure.parse(bytes), structureEntry.size).map(structureEntry.parse),
  build: (entries) => discStructure.build(concat(...entries.map(structureEntry.build))),
};

/** Bytes of one physical access control unit (MMC). */
const ACCESS_CONTROL_BYTES = 384;

/** BD physical access control, format 30h, without the reply's header: its units of 384 bytes (MMC). */
export const bdAccessControl: Codec<readonly Uint8Array[]> = {
  parse: (data) => entriesOf(data, ACCESS_CONTROL_BYTES).map((unit) => unit.slice()),
  build: (units) =>
    concat(
      ...units.map((unit) => {
        if (unit.length !== ACCESS_CONTROL_BYTES)
          throw new TypeError(`a unit must be ${ACCESS_CONTROL_BYTES} bytes, not ${unit.length}`);
        return unit;
      }),
    ),
};

/** BD cartridge status, format 09h, without the reply's header. Unconfirmed. */
export const bdCartridge = struct({ cartridge: bit(0, 7), out: bit(0, 6), cartridgeProtect: bit(0, 2) }, { size: 4 });
