import { readChainHistory } from "./chain-history.ts";
import type { History, Probe } from "./history.ts";
import type { Medium } from "./medium.ts";
import { MediumReader } from "./medium-reader.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { RememberingReader } from "./remembering-reader.ts";
import { readSessionHistory } from "./session-history.ts";

/**
 * What is on a disc that is not blank: by its physical sessions where it has them, by the chain of heads elsewhere.
 * The default of every mechanism's `_history`.
 */
export async function readHistory(
  medium: Medium,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<History> {
  const bounded = new RememberingReader(new MediumReader(reader, medium));
  const read = medium.sessions === "physical" ? readSessionHistory : readChainHistory;
  return withDamagedTracks(await read(medium, probes, bounded, options), medium);
}

/** A track that lost its power does not say where it goes on; only recovery has the drive find that out. */
function withDamagedTracks(history: History, medium: Medium): History {
  const damaged = medium.tracks.find(({ state }) => state === "damaged");
  if (damaged === undefined || history.condition !== "whole") return history;
  const what = `Track ${damaged.number} was cut off while it was written, and its next writable address must be found again.`;
  return { ...history, condition: "interrupted", findings: [...history.findings, { at: damaged.start, what }] };
}
