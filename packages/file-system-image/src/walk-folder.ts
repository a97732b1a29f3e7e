import type { CallOptions } from "@multisession/core";
import type { Folder } from "./folder.ts";
import { type ImageItem, itemOf } from "./image-item.ts";
import { byName, childPath } from "./image-path.ts";
import type { TimeSlices } from "./time-slices.ts";

/** Every item below a folder, sorted by name, folders before what is in them. `path`: that of the folder. */
export async function* walkFolder(
  folder: Folder,
  path: string,
  slices: TimeSlices,
  options?: CallOptions,
): AsyncGenerator<ImageItem> {
  for (const node of [...(await folder.load(options)).values()].sort(byName)) {
    if (slices.isOver) await slices.next();
    const at = childPath(path, node.name);
    yield itemOf(at, node);
    if (node.kind === "directory") yield* walkFolder(node.folder, at, slices, options);
  }
}
