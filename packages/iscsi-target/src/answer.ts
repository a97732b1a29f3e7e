import { statuses, type UnitResult } from "./logical-unit.ts";
import type { Parameters } from "./negotiation.ts";
import type { StatusNumbers } from "./numbers.ts";
import type { Output } from "./output.ts";
import { dataIn, scsiResponse } from "./pdu.ts";
import type { Task } from "./task.ts";

const nothing = new Uint8Array();

interface Residual {
  readonly isOverflow?: true;
  readonly isUnderflow?: true;
  readonly residualBytes?: number;
}

/** By how much the data is more or less than the initiator expected (RFC 7143, 11.4.5). */
function residual(expected: number, bytes: number): Residual {
  if (bytes > expected) return { isOverflow: true, residualBytes: bytes - expected };
  return bytes < expected ? { isUnderflow: true, residualBytes: expected - bytes } : {};
}

/**
 * Sends the data and the status of a command: the status in the last Data-In where all is well, which spares a PDU, and in
 * a response of its own otherwise (RFC 7143, 11.7.3 and 4.2.3).
 */
export function answer(
  task: Task,
  result: UnitResult,
  parameters: Parameters,
  numbers: StatusNumbers,
  output: Output,
): void {
  const { tag, expectedBytes, reads, writes } = task.request;
  const given = (reads && result.dataIn) || nothing;
  const data = given.subarray(0, Math.min(given.length, expectedBytes));
  const isGood = result.status === statuses.good;
  const transferred = writes ? (task.incoming?.taken ?? 0) : given.length;
  const rest = residual(reads || writes ? expectedBytes : 0, transferred);
  const pieces = sendData(task, data, parameters, numbers, output, isGood ? rest : undefined);
  if (isGood && pieces > 0) return;
  const header = scsiResponse.build({ tag, status: result.status, expDataSn: pieces, ...rest, ...numbers.take() });
  output.send(header, result.sense && senseSegment(result.sense));
}

/** Sends data in pieces that the initiator takes; gives back how many. The last one carries a good status, if there is one. */
function sendData(
  { request: { tag, lun } }: Task,
  data: Uint8Array,
  { initiatorDataBytes, maxBurstBytes }: Parameters,
  numbers: StatusNumbers,
  output: Output,
  status: Residual | undefined,
): number {
  let pieces = 0;
  let burst = 0;
  for (let offset = 0; offset < data.length; ) {
    const piece = data.subarray(offset, offset + Math.min(initiatorDataBytes, maxBurstBytes - burst));
    burst += piece.length;
    const isLast = offset + piece.length === data.length;
    const isFinal = isLast || burst === maxBurstBytes;
    if (burst === maxBurstBytes) burst = 0;
    const hasStatus = isLast && status !== undefined;
    const header = dataIn.build({
      tag,
      isFinal,
      dataSn: pieces,
      offset,
      ...(hasStatus ? { hasStatus, ...status, ...numbers.take() } : { lun, ...numbers.current, statSn: 0 }),
    });
    output.send(header, piece);
    offset += piece.length;
    pieces++;
  }
  return pieces;
}

/** Sense data as a response carries it: its length, and itself (RFC 7143, 11.4.7). */
function senseSegment(sense: Uint8Array): Uint8Array {
  const segment = new Uint8Array(2 + sense.length);
  new DataView(segment.buffer).setUint16(0, sense.length);
  segment.set(sense, 2);
  return segment;
}
