/** Bytes of GUIDs by their text; one copy each, so that native code may keep reading them. */
const known = new Map<string, Uint8Array>();

/** The 16 bytes of a GUID as COM lays them out: three little-endian numbers, then eight bytes. */
export function guidBytes(text: string): Uint8Array {
  const kept = known.get(text);
  if (kept !== undefined) return kept;
  const bytes = Buffer.from(text.replaceAll("-", ""), "hex");
  if (bytes.length !== 16) throw new TypeError(`"${text}" is no GUID`);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  known.set(text, bytes);
  return bytes;
}

/** The text of a GUID, upper case, without braces. */
export function guidText(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes);
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  const hex = copy.toString("hex").toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
