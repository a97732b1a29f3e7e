import { checkHistory } from "./check-mechanism.ts";
import type { History, HistoryOptions, Probe } from "./history.ts";
import type { Medium } from "./medium.ts";
import type { IMultisession } from "./multisession.ts";
import type { DiscRecorder } from "./recorder.ts";

/** Who looks at a disc. */
export interface Observer {
  /** Holds the disc. */
  readonly recorder: DiscRecorder;
  /** Reads the history; what it says is checked. */
  readonly mechanism: IMultisession;
  /** Of all registered file systems. */
  readonly probes: readonly Probe[];
}

/** The disc as it is now: the medium asked again, and what is on it. */
export async function observe(
  { recorder, mechanism, probes }: Observer,
  { reader, ...options }: HistoryOptions,
): Promise<{ medium: Medium; history: History }> {
  const medium = await recorder.medium({ ...options, refresh: true });
  const look: HistoryOptions = reader === undefined ? options : { ...options, reader };
  return { medium, history: checkHistory(mechanism.id, await mechanism.history(medium, probes, look)) };
}
