import { MultisessionError } from "@multisession/core";
import { FileSource, unreadable } from "./file-source.ts";
import { inspectHost, type NamedHostItem } from "./host-folder.ts";

/** What a caller named on the host; a link is followed. @throws `SOURCE_UNREADABLE`. */
export function hostItem(path: string): NamedHostItem {
  try {
    return inspectHost(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** A file that a caller named. @throws `SOURCE_UNREADABLE`, `NOT_A_FILE`. */
export function hostFile(path: string): NamedHostItem & { readonly content: FileSource } {
  const { folder, name, item } = hostItem(path);
  if (item.kind === "file") return { folder, name, item, content: new FileSource(folder, name, item.state) };
  throw new MultisessionError("NOT_A_FILE", `${path} is no file, and cannot be recorded as one.`, { subject: path });
}
