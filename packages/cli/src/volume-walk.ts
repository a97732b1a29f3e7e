import { MultisessionError, type RecordedEntry, type RecordedVolume } from "@multisession/core";

/** A folder on the disc. */
export type RecordedFolder = RecordedEntry & { readonly kind: "directory" };

/** An entry met on a walk through a volume. */
export interface WalkedEntry {
  /** Names from the folder where the walk began. */
  readonly path: readonly string[];
  /** What the file system says of it. */
  readonly entry: RecordedEntry;
}

/** Something on a walk that could not be followed. */
export interface WalkProblem {
  /** Names from the folder where the walk began. */
  readonly path: readonly string[];
  /** What is wrong, for people. */
  readonly what: string;
}

/** Deepest nesting that is followed: far deeper than real trees, shallow enough for every system's longest path. */
const MAX_DEPTH = 512;

/**
 * Finds an entry by its path from the root.
 *
 * @throws `ITEM_NOT_FOUND` when there is none, `NOT_A_DIRECTORY` when a file stands where a folder must be.
 */
export async function findEntry(volume: RecordedVolume, path: string, signal: AbortSignal): Promise<RecordedEntry> {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  let entry: RecordedEntry = volume.root;
  for (const [index, name] of names.entries()) {
    const here = `/${names.slice(0, index).join("/")}`;
    if (entry.kind !== "directory")
      throw new MultisessionError("NOT_A_DIRECTORY", `"${here}" is no folder, so there is no "${path}".`, {
        subject: path,
      });
    const children: readonly RecordedEntry[] = await volume.list(entry, { signal });
    const found = children.find((child) => child.name === name);
    if (found === undefined) throw notFound(path, name, here, children);
    entry = found;
  }
  return entry;
}

function notFound(path: string, name: string, folder: string, children: readonly RecordedEntry[]): MultisessionError {
  const similar = children.find((child) => child.name.toLowerCase() === name.toLowerCase());
  return new MultisessionError("ITEM_NOT_FOUND", `There is no "${name}" in ${folder} of this session.`, {
    subject: path,
    advice:
      similar === undefined
        ? "`multisession ls` lists what is there; older sessions are seen with --session."
        : `Names on a disc tell capitals apart: there is "${similar.name}".`,
  });
}

/**
 * Walks through a folder, each folder before what is in it, in the order of the disc. Follows no folder twice: on a
 * damaged disc a folder can contain itself.
 */
export async function* walkVolume(
  volume: RecordedVolume,
  folder: RecordedFolder,
  problems: WalkProblem[],
  signal: AbortSignal,
): AsyncGenerator<WalkedEntry> {
  const seen = new Set<number>([folder.at]);
  const open: { readonly path: readonly string[]; readonly rest: RecordedEntry[] }[] = [];
  const enter = async (path: readonly string[], directory: RecordedFolder): Promise<void> => {
    const children = await volume.list(directory, { signal });
    open.push({ path, rest: children.toReversed() });
  };
  await enter([], folder);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    signal.throwIfAborted();
    const entry = level.rest.pop();
    if (entry === undefined) {
      open.pop();
      continue;
    }
    const path = [...level.path, entry.name];
    yield { path, entry };
    if (entry.kind !== "directory") continue;
    if (seen.has(entry.at)) problems.push({ path, what: "This folder leads back to one that was listed already." });
    else if (open.length >= MAX_DEPTH)
      problems.push({ path, what: `It is nested more than ${MAX_DEPTH} folders deep.` });
    else {
      seen.add(entry.at);
      await enter(path, entry);
    }
  }
}
