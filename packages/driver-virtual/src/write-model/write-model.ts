import { BLOCK_BYTES, type Blocks, type Lba, type Sense } from "@multisession/core";
import { sense, type WriteModelId } from "../media/medium-table.ts";
import type { BufferedDisc } from "./buffered-disc.ts";
import { overwrite } from "./overwrite.ts";
import { pseudoOverwrite } from "./pseudo-overwrite.ts";
import { randomOnce } from "./random-once.ts";
import { growingOverwrite, restrictedOverwrite } from "./restricted-overwrite.ts";
import { sequential } from "./sequential.ts";

/** Why a write is refused, or what takes its blocks into the buffer. */
export type Admission = Sense | (() => void);

/** How WRITE works on a medium in one of its conditions. */
export interface WriteModel {
  /** Whether a write of whole blocks is legal now; the range lies on the medium. Changes nothing. */
  admit(disc: BufferedDisc, at: Lba, data: Uint8Array): Admission;
  /** How many blocks of a write count when the power goes after `received` of them. */
  received(disc: BufferedDisc, at: Lba, received: Blocks): Blocks;
}

/** A medium that must be formatted before the first write. */
const none: WriteModel = {
  admit: (disc) => disc.table.senses.unformatted,
  received: (_disc, _at, received) => received,
};

/** The models by name. */
export const writeModels: Readonly<Record<WriteModelId, WriteModel>> = {
  none,
  sequential,
  overwrite,
  "restricted-overwrite": restrictedOverwrite,
  "growing-overwrite": growingOverwrite,
  "pseudo-overwrite": pseudoOverwrite,
  "random-once": randomOnce,
};

/** WRITE as the medium takes it now: checks the range, then asks the model. */
export function admit(disc: BufferedDisc, at: Lba, data: Uint8Array): Admission {
  const { state, table } = disc;
  const blocks = data.length / BLOCK_BYTES;
  if (state.isFinalized) return { ...table.senses.finalized, at };
  if (at + blocks > state.blocks) return { ...sense(5, 0x21, 0x00), at };
  if (blocks === 0) return () => {};
  return writeModels[state.condition.writeModel].admit(disc, at, data);
}
