import { type BurnReport, type DiscRecorder, MultisessionError, verifyState } from "@multisession/core";
import type { ImageBurnOptions, Verification } from "./image-plan.ts";
import { stateFor } from "./survey.ts";

/**
 * Reads back what a burn recorded. The session is on the disc already, so that stopping here leaves it whole.
 *
 * @throws `CANCELLED`, and as `verifyState`.
 */
export async function readBack(
  recorder: DiscRecorder,
  { history, contents }: BurnReport,
  options: ImageBurnOptions,
): Promise<Verification> {
  const { uri } = recorder;
  try {
    const state = stateFor(history, undefined, uri);
    if (state === undefined) throw new TypeError("A burn that was proved leaves a state");
    const reload = await recorder.reload(options);
    return { reload, report: await verifyState({ ...options, reader: recorder, state, expected: contents }) };
  } catch (cause) {
    if (options.signal?.aborted !== true) throw cause;
    throw new MultisessionError("CANCELLED", "The session is recorded; reading it back was cancelled.", {
      subject: uri,
      cause,
      advice: "Run `multisession verify`.",
    });
  }
}
