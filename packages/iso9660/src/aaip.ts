import { type ExtendedAttribute, MultisessionError } from "@multisession/core";

/** Bytes of an AL entry before its data: signature, length, version, flags (AAIP 2.0, "AL"). */
const HEADER_BYTES = 5;

/** Longest entry, and longest component in one record of it: both lengths are one byte. Even entries keep what follows aligned. */
const MAX_ENTRY_BYTES = 254;
const MAX_COMPONENT_BYTES = 255;

/** Flag of an entry that another one goes on with, and of a record of a component. */
const GOES_ON = 1;

/** Most bytes of a node's AL entries: they take 28 continuation areas, and Linux follows 32. */
export const MAX_ATTRIBUTE_BYTES = 48_000;

/** One byte that stands for the beginning of a name (AAIP 2.0, "Namespace"). */
const namespaces: Readonly<Record<number, string>> = {
  1: "",
  2: "system.",
  3: "user.",
  4: "isofs.",
  5: "trusted.",
  6: "security.",
};

/** Whether it is a note of libisofs for itself: device, inode, place in its list of sums. Of another session it would not be true. */
export function isPrivate({ name }: ExtendedAttribute): boolean {
  return name.startsWith("isofs.");
}

/** Largest byte that may stand for a beginning; names that start with a smaller one are escaped. */
const LAST_NAMESPACE = 0x1f;

/**
 * Extended attributes as AL entries: for each its name and its value, cut into records of up to 255 bytes, one stream of
 * bytes over as many entries as it takes (AAIP 2.0, as libisofs and Linux's `getfattr` names). No entries where there are
 * no attributes.
 *
 * @throws `iso9660/ATTRIBUTES_TOO_LONG` where they take more than {@link MAX_ATTRIBUTE_BYTES}.
 */
export function attributeEntries(attributes: readonly ExtendedAttribute[]): Buffer[] {
  // libisofs (1.5.4) fails on an empty value that is the last: those come first.
  const ordered = attributes.toSorted((a, b) => Math.sign(a.value.length) - Math.sign(b.value.length));
  const stream = Buffer.concat(
    ordered.flatMap(({ name, value }) => [...componentRecords(encodeName(name)), ...componentRecords(value)]),
  );
  const entries: Buffer[] = [];
  const room = MAX_ENTRY_BYTES - HEADER_BYTES;
  if (stream.length + Math.ceil(stream.length / room) * HEADER_BYTES > MAX_ATTRIBUTE_BYTES)
    throw new MultisessionError(
      "iso9660/ATTRIBUTES_TOO_LONG",
      `Extended attributes take ${stream.length} bytes; ISO 9660 has room for about ${MAX_ATTRIBUTE_BYTES} of one item.`,
      { subject: "extended attributes", advice: "Leave some of them out.", retry: "after-change" },
    );
  for (let at = 0; at < stream.length; at += room) {
    const data = stream.subarray(at, at + room);
    const goesOn = at + room < stream.length ? GOES_ON : 0;
    entries.push(
      Buffer.concat([Buffer.from("AL", "latin1"), Buffer.from([HEADER_BYTES + data.length, 1, goesOn]), data]),
    );
  }
  return entries;
}

/** Bytes of {@link shortEntry}. */
export function shortEntryBytes({ name, value }: ExtendedAttribute): number {
  return HEADER_BYTES + 2 + encodeName(name).length + 2 + value.length;
}

/** One attribute that fits into an entry; `goesOn`: the entries of others follow. */
export function shortEntry({ name, value }: ExtendedAttribute, goesOn: boolean): Buffer {
  const data = Buffer.concat([...componentRecords(encodeName(name)), ...componentRecords(value)]);
  return Buffer.concat([
    Buffer.from("AL", "latin1"),
    Buffer.from([HEADER_BYTES + data.length, 1, goesOn ? GOES_ON : 0]),
    data,
  ]);
}

/** The data of an AL entry. */
export function attributeData(entry: Uint8Array): Uint8Array {
  return entry.subarray(HEADER_BYTES);
}

/** Attributes from the data of a node's entries; what is cut off at their end is left out. */
export function readAttributes(pieces: readonly Uint8Array[]): readonly ExtendedAttribute[] {
  const stream = Buffer.concat(pieces);
  const components: Buffer[] = [];
  let records: Buffer[] = [];
  for (let at = 0; at + 2 <= stream.length; ) {
    const length = stream[at + 1] as number;
    if (at + 2 + length > stream.length) break;
    records.push(stream.subarray(at + 2, at + 2 + length));
    if (((stream[at] as number) & GOES_ON) === 0) {
      components.push(Buffer.concat(records));
      records = [];
    }
    at += 2 + length;
  }
  const attributes: ExtendedAttribute[] = [];
  for (let index = 0; index + 1 < components.length; index += 2) {
    const name = decodeName(components[index] as Buffer);
    attributes.push({ name, value: components[index + 1] as Buffer });
  }
  return attributes;
}

function componentRecords(component: Uint8Array): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at === 0 || at < component.length; at += MAX_COMPONENT_BYTES) {
    const piece = component.subarray(at, at + MAX_COMPONENT_BYTES);
    const goesOn = at + MAX_COMPONENT_BYTES < component.length ? GOES_ON : 0;
    records.push(Buffer.concat([Buffer.from([goesOn, piece.length]), piece]));
  }
  return records;
}

function encodeName(name: string): Buffer {
  for (const [byte, beginning] of Object.entries(namespaces))
    if (beginning !== "" && name.startsWith(beginning))
      return Buffer.concat([Buffer.from([Number(byte)]), Buffer.from(name.slice(beginning.length))]);
  const text = Buffer.from(name);
  return (text[0] ?? 0xff) <= LAST_NAMESPACE ? Buffer.concat([Buffer.from([1]), text]) : text;
}

function decodeName(bytes: Buffer): string {
  const beginning = namespaces[bytes[0] ?? 0];
  return beginning === undefined ? bytes.toString() : beginning + bytes.toString("utf8", 1);
}
