/** One message of iSCSI (RFC 7143, 11.2): a header of 48 bytes, and data that is filled up to whole words. */
export interface Pdu {
  readonly head: Buffer;
  readonly data: Buffer;
}

/** Bytes of a header. */
export const HEAD_BYTES = 48;
const WORD = 4;

/** Takes the messages out of what a connection brings; `take` gets each one that is whole. */
export function pduReader(take: (pdu: Pdu) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUIntBE(5, 3);
      const start = HEAD_BYTES + rest.readUInt8(4) * WORD;
      const end = start + length + padding(length);
      if (rest.length < end) return;
      const pdu = {
        head: Buffer.from(rest.subarray(0, HEAD_BYTES)),
        data: Buffer.from(rest.subarray(start, start + length)),
      };
      rest = rest.subarray(end);
      take(pdu);
    }
  };
}

/** The bytes of a message; its length is put into the header. */
export function pduBytes(head: Buffer, data: Uint8Array = new Uint8Array()): Buffer {
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data, Buffer.alloc(padding(data.length))]);
}

function padding(length: number): number {
  return (WORD - (length % WORD)) % WORD;
}
