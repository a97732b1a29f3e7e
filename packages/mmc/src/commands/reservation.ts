import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";

/** RESERVE(6) (16h, SPC-2): the unit for this initiator alone. */
export const reserve6 = command(opcodes.reserve6, {});

/** RELEASE(6) (17h, SPC-2). */
export const release6 = command(opcodes.release6, {});

/** RESERVE(10) (56h, SPC-2): the unit for this initiator alone. */
export const reserve10 = command(opcodes.reserve10, {});

/** RELEASE(10) (57h, SPC-2). */
export const release10 = command(opcodes.release10, {});
