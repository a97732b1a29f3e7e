import { ProtocolError } from "./protocol-error.ts";

/** Key and value of a negotiation, in the order in which they were sent. */
export type TextPairs = readonly (readonly [key: string, value: string])[];

/** Longest key (RFC 7143, 6.1). */
const LONGEST_KEY = 63;
/** Longest value (RFC 7143, 6.1). */
const LONGEST_VALUE = 8192;
/** More pairs than all standard keys together are nothing that an initiator means. */
const MOST_PAIRS = 256;

/**
 * Reads the data segment of a login or text request: pairs `key=value`, each ended by a NUL.
 *
 * @throws `ProtocolError` when it is none, and when a key is sent twice (RFC 7143, 6.1: each key once).
 */
export function parseText(bytes: Uint8Array): TextPairs {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  const parts = text.split("\0").filter((part) => part !== "");
  if (parts.length > MOST_PAIRS) throw new ProtocolError(`${parts.length} keys at once`);
  const seen = new Set<string>();
  return parts.map((part) => {
    const at = part.indexOf("=");
    const [key, value] = [part.slice(0, at), part.slice(at + 1)];
    if (at <= 0 || key.length > LONGEST_KEY || value.length > LONGEST_VALUE)
      throw new ProtocolError("text that is no key with its value");
    if (seen.has(key)) throw new ProtocolError(`the key ${key} twice`);
    seen.add(key);
    return [key, value] as const;
  });
}

/**
 * The data segment of an answer.
 *
 * @throws `ProtocolError` when it is longer than the initiator takes: so many keys there are not.
 */
export function buildAnswer(pairs: TextPairs, most: number): Uint8Array {
  const text = buildText(pairs);
  if (text.length > most) throw new ProtocolError("more keys than it takes answers");
  return text;
}

/** The data segment that says these pairs. */
export function buildText(pairs: TextPairs): Uint8Array {
  return Buffer.from(pairs.map(([key, value]) => `${key}=${value}\0`).join(""), "utf8");
}
