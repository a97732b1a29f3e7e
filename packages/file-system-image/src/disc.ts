import {
  assessAll,
  type BurnReport,
  burn,
  type CallOptions,
  type Consequence,
  type DiscRecorder,
  type History,
  type IMultisession,
  type Medium,
  type MediumReader,
  MultisessionError,
  type Negotiation,
  type OnEvent,
  type PlannedSession,
  type Plugins,
  type Purpose,
  type RecordedVolume,
  type RecoverReport,
  recover,
  type SessionIntent,
  type SessionPlan,
  type StateRef,
  type Unavailable,
  type Verdict,
} from "@multisession/core";
import { FileSystemImage } from "./file-system-image.ts";
import { checkSourceDate } from "./image-plan.ts";
import { isDelta } from "./image-sharing.ts";
import { planChecked } from "./plan-checked.ts";
import { runsOn, withRecorder } from "./recorder-lock.ts";
import {
  createCrew,
  type DiscOptions,
  justSeen,
  openIfReadable,
  openState,
  probesOf,
  readMedium,
  type Survey,
  stateFor,
  survey,
} from "./survey.ts";

/** A disc, opened to look at it, to read it, or to do something that needs no image. */
export interface Disc {
  /** The recorder that the disc is in; whoever opened it closes it. */
  readonly recorder: DiscRecorder;
  /** The disc as it was when it was opened. */
  readonly medium: Medium;
  /** Reads what was on it then: the recorder is not asked for blocks that the medium cannot have. */
  readonly reader: MediumReader;
  /** What was on it then. */
  readonly history: History;
  /** The mechanism that was chosen. */
  readonly mechanism: IMultisession;
  /** How it was chosen, with all verdicts. */
  readonly negotiation: Negotiation;
  /** What the disc was opened for: what can be done with it in its condition. */
  readonly purpose: Purpose;
  /** The state of a session, counted from 1; without a number the one that readers see. @throws `UNKNOWN_SESSION`, `IMPORT_SEEK_FAILURE` on a disc without any. */
  state(session?: number): StateRef;
  /**
   * Opens a session for reading. What was read when the disc was opened is not read again for the first one, unless the medium
   * tells that it changed, or something was done to it with this recorder. @throws as `state`, and `DAMAGED_CONTENT`.
   */
  volume(session?: number, options?: CallOptions): Promise<RecordedVolume>;
  /** Plans something that needs no image: close, recover, revert, prepare. Refusals are thrown as errors. */
  plan(
    intent: Exclude<SessionIntent, { readonly kind: "first" | "append" }>,
    options?: CallOptions,
  ): Promise<PlannedSession>;
}

/** Options of what is done to a whole disc. */
export interface DiscActionOptions extends DiscOptions {
  /** Receives progress. */
  readonly onEvent?: OnEvent;
  /** Sees each plan before it is executed. */
  readonly onPlan?: (plan: SessionPlan) => void;
  /** Time of the session in milliseconds since 1970, in place of the clock and chance: the same disc gives the same bytes. */
  readonly sourceDate?: number;
}

/** What each mechanism says of a disc. */
export interface DiscExplanation {
  /** Absent when there is no disc. */
  readonly medium: Medium | undefined;
  /** What the mechanisms were asked for. */
  readonly purpose: Purpose;
  /** Every mechanism with every file system; empty without a disc. */
  readonly verdicts: readonly Verdict[];
  /** Plugins that could not be created. */
  readonly unavailable: readonly Unavailable[];
  /** The outcome of the negotiation, or why there is none. */
  readonly outcome: Negotiation | MultisessionError;
}

/** Opens a disc without building an image. @throws what the negotiation throws. */
export async function openDisc(recorder: DiscRecorder, plugins: Plugins, options: DiscOptions = {}): Promise<Disc> {
  return discOf(recorder, await survey(recorder, createCrew(recorder, plugins, options), undefined, options));
}

/**
 * Says what every mechanism thinks of the disc, and which one is chosen. A failed negotiation is an answer, not an
 * error. `purpose`: without it, what the medium allows.
 */
export async function explainDisc(
  recorder: DiscRecorder,
  plugins: Plugins,
  options: DiscOptions & { readonly purpose?: Purpose } = {},
): Promise<DiscExplanation> {
  const crew = createCrew(recorder, plugins, options);
  const medium = await readMedium(recorder, options);
  const wanted = options.purpose;
  let outcome: Negotiation | MultisessionError;
  let purpose: Purpose = wanted ?? (medium?.status === "blank" ? "first" : "append");
  try {
    const found = await survey(recorder, crew, wanted && [wanted], options);
    ({ purpose, negotiation: outcome } = found);
  } catch (error) {
    if (!MultisessionError.is(error)) throw error;
    outcome = error;
  }
  const verdicts = MultisessionError.is(outcome) ? assessAll({ ...crew, medium, purpose }) : outcome.verdicts;
  return { medium, purpose, verdicts, unavailable: crew.unavailable, outcome };
}

/** Brings a disc back to a whole state: core's `recover` with the mechanism that fits. @throws `NOTHING_TO_RECOVER`, `BUSY`, what `recover` throws. */
export function recoverDisc(
  recorder: DiscRecorder,
  plugins: Plugins,
  options: DiscActionOptions = {},
): Promise<RecoverReport> {
  checkSourceDate(options.sourceDate);
  return withRecorder(recorder, async () => {
    const { crew, negotiation } = await survey(recorder, createCrew(recorder, plugins, options), undefined, options);
    return recover({
      ...passed(options),
      ...dated(options.sourceDate),
      recorder,
      mechanism: negotiation.mechanism,
      fileSystems: crew.fileSystems,
    });
  });
}

/**
 * Closes a disc for good. Where its newest session shares folders with older ones, a session with the whole tree comes
 * before, so that every reader finds it whole; `checkpoint: false` leaves that out.
 *
 * @throws `CONSENT_REQUIRED` without the consent `close-disc`, `DISC_CLOSED`, `DISC_FULL`, `BUSY`, what `burn` throws.
 */
export async function closeDisc(
  recorder: DiscRecorder,
  plugins: Plugins,
  options: CloseOptions = {},
): Promise<BurnReport & { readonly plan: SessionPlan }> {
  const { consent = [], checkpoint = true } = options;
  checkSourceDate(options.sourceDate);
  if (checkpoint && (await isNewestDelta(recorder, plugins, options)))
    return closeWithCheckpoint(recorder, plugins, options);
  return act(recorder, plugins, options, () => ({ kind: "close", consent }));
}

/** Options of {@link closeDisc}; the time is that of the session with the whole tree. */
export interface CloseOptions extends DiscActionOptions {
  /** What cannot be undone and is accepted: `close-disc`. */
  readonly consent?: readonly Consequence[];
  /** Whether a newest session that shares folders gets one with the whole tree behind it. Default `true`. */
  readonly checkpoint?: boolean;
}

async function isNewestDelta(recorder: DiscRecorder, plugins: Plugins, options: DiscOptions): Promise<boolean> {
  return withRecorder(recorder, async () => {
    const found = await survey(recorder, createCrew(recorder, plugins, options), undefined, options);
    const { history } = found;
    const state = history.condition === "whole" ? stateFor(history, undefined, recorder.uri) : undefined;
    const volume = state && (await openIfReadable(justSeen(found), state, options));
    return volume !== undefined && isDelta(volume, history.states, options);
  });
}

async function closeWithCheckpoint(
  recorder: DiscRecorder,
  plugins: Plugins,
  { consent = [], onPlan, onEvent, checkpoint: _, sourceDate, ...options }: CloseOptions,
): Promise<BurnReport & { readonly plan: SessionPlan }> {
  const { signal } = options;
  const call = signal === undefined ? {} : { signal };
  const image = await FileSystemImage.open(recorder, plugins, options);
  try {
    const made = await image.plan({ close: "disc", tree: "full", consent, ...dated(sourceDate), ...call });
    onPlan?.(made.plan);
    const report = await image.burn(made, { ...call, ...(onEvent === undefined ? {} : { onEvent }) });
    return { ...report, plan: made.plan };
  } finally {
    await image.close();
  }
}

/** Does something that needs no image, in one plan. */
function act(
  recorder: DiscRecorder,
  plugins: Plugins,
  options: DiscActionOptions,
  intentFor: (found: Survey) => SessionIntent,
): Promise<BurnReport & { readonly plan: SessionPlan }> {
  return withRecorder(recorder, async () => {
    const found = await survey(recorder, createCrew(recorder, plugins, options), undefined, options);
    const planned = await planOn(recorder, justSeen(found), intentFor(found), options);
    options.onPlan?.(planned.plan);
    const report = await burn({
      ...passed(options),
      planned,
      recorder,
      mechanism: found.negotiation.mechanism,
      probes: probesOf(found.crew),
    });
    return { ...report, plan: planned.plan };
  });
}

/**
 * Makes readers see an older session again, counted from 1: a session with nothing but its head. Newer ones stay on the
 * disc, and a later burn builds on what readers see.
 *
 * @throws `UNKNOWN_SESSION`, `ALREADY_CURRENT`, `UNSUPPORTED_INTENT`, `BUSY`, what `burn` throws.
 */
export async function revertDisc(
  recorder: DiscRecorder,
  plugins: Plugins,
  session: number,
  options: DiscActionOptions = {},
): Promise<BurnReport & { readonly plan: SessionPlan }> {
  checkSourceDate(options.sourceDate);
  return act(recorder, plugins, options, ({ history }) => {
    const to = stateFor(history, session, recorder.uri)?.index ?? -1;
    return { kind: "revert", to };
  });
}

function discOf(recorder: DiscRecorder, found: Survey): Disc {
  const { medium, reader, history, negotiation, purpose } = found;
  const state = (session?: number): StateRef => {
    const state = stateFor(history, session, recorder.uri);
    if (state !== undefined) return state;
    throw new MultisessionError(
      "IMPORT_SEEK_FAILURE",
      `The disc in ${recorder.uri} has no session that could be read: it is ${history.condition}.`,
      {
        subject: recorder.uri,
      },
    );
  };
  return {
    recorder,
    medium,
    reader,
    history,
    mechanism: negotiation.mechanism,
    negotiation,
    purpose,
    state,
    volume: async (session, options) => {
      const { generation } = await recorder.medium(options);
      const isUnchanged = generation === medium.generation && runsOn(recorder) === found.runs;
      return openState(isUnchanged ? justSeen(found) : found, state(session), options);
    },
    plan: (intent, options = {}) => planOn(recorder, found, intent, options),
  };
}

function planOn(
  recorder: DiscRecorder,
  found: Survey,
  intent: SessionIntent,
  { signal, sourceDate }: CallOptions & Pick<DiscActionOptions, "sourceDate">,
): Promise<PlannedSession> {
  const call = signal === undefined ? {} : { signal };
  return planChecked(found, { intent, reader: found.reader, ...call, ...dated(sourceDate) }, recorder.uri);
}

function dated(sourceDate: number | undefined): { readonly sourceDate?: number } {
  return sourceDate === undefined ? {} : { sourceDate };
}

function passed({
  signal,
  onEvent,
  onPlan,
}: DiscActionOptions): Pick<DiscActionOptions, "signal" | "onEvent" | "onPlan"> {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(onPlan === undefined ? {} : { onPlan }),
  };
}
