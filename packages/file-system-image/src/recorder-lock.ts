import { type DiscRecorder, MultisessionError } from "@multisession/core";

const busy = new WeakSet<DiscRecorder>();
const runs = new WeakMap<DiscRecorder, number>();

/** Runs something that writes; only one at a time for each recorder. @throws `BUSY`. */
export async function withRecorder<T>(recorder: DiscRecorder, run: () => Promise<T>): Promise<T> {
  assertFree(recorder);
  busy.add(recorder);
  runs.set(recorder, runsOn(recorder) + 1);
  try {
    return await run();
  } finally {
    busy.delete(recorder);
  }
}

/** @throws `BUSY` while something is written to the recorder's disc. */
export function assertFree(recorder: DiscRecorder): void {
  if (busy.has(recorder))
    throw new MultisessionError("BUSY", `A burn to ${recorder.uri} is running.`, { subject: recorder.uri });
}

/** How often something was done with a recorder so far: media that are overwritten in place do not tell. */
export function runsOn(recorder: DiscRecorder): number {
  return runs.get(recorder) ?? 0;
}
