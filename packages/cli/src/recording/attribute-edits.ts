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
  for await (const { path, kind, attributes: before } of image.walk("/", options)) {
    let after = before;
    for (const { pattern, change } of edits) if (pattern.matches(path)) after = { ...after, ...change(kind, after) };
    if (after !== before) found.push([path, after]);
  }
  for (const { pattern } of edits) pattern.mustHaveMatched();
  for (const [path, attributes] of found) await image.setAttributes(path, attributes);
}

/** The attributes that a request sets. @throws {@link UsageError} for what is no pattern. */
export function attributeEdits({ hide, unhide, chmod, chown }: RecordingRequest): Promise<readonly AttributeEdit[]> {
  const edit = async (option: string, glob: string, change: AttributeEdit["change"]): Promise<AttributeEdit> => ({
    pattern: await PathPattern.of(glob, option),
    change,
  });
  return Promise.all([
    ...hide.map((glob) => edit("--hide", glob, () => ({ hidden: true }))),
    ...unhide.map((glob) => edit("--unhide", glob, () => ({ hidden: false }))),
    ...chmod.map(({ glob, value }) => edit("--chmod", glob, modeChange(value))),
    ...chown.map(({ glob, value }) => edit("--chown", glob, () => ownerOf(value) ?? {})),
  ]);
}

/** The mode of a symbolic link means nothing. */
function modeChange(text: string): AttributeEdit["change"] {
  return (kind, before) => (kind === "symlink" ? {} : { mode: changedMode(before.mode, text, kind === "directory") });
}
