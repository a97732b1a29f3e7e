import type { Attributes, CallOptions } from "@multisession/core";
import type { FileSystemImage, ImageItem } from "@multisession/file-system-image";
import { changedMode, ownerOf } from "./mode-and-owner.ts";
import { PathPattern } from "./path-pattern.ts";
import type { RecordingRequest } from "./recording-request.ts";

/** One `--hide`, `--unhide`, `--chmod` or `--chown`. */
export interface AttributeEdit {
  readonly pattern: PathPattern;
  /** What becomes of the attributes of an item that matches. */
  readonly change: (kind: ImageItem["kind"], before: Attributes) => Partial<Attributes>;
}

/**
 * Sets attributes of items on the disc and of those that are added. Looks into every folder of the disc.
 *
 * @throws `ITEM_NOT_FOUND` for a pattern that names nothing.
 */
export async function setAttributes(
  image: FileSystemImage,
  edits: readonly AttributeEdit[],
  options: CallOptions,
): Promise<void> {
  if (edits.length === 0) return;
  const found: [string, Attributes][] = [];
  const look = ({ path, kind, attributes: before }: ImageItem): void => {
    let after = before;
    for (const { pattern, change } of edits) if (pattern.matches(path)) after = { ...after, ...change(kind, after) };
    if (after !== before) found.push([path, after]);
  };
  look(await image.stat("/"));
  for await (const item of image.walk("/", options)) look(item);
  for (const { pattern } of edits) pattern.mustHaveMatched();
  for (const [path, attributes] of found) await image.setAttributes(path, attributes);
}

/** The attributes that a request sets. @throws {@link UsageError} for what is no pattern. */
export function attributeEdits({ hide, unhide, chmod, chown }: RecordingRequest): Promise<readonly AttributeEdit[]> {
  const edit = async (option: string, glob: string, change: AttributeEdit["change"]): Promise<AttributeEdit> => ({
    pattern: await PathPattern.of(glob, option),
    change,
  });
  const editOfRootToo: typeof edit = async (option, glob, change) =>
    isRoot(glob) ? { pattern: PathPattern.ofRoot(), change } : edit(option, glob, change);
  return Promise.all([
    ...hide.map((glob) => edit("--hide", glob, () => ({ hidden: true }))),
    ...unhide.map((glob) => edit("--unhide", glob, () => ({ hidden: false }))),
    ...chmod.map(({ glob, value }) => editOfRootToo("--chmod", glob, modeChange(value))),
    ...chown.map(({ glob, value }) => editOfRootToo("--chown", glob, () => ownerOf(value) ?? {})),
  ]);
}

function isRoot(glob: string): boolean {
  return /^\/+$/.test(glob);
}

/** The mode of a symbolic link means nothing. */
function modeChange(text: string): AttributeEdit["change"] {
  return (kind, before) => (kind === "symlink" ? {} : { mode: changedMode(before.mode, text, kind === "directory") });
}
