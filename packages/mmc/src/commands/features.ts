import {
  bit,
  bits,
  type Codec,
  concat,
  entriesOf,
  type Fields,
  printable,
  raw,
  type Struct,
  struct,
  text,
  u8,
  u16,
  u24,
  u32,
  type Values,
} from "../struct.ts";
import type { Feature } from "./configuration.ts";

/** What a feature descriptor says beside its own fields. */
export interface FeatureState {
  /** It counts for the medium that is in the drive. */
  readonly isCurrent: boolean;
  /** It is always current. */
  readonly isPersistent?: boolean;
  /** Of the descriptor's layout. */
  readonly version?: number;
}

/** The layout of one feature descriptor (MMC). Offsets count from the descriptor's start, its 4-byte head included. */
export interface FeatureLayout<F extends Fields> {
  /** Feature number. */
  readonly code: number;
  /** As MMC writes it. */
  readonly name: string;
  /** The layout of the descriptor. */
  readonly layout: Struct<F>;
  /** Makes a descriptor. */
  describe(state: FeatureState, values?: Partial<Values<F>>): Feature;
  /** Reads the fields of a descriptor. */
  read(feature: Feature): Values<F>;
}

function feature<const F extends Fields>(
  code: number,
  name: string,
  bytes: number,
  fields: F,
  defaults: Partial<Values<F>> = {},
): FeatureLayout<F> {
  const layout = struct(fields, { size: 4 + bytes, defaults });
  return {
    code,
    name,
    layout,
    describe: ({ isCurrent, isPersistent = false, version = 0 }, values = {}) => ({
      code,
      version,
      isPersistent,
      isCurrent,
      data: layout.build(values).subarray(4),
    }),
    read: ({ data }) => layout.parse(concat(new Uint8Array(4), data)),
  };
}

const writeBlocks = { blockBytes: u32(4), blocking: u16(8), hasErrorPage: bit(10, 0) };

/** Feature descriptors by name (MMC). What has no fields counts by being current. */
export const features = {
  core: feature(0x0001, "Core", 8, { interface: u32(4), deviceBusyEvents: bit(8, 0), inquiry2: bit(8, 1) }),
  morphing: feature(0x0002, "Morphing", 4, { asynchronous: bit(4, 0), operationalChange: bit(4, 1) }),
  removableMedium: feature(0x0003, "Removable Medium", 4, {
    /** 0 caddy, 1 tray, 2 pop-up. */
    mechanism: bits(4, 7, 5),
    load: bit(4, 4),
    eject: bit(4, 3),
    preventJumper: bit(4, 2),
    lock: bit(4, 0),
  }),
  writeProtect: feature(0x0004, "Write Protect", 4, {
    softwareProtect: bit(4, 0),
    persistentProtect: bit(4, 1),
    writeInhibit: bit(4, 2),
    discWriteProtect: bit(4, 3),
  }),
  randomReadable: feature(0x0010, "Random Readable", 8, writeBlocks, { blockBytes: 2048 }),
  multiRead: feature(0x001d, "Multi-Read", 0, {}),
  cdRead: feature(0x001e, "CD Read", 4, { digitalAudio: bit(4, 7), errorFlags: bit(4, 1), cdText: bit(4, 0) }),
  dvdRead: feature(0x001f, "DVD Read", 4, { multi110: bit(4, 0), dualR: bit(6, 0) }),
  randomWritable: feature(
    0x0020,
    "Random Writable",
    12,
    { lastLba: u32(4), blockBytes: u32(8), blocking: u16(12), hasErrorPage: bit(14, 0) },
    { blockBytes: 2048 },
  ),
  /** Its link sizes: {@link withLinkSizes}. */
  incrementalStreaming: feature(0x0021, "Incremental Streaming Writable", 4, {
    dataBlockTypes: u16(4),
    trackResources: bit(6, 2),
    addressReservation: bit(6, 1),
    bufferUnderrunFree: bit(6, 0),
    linkSizes: u8(7),
  }),
  sectorErasable: feature(0x0022, "Sector Erasable", 0, {}),
  formattable: feature(0x0023, "Formattable", 8, {
    fullReformat: bit(4, 7),
    withoutSpareAllocation: bit(4, 3),
    expandSpare: bit(4, 2),
    quickCertification: bit(4, 1),
    certification: bit(4, 0),
    randomRecording: bit(8, 0),
  }),
  defectManagement: feature(0x0024, "Hardware Defect Management", 4, { spareInformation: bit(4, 7) }),
  writeOnce: feature(0x0025, "Write Once", 8, writeBlocks, { blockBytes: 2048 }),
  restrictedOverwrite: feature(0x0026, "Restricted Overwrite", 0, {}),
  cdRwCavWrite: feature(0x0027, "CD-RW CAV Write", 4, {}),
  mountRainier: feature(0x0028, "MRW", 4, { write: bit(4, 0), dvdPlusRead: bit(4, 1), dvdPlusWrite: bit(4, 2) }),
  enhancedDefectReporting: feature(0x0029, "Enhanced Defect Reporting", 4, {
    drtDm: bit(4, 0),
    cacheZones: u8(5),
    entries: u16(6),
  }),
  dvdPlusRw: feature(0x002a, "DVD+RW", 4, { write: bit(4, 0), quickStart: bit(5, 1), closeOnly: bit(5, 0) }),
  dvdPlusR: feature(0x002b, "DVD+R", 4, { write: bit(4, 0) }),
  rigidRestrictedOverwrite: feature(0x002c, "Rigid Restricted Overwrite", 4, {
    blank: bit(4, 0),
    intermediate: bit(4, 1),
    defectStatusRead: bit(4, 2),
    defectStatusGenerate: bit(4, 3),
  }),
  trackAtOnce: feature(0x002d, "CD Track At Once", 4, {
    bufferUnderrunFree: bit(4, 6),
    rawSubChannel: bit(4, 4),
    packedSubChannel: bit(4, 3),
    testWrite: bit(4, 2),
    cdRw: bit(4, 1),
    subCode: bit(4, 0),
    dataBlockTypes: u16(6),
  }),
  mastering: feature(0x002e, "CD Mastering", 4, {
    bufferUnderrunFree: bit(4, 6),
    sessionAtOnce: bit(4, 5),
    rawMultisession: bit(4, 4),
    raw: bit(4, 3),
    testWrite: bit(4, 2),
    cdRw: bit(4, 1),
    subCode: bit(4, 0),
    maximumCueSheet: u24(5),
  }),
  dvdRWrite: feature(0x002f, "DVD-R/-RW Write", 4, {
    bufferUnderrunFree: bit(4, 6),
    dualLayer: bit(4, 3),
    testWrite: bit(4, 2),
    dvdRw: bit(4, 1),
  }),
  /** {@link linkSizes} lie behind its fields. */
  layerJump: feature(0x0033, "Layer Jump Recording", 4, { linkSizes: u8(7) }),
  cdRwMedia: feature(0x0037, "CD-RW Media Write Support", 4, { subTypes: u8(5) }),
  pseudoOverwrite: feature(0x0038, "BD-R Pseudo-Overwrite", 4, {}),
  dvdPlusRwDualLayer: feature(0x003a, "DVD+RW Dual Layer", 4, {
    write: bit(4, 0),
    quickStart: bit(5, 1),
    closeOnly: bit(5, 0),
  }),
  dvdPlusRDoubleLayer: feature(0x003b, "DVD+R Double Layer", 4, { write: bit(4, 0) }),
  bdRead: feature(0x0040, "BD Read", 28, {
    burstCutting: bit(4, 0),
    rewritableClasses: raw(8, 8),
    recordableClasses: raw(16, 8),
    readOnlyClasses: raw(24, 8),
  }),
  bdWrite: feature(0x0041, "BD Write", 20, {
    verifyNotRequired: bit(4, 0),
    rewritableClasses: raw(8, 8),
    recordableClasses: raw(16, 8),
  }),
  tsr: feature(0x0042, "TSR", 0, {}),
  hybridDisc: feature(0x0080, "Hybrid Disc", 4, { resetImmunity: bit(4, 0) }),
  powerManagement: feature(0x0100, "Power Management", 0, {}),
  firmwareUpgrade: feature(0x0104, "Firmware Upgrade", 4, { microcode5: bit(4, 0) }),
  timeout: feature(0x0105, "Timeout", 4, { group3: bit(4, 0), unitLength: u16(6) }),
  realTimeStreaming: feature(0x0107, "Real-Time Streaming", 4, {
    streamWriting: bit(4, 0),
    writeSpeedDescriptor: bit(4, 1),
    modePage2a: bit(4, 2),
    setCdSpeed: bit(4, 3),
    bufferCapacityBlocks: bit(4, 4),
    setMediumProfile: bit(4, 5),
  }),
} as const;

/** Number of the Disc Control Blocks feature; its data are 4-byte block identifiers. */
export const DISC_CONTROL_BLOCKS = 0x010a;

/** Data of feature 010Ch: when the drive's firmware was made (MMC). */
export const firmwareDate = struct(
  {
    century: text(0, 2),
    year: text(2, 2),
    month: text(4, 2),
    day: text(6, 2),
    hour: text(8, 2),
    minute: text(10, 2),
    second: text(12, 2),
  },
  { size: 16 },
);

/** Number of the Firmware Date feature, whose data are {@link firmwareDate}. */
export const FIRMWARE_DATE = 0x010c;

/**
 * A descriptor of {@link features}.incrementalStreaming or {@link features}.layerJump with the link sizes that the drive
 * knows for the medium, in blocks: one byte each, filled up to a multiple of 4 (MMC).
 */
export function withLinkSizes(feature: Feature, sizes: readonly number[]): Feature {
  const list = new Uint8Array(Math.ceil(sizes.length / 4) * 4);
  list.set(sizes);
  const data = concat(feature.data.subarray(0, 4), list);
  u8(3).write(data, sizes.length);
  return { ...feature, data };
}

/** The link sizes of such a descriptor, in blocks. */
export function linkSizes({ data }: Feature): readonly number[] {
  return [...data.subarray(4, 4 + u8(3).read(data))];
}

/** One profile that a drive knows. */
export interface ProfileEntry {
  /** Profile number. */
  readonly profile: number;
  /** It is the profile of the medium in the drive. */
  readonly isCurrent: boolean;
}

/** Number of the Profile List feature. */
export const PROFILE_LIST = 0x0000;

const profileEntry = struct({ profile: u16(0), isCurrent: bit(2, 0) }, { size: 4 });

/** Data of feature 0000h: the profiles that the drive knows (MMC). */
export const profileList: Codec<readonly ProfileEntry[]> = {
  parse: (data) => entriesOf(data, profileEntry.size).map(profileEntry.parse),
  build: (profiles) => concat(...profiles.map(profileEntry.build)),
};

/** Number of the Logical Unit Serial Number feature. */
export const SERIAL_NUMBER = 0x0108;

/** Data of feature 0108h: the drive's serial number, filled up with spaces to a multiple of 4 (MMC). */
export const serialNumberFeature: Codec<string> = {
  parse: printable,
  build(serial) {
    const bytes = new Uint8Array(Math.ceil(serial.length / 4) * 4);
    text(0, bytes.length).write(bytes, serial);
    return bytes;
  },
};
