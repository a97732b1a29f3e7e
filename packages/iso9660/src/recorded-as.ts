/** What a node is called in hierarchies that cannot hold its own name; absent where it is called as it would be alone. */
export interface HierarchyNames {
  /** Name, dot, extension, without the version. */
  readonly iso?: string;
  readonly joliet?: string;
}

/** Of a node that is called in both hierarchies as it would be alone: one text for nearly all nodes of a disc. */
const ALONE = "//";

/** Text that comes back with the node: both names and, so that a renamed node gets new ones, its own. No name holds a slash. */
export function encodeRecordedAs({ iso = "", joliet = "" }: HierarchyNames, name: string): string {
  return iso === "" && joliet === "" ? ALONE : `${iso}/${joliet}/${name}`;
}

/** What a node was called when it was recorded; nothing when it is new, or was called otherwise then. */
export function decodeRecordedAs({
  recordedAs,
  name,
}: {
  readonly recordedAs?: string;
  readonly name: string;
}): HierarchyNames | undefined {
  if (recordedAs === undefined) return undefined;
  if (recordedAs === ALONE) return {};
  const [iso = "", joliet = "", recordedName] = recordedAs.split("/");
  return recordedName === name ? { ...(iso && { iso }), ...(joliet && { joliet }) } : undefined;
}
