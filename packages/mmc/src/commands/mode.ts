import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import {
  bit,
  bits,
  type Codec,
  concat,
  entriesOf,
  type Fields,
  raw,
  type Struct,
  struct,
  u8,
  u16,
  u32,
  type Values,
  type ValuesOf,
} from "../struct.ts";

/** MODE SENSE(10) (5Ah, SPC). */
export const modeSense10 = command(opcodes.modeSense10, {
  disableBlockDescriptors: bit(1, 3),
  /** 0 current, 1 changeable, 2 default, 3 saved values. */
  control: bits(2, 7, 6),
  /** 3Fh asks for all pages. */
  page: bits(2, 5, 0),
  subpage: u8(3),
  allocationLength: u16(7),
});

/** MODE SELECT(10) (55h, SPC). */
export const modeSelect10 = command(
  opcodes.modeSelect10,
  { pageFormat: bit(1, 4), savePages: bit(1, 0), parameterLength: u16(7) },
  { pageFormat: true },
);

const modeHead = struct({ dataLength: u16(0), mediumType: u8(2), deviceSpecific: u8(3), descriptorLength: u16(6) });

/** MODE SENSE data and MODE SELECT list. */
export interface ModeData {
  /** Obsolete, 0 in a drive of today. */
  readonly mediumType: number;
  /** Each page with its 2-byte head. */
  readonly pages: readonly Uint8Array[];
}

/** Pages that lie one behind another, each with its head. */
export function modePages(bytes: Uint8Array): readonly Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const next = at + 2 + (bytes[at + 1] ?? 0);
    pages.push(bytes.slice(at, next));
    at = next;
  }
  return pages;
}

/** MODE SENSE(10) data and MODE SELECT(10) list (SPC): a header, no block descriptors, pages. */
export const modeData: Codec<ModeData> = {
  parse(bytes) {
    const { mediumType, descriptorLength } = modeHead.parse(bytes);
    return { mediumType, pages: modePages(bytes.subarray(8 + descriptorLength)) };
  },
  build({ mediumType, pages }) {
    const body = concat(...pages);
    return concat(modeHead.build({ dataLength: 6 + body.length, mediumType }), body);
  },
};

/** Code of a mode page. */
export function modePageCode(page: Uint8Array): number {
  return (page[0] ?? 0) & 0x3f;
}

const pageHead = { savable: bit(0, 7), pageCode: bits(0, 5, 0), pageLength: u8(1) };

/** A mode page: `build` knows its code and its length. */
function modePage<const F extends Fields>(
  pageCode: number,
  size: number,
  fields: F,
  defaults: Partial<Values<F>> = {},
): Struct<typeof pageHead & F> {
  const all = { ...pageHead, ...fields };
  return struct(all, {
    size,
    defaults: { pageCode, pageLength: size - 2, ...defaults } as Partial<Values<typeof all>>,
  });
}

/** Mode page 01h: read and write error recovery (MMC). */
export const errorRecoveryPage = modePage(0x01, 12, {
  automaticWriteReallocation: bit(2, 7),
  automaticReadReallocation: bit(2, 6),
  transferBlock: bit(2, 5),
  readContinuous: bit(2, 4),
  postError: bit(2, 2),
  disableTransferOnError: bit(2, 1),
  disableCorrection: bit(2, 0),
  readRetries: u8(3),
  writeRetries: u8(8),
  recoveryLimit: u16(10),
});

/** Mode page 05h: write parameters (MMC). Counts on CD, DVD-R and DVD-RW; harmless elsewhere. */
export const writeParametersPage = modePage(
  0x05,
  52,
  {
    bufferUnderrunFree: bit(2, 6),
    linkSizeValid: bit(2, 5),
    testWrite: bit(2, 4),
    /** One of {@link writeTypes}. */
    writeType: bits(2, 3, 0),
    /** One of {@link multisessionModes}. */
    multisession: bits(3, 7, 6),
    fixedPacket: bit(3, 5),
    copy: bit(3, 4),
    /** One of {@link trackModes}. */
    trackMode: bits(3, 3, 0),
    /** One of {@link dataBlockTypes}. */
    dataBlockType: bits(4, 3, 0),
    /** Blocks; counts with `linkSizeValid`. */
    linkSize: u8(5),
    applicationCode: bits(7, 5, 0),
    /** One of {@link sessionFormats}. */
    sessionFormat: u8(8),
    /** Blocks; counts with `fixedPacket`. */
    packetSize: u32(10),
    /** Blocks. */
    audioPause: u16(14),
    mediaCatalogNumber: raw(16, 16),
    recordingCode: raw(32, 16),
    subHeader: u32(48),
  },
  { audioPause: 150 },
);

/** Write types of mode page 05h (MMC). */
export const writeTypes = { packet: 0, trackAtOnce: 1, sessionAtOnce: 2, raw: 3, layerJump: 4 } as const;

/** Multi-session field of mode page 05h (MMC): what closing a session does to the disc. */
export const multisessionModes = { closeDisc: 0, nextAllowed: 3 } as const;

/** Data block types of mode page 05h that are used here (MMC). */
export const dataBlockTypes = { raw: 0, mode1: 8, mode2: 9, xaForm1: 10, xaMixed: 13 } as const;

/** Track modes in mode page 05h: the CONTROL of the Q sub-channel (MMC). */
export const trackModes = { audio: 0, data: 4, incremental: 5 } as const;

/** Session formats in mode page 05h, which are disc types in a table of contents (MMC). */
export const sessionFormats = { cdRom: 0x00, cdI: 0x10, cdRomXa: 0x20 } as const;

/** Mode page 08h: caching (SPC). */
export const cachingPage = modePage(0x08, 20, { writeCache: bit(2, 2), readCacheDisabled: bit(2, 0) });

/** Mode page 1Dh: time-out and protect (MMC); the place of `softwareWriteProtect` is unconfirmed. */
export const timeoutPage = modePage(0x1d, 12, {
  group3Timeout: bit(4, 3),
  timeoutMode: bit(4, 2),
  disableWriteProtect: bit(4, 1),
  softwareWriteProtect: bit(4, 0),
  group1Timeout: u16(6),
  group2Timeout: u16(8),
});

/** Mode page 2Ah without its write speeds. */
export const capabilities = modePage(
  0x2a,
  32,
  {
    readsCdR: bit(2, 0),
    readsCdRw: bit(2, 1),
    /** Packets of a fixed size by addresses that do not count their links (method 2). */
    readsFixedPackets: bit(2, 2),
    readsDvdRom: bit(2, 3),
    readsDvdR: bit(2, 4),
    readsDvdRam: bit(2, 5),
    writesCdR: bit(3, 0),
    writesCdRw: bit(3, 1),
    testWrite: bit(3, 2),
    writesDvdR: bit(3, 4),
    writesDvdRam: bit(3, 5),
    playsAudio: bit(4, 0),
    readsMode2Form1: bit(4, 4),
    readsMode2Form2: bit(4, 5),
    readsMultisession: bit(4, 6),
    bufferUnderrunFree: bit(4, 7),
    cdDaCommands: bit(5, 0),
    cdDaAccurate: bit(5, 1),
    lock: bit(6, 0),
    locked: bit(6, 1),
    preventJumper: bit(6, 2),
    eject: bit(6, 3),
    /** 0 caddy, 1 tray, 2 pop-up. */
    mechanism: bits(6, 7, 5),
    /** 1000 bytes per second, as all speeds here. */
    maximumReadSpeed: u16(8),
    /** 1024 bytes. */
    bufferSize: u16(12),
    currentReadSpeed: u16(14),
    maximumWriteSpeed: u16(18),
    oldCurrentWriteSpeed: u16(20),
    copyManagementRevision: u16(22),
    rotation: bits(27, 1, 0),
    currentWriteSpeed: u16(28),
    writeSpeedCount: u16(30),
  },
  { mechanism: 1, copyManagementRevision: 1 },
);

/** One write speed of {@link capabilitiesPage}. */
export const capabilitySpeed = struct({ rotation: bits(1, 1, 0), speed: u16(2) });

/** A write speed in mode page 2Ah; 1000 bytes per second. */
export type CapabilitySpeed = ValuesOf<typeof capabilitySpeed>;

/** Mode page 2Ah. */
export interface Capabilities extends Partial<ValuesOf<typeof capabilities>> {
  /** Fastest first. */
  readonly writeSpeeds: readonly CapabilitySpeed[];
}

/** Mode page 2Ah: capabilities and mechanical status (MMC), with its write speeds. */
export const capabilitiesPage: Codec<ValuesOf<typeof capabilities> & Capabilities, Capabilities> = {
  parse(page) {
    const fixed = capabilities.parse(page);
    const list = page.subarray(32, 32 + 4 * fixed.writeSpeedCount);
    return { ...fixed, writeSpeeds: entriesOf(list, capabilitySpeed.size).map(capabilitySpeed.parse) };
  },
  build({ writeSpeeds, ...values }) {
    const head = { ...values, pageLength: 30 + 4 * writeSpeeds.length, writeSpeedCount: writeSpeeds.length };
    return concat(capabilities.build(head), ...writeSpeeds.map(capabilitySpeed.build));
  },
};
