import { digest, padding } from "./digest.ts";
import { lengths } from "./pdu.ts";
import type { Framing } from "./pdu-reader.ts";

const zeros = new Uint8Array(3);

/**
 * The pieces of a PDU as they go over the wire, without a copy of the data.
 *
 * @param header - 48 bytes; the length of the data is written into it.
 */
export function piecesOf(
  header: Uint8Array,
  data: Uint8Array | undefined,
  { headerDigest, dataDigest }: Pick<Framing, "headerDigest" | "dataDigest">,
): readonly Uint8Array[] {
  lengths.fields.dataBytes.write(header, data?.length ?? 0);
  const head = headerDigest ? [header, digest(header)] : [header];
  if (data === undefined || data.length === 0) return head;
  const fill = zeros.subarray(0, padding(data.length));
  const body = fill.length > 0 ? [data, fill] : [data];
  return dataDigest ? [...head, ...body, digest(...body)] : [...head, ...body];
}
