import { iStream } from "../interfaces/automation.ts";
import type { Com } from "./com.ts";
import { type ComServer, type FaceOf, face, type ServedObject } from "./com-server.ts";
import { ComError, hresults } from "./hresult.ts";
import type { Pointer } from "./runtime.ts";

/** Where the bytes of a stream come from. Called while native code waits, so it must answer at once. */
export interface StreamSource {
  /** Length of the stream. */
  readonly bytes: number;
  /** Fills `target` from `position` on; all of it, as it is never asked for more than there is. */
  readInto(target: Uint8Array, position: number): void;
}

/** Origins of a seek (`STREAM_SEEK_…`). */
const origins = { set: 0, current: 1, end: 2 } as const;
/** STGTY_STREAM */
const STREAM = 2;
/** Bytes of STATSTG where pointers have 64 bits: the type lies at 8, the size at 16. */
const STATSTG_BYTES = 80;

/** A stream of ours that native code reads. `others` are interfaces that the object has beside IStream. */
export function serveStream(
  com: Com,
  server: ComServer,
  source: StreamSource,
  ...others: readonly FaceOf[]
): ServedObject {
  return streamFrom(com, server, source, 0, others);
}

function streamFrom(
  com: Com,
  server: ComServer,
  source: StreamSource,
  start: number,
  others: readonly FaceOf[],
): ServedObject {
  let position = start;
  const read = (target: Pointer, wanted: number): number => {
    const bytes = Math.max(0, Math.min(wanted, source.bytes - position));
    if (bytes === 0) return 0;
    if (target === null) throw new ComError(hresults.badPointer, "IStream::Read");
    source.readInto(com.memory.bytes(target, bytes), position);
    position += bytes;
    return bytes;
  };
  const seek = (distance: bigint, origin: number): bigint => {
    const from = { [origins.set]: 0, [origins.current]: position, [origins.end]: source.bytes }[origin];
    const to = from === undefined ? -1 : from + Number(distance);
    if (to < 0) throw new ComError(hresults.streamInvalidFunction, "IStream::Seek");
    position = to;
    return BigInt(to);
  };
  const stream = face(iStream, {
    Read: read,
    Write: () => {
      throw new ComError(hresults.streamAccessDenied, "IStream::Write");
    },
    Seek: seek,
    Commit: () => {},
    Stat: (target) => {
      if (target === null) throw new ComError(hresults.badPointer, "IStream::Stat");
      const stat = com.memory.bytes(target as bigint, STATSTG_BYTES);
      stat.fill(0);
      stat.writeUInt32LE(STREAM, 8);
      stat.writeBigUInt64LE(BigInt(source.bytes), 16);
    },
    Clone: () => streamFrom(com, server, source, position, others).pointer,
  });
  return server.serve(stream, ...others);
}
