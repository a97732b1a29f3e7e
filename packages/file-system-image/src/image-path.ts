import { MultisessionError } from "@multisession/core";

/**
 * The names on the way to an item of the image. Paths are POSIX-like: `/photos/2026`, a leading slash is optional, `/`
 * is the root.
 *
 * @throws `INVALID_PATH` for an empty path, a null character, or a step `.` or `..`.
 */
export function parsePath(path: string): readonly string[] {
  if (typeof path !== "string") throw new TypeError(`A path is a string, not a ${typeof path}`);
  const names = path.split("/").filter((name) => name !== "");
  if (path === "") throw invalid(path, "it is empty", "The root is /.");
  for (const name of names) checkName(name, path);
  return names;
}

/** Checks the name of one item. @throws `INVALID_PATH`. */
export function checkName(name: string, path: string = name): string {
  if (name === "") throw invalid(path, "it is empty");
  if (name.includes("\0")) throw invalid(path.replaceAll("\0", "\\0"), "it holds a null character");
  if (name === "." || name === "..")
    throw invalid(path, `"${name}" is no name of an item`, "Write the path from the root, without . and ..");
  if (name.includes("/")) throw invalid(path, "a name cannot hold a slash");
  return name;
}

/** The path of an item below a folder. */
export function childPath(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

/** The path that the names lead to. */
export function joinPath(names: readonly string[]): string {
  return `/${names.join("/")}`;
}

/** Order of names wherever an order is needed: by code unit, the same on every system. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function invalid(path: string, why: string, advice?: string): MultisessionError {
  return new MultisessionError("INVALID_PATH", `The path "${path}" cannot be used: ${why}.`, {
    subject: path,
    ...(advice === undefined ? {} : { advice }),
  });
}
