import type { Lba } from "@multisession/core";
import {
  LEAD_OUT,
  msfOf,
  readToc,
  readTrackInformation,
  sessionInformation,
  tocEntry,
  tocFormat,
  tocFormats,
  trackInformation,
} from "@multisession/mmc";

/** READ TOC (formats 0 and 1) says that the last session or track begins elsewhere, as drives with an old table of contents do. */
export interface WrongTocFault {
  /** Which fault it is. */
  readonly fault: "wrong-toc";
  /** Where it seems to begin. */
  readonly start: Lba;
}

/** READ TRACK INFORMATION does not tell an address that it should: its valid bit is 0, and so is the address. */
export interface UntoldAddressFault {
  /** Which fault it is. */
  readonly fault: "untold-address";
  /** The next writable or the last recorded address. */
  readonly which: "next" | "last";
  /** Of this track only. */
  readonly track?: number;
}

/** A fault that changes what a command answers. */
export type WrongAnswerFault = WrongTocFault | UntoldAddressFault;

/** The answer to a command as these faults leave it; the one that was given is not changed. */
export function wrongAnswer(faults: readonly WrongAnswerFault[], cdb: Uint8Array, answer: Uint8Array): Uint8Array {
  return faults.reduce((bytes, fault) => {
    if (fault.fault === "wrong-toc") {
      return cdb[0] === readToc.command.opcode ? wrongToc(fault, cdb, bytes) : bytes;
    }
    return cdb[0] === readTrackInformation.command.opcode ? untold(fault, bytes) : bytes;
  }, answer);
}

function wrongToc({ start }: WrongTocFault, cdb: Uint8Array, answer: Uint8Array): Uint8Array {
  const fields = readToc.parse(cdb);
  const format = tocFormat(fields);
  const address = fields.msf ? msfOf(start) : start;
  if (format === tocFormats.sessions) {
    return sessionInformation.build({ ...sessionInformation.parse(answer), address }).subarray(0, answer.length);
  }
  if (format !== tocFormats.toc) return answer;
  const changed = answer.slice();
  for (let at = answer.length - tocEntry.size; at >= TOC_HEAD; at -= tocEntry.size) {
    const entry = tocEntry.parse(answer.subarray(at, at + tocEntry.size));
    if (entry.track === LEAD_OUT) continue;
    changed.set(tocEntry.build({ ...entry, address }), at);
    break;
  }
  return changed;
}

/** Bytes before the first entry. */
const TOC_HEAD = 4;

function untold({ which, track }: UntoldAddressFault, answer: Uint8Array): Uint8Array {
  const told = trackInformation.parse(answer);
  if (track !== undefined && track !== told.trackNumber) return answer;
  const without =
    which === "next" ? { nextWritableValid: false, nextWritable: 0 } : { lastRecordedValid: false, lastRecorded: 0 };
  return trackInformation.build({ ...told, ...without }).subarray(0, answer.length);
}
