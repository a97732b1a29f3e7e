import {
  type DiscRecorder,
  MultisessionError,
  type Purpose,
  type RecordedVolume,
  type StateRef,
} from "@multisession/core";
import type { TreeBase } from "./editable-tree.ts";
import { type DiscOptions, readMedium, type Survey, stateFor } from "./survey.ts";

/** How an image is opened. */
export interface ImageOptions extends DiscOptions {
  /** Session to build on, counted from 1, instead of the newest. */
  readonly session?: number;
  /** Begins the disc anew: nothing is imported. Needs the consent `give-up-sessions` on a disc that holds something. */
  readonly isNewVolume?: boolean;
  /** Name of the volume; without it the imported one, or the date: the local one, in UTC of a plan with a source date. */
  readonly volumeName?: string;
}

/** What an image negotiates for; nothing where the disc decides. A session that is asked for by number must be there. */
export async function purposesOf(
  recorder: DiscRecorder,
  options: ImageOptions,
): Promise<readonly Purpose[] | undefined> {
  if (options.isNewVolume === true) return ["first"];
  if (options.session === undefined) return undefined;
  const medium = await readMedium(recorder, options);
  return medium?.status === "blank" ? ["import"] : undefined;
}

/** The state to import; none on an empty disc. @throws `UNKNOWN_SESSION`, `FOREIGN_CONTENT`, `DAMAGED_CONTENT`. */
export function baseOf({ history }: Survey, session: number | undefined, { uri }: DiscRecorder): StateRef | undefined {
  const base = stateFor(history, session, uri);
  if (base !== undefined) return base;
  const what = history.findings.map(({ at, what }) => ` Block ${at}: ${what}`).join("");
  if (history.condition === "foreign")
    throw new MultisessionError("FOREIGN_CONTENT", `Nothing on the disc in ${uri} can be imported.${what}`, {
      subject: uri,
    });
  if (history.condition === "unreadable")
    throw new MultisessionError("DAMAGED_CONTENT", `The disc in ${uri} is damaged.${what}`, { subject: uri });
  return undefined;
}

/** What an image's tree begins with. */
export function treeBaseOf({ reader, history, negotiation }: Survey, volume: RecordedVolume | undefined): TreeBase {
  const times = negotiation.fileSystems.find((fileSystem) => fileSystem.times !== undefined)?.times;
  return { reader, states: history.states, ...(volume && { volume }), ...(times && { times }) };
}

/** The same state in another reading of the history. */
export function findAgain(states: readonly StateRef[], state: StateRef | undefined): StateRef | undefined {
  return (
    state &&
    states.find(
      ({ start, digest, record }) =>
        start === state.start && digest === state.digest && record?.nonce === state.record?.nonce,
    )
  );
}

/** The error for what was made from an older look at image or disc. */
export function stale({ uri }: DiscRecorder, why: string): MultisessionError {
  return new MultisessionError("STALE", `${why} Nothing was written.`, { subject: uri });
}
