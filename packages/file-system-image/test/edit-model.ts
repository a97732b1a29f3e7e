import fc from "fast-check";
import type { FileSystemImage } from "../src/index.ts";

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
/** One edit of a small tree. */
export const edit = fc.oneof(
  fc.record({ edit: fc.constant("addBytes" as const), path, text: fc.string({ maxLength: 4 }) }),
  fc.record({ edit: fc.constant("replace" as const), path, text: fc.string({ maxLength: 4 }) }),
  fc.record({ edit: fc.constant("mkdir" as const), path }),
  fc.record({ edit: fc.constant("symlink" as const), path, text: fc.constantFrom("x", "y/z") }),
  fc.record({ edit: fc.constant("remove" as const), path, recursive: fc.boolean() }),
  fc.record({ edit: fc.constant("rename" as const), path, to: path }),
);
/** See {@link edit}. */
export type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** The image as a person would keep it on paper: every path with its text, folders with a slash at the end. */
export type Reference = ReadonlyMap<string, string>;

/** Does an edit to the reference; nothing when it is not allowed. */
export function apply(reference: Reference, step: Edit): Reference | undefined {
  const next = new Map(reference);
  const kindOf = (at: string): "file" | "folder" | "link" | undefined => {
    if (at === "" || next.has(`${at}/`)) return "folder";
    const text = next.get(at);
    return text === undefined ? undefined : text.startsWith("-> ") ? "link" : "file";
  };
  const parentOf = (at: string): string => at.slice(0, at.lastIndexOf("/"));
  const makeFolders = (at: string): boolean => {
    if (kindOf(at) === undefined) {
      if (!makeFolders(parentOf(at))) return false;
      next.set(`${at}/`, "");
    }
    return kindOf(at) === "folder";
  };
  const isInside = (key: string, at: string): boolean => key === at || key.startsWith(`${at}/`);
  const { path: at } = step;
  switch (step.edit) {
    case "addBytes":
    case "symlink":
      if (!makeFolders(parentOf(at)) || kindOf(at) !== undefined) return undefined;
      next.set(at, step.edit === "symlink" ? `-> ${step.text}` : step.text);
      return next;
    case "replace":
      if (kindOf(at) !== "file") return undefined;
      next.set(at, step.text);
      return next;
    case "mkdir":
      if (kindOf(parentOf(at)) !== "folder" || kindOf(at) !== undefined) return undefined;
      next.set(`${at}/`, "");
      return next;
    case "remove": {
      const keys = [...next.keys()].filter((key) => isInside(key, at));
      if (keys.length === 0 || (keys.length > 1 && !step.recursive)) return undefined;
      for (const key of keys) next.delete(key);
      return next;
    }
    case "rename": {
      if (kindOf(at) === undefined) return undefined;
      if (step.to === at) return next;
      if (step.to.startsWith(`${at}/`) || kindOf(step.to) !== undefined || kindOf(parentOf(step.to)) !== "folder")
        return undefined;
      for (const [key, text] of reference) {
        if (!isInside(key, at)) continue;
        next.delete(key);
        next.set(step.to + key.slice(at.length), text);
      }
      return next;
    }
  }
}

/** Does an edit to an image; whether it was allowed. */
export async function perform(image: FileSystemImage, step: Edit): Promise<boolean> {
  const run = (): Promise<void> => {
    switch (step.edit) {
      case "addBytes":
        return image.addBytes(step.path, Buffer.from(step.text));
      case "replace":
        return image.replace(step.path, Buffer.from(step.text));
      case "mkdir":
        return image.mkdir(step.path);
      case "symlink":
        return image.symlink(step.path, step.text);
      case "remove":
        return image.remove(step.path, { recursive: step.recursive });
      case "rename":
        return image.rename(step.path, step.to);
    }
  };
  return run().then(
    () => true,
    () => false,
  );
}

/** The reference as a plain object, sorted by path. */
export const plain = (reference: Reference): Record<string, string> => Object.fromEntries([...reference].sort());
/** The contents of an image, sorted by path. */
export const sorted = (contents: Record<string, string>): Record<string, string> =>
  plain(new Map(Object.entries(contents)));
