import {
  type CallOptions,
  ComparedContents,
  type DiscRecorder,
  type History,
  type OnEvent,
  type Plugins,
  type ReloadOutcome,
  type StateRef,
  type VerifyReport,
  verifyState,
} from "@multisession/core";
import { withRecorder } from "./recorder-lock.ts";
import { createCrew, type DiscOptions, openIfReadable, type Survey, stateFor, survey } from "./survey.ts";
import { verifyBySums } from "./verify-by-sums.ts";

/** What verifying a disc found. */
export interface DiscVerification {
  /** Whether reads came from the medium, or may have come from a cache. */
  readonly reload: ReloadOutcome;
  /** One for each session that was looked at, oldest first. */
  readonly reports: readonly SessionReport[];
  /** What was found on the disc before any session was read back. */
  readonly history: History;
}

/** What verifying a disc found in one of its sessions. */
export interface SessionReport extends VerifyReport {
  /** Only its head and directories were compared: the session that was asked for has folders in it. */
  readonly part?: "directories";
}

/** How a disc is verified. */
export interface VerifyOptions extends DiscOptions {
  /** The only session to verify, counted from 1. */
  readonly session?: number;
  /** Told of progress. */
  readonly onEvent?: OnEvent;
}

/**
 * Reads sessions back and compares them with the hashes on the disc: all of them, and nothing twice, or one with everything
 * that its tree shows. Of one that has folders in earlier sessions, their directories are read too. Sessions of other programs
 * are compared with their MD5 sums, if they have any; of those without only the directories are read.
 * @throws `UNKNOWN_SESSION`, `BUSY`.
 */
export function verifyDisc(
  recorder: DiscRecorder,
  plugins: Plugins,
  options: VerifyOptions = {},
): Promise<DiscVerification> {
  return withRecorder(recorder, async () => {
    const found = await survey(recorder, createCrew(recorder, plugins, options), undefined, options);
    const { history, reader } = found;
    const only = options.session === undefined ? undefined : stateFor(history, options.session, recorder.uri);
    const reload = await recorder.reload(options);
    const { signal, onEvent } = options;
    const look = { reader, ...(signal && { signal }), ...(onEvent && { onEvent }) };
    const reports: SessionReport[] = [];
    if (only !== undefined)
      for (const state of await directoryStates(found, only, history.states, options))
        reports.push({ ...(await verifyState({ ...look, state, expected: [] })), part: "directories" });
    // With the newest also what hidden ones added, and what of older ones is damaged.
    const listed = only === undefined ? history.states : [only];
    const compared = new ComparedContents();
    for (const state of listed) {
      const request = { ...look, state, compared, scope: state === listed.at(-1) ? "tree" : "session" } as const;
      const report = await verifyState(request);
      if (report.outcome !== "no-hashes") reports.push(report);
      else {
        const volume = await openIfReadable(found, state, options);
        reports.push(volume === undefined ? withoutRoot(state) : await verifyBySums({ ...request, volume }));
      }
    }
    return { reload, reports, history };
  });
}

function withoutRoot(state: StateRef): VerifyReport {
  const fault = { at: state.start, what: "Its root directory cannot be read.", fault: "unreadable" } as const;
  return { state, outcome: "faulty", hashes: "none", contents: 0, blocks: 0, faults: [fault] };
}

/** Earlier sessions in which directories of a state may lie: what it shows is whole only where they are. */
async function directoryStates(
  found: Survey,
  state: StateRef,
  states: readonly StateRef[],
  options: CallOptions,
): Promise<readonly StateRef[]> {
  const volume = await openIfReadable(found, state, options);
  const span = await volume?.directories?.(options);
  return span === undefined ? [] : states.filter(({ index, end }) => index < state.index && end > span.oldest);
}
