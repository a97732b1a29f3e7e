import {
  type CallOptions,
  type FileSystem,
  type RecordedVolume,
  type Sharing,
  type StateRef,
  sharesDirectories,
  type TreeExtent,
} from "@multisession/core";

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
  /** Whether the session has the whole tree again where the one before it shares folders. */
  readonly isCheckpoint: boolean;
  readonly notes: readonly string[];
}

/** Chooses whether a session shares directories with the one that it builds on. */
export async function chooseSharing(request: SharingRequest): Promise<SharingChoice> {
  const { tree, isClosing, fileSystems, base, volume, states, signal } = request;
  const [fileSystem, another] = fileSystems;
  const policy = fileSystem?.delta;
  const isWanted = tree === "delta" || (tree === undefined && policy?.isDefault === true);
  if (base === undefined || volume === undefined) return { isCheckpoint: false, notes: [] };
  const options = signal && { signal };
  const isCheckpoint = await isDelta(volume, states, options);
  const wholeTree = (reason: string): SharingChoice => ({
    isCheckpoint,
    notes: [`The session has the whole tree: ${reason}.`],
  });
  if (!isWanted) return { isCheckpoint, notes: [] };
  if (policy === undefined || another !== undefined || base.fileSystem !== fileSystem?.id || volume.share === undefined)
    return wholeTree("the file systems, or their options, rule it out that sessions share folders");
  if (isClosing) return wholeTree("the disc is closed, so that every reader must find it whole");
  const sharing = await volume.share(options);
  if ("reason" in sharing) return wholeTree(sharing.reason);
  // Sessions since the last whole tree, whose folders are still in use.
  const oldest = (await volume.directories?.(options))?.oldest ?? 0;
  const since = states.filter(({ index, start }) => index <= base.index && start > oldest).length;
  if (since + 1 >= policy.checkpointEvery)
    return wholeTree(`of ${policy.checkpointEvery} sessions one has it, and ${since} have shared folders since`);
  return { sharing, isCheckpoint: false, notes: [] };
}

/** Whether the volume of a state has folders that lie in several sessions. */
export async function isDelta(
  volume: RecordedVolume,
  states: readonly StateRef[],
  options?: CallOptions,
): Promise<boolean> {
  const span = await volume.directories?.(options);
  return span !== undefined && sharesDirectories(span, states);
}
