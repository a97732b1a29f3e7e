import { hostFile, hostItem } from "./host-file.ts";
import { HostFolder, type NamedHostItem, pathText } from "./host-folder.ts";
import { HostListings } from "./host-listings.ts";
import { type AddReport, HostMerge, type MergeOptions, type MergeTarget } from "./host-merge.ts";
import { checkName, joinPath, parsePath } from "./image-path.ts";
import { type ImageTree, notADirectory } from "./image-tree.ts";
import type { SpareReader } from "./read-ahead/spare-reader.ts";

/** Options of `add`. */
export interface AddOptions extends MergeOptions {
  /** Folder of the image that takes the file, or the contents of the folder; made when it does not exist. Default `/`. */
  readonly into?: string;
  /** Name in the image: of the file, or of a folder in `into` that takes the contents. */
  readonly name?: string;
}

/** What files and folders of the host are added to, and with. */
export interface HostAddition extends MergeTarget {
  readonly tree: ImageTree;
  /** Lists folders ahead. */
  readonly reader: SpareReader;
}

/** Adds a file, or the contents of a folder. @throws as `EditableTree.add`. */
export async function addFromHost(to: HostAddition, source: string, options: AddOptions): Promise<AddReport> {
  const host = hostItem(source);
  if (host.item.kind === "directory") return addFolder(to, host, options, false);
  const { content, item } = hostFile(source);
  const { into = "/", name = host.name } = options;
  const names = parsePath(into);
  const folder = await to.tree.makeFolders(names);
  const merge = new HostMerge(to, listingsFor(to, options), options, false);
  await merge.mergeFile(content, item.attributes, folder, joinPath(names), checkName(name));
  return merge.report();
}

/** As {@link addFromHost} of a folder, and removes what is not in it. @throws as `EditableTree.mirror`. */
export async function mirrorFromHost(to: HostAddition, source: string, options: AddOptions): Promise<AddReport> {
  const host = hostItem(source);
  if (host.item.kind === "directory") return addFolder(to, host, options, true);
  throw notADirectory(pathText(host.folder.pathOf(host.name)));
}

async function addFolder(
  to: HostAddition,
  { folder: parent, name: ownName, item }: NamedHostItem,
  options: AddOptions,
  isMirror: boolean,
): Promise<AddReport> {
  const { into = "/", name } = options;
  const names = [...parsePath(into), ...(name === undefined ? [] : [checkName(name)])];
  const folder = await to.tree.makeFolders(names, item.attributes);
  const listings = listingsFor(to, options);
  const merge = new HostMerge(to, listings, options, isMirror);
  try {
    await merge.mergeFolder(new HostFolder(parent.pathOf(ownName)), folder, joinPath(names));
  } catch (error) {
    // What the thread still lists nobody needs, and it would keep the process.
    void to.reader.close();
    throw error;
  } finally {
    listings.stop();
  }
  return merge.report();
}

function listingsFor({ reader }: HostAddition, options: AddOptions): HostListings {
  return new HostListings(() => reader.borrow(), options);
}
