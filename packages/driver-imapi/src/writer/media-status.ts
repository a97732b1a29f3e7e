import { MultisessionError } from "@multisession/core";
import type { WriterFacts } from "../host/data-writer.ts";

/** Bits of `IMAPI_FORMAT2_DATA_MEDIA_STATE`. */
export const mediaStates = {
  overwriteOnly: 0x0001,
  blank: 0x0002,
  appendable: 0x0004,
  finalSession: 0x0008,
  damaged: 0x0400,
  eraseRequired: 0x0800,
  nonEmptySession: 0x1000,
  writeProtected: 0x2000,
  finalized: 0x4000,
  unsupported: 0x8000,
} as const;

/** Bits of `IMAPI_MEDIA_WRITE_PROTECT_STATE`, and the words for them. */
export const protections: Readonly<Record<number, string>> = {
  1: "until the drive is switched off",
  2: "by its cartridge",
  4: "by itself",
  8: "by a program, for good",
  16: "by its disc control block",
  16384: "because it cannot be written",
};

/** States in which IMAPI2 does not write, in the order in which they are told. */
const hindrances = [
  [mediaStates.finalized, "DISC_CLOSED", "is closed for good"],
  [mediaStates.nonEmptySession, "NEEDS_RECOVERY", "has a session that is open, with which IMAPI2 does not go on"],
  [mediaStates.eraseRequired, "NOT_WRITABLE", "must be erased first"],
  [mediaStates.damaged, "NOT_WRITABLE", "is damaged"],
  [mediaStates.unsupported, "NOT_WRITABLE", "is of a kind that IMAPI2 does not write"],
] as const;

/** @throws `WRITE_PROTECTED`, `DISC_CLOSED`, `NEEDS_RECOVERY` or `NOT_WRITABLE` when IMAPI2's writer says that it cannot write the disc. */
export function checkWritable({ status, protection }: WriterFacts, subject: string): void {
  if ((status & mediaStates.writeProtected) !== 0 || protection !== 0) {
    const why = Object.entries(protections).flatMap(([bit, words]) =>
      (protection & Number(bit)) !== 0 ? [words] : [],
    );
    const message = `The disc in ${subject} is write-protected${why.length > 0 ? ` ${why.join(" and ")}` : ""}. Nothing was written.`;
    throw new MultisessionError("WRITE_PROTECTED", message, { subject });
  }
  for (const [bit, code, words] of hindrances)
    if ((status & bit) !== 0)
      throw new MultisessionError(code, `The disc in ${subject} ${words}. Nothing was written.`, { subject });
}
