import { type DiscRecorder, MultisessionError } from "@multisession/core";

const busy = new WeakSet<DiscRecorder>();

/** Runs something that writes; only one at a time for each recorder. @throws `BUSY`. */
export async function withRecorder<T>(recorder: DiscRecorder, run: () => Promise<T>): Promise<T> {
  assertFree(recorder);
  busy.add(recorder);
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
