/**
 * What a well-behaved initiator sends in whole sessions, one PDU after another, as bytes: the originals that are damaged.
 * Built here, and not by the target's own code, so that a mistake in that cannot hide itself.
 */

const TARGET = "iqn.2026-11.local.multisession:drives";

/** A PDU: opcode with its flags, big-endian numbers by their place, and data that is filled up to whole words. */
function pdu(opcode, flags, fields, data = Buffer.alloc(0)) {
  const header = Buffer.alloc(48);
  header[0] = opcode;
  header[1] = flags;
  header.writeUIntBE(data.length, 5, 3);
  for (const [place, value] of Object.entries(fields)) {
    if (typeof value === "number") header.writeUInt32BE(value, Number(place));
    else Buffer.from(value).copy(header, Number(place));
  }
  return Buffer.concat([header, data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

const text = (keys) =>
  Buffer.from(
    Object.entries(keys)
      .map(([key, value]) => `${key}=${value}\0`)
      .join(""),
  );
/** ISID and CID; CmdSN 1. */
const identity = { 8: [0x80, 0, 0, 0, 0, 1], 16: 1, 24: 1 };
const names = { InitiatorName: "iqn.2026-11.test:hostile", TargetName: TARGET, SessionType: "Normal" };
const usual = { MaxRecvDataSegmentLength: 65536, InitialR2T: "No", ImmediateData: "Yes", FirstBurstLength: 65536 };
const login = (keys, flags = 0x87) => pdu(0x43, flags, identity, text(keys));
const command = (cmdSn, flags, expected, cdb, data) =>
  pdu(0x01, flags, { 16: cmdSn + 100, 20: expected, 24: cmdSn, 32: cdb }, data);
const dataOut = (tag, transferTag, dataSn, offset, data, isFinal = true) =>
  pdu(0x05, isFinal ? 0x80 : 0, { 16: tag, 20: transferTag, 36: dataSn, 40: offset }, data);
const blocks = (count) => Buffer.alloc(count * 2048, 0xa5);

/** Sessions as lists of PDUs. */
export const conversations = [
  // Discovery.
  [
    login({ InitiatorName: names.InitiatorName, SessionType: "Discovery" }),
    pdu(0x04, 0x80, { 16: 2, 20: 0xffffffff, 24: 1 }, text({ SendTargets: "All" })),
    pdu(0x46, 0x80, { 16: 3, 24: 2 }),
  ],
  // Reads.
  [
    login({ ...names, ...usual }),
    command(1, 0xc1, 255, [0x12, 0, 0, 0, 255, 0]),
    command(2, 0xc1, 64, [0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 64]),
    command(3, 0xc1, 8, [0x25]),
    command(4, 0xc1, 65536, [0x28, 0, 0, 0, 0, 0, 0, 0, 32]),
    command(5, 0xc1, 1024, [0x46, 0, 0, 0, 0, 0, 0, 4, 0]),
    pdu(0x40, 0x80, { 16: 9, 20: 0xffffffff, 24: 6 }, Buffer.from("ping")),
    pdu(0x46, 0x80, { 16: 10, 24: 6 }),
  ],
  // Writes: immediate data, data unasked, and data that has to be asked for.
  [
    login({ ...names, ...usual }),
    command(1, 0xa1, 8192, [0x2a, 0, 0, 0, 0, 0, 0, 0, 4], blocks(4)),
    command(2, 0x21, 16384, [0x2a, 0, 0, 0, 0, 16, 0, 0, 8], blocks(2)),
    dataOut(102, 0xffffffff, 0, 4096, blocks(3), false),
    dataOut(102, 0xffffffff, 1, 10240, blocks(3)),
    command(3, 0xa1, 131072, [0x2a, 0, 0, 0, 0, 32, 0, 0, 64], blocks(16)),
    dataOut(103, 0, 0, 32768, blocks(24), false),
    dataOut(103, 0, 1, 81920, blocks(24)),
    command(4, 0x81, 0, [0x35]),
    pdu(0x46, 0x80, { 16: 10, 24: 5 }),
  ],
  // Task management, reservations, the tray.
  [
    login({ ...names, ImmediateData: "No", InitialR2T: "Yes" }),
    command(1, 0xa1, 8192, [0x2a, 0, 0, 0, 0, 0, 0, 0, 4]),
    pdu(0x42, 0x81, { 16: 50, 20: 101, 24: 2 }),
    command(2, 0x81, 0, [0x16]),
    command(3, 0x81, 0, [0x1e, 0, 0, 0, 1]),
    pdu(0x42, 0x85, { 16: 51, 24: 4 }),
    pdu(0x42, 0x86, { 16: 52, 24: 4 }),
    command(4, 0xc1, 252, [0x03, 0, 0, 0, 252]),
    pdu(0x04, 0x80, { 16: 60, 20: 0xffffffff, 24: 5 }, text({ MaxRecvDataSegmentLength: 512, "X-a": "b" })),
    pdu(0x46, 0x81, { 16: 53, 20: 0, 24: 6 }),
  ],
  // Digests: none of these is right, as nothing computes them.
  [
    login({ ...names, HeaderDigest: "CRC32C", DataDigest: "CRC32C" }),
    command(1, 0xc1, 255, [0x12, 0, 0, 0, 255, 0]),
    command(2, 0xa1, 8192, [0x2a, 0, 0, 0, 0, 0, 0, 0, 4], blocks(4)),
  ],
  // A login in steps, and its text in pieces.
  [
    login({ ...names, AuthMethod: "CHAP,None" }, 0x81),
    login({ HeaderDigest: "None" }, 0x44),
    login({ MaxBurstLength: 4096, ErrorRecoveryLevel: 2 }, 0x87),
    command(1, 0x81, 0, [0]),
  ],
  // What a recorder can do to its disc.
  [
    login({ ...names, ...usual }),
    command(1, 0xa1, 12, [0x04, 0x11], Buffer.from([0, 0, 0, 8, 0, 1, 134, 160, 152, 0, 0, 0])),
    command(2, 0x81, 0, [0x5b, 0, 2]),
    command(3, 0xc1, 34, [0x51, 0, 0, 0, 0, 0, 0, 0, 34]),
    command(4, 0x81, 0, [0x1b, 0, 0, 0, 2]),
    command(5, 0x81, 0, [0x1b, 0, 0, 0, 3]),
  ],
];
