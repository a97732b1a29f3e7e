import type { Socket } from "node:net";

/** Bytes of a request's head and of an answer's: see stand-in/machine.h. */
const HEAD_BYTES = 32;
const ANSWER_BYTES = 28;
const CDB_AT = 16;
const SENSE_AT = 8;

/** A request of the stand-in. */
export interface Request {
  /** One letter: see `enum Operation` in stand-in/machine.h. */
  readonly operation: string;
  readonly cdb: Uint8Array;
  readonly value: number;
  /** Most bytes of data in. */
  readonly most: number;
  readonly data: Buffer;
}

/** What a request is answered with. */
export interface Answer {
  readonly hresult?: number;
  readonly sense?: Uint8Array;
  readonly data?: Uint8Array;
}

/** Text as the stand-in reads it: UTF-16, a NUL behind each piece. */
export function texts(...pieces: readonly string[]): Buffer {
  return Buffer.from(pieces.map((piece) => `${piece}\0`).join(""), "utf16le");
}

/** The requests that arrive on a connection, one after another. */
export async function* requestsOf(socket: Socket): AsyncGenerator<Request> {
  const pieces = piecesOf(socket);
  for (;;) {
    const head = await pieces(HEAD_BYTES);
    if (head === undefined) return;
    const data = await pieces(head.readUInt32LE(8));
    if (data === undefined) return;
    yield {
      operation: String.fromCharCode(head[0] ?? 0),
      cdb: head.subarray(CDB_AT, CDB_AT + (head[1] ?? 0)),
      value: head.readUInt32LE(4),
      most: head.readUInt32LE(12),
      data,
    };
  }
}

/** Sends an answer, or tells something nobody asked for. */
export function sendAnswer(socket: Socket, { hresult = 0, sense, data = new Uint8Array() }: Answer): void {
  const head = Buffer.alloc(ANSWER_BYTES);
  head.writeUInt32LE(hresult >>> 0, 0);
  head.writeUInt32LE(data.length, 4);
  if (sense !== undefined) head.set(sense.subarray(0, 18), SENSE_AT);
  socket.cork();
  socket.write(head);
  if (data.length > 0) socket.write(data);
  socket.uncork();
}

/** Cuts what arrives into pieces of given lengths; `undefined` at the end. */
function piecesOf(socket: Socket): (bytes: number) => Promise<Buffer | undefined> {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  return async (bytes) => {
    const parts: Buffer[] = [rest];
    for (let have = rest.length; have < bytes; ) {
      const next = await chunks.next();
      if (next.done) return undefined;
      parts.push(next.value);
      have += next.value.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(bytes);
    return all.subarray(0, bytes);
  };
}
