import type { Opcode } from "./opcodes.ts";
import { type Fields, type Struct, struct, u8, type Values } from "./struct.ts";

/** The CDB of one command: `build` makes it with its opcode and full length, `parse` reads it. */
export interface CommandLayout<F extends Fields = Fields> extends Struct<F> {
  /** Which command it is. */
  readonly command: Opcode;
}

/** Makes the layout of a command's CDB. Byte 0 is the opcode, bytes that no field covers are zero. */
export function command<const F extends Fields>(
  entry: Opcode,
  fields: F,
  defaults: Partial<Values<F>> = {},
): CommandLayout<F> {
  const layout = struct(fields, { size: entry.length, defaults });
  const opcode = u8(0);
  return {
    ...layout,
    command: entry,
    build(values) {
      const cdb = layout.build(values);
      opcode.write(cdb, entry.opcode);
      return cdb;
    },
  };
}
