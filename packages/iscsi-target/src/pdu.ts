import { bit, bits, type Fields, raw, type Struct, struct, u8, u16, u24, u32, type Values } from "@multisession/mmc";

/** Bytes of the basic header segment, with which every PDU begins (RFC 7143, 11.2.1). */
export const HEADER_BYTES = 48;
/** Task tag of what is no task: a ping that wants no answer, a transfer that nobody asked for (RFC 7143, 11.2.1.8). */
export const NO_TAG = 0xffff_ffff;

/** What a PDU is (RFC 7143, 11.2.1.2). Below 20h from the initiator, the others from the target. */
export const opcodes = {
  nopOut: 0x00,
  scsiCommand: 0x01,
  taskManagement: 0x02,
  login: 0x03,
  text: 0x04,
  dataOut: 0x05,
  logout: 0x06,
  snack: 0x10,
  nopIn: 0x20,
  scsiResponse: 0x21,
  taskManagementResponse: 0x22,
  loginResponse: 0x23,
  textResponse: 0x24,
  dataIn: 0x25,
  logoutResponse: 0x26,
  readyToTransfer: 0x31,
  asyncMessage: 0x32,
  reject: 0x3f,
} as const;

/** One PDU without its digests: the header, its additional segments, and the data without the bytes that fill it up. */
export interface Pdu {
  /** 48 bytes. */
  readonly header: Uint8Array;
  /** Additional header segments as they lie; empty as a rule. */
  readonly more: Uint8Array;
  /** Data segment. */
  readonly data: Uint8Array;
}

/** What every header holds. */
export const anyHeader = struct(
  { opcode: bits(0, 5, 0), isImmediate: bit(0, 6), isFinal: bit(1, 7), lun: raw(8, 8), tag: u32(16) },
  { size: HEADER_BYTES },
);
/** Where the lengths of a PDU lie. */
export const lengths = struct({ moreWords: u8(4), dataBytes: u24(5) }, { size: HEADER_BYTES });
/** Command and status numbers of what the initiator sends. */
export const initiatorNumbers = struct({ cmdSn: u32(24), expStatSn: u32(28) }, { size: HEADER_BYTES });

/** A header and the opcode that belongs to it. */
export interface HeaderLayout<F extends Fields = Fields> extends Struct<F> {
  /** Which PDU it is. */
  readonly opcode: number;
}

function header<const F extends Fields>(opcode: number, fields: F, defaults: Partial<Values<F>> = {}): HeaderLayout<F> {
  const layout = struct(fields, { size: HEADER_BYTES, defaults });
  return {
    ...layout,
    opcode,
    build(values) {
      const bytes = layout.build(values);
      bytes[0] = (bytes[0] ?? 0) | opcode;
      return bytes;
    },
  };
}

const fromInitiator = { isImmediate: bit(0, 6), isFinal: bit(1, 7), tag: u32(16), cmdSn: u32(24), expStatSn: u32(28) };
const fromTarget = { isFinal: bit(1, 7), tag: u32(16), statSn: u32(24), expCmdSn: u32(28), maxCmdSn: u32(32) };
const final = { isFinal: true } as const;

/** SCSI Command (RFC 7143, 11.3). */
export const scsiCommand = header(opcodes.scsiCommand, {
  ...fromInitiator,
  reads: bit(1, 6),
  writes: bit(1, 5),
  attribute: bits(1, 2, 0),
  lun: raw(8, 8),
  expectedBytes: u32(20),
  cdb: raw(32, 16),
});

/** SCSI Response (RFC 7143, 11.4). Its data segment is the sense data behind its length. */
export const scsiResponse = header(
  opcodes.scsiResponse,
  {
    ...fromTarget,
    isOverflow: bit(1, 2),
    isUnderflow: bit(1, 1),
    response: u8(2),
    status: u8(3),
    expDataSn: u32(36),
    residualBytes: u32(44),
  },
  final,
);

/** Task Management Function Request (RFC 7143, 11.5). */
export const taskManagement = header(
  opcodes.taskManagement,
  { ...fromInitiator, function: bits(1, 6, 0), lun: raw(8, 8), referencedTag: u32(20), refCmdSn: u32(32) },
  final,
);

/** Task management functions (RFC 7143, 11.5.1). */
export const taskFunctions = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAutoContingentAllegiance: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
} as const;

/** Task Management Function Response (RFC 7143, 11.6). */
export const taskManagementResponse = header(opcodes.taskManagementResponse, { ...fromTarget, response: u8(2) }, final);

/** What became of a task management function (RFC 7143, 11.6.1). */
export const taskResponses = {
  complete: 0,
  noTask: 1,
  noLun: 2,
  noReassignment: 4,
  notSupported: 5,
  rejected: 255,
} as const;

/** SCSI Data-Out (RFC 7143, 11.7). */
export const dataOut = header(opcodes.dataOut, {
  isFinal: bit(1, 7),
  lun: raw(8, 8),
  tag: u32(16),
  transferTag: u32(20),
  expStatSn: u32(28),
  dataSn: u32(36),
  offset: u32(40),
});

/** SCSI Data-In (RFC 7143, 11.7). */
export const dataIn = header(
  opcodes.dataIn,
  {
    ...fromTarget,
    isOverflow: bit(1, 2),
    isUnderflow: bit(1, 1),
    hasStatus: bit(1, 0),
    status: u8(3),
    lun: raw(8, 8),
    transferTag: u32(20),
    dataSn: u32(36),
    offset: u32(40),
    residualBytes: u32(44),
  },
  { transferTag: NO_TAG },
);

/** Ready To Transfer (RFC 7143, 11.8). */
export const readyToTransfer = header(
  opcodes.readyToTransfer,
  { ...fromTarget, lun: raw(8, 8), transferTag: u32(20), r2tSn: u32(36), offset: u32(40), desiredBytes: u32(44) },
  final,
);

/** Asynchronous Message (RFC 7143, 11.9). */
export const asyncMessage = header(
  opcodes.asyncMessage,
  { ...fromTarget, lun: raw(8, 8), event: u8(36), vendorCode: u8(37), first: u16(38), second: u16(40), third: u16(42) },
  { ...final, tag: NO_TAG },
);

/** What an asynchronous message tells (RFC 7143, 11.9.1). */
export const asyncEvents = { logoutRequest: 1, connectionDropped: 2, allConnectionsDropped: 3 } as const;

/** Text Request (RFC 7143, 11.10). */
export const textRequest = header(opcodes.text, {
  ...fromInitiator,
  continues: bit(1, 6),
  lun: raw(8, 8),
  transferTag: u32(20),
});

/** Text Response (RFC 7143, 11.11). */
export const textResponse = header(opcodes.textResponse, {
  ...fromTarget,
  continues: bit(1, 6),
  lun: raw(8, 8),
  transferTag: u32(20),
});

/** Login Request (RFC 7143, 11.12). Always immediate. */
export const loginRequest = header(opcodes.login, {
  isImmediate: bit(0, 6),
  transits: bit(1, 7),
  continues: bit(1, 6),
  stage: bits(1, 3, 2),
  nextStage: bits(1, 1, 0),
  versionMax: u8(2),
  versionMin: u8(3),
  isid: raw(8, 6),
  tsih: u16(14),
  tag: u32(16),
  cid: u16(20),
  cmdSn: u32(24),
  expStatSn: u32(28),
});

/** Login Response (RFC 7143, 11.13). */
export const loginResponse = header(opcodes.loginResponse, {
  transits: bit(1, 7),
  continues: bit(1, 6),
  stage: bits(1, 3, 2),
  nextStage: bits(1, 1, 0),
  versionMax: u8(2),
  versionActive: u8(3),
  isid: raw(8, 6),
  tsih: u16(14),
  tag: u32(16),
  statSn: u32(24),
  expCmdSn: u32(28),
  maxCmdSn: u32(32),
  status: u16(36),
});

/** Logout Request (RFC 7143, 11.14). */
export const logoutRequest = header(opcodes.logout, { ...fromInitiator, reason: bits(1, 6, 0), cid: u16(20) }, final);

/** Logout Response (RFC 7143, 11.15). */
export const logoutResponse = header(
  opcodes.logoutResponse,
  { ...fromTarget, response: u8(2), timeToWait: u16(40), timeToRetain: u16(42) },
  final,
);

/** What became of a logout (RFC 7143, 11.15.1). */
export const logoutResponses = { closed: 0, noConnection: 1, noRecovery: 2 } as const;

/** Reject (RFC 7143, 11.17). Its data segment is the header that was refused. */
export const reject = header(
  opcodes.reject,
  { ...fromTarget, reason: u8(2), dataSn: u32(36) },
  { ...final, tag: NO_TAG },
);

/** Why a PDU was refused (RFC 7143, 11.17.1). */
export const rejectReasons = {
  dataDigest: 0x02,
  snack: 0x03,
  protocolError: 0x04,
  commandNotSupported: 0x05,
  tooManyImmediate: 0x06,
  taskInProgress: 0x07,
  invalidField: 0x09,
  outOfResources: 0x0a,
} as const;

/** NOP-Out (RFC 7143, 11.18). */
export const nopOut = header(
  opcodes.nopOut,
  { ...fromInitiator, lun: raw(8, 8), transferTag: u32(20) },
  { ...final, transferTag: NO_TAG },
);

/** NOP-In (RFC 7143, 11.19). */
export const nopIn = header(
  opcodes.nopIn,
  { ...fromTarget, lun: raw(8, 8), transferTag: u32(20) },
  { ...final, transferTag: NO_TAG },
);
