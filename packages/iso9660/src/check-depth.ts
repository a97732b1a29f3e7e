import { MultisessionError } from "@multisession/core";
import type { Dialect, Hierarchy, PlannedDirectory } from "./hierarchy.ts";
import type { Turns } from "./turns.ts";

/** Levels of directories that ISO 9660 allows, the root included (ECMA-119 6.8.2.1). */
export const MAX_LEVELS = 8;

/** Longest path: identifiers of directories and file, and one for each directory but the root (ECMA-119 6.8.2.1). */
export const MAX_PATH_BYTES = 255;

/** A directory's depth and the bytes of its path. */
interface Depth {
  readonly levels: number;
  readonly pathBytes: number;
  readonly path: string;
}

/** @throws `NAME_NOT_ALLOWED` naming the path when a folder lies too deep, or a path is too long. */
export async function checkDepth({ directories }: Hierarchy, dialect: Dialect, turns: Turns): Promise<void> {
  const depths: Depth[] = [];
  for (const [index, { named, parent }] of (directories as readonly PlannedDirectory[]).entries()) {
    const above = depths[parent];
    const depth =
      above === undefined
        ? { levels: 1, pathBytes: 0, path: "" }
        : {
            levels: above.levels + 1,
            pathBytes: above.pathBytes + dialect.identifierBytes(named) + 1,
            path: `${above.path}/${named.node.name}`,
          };
    depths[index] = depth;
    if (depth.levels > MAX_LEVELS)
      refuse(depth.path, `lies ${depth.levels} levels deep; ISO 9660 allows ${MAX_LEVELS}`);
    for (const child of dialect.nameChildren(named.node.children)) {
      // The version of a file counts.
      const bytes = depth.pathBytes + dialect.identifierBytes(child) + (child.node.kind === "directory" ? 1 : 2);
      if (bytes > MAX_PATH_BYTES)
        refuse(`${depth.path}/${child.node.name}`, `has a path of ${bytes} bytes; ISO 9660 allows ${MAX_PATH_BYTES}`);
    }
    await turns.after(named.node.children.length + 1);
  }
}

function refuse(path: string, why: string): never {
  throw new MultisessionError("NAME_NOT_ALLOWED", `"${path}" ${why} (ECMA-119 6.8.2.1).`, {
    subject: path,
    advice: "Move it up, shorten the names of its folders, or allow deep folders.",
  });
}
