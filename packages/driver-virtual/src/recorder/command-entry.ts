import type { Sense } from "@multisession/core";
import type { CommandLayout, FieldPointer, Fields, SenseData, Struct, Values } from "@multisession/mmc";
import { sense } from "../media/medium-table.ts";
import type { MediumState } from "../medium-state.ts";
import type { BufferedDisc } from "../write-model/buffered-disc.ts";
import type { Drive } from "./drive.ts";

/** What a command answers: data, a refusal, or nothing but GOOD. */
export type Reply = Uint8Array | SenseData | undefined;

/** One command for the drive. */
export interface Call<F extends Fields> {
  /** The CDB's fields. */
  readonly fields: Values<F>;
  /** The drive. */
  readonly drive: Drive;
  /** Data from the host; empty when it sent none. */
  readonly dataOut: Uint8Array;
}

/** One command for the disc in the drive. */
export interface DiscCall<F extends Fields> extends Call<F> {
  /** The disc. */
  readonly disc: BufferedDisc;
  /** Its state. */
  readonly state: MediumState;
}

/** A command that the recorder knows. */
export interface CommandEntry {
  /** First byte of its CDB. */
  readonly opcode: number;
  /** Whether it reports a pending unit attention instead of running (SPC). */
  readonly reportsAttention: boolean;
  /** Carries it out. The CDB has its full length. */
  run(drive: Drive, cdb: Uint8Array, dataOut: Uint8Array): Reply;
}

/** 5/24/00, invalid field in the CDB, and which one. */
export function invalidField<F extends Fields>({ fields }: Pick<Struct<F>, "fields">, name: keyof F): SenseData {
  return { ...sense(5, 0x24, 0x00), field: pointerTo("command", fields[name]) };
}

/** 5/26/00, invalid field in the parameter list, and which one; `offset` is where the structure lies in the list. */
export function invalidParameter<F extends Fields>(
  { fields }: Pick<Struct<F>, "fields">,
  name: keyof F,
  offset = 0,
): SenseData {
  return { ...sense(5, 0x26, 0x00), field: pointerTo("data", fields[name], offset) };
}

function pointerTo(where: FieldPointer["in"], field: Fields[string] | undefined, offset = 0): FieldPointer {
  const { at, bit, width } = field ?? { at: 0, bit: 7, width: 8 };
  return { in: where, byte: offset + at, ...(width < 8 && { bit }) };
}

/** 5/1A/00, parameter list length error. */
export const wrongListLength: Sense = sense(5, 0x1a, 0x00);
/** 5/30/00, incompatible medium. */
export const incompatibleMedium: Sense = sense(5, 0x30, 0x00);
/** 2/3A/02, no medium, the tray is open. */
export const trayOpen: Sense = sense(2, 0x3a, 0x02);

/** A command that works without a medium and does not report unit attentions (SPC, MMC). */
export function alwaysAnswered<F extends Fields>(
  layout: CommandLayout<F>,
  run: (call: Call<F>) => Reply,
): CommandEntry {
  return { ...onDrive(layout, run), reportsAttention: false };
}

/** A command that works without a medium. */
export function onDrive<F extends Fields>(layout: CommandLayout<F>, run: (call: Call<F>) => Reply): CommandEntry {
  return {
    opcode: layout.command.opcode,
    reportsAttention: true,
    run: (drive, cdb, dataOut) => run({ fields: layout.parse(cdb), drive, dataOut }),
  };
}

/** A command that needs a medium. */
export function onDisc<F extends Fields>(layout: CommandLayout<F>, run: (call: DiscCall<F>) => Reply): CommandEntry {
  return onDrive(layout, (call) => {
    const { fields, drive, dataOut } = call;
    const { disc, isTrayOpen } = drive;
    return isTrayOpen ? trayOpen : run({ fields, drive, dataOut, disc, state: disc.state });
  });
}

/** Data cut to the length that the host asked for. */
export function upTo(data: Uint8Array, allocationLength: number): Uint8Array {
  return data.subarray(0, allocationLength);
}
