import { type Blocks, type Medium, MultisessionError } from "@multisession/core";
import { mediumRules } from "./medium-rules.ts";

/**
 * Checks that a track of that size can be reserved.
 *
 * @throws `NOT_WRITABLE` where tracks cannot be reserved, `TypeError` for a size that is no multiple of the medium's unit.
 */
export function checkReservation({ kind }: Medium, blocks: Blocks, subject: string): void {
  const unit = mediumRules[kind]?.reserveUnit;
  if (unit === undefined) {
    const message = `Tracks of this kind of disc (${kind}) cannot be reserved.`;
    throw new MultisessionError("NOT_WRITABLE", message, { subject, retry: "no" });
  }
  if (blocks % unit !== 0) throw new TypeError(`blocks must be a multiple of ${unit}, not ${blocks}`);
}
