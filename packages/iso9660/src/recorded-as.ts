/** What a node is called in hierarchies that cannot hold its own name; absent where it is called as it would be alone. */
export interface HierarchyNames {
  /** Name, dot, extension, without the version. */
  readonly iso?: string;
  readonly joliet?: string;
  /** Its own name, where that was read from the enhanced hierarchy and a new file would be called otherwise there. */
  readonly enhanced?: string | undefined;
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

/** What is remembered of a node beside what it is called. */
interface Remembered {
  /** Of a file with several names. */
  readonly links?: RecordedLinks | undefined;
  /** Of a folder that was moved because it lies too deep: its name where it was moved to, as {@link HierarchyNames.iso}. */
  readonly movedAs?: string | undefined;
}

/**
 * Text that comes back with the node: both names and, so that a renamed node gets new ones, its own; behind them what else is
 * remembered. No name holds a slash.
 */
export function encodeRecordedAs(
  { iso = "", joliet = "", enhanced = "" }: HierarchyNames,
  name: string,
  { links, movedAs }: Remembered = {},
): string {
  if (enhanced !== "") return `${iso}/${joliet}/${name}////${enhanced}`;
  if (movedAs !== undefined) return `${iso}/${joliet}/${name}///${movedAs}`;
  if (links !== undefined) return `${iso}/${joliet}/${name}/${links.links}/${links.serial ?? ""}`;
  return iso === "" && joliet === "" ? ALONE : `${iso}/${joliet}/${name}`;
}

/** What was recorded of the names of a file that had several. */
export function decodeRecordedLinks({ recordedAs }: { readonly recordedAs?: string }): RecordedLinks | undefined {
  const [, , , links, serial] = recordedAs?.split("/") ?? [];
  return links ? { links: Number(links), ...(serial && { serial: Number(serial) }) } : undefined;
}

/**
 * The text for a folder in the place that it was moved to: it keeps the name that it had there. Nothing when it was not moved
 * before, or was called otherwise.
 */
export function recordedAsMoved({
  recordedAs,
  name,
}: {
  readonly recordedAs?: string;
  readonly name: string;
}): string | undefined {
  const [, , recordedName, , , movedAs] = recordedAs?.split("/") ?? [];
  return !movedAs || recordedName !== name ? undefined : encodeRecordedAs({ iso: movedAs }, name);
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
  const [iso = "", joliet = "", recordedName, , , , enhanced] = recordedAs.split("/");
  if (recordedName !== name) return undefined;
  return { ...(iso && { iso }), ...(joliet && { joliet }), ...(enhanced && { enhanced }) };
}
