import type { CallOptions, FileSystem, RecordedVolume, Sharing, StateRef, TreeExtent } from "@multisession/core";

/** What decides how much of the tree a session writes. */
interface SharingRequest extends CallOptions {
  /** What was asked for. */
  readonly tree: TreeExtent | undefined;
  readonly isClosing: boolean;
  readonly fileSystems: readonly FileSystem[];
  /** The state that is built on, and its volume; absent in a first session. */
  readonly base: StateRef | undefined;
  readonly volume: RecordedVolume | undefined;
  readonly states: readonly StateRef[];
}

/** What a session shares; or nothing, and why, where something else was asked for. */
export interface SharingChoice {
  readonly sharing?: Sharing;
  readonly notes: readonly string[];
}

/** Chooses whether a session shares directories with the one that it builds on. */
export async function chooseSharing(request: SharingRequest): Promise<SharingChoice> {
  const { tree, isClosing, fileSystems, base, volume, states, signal } = request;
  const [fileSystem, another] = fileSystems;
  const policy = fileSystem?.delta;
  const isWanted = tree === "delta" || (tree === undefined && policy?.isDefault === true);
  if (!isWanted || base === undefined || volume === undefined) return { notes: [] };
  if (policy === undefined || another !== undefined || base.fileSystem !== fileSystem?.id || volume.share === undefined)
    return wholeTree("the file systems, or their options, rule it out that sessions share folders");
  if (isClosing) return wholeTree("the disc is closed, so that every reader must find it whole");
  const answer = await volume.share(signal && { signal });
  if ("reason" in answer) return wholeTree(answer.reason);
  // The sessions whose directories are in use, the last whole tree left out.
  const since = states.filter(({ index, start }) => index <= base.index && start > answer.oldest).length;
  if (since + 1 >= policy.checkpointEvery)
    return wholeTree(`${since} sessions have shared folders since the last one that has all`);
  return { sharing: answer, notes: [] };
}

function wholeTree(reason: string): SharingChoice {
  return { notes: [`The session has the whole tree: ${reason}.`] };
}
