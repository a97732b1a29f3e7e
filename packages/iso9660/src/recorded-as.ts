/** What a node is called in hierarchies that cannot hold its own name; absent where it is called as it would be alone. */
export interface HierarchyNames {
  /** Name, dot, extension, without the version. */
  readonly iso?: string;
  readonly joliet?: string;
}

/** What the record of a file with several names says of that. */
export interface RecordedLinks {
  /** How many names it has. */
  readonly links: number;
  /** Its serial number, with Rock Ridge 1.12. */
  readonly serial?: number;
}

/** Of a node that is called in both hierarchies as it would be alone: one text for nearly all nodes of a disc. */
const ALONE = "//";

/**
 * Text that comes back with the node: both names and, so that a renamed node gets new ones, its own; of a file with several
 * names what was recorded of them. No name holds a slash.
 */
export function encodeRecordedAs(
  { iso = "", joliet = "" }: HierarchyNames,
  name: string,
  links?: RecordedLinks,
): string {
  if (links !== undefined) return `${iso}/${joliet}/${name}/${links.links}/${links.serial ?? ""}`;
  return iso === "" && joliet === "" ? ALONE : `${iso}/${joliet}/${name}`;
}

/** What was recorded of the names of a file that had several. */
export function decodeRecordedLinks({ recordedAs }: { readonly recordedAs?: string }): RecordedLinks | undefined {
  const [, , , links, serial] = recordedAs?.split("/") ?? [];
  if (links === undefined) return undefined;
  return { links: Number(links), ...(serial && { serial: Number(serial) }) };
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
