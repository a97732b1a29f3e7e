import { realpathSync, statSync } from "node:fs";
import { basename, join, posix, relative, sep } from "node:path";
import { type CallOptions, type DiscRecorder, MultisessionError, type Plugins } from "@multisession/core";
import { type AddNote, FileSystemImage } from "@multisession/file-system-image";
import { UsageError } from "../usage-error.ts";
import { attributeEdits, setAttributes } from "./attribute-edits.ts";
import { PathPattern } from "./path-pattern.ts";
import type { RecordingRequest, Renaming } from "./recording-request.ts";

/** An image with the edits that were asked for. */
export interface PreparedImage {
  /** What will be recorded. */
  readonly image: FileSystemImage;
  /** Items of the host that were left out or renamed. */
  readonly skipped: readonly AddNote[];
}

/**
 * Opens the image of a disc and applies a request to it: removals first, then new names, then the files of the host,
 * except those that a removal names, and last the attributes of what is there then.
 *
 * @throws `ITEM_NOT_FOUND` for a pattern or path that names nothing, and what the image's edits throw.
 */
export async function prepareImage(
  recorder: DiscRecorder,
  plugins: Plugins,
  request: RecordingRequest,
  options: CallOptions,
): Promise<PreparedImage> {
  const { mechanism, session, volume, newVolume } = request;
  const image = await FileSystemImage.open(recorder, plugins, {
    ...options,
    isNewVolume: newVolume,
    ...(mechanism === undefined ? {} : { mechanism }),
    ...(session === undefined ? {} : { session }),
    ...(volume === undefined ? {} : { volumeName: volume }),
  });
  refuseSameNames(request);
  const removals = await Promise.all(request.remove.map((glob) => PathPattern.of(glob, "--remove")));
  const edits = await attributeEdits(request);
  await remove(image, removals, options);
  for (const renaming of request.rename) await rename(image, renaming);
  const skipped = await addPaths(image, request, filesOf(recorder), removals, options);
  for (const removal of removals) removal.mustHaveMatched();
  await setAttributes(image, edits, options);
  return { image, skipped };
}

/** Two files of one name from different folders would leave only the last. */
function refuseSameNames({ paths, into }: RecordingRequest): void {
  const byName = new Map<string, string>();
  for (const path of paths) {
    if (!isFile(path)) continue;
    const other = byName.get(basename(path));
    if (other !== undefined && realPath(other) !== realPath(path))
      throw new UsageError(
        `${other} and ${path} would both become ${basename(path)} in ${into}.`,
        "Record them in two burns with different --into folders, or rename one of them.",
      );
    byName.set(basename(path), path);
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not to be looked at, which whoever reads it says better
  }
}

/** Takes what matches off the tree, a folder with all that is in it. */
async function remove(image: FileSystemImage, patterns: readonly PathPattern[], options: CallOptions): Promise<void> {
  if (patterns.length === 0) return;
  const found: string[] = [];
  for await (const { path } of image.walk("/", options)) {
    const isInside = found.length > 0 && path.startsWith(`${found.at(-1)}/`);
    if (matchesAny(patterns, path) && !isInside) found.push(path);
  }
  for (const path of found) await image.remove(path, { recursive: true });
}

/** Asks every pattern: one is no less right because another one matches the same. */
function matchesAny(patterns: readonly PathPattern[], path: string): boolean {
  return patterns.filter((pattern) => pattern.matches(path)).length > 0;
}

async function rename(image: FileSystemImage, { from, to }: Renaming): Promise<void> {
  const folder = from.split("/").slice(0, -1).join("/");
  const target = to.includes("/") || folder === "" ? to : `${folder}/${to}`;
  await image.stat(from);
  const parent = target.split("/").slice(0, -1).join("/");
  if (parent !== "") await image.mkdir(parent, { recursive: true });
  await image.rename(from, target);
}

/** The files that a recorder's disc lies in, where it lies in files: they change while they would be recorded. */
function filesOf({ uri }: DiscRecorder): ReadonlySet<string> {
  const path = uri.replace(/^[a-z][a-z0-9+.-]+:/i, "");
  return new Set(["", ".state", ".lock"].map((suffix) => realPath(`${path}${suffix}`)));
}

async function addPaths(
  image: FileSystemImage,
  { paths, into, compare, mirror }: RecordingRequest,
  ownFiles: ReadonlySet<string>,
  removals: readonly PathPattern[],
  options: CallOptions,
): Promise<readonly AddNote[]> {
  const notes: AddNote[] = [];
  for (const path of paths) {
    const root = realPath(path);
    if (ownFiles.has(root))
      throw new MultisessionError("INVALID_PATH", `${path} is the disc itself, and cannot be recorded onto itself.`, {
        subject: path,
        advice: "Leave it out, or record it onto another disc.",
      });
    const ownInside = new Set(
      [...ownFiles]
        .map((file) => relative(root, file).split(sep).join("/"))
        .filter((inside) => !inside.startsWith("../")),
    );
    const exclude = (inside: string): boolean => {
      if (matchesAny(removals, posix.join("/", into, inside))) return true;
      if (!ownInside.has(inside)) return false;
      notes.push({ path: join(root, inside), what: "It belongs to this disc, so it was left out." });
      return true;
    };
    // To ask for every file takes time.
    const isAsked = removals.length + ownInside.size > 0;
    const merge = { ...options, compare, ...(isAsked ? { exclude } : {}) };
    const report = mirror ? await image.mirror(path, into, merge) : await image.add(path, { ...merge, into });
    for (const note of report.notes) notes.push(note);
  }
  return notes;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // not there, which whoever reads it says better
  }
}
