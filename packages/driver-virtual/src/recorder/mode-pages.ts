import {
  cachingPage,
  capabilitiesPage,
  dataBlockTypes,
  errorRecoveryPage,
  modePageCode,
  multisessionModes,
  timeoutPage,
  trackModes,
  type ValuesOf,
  writeParametersPage,
  writeTypes,
} from "@multisession/mmc";
import type { Speeds } from "../timing/timing.ts";
import type { DriveTraits } from "./drive-traits.ts";

/** The pages that MODE SELECT can change, as the drive comes up with them. */
export const defaultModePages: ReadonlyMap<number, Uint8Array> = new Map(
  [
    errorRecoveryPage.build({ automaticWriteReallocation: true, automaticReadReallocation: true, readRetries: 32 }),
    writeParametersPage.build({
      writeType: writeTypes.trackAtOnce,
      multisession: multisessionModes.closeDisc,
      trackMode: trackModes.data,
      dataBlockType: dataBlockTypes.mode1,
    }),
    cachingPage.build({ writeCache: true }),
    timeoutPage.build({ group1Timeout: 360, group2Timeout: 3600 }),
  ].map((page) => [modePageCode(page), page]),
);

/** Number of mode page 05h. */
export const WRITE_PARAMETERS = 0x05;

type WriteParameters = ValuesOf<typeof writeParametersPage>;

/** Pages are replaced and never changed: each is read once, and not for every WRITE. */
const parsedPages = new WeakMap<Uint8Array, WriteParameters>();
const NO_PAGE = new Uint8Array();

/** Mode page 05h as it is now. */
export function writeParametersOf(pages: ReadonlyMap<number, Uint8Array>): WriteParameters {
  const page = pages.get(WRITE_PARAMETERS) ?? NO_PAGE;
  const known = parsedPages.get(page);
  if (known !== undefined) return known;
  const parsed = writeParametersPage.parse(page);
  parsedPages.set(page, parsed);
  return parsed;
}

/** Whether mode page 05h lets no session follow the one that is closed next. */
export function endsDisc(pages: ReadonlyMap<number, Uint8Array>): boolean {
  return writeParametersOf(pages).multisession !== multisessionModes.nextAllowed;
}

/** Number of mode page 2Ah. */
export const CAPABILITIES = 0x2a;

/** Largest number in a field of two bytes. */
const MOST = 0xffff;

/** Mode page 2Ah: what the drive can, and how fast with this medium. */
export function capabilities(
  { writeSpeeds, readSpeed, bufferBytes }: DriveTraits,
  current: Pick<Speeds, "write" | "read">,
  isRemovalPrevented: boolean,
): Uint8Array {
  const speeds = writeSpeeds.map(({ speed, isAngular }) => ({
    rotation: isAngular ? 1 : 0,
    speed: Math.min(speed, MOST),
  }));
  const fastest = speeds[0]?.speed ?? 0;
  return capabilitiesPage.build({
    readsCdR: true,
    readsCdRw: true,
    readsFixedPackets: true,
    readsDvdRom: true,
    readsDvdR: true,
    readsDvdRam: true,
    writesCdR: true,
    writesCdRw: true,
    writesDvdR: true,
    writesDvdRam: true,
    readsMode2Form1: true,
    readsMode2Form2: true,
    readsMultisession: true,
    bufferUnderrunFree: true,
    lock: true,
    locked: isRemovalPrevented,
    eject: true,
    maximumReadSpeed: Math.min(readSpeed, MOST),
    currentReadSpeed: Math.min(current.read, MOST),
    bufferSize: Math.min(Math.floor(bufferBytes / 1024), MOST),
    maximumWriteSpeed: fastest,
    oldCurrentWriteSpeed: Math.min(current.write, MOST),
    currentWriteSpeed: Math.min(current.write, MOST),
    writeSpeeds: speeds,
  });
}
