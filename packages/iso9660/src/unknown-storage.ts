/**
 * An entry that says how a file's bytes lie on the disc, in a way that is not known here: SF (a sparse file, RRIP 4.1.7), whose
 * tables no program is known to write, or ZF of another algorithm. The file stays where it lies, so the entry stays true,
 * and a session that is added says the same.
 */
export interface UnknownStorage {
  readonly kind: "compressed" | "sparse";
  readonly entry: Uint8Array;
}

/** Longest entry that is kept: SF of version 1.12 has 21 bytes, ZF 16. It must find room in every record. */
const MAX_ENTRY_BYTES = 24;

/** As a volume hands it on with a file's content; nothing where it cannot be kept. See `RecordedBytes.remark`. */
export function remarkOf({ entry }: UnknownStorage): string | undefined {
  return entry.length <= MAX_ENTRY_BYTES ? `stored ${Buffer.from(entry).toString("hex")}` : undefined;
}

/** The entry that a content's remark keeps; nothing when it is one of another file system. */
export function entryIn(remark: string): Uint8Array | undefined {
  const [, text] = /^stored ((?:[\da-f]{2})+)$/.exec(remark) ?? [];
  const entry = text === undefined ? undefined : Buffer.from(text, "hex");
  return entry !== undefined && entry.length <= MAX_ENTRY_BYTES ? entry : undefined;
}
