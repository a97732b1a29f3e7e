import type { BlockReader, CallOptions, RecordedBytes } from "@multisession/core";
import { StoredBytes } from "./stored-bytes.ts";

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

/** Bytes of a file that are given at once. */
const PIECE_BYTES = 65_536;

/** As a volume hands it on with a file's content; nothing where it cannot be kept. See `RecordedBytes.encoding`. */
export function encodingOfUnknown({ entry }: UnknownStorage): string | undefined {
  return entry.length <= MAX_ENTRY_BYTES ? `stored ${Buffer.from(entry).toString("hex")}` : undefined;
}

/** The entry that a content's encoding keeps; nothing when it has none, or another. */
export function unknownEntryOf(encoding: string | undefined): Uint8Array | undefined {
  const [, text] = /^stored ((?:[\da-f]{2})+)$/.exec(encoding ?? "") ?? [];
  const entry = text === undefined ? undefined : Buffer.from(text, "hex");
  return entry !== undefined && entry.length <= MAX_ENTRY_BYTES ? entry : undefined;
}

/** The bytes of such a file as they lie on the disc. @throws `READ_FAILED`. */
export async function* asTheyLie(
  reader: BlockReader,
  { extents }: RecordedBytes,
  options?: CallOptions,
): AsyncGenerator<Uint8Array> {
  const stored = new StoredBytes(reader, extents);
  for (let at = 0; at < stored.bytes; at += PIECE_BYTES) yield stored.read(at, PIECE_BYTES, options);
}
