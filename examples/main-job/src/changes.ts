import type { FileSystemImage, ImageItem } from "@multisession/file-system-image";

/** What was changed in the image for the second session. Nothing is changed in the folder itself. */
export interface Changes {
  readonly added: string;
  readonly replaced: string | undefined;
  readonly renamed: { readonly from: string; readonly to: string } | undefined;
  readonly removed: string | undefined;
}

/** Adds a file, and replaces, renames and removes one each as far as there are files. */
export async function changeImage(image: FileSystemImage): Promise<Changes> {
  const files: ImageItem[] = [];
  for await (const item of image) if (item.kind === "file" && files.length < 3) files.push(item);
  const [replaced, renamed, removed] = files.map(({ path }) => path);
  const added = "/added in session 2.txt";
  await image.addBytes(added, Buffer.from("This file came with the second session.\n"));
  if (replaced !== undefined)
    await image.replace(replaced, Buffer.from("The second session holds this text instead.\n"));
  const to = renamed === undefined ? undefined : `${renamed}.renamed`;
  if (renamed !== undefined && to !== undefined) await image.rename(renamed, to);
  if (removed !== undefined) await image.remove(removed);
  return {
    added,
    replaced,
    renamed: renamed === undefined || to === undefined ? undefined : { from: renamed, to },
    removed,
  };
}

/** What was changed, in words. */
export function changesText({ replaced, renamed, removed }: Changes): string {
  const done = [
    "one file added",
    ...(replaced ? ["one replaced"] : []),
    ...(renamed ? ["one renamed"] : []),
    ...(removed ? ["one removed"] : []),
  ];
  return done.join(", ");
}
