/** Where the data of a command goes, as the initiator sees it. */
export type Direction = "none" | "in" | "out";

/** One command of the set. */
export interface Opcode {
  /** First byte of the CDB. */
  readonly opcode: number;
  /** As the standards write it. */
  readonly name: string;
  /** Where its data goes. */
  readonly direction: Direction;
  /** Bytes of the CDB. */
  readonly length: 6 | 10 | 12 | 16;
}

/** Length of a CDB by the group code in the opcode's upper three bits (SPC). */
export function cdbLength(opcode: number): 6 | 10 | 12 | 16 {
  const group = (opcode >> 5) & 7;
  return group === 0 ? 6 : group === 4 ? 16 : group === 5 ? 12 : 10;
}

function op(opcode: number, name: string, direction: Direction): Opcode {
  return { opcode, name, direction, length: cdbLength(opcode) };
}

/** Every command that a recorder may be asked for (SPC, MMC). Not all have a layout here. */
export const opcodes = {
  testUnitReady: op(0x00, "TEST UNIT READY", "none"),
  requestSense: op(0x03, "REQUEST SENSE", "in"),
  formatUnit: op(0x04, "FORMAT UNIT", "out"),
  inquiry: op(0x12, "INQUIRY", "in"),
  modeSelect6: op(0x15, "MODE SELECT(6)", "out"),
  reserve6: op(0x16, "RESERVE(6)", "none"),
  release6: op(0x17, "RELEASE(6)", "none"),
  modeSense6: op(0x1a, "MODE SENSE(6)", "in"),
  startStopUnit: op(0x1b, "START STOP UNIT", "none"),
  preventAllow: op(0x1e, "PREVENT ALLOW MEDIUM REMOVAL", "none"),
  readFormatCapacities: op(0x23, "READ FORMAT CAPACITIES", "in"),
  readCapacity: op(0x25, "READ CAPACITY(10)", "in"),
  read10: op(0x28, "READ(10)", "in"),
  write10: op(0x2a, "WRITE(10)", "out"),
  seek10: op(0x2b, "SEEK(10)", "none"),
  writeAndVerify10: op(0x2e, "WRITE AND VERIFY(10)", "out"),
  verify10: op(0x2f, "VERIFY(10)", "none"),
  synchronizeCache: op(0x35, "SYNCHRONIZE CACHE(10)", "none"),
  writeBuffer: op(0x3b, "WRITE BUFFER", "out"),
  readBuffer: op(0x3c, "READ BUFFER", "in"),
  readToc: op(0x43, "READ TOC/PMA/ATIP", "in"),
  getConfiguration: op(0x46, "GET CONFIGURATION", "in"),
  getEventStatus: op(0x4a, "GET EVENT STATUS NOTIFICATION", "in"),
  readDiscInformation: op(0x51, "READ DISC INFORMATION", "in"),
  readTrackInformation: op(0x52, "READ TRACK INFORMATION", "in"),
  reserveTrack: op(0x53, "RESERVE TRACK", "none"),
  sendOpcInformation: op(0x54, "SEND OPC INFORMATION", "out"),
  modeSelect10: op(0x55, "MODE SELECT(10)", "out"),
  reserve10: op(0x56, "RESERVE(10)", "none"),
  release10: op(0x57, "RELEASE(10)", "none"),
  repairTrack: op(0x58, "REPAIR TRACK", "none"),
  modeSense10: op(0x5a, "MODE SENSE(10)", "in"),
  closeTrackSession: op(0x5b, "CLOSE TRACK SESSION", "none"),
  readBufferCapacity: op(0x5c, "READ BUFFER CAPACITY", "in"),
  sendCueSheet: op(0x5d, "SEND CUE SHEET", "out"),
  reportLuns: op(0xa0, "REPORT LUNS", "in"),
  blank: op(0xa1, "BLANK", "none"),
  sendKey: op(0xa3, "SEND KEY", "out"),
  reportKey: op(0xa4, "REPORT KEY", "in"),
  read12: op(0xa8, "READ(12)", "in"),
  write12: op(0xaa, "WRITE(12)", "out"),
  getPerformance: op(0xac, "GET PERFORMANCE", "in"),
  readDiscStructure: op(0xad, "READ DISC STRUCTURE", "in"),
  setStreaming: op(0xb6, "SET STREAMING", "out"),
  setCdSpeed: op(0xbb, "SET CD SPEED", "none"),
  mechanismStatus: op(0xbd, "MECHANISM STATUS", "in"),
  readCd: op(0xbe, "READ CD", "in"),
  sendDiscStructure: op(0xbf, "SEND DISC STRUCTURE", "out"),
} as const satisfies Readonly<Record<string, Opcode>>;

const byOpcode: ReadonlyMap<number, Opcode> = new Map(Object.values(opcodes).map((entry) => [entry.opcode, entry]));

/** The command with that opcode, when it is one of the table. */
export function findOpcode(opcode: number): Opcode | undefined {
  return byOpcode.get(opcode);
}
