import { createHash } from "node:crypto";
import type { History } from "./history.ts";
import type { Medium } from "./medium.ts";

/**
 * Identifies a disc in one state: the facts of the medium without the drive, and what its newest state shows.
 * A plan holds it; a disc with another fingerprint is refused before the first write.
 */
export function fingerprint(medium: Medium, history: History): string {
  const { generation: _, formats: __, ...facts } = medium;
  const states = history.states.map(({ start, end, digest, record }) => [
    start,
    end,
    digest,
    record?.life,
    record?.sequence,
    record?.nonce,
  ]);
  return createHash("sha256")
    .update(JSON.stringify([facts, history.condition, history.current, history.appendAt, states]))
    .digest("hex");
}
