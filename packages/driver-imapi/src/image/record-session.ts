import {
  type CallOptions,
  closedSessions,
  type DiscRecorder,
  type History,
  type IMultisession,
  type Medium,
  MultisessionError,
  type Offer,
  rangeOf,
  refusalError,
  type SessionIntent,
} from "@multisession/core";
import type { WindowsSession } from "./windows-session.ts";

/** Bytes of a block. */
const BLOCK = 2048;

/** What {@link recordWindowsSession} needs. */
export interface RecordRequest extends CallOptions {
  /** What Windows' image has built. */
  readonly session: WindowsSession;
  /** Holds the disc that it was built for. */
  readonly recorder: DiscRecorder;
  /** Says where a session may lie and what publishes it. */
  readonly mechanism: IMultisession;
  /** What is on the disc, as the mechanism read it. */
  readonly history: History;
  /** `first` on an empty disc, or `append`. */
  readonly intent: Extract<SessionIntent, { kind: "first" | "append" }>;
}

/**
 * Records a session of Windows' own file systems by a mechanism of ours, on any recorder: the mechanism says where it may lie,
 * how it is published and what stays free. Reads back what was written. The session has none of our manifest and trailer, so
 * an interrupted one cannot be recovered, and `burn` of core is not what does it.
 *
 * @throws the mechanism's refusal; `OUTSIDE_SPACE` when Windows' session lies elsewhere than the mechanism allows, as on
 * overwritable discs; `DISC_FULL`, `CONSENT_REQUIRED`, `NOT_AS_PLANNED`, `VERIFY_FAILED`, and what the recorder throws.
 */
export async function recordWindowsSession(request: RecordRequest): Promise<void> {
  const { session, recorder, mechanism, history, intent, signal } = request;
  const options = signal === undefined ? {} : { signal };
  const medium = await recorder.medium({ ...options, refresh: true });
  checkConsent(request);
  const offer = mechanism.offer(medium, history, intent, { atLeast: session.blocks, headBlocks: 0 });
  if (offer.kind === "refused") throw refusalError(offer, recorder.uri);
  checkPlace(session, offer, medium, recorder.uri);
  for await (const { at, data } of session.pieces()) await recorder.write(at, data, options);
  await recorder.flush(options);
  // From here on it only goes forward: what is written is being published.
  for (const { what } of offer.finish) await recorder.closeSpace(what);
  await checkRecorded(request, offer);
}

function checkConsent({ intent, history, recorder: { uri: subject } }: RecordRequest): void {
  if (intent.close === "disc" && !intent.consent.includes("close-disc"))
    throw new MultisessionError("CONSENT_REQUIRED", "Closing the disc for good must be accepted by name.", { subject });
  if (intent.kind === "first" && history.condition !== "empty")
    throw new MultisessionError("NOT_BLANK", `The disc in ${subject} is not empty. Nothing was written.`, { subject });
}

/** One run at the next address of an append range, and room behind it. */
function checkPlace(
  { runs, blocks }: WindowsSession,
  { space, preparation, reserve }: Offer,
  medium: Medium,
  subject: string,
): void {
  const [run] = runs;
  const range = run && rangeOf(space, run.at, 1);
  const isAtNext = runs.length === 1 && range?.rule === "append" && range.next === run?.at && preparation.length === 0;
  if (!isAtNext || run === undefined || range === undefined || run.blocks % medium.unit !== 0) {
    const message = `Windows' session lies at ${runs.map(({ at }) => at).join(", ")}, where this mechanism lets none begin. Nothing was written.`;
    throw new MultisessionError("OUTSIDE_SPACE", message, {
      subject,
      advice: "Record it with IMAPI2's own writer (`ImapiRecorder.writeWindowsSession`).",
    });
  }
  if (run.at + blocks + reserve > range.end)
    throw new MultisessionError("DISC_FULL", `The session needs ${blocks + reserve} blocks. Nothing was written.`, {
      subject,
    });
}

async function checkRecorded({ session, recorder }: RecordRequest, offer: Offer): Promise<void> {
  const { uri: subject } = recorder;
  const closed = closedSessions(await recorder.medium({ refresh: true }));
  if (offer.closedSessions !== undefined && closed !== offer.closedSessions) {
    const message = `The disc shows ${closed} closed sessions, not ${offer.closedSessions}.`;
    throw new MultisessionError("NOT_AS_PLANNED", message, { subject, oldState: "unknown" });
  }
  await recorder.reload();
  for await (const { at, data } of session.pieces()) {
    const found = await recorder.read(at, data.length / BLOCK);
    if (Buffer.compare(found, data) === 0) continue;
    const message = `What was read back at block ${at} differs from what was written.`;
    throw new MultisessionError("VERIFY_FAILED", message, { subject });
  }
}
