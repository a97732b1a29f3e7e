import { crc32 } from "node:zlib";
import { struct, text, u32 } from "@multisession/mmc";

/**
 * A record of a state file: head, JSON text, data. The checksum covers the file's id, the head from the sequence number on,
 * the text and the data; with the id in it, a piece of another state file that is stored as data is never taken for a
 * record.
 */
const head = struct({ mark: text(0, 4), sequence: u32(4), textBytes: u32(8), dataBytes: u32(12), checksum: u32(16) });
const MARK = "REC:";
const markBytes: Uint8Array = Uint8Array.from(MARK, (letter) => letter.charCodeAt(0));

/** One record that is whole. */
export interface Frame {
  /** Counts the records of a file. */
  readonly sequence: number;
  /** What it says: JSON. */
  readonly text: string;
  /** Blocks that go with it. */
  readonly data: Uint8Array;
  /** Byte behind it. */
  readonly end: number;
}

function checksum(id: string, fields: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(fields.subarray(4, 16), crc32(id)));
}

/** Makes a record. */
export function encodeFrame(
  id: string,
  sequence: number,
  json: string,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  const words = new TextEncoder().encode(json);
  const bytes = new Uint8Array(head.size + words.length + data.length);
  bytes.set(words, head.size);
  bytes.set(data, head.size + words.length);
  const fields = { mark: MARK, sequence, textBytes: words.length, dataBytes: data.length };
  const stored = checksum(id, head.build(fields), bytes.subarray(head.size));
  bytes.set(head.build({ ...fields, checksum: stored }));
  return bytes;
}

/** The record at `at`, when it is whole. */
function decodeFrame(id: string, bytes: Uint8Array, at: number): Frame | undefined {
  const fields = bytes.subarray(at, at + head.size);
  if (fields.length < head.size) return undefined;
  const { mark, sequence, textBytes, dataBytes, checksum: stored } = head.parse(fields);
  const from = at + head.size;
  const end = from + textBytes + dataBytes;
  if (mark !== MARK || end > bytes.length) return undefined;
  if (checksum(id, fields, bytes.subarray(from, end)) !== stored) return undefined;
  const json = new TextDecoder().decode(bytes.subarray(from, from + textBytes));
  return { sequence, text: json, data: bytes.subarray(from + textBytes, end), end };
}

/** The whole records of a file, and how they end. */
export interface Frames {
  /** In their order. */
  readonly frames: readonly Frame[];
  /** Byte behind the last one. */
  readonly end: number;
  /** A record is damaged that was followed by others: what came after it is lost. An unfinished last one is normal. */
  readonly isDamaged: boolean;
}

/** Reads the records from `start` on. */
export function decodeFrames(id: string, bytes: Uint8Array, start: number): Frames {
  const frames: Frame[] = [];
  let at = start;
  for (;;) {
    const frame = decodeFrame(id, bytes, at);
    const expected = (frames.at(-1)?.sequence ?? (frame?.sequence ?? 1) - 1) + 1;
    if (frame === undefined || frame.sequence !== expected) break;
    frames.push(frame);
    at = frame.end;
  }
  return { frames, end: at, isDamaged: at < bytes.length && hasFrame(id, bytes, at + 1) };
}

/** Whether any whole record lies behind `from`. */
function hasFrame(id: string, bytes: Uint8Array, from: number): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(markBytes, from); at >= 0; at = buffer.indexOf(markBytes, at + 1)) {
    if (decodeFrame(id, bytes, at) !== undefined) return true;
  }
  return false;
}
