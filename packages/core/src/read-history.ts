import { readChainHistory } from "./chain-history.ts";
import type { History, Probe } from "./history.ts";
import type { Medium } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { readSessionHistory } from "./session-history.ts";

/**
 * What is on a disc that is not blank: by its physical sessions where it has them, by the chain of heads elsewhere.
 * The default of every mechanism's `_history`.
 */
export function readHistory(
  medium: Medium,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<History> {
  return medium.sessions === "physical"
    ? readSessionHistory(medium, probes, reader, options)
    : readChainHistory(medium, probes, reader, options);
}
