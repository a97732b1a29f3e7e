import {
  type CallOptions,
  type DiscRecorder,
  type FileSystem,
  type History,
  type IMultisession,
  type Medium,
  MediumReader,
  MultisessionError,
  type Negotiation,
  negotiate,
  newestState,
  type Plugins,
  type Probe,
  type Purpose,
  type RecordedVolume,
  RememberingReader,
  type StateRef,
  type Unavailable,
} from "@multisession/core";
import { runsOn } from "./recorder-lock.ts";

/** How a disc is opened. */
export interface DiscOptions extends CallOptions {
  /** Id of the mechanism to use; IMAPI2: `InUse`. Without it the best one is chosen. */
  readonly mechanism?: string;
  /** Ids of the file systems to write; all that fit without it. */
  readonly fileSystems?: readonly string[];
}

/** The plugins, created for one recorder. */
export interface Crew {
  readonly mechanisms: readonly IMultisession[];
  /** Those that write. */
  readonly fileSystems: readonly FileSystem[];
  /** Those that read: every one that could be created. */
  readonly readers: readonly FileSystem[];
  readonly unavailable: readonly Unavailable[];
}

/** What is known of a disc, and by whom. */
export interface Survey {
  readonly crew: Crew;
  readonly medium: Medium;
  /** Reads the disc, and asks the recorder for nothing that this medium cannot have. */
  readonly reader: MediumReader;
  /** The same, and hands over what the history has read, once: {@link justSeen}. */
  readonly seen: MediumReader;
  /** {@link runsOn} when it was made. */
  readonly runs: number;
  readonly purpose: Purpose;
  readonly negotiation: Negotiation;
  readonly history: History;
}

/** A survey for who goes on directly after it: what the history has read is not read again. */
export function justSeen(found: Survey): Survey {
  return { ...found, reader: found.seen };
}

/** Creates the plugins and marks the mechanism that was asked for. @throws `PLUGIN_NOT_INSTALLED`, and why one is unavailable. */
export function createCrew(recorder: DiscRecorder, plugins: Plugins, options: DiscOptions): Crew {
  const mechanisms = plugins.mechanisms({ source: recorder });
  const fileSystems = plugins.fileSystems();
  if (options.mechanism !== undefined)
    named(options.mechanism, "mechanism", mechanisms.available, mechanisms.unavailable).inUse = true;
  const writers = options.fileSystems?.map((id) =>
    named(id, "file system", fileSystems.available, fileSystems.unavailable),
  );
  return {
    mechanisms: mechanisms.available,
    fileSystems: writers ?? fileSystems.available,
    readers: fileSystems.available,
    unavailable: [...mechanisms.unavailable, ...fileSystems.unavailable],
  };
}

function named<T extends { readonly id: string }>(
  id: string,
  what: string,
  available: readonly T[],
  unavailable: readonly Unavailable[],
): T {
  const found = available.find((value) => value.id === id);
  if (found !== undefined) return found;
  const cause = unavailable.find((value) => value.id === id)?.cause;
  if (cause !== undefined) throw cause;
  const ids = available.map((value) => value.id).join(", ") || "none";
  throw new MultisessionError("PLUGIN_NOT_INSTALLED", `There is no ${what} "${id}" (registered: ${ids}).`, {
    subject: id,
  });
}

/** The file systems' probes, with which a history is read. */
export function probesOf({ readers }: Crew): readonly Probe[] {
  return readers.map(({ probe }) => probe);
}

/** The medium, asked for again, or nothing when there is none: then the negotiation says so, as IMAPI2's does. */
export async function readMedium(recorder: DiscRecorder, { signal }: CallOptions): Promise<Medium | undefined> {
  try {
    return await recorder.medium({ refresh: true, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (MultisessionError.is(error) && error.code === "NO_MEDIUM") return undefined;
    throw error;
  }
}

/**
 * Looks at a disc: the medium, the negotiation for the purposes in their order, the history by the mechanism that was
 * chosen, and the purpose that the history leaves.
 *
 * @throws what `negotiate` throws, for the first of the purposes.
 */
export async function survey(
  recorder: DiscRecorder,
  crew: Crew,
  wanted: readonly Purpose[] | undefined,
  options: DiscOptions,
): Promise<Survey> {
  const { signal } = options;
  const call: CallOptions = signal === undefined ? {} : { signal };
  const medium = await readMedium(recorder, call);
  const request = { ...crew, medium };
  let { purpose, negotiation } = negotiateFor(wanted ?? purposesFor(medium), request);
  if (medium === undefined) throw new TypeError("A negotiation without a medium cannot succeed");
  const seeing = new RememberingReader(recorder);
  const look = { ...call, reader: seeing };
  let history = await negotiation.mechanism.history(medium, probesOf(crew), look);
  const refined = wanted === undefined ? refine(purpose, history) : purpose;
  if (refined !== purpose) {
    const before = negotiation.mechanism;
    ({ purpose, negotiation } = negotiateFor([refined, purpose], request));
    if (negotiation.mechanism !== before) history = await negotiation.mechanism.history(medium, probesOf(crew), look);
  }
  return { ...readersOf(recorder, seeing, medium), crew, medium, purpose, negotiation, history };
}

function readersOf(
  recorder: DiscRecorder,
  seeing: RememberingReader,
  medium: Medium,
): Pick<Survey, "reader" | "seen" | "runs"> {
  const runs = runsOn(recorder);
  return { reader: new MediumReader(recorder, medium), seen: new MediumReader(seeing.seen(), medium), runs };
}

/**
 * The survey after a burn, from what the burn has read already, with `seeing`. Where nothing can be negotiated any more, the earlier
 * outcome stays: a burn that succeeded is no failure because the disc takes nothing further.
 */
export function surveyAfter(
  recorder: DiscRecorder,
  seeing: RememberingReader,
  before: Survey,
  { medium, history }: { readonly medium: Medium; readonly history: History },
): Survey {
  const request = { ...before.crew, medium };
  const purposes = purposesFor(medium);
  const read = { ...before, ...readersOf(recorder, seeing, medium), medium, history };
  try {
    const wanted = purposes.map((purpose) => refine(purpose, history));
    return { ...read, ...negotiateFor([...wanted, ...purposes], request) };
  } catch {
    return read;
  }
}

/** What can be done with a disc, as far as the medium tells. */
function purposesFor(medium: Medium | undefined): readonly Purpose[] {
  if (medium === undefined) return ["append"];
  if (medium.status === "blank") return ["first"];
  if (medium.status === "complete" || medium.isWriteProtected) return ["import"];
  return ["append", "recover", "import"];
}

function refine(purpose: Purpose, { condition }: History): Purpose {
  if (purpose === "import") return purpose;
  if (condition === "empty") return "first";
  return condition === "whole" ? purpose : "recover";
}

/** Tries purposes in their order; when none fits, the first failure counts. */
function negotiateFor(
  purposes: readonly Purpose[],
  request: Omit<Parameters<typeof negotiate>[0], "purpose">,
): { purpose: Purpose; negotiation: Negotiation } {
  let failure: unknown;
  for (const purpose of purposes) {
    try {
      return { purpose, negotiation: negotiate({ ...request, purpose }) };
    } catch (error) {
      failure ??= error;
      if (!MultisessionError.is(error) || error.code !== "NO_COMPATIBLE_MULTISESSION_TYPE") break;
    }
  }
  throw failure;
}

/** The state of a session, counted from 1; without a number the one that readers see, or the newest. @throws `UNKNOWN_SESSION`. */
export function stateFor(history: History, session: number | undefined, subject: string): StateRef | undefined {
  if (session === undefined)
    return history.current === undefined ? newestState(history) : history.states[history.current];
  const state = history.states[session - 1];
  if (state !== undefined && Number.isSafeInteger(session)) return state;
  throw new MultisessionError(
    "UNKNOWN_SESSION",
    `The disc has no session ${session}; it has ${listed(history.states.length)}.`,
    { subject },
  );
}

function listed(sessions: number): string {
  if (sessions === 0) return "none";
  return sessions === 1 ? "only session 1" : `1 to ${sessions}`;
}

/** Opens a state for reading with the file system that found it. @throws `DAMAGED_CONTENT`. */
export function openState(
  { reader, crew: { readers } }: Pick<Survey, "reader" | "crew">,
  state: StateRef,
  options?: CallOptions,
): Promise<RecordedVolume> {
  const fileSystem = readers.find(({ id }) => id === state.fileSystem);
  if (fileSystem === undefined)
    throw new TypeError(`The file system "${state.fileSystem}" found a state and is not there`);
  return fileSystem.open(reader, state, options);
}

/** A state's volume; nothing where not even its root can be found. */
export async function openIfReadable(
  found: Pick<Survey, "reader" | "crew">,
  state: StateRef,
  options?: CallOptions,
): Promise<RecordedVolume | undefined> {
  try {
    return await openState(found, state, options);
  } catch (error) {
    if (MultisessionError.is(error) && error.code === "DAMAGED_CONTENT") return undefined;
    throw error;
  }
}
