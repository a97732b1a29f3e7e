import {
  type Codec,
  dataBlockTypes,
  type ModeData,
  modeData,
  modeData6,
  modePageCode,
  modeSelect6,
  modeSelect10,
  modeSense6,
  modeSense10,
  writeParametersPage,
  writeTypes,
} from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import {
  type CommandEntry,
  invalidField,
  invalidParameter,
  onDrive,
  type Reply,
  upTo,
  wrongListLength,
} from "../command-entry.ts";
import type { Drive } from "../drive.ts";
import { CAPABILITIES, capabilities, defaultModePages, WRITE_PARAMETERS } from "../mode-pages.ts";

/** Page control of MODE SENSE. */
const controls = { current: 0, changeable: 1, defaults: 2, saved: 3 } as const;
/** Page code that asks for all pages. */
const ALL_PAGES = 0x3f;
/** Data of MODE SENSE and MODE SELECT in the long and in the short form, with the length of their headers (SPC). */
const forms = {
  long: { codec: modeData, headerBytes: 8 },
  short: { codec: modeData6, headerBytes: 4 },
} as const satisfies Record<string, Form>;

interface Form {
  readonly codec: Codec<ModeData>;
  readonly headerBytes: number;
}

/** What can be changed: every bit of a page that MODE SELECT takes, none of page 2Ah. */
function changeable(page: Uint8Array): Uint8Array {
  const isFixed = modePageCode(page) === CAPABILITIES;
  return page.map((byte, index) => (index < 2 ? byte : isFixed ? 0 : 0xff));
}

function pagesOf({ modePages, traits, timing, isRemovalPrevented }: Drive, control: number): readonly Uint8Array[] {
  const pages = control === controls.defaults ? defaultModePages : modePages;
  const all = [...pages.values(), capabilities(traits, timing.speeds, isRemovalPrevented)];
  return control === controls.changeable ? all.map(changeable) : all;
}

interface Sensed {
  readonly control: number;
  readonly page: number;
  readonly subpage: number;
  readonly allocationLength: number;
}

function told(drive: Drive, { control, page: code, subpage, allocationLength }: Sensed, { codec }: Form): Reply {
  if (control === controls.saved) return sense(5, 0x39, 0x00);
  if (subpage !== 0) return invalidField;
  const pages = pagesOf(drive, control);
  const chosen = pages.filter((page) => code === ALL_PAGES || modePageCode(page) === code);
  if (chosen.length === 0) return invalidField;
  return upTo(codec.build({ mediumType: 0, pages: chosen }), allocationLength);
}

interface Selected {
  readonly pageFormat: boolean;
  readonly savePages: boolean;
  readonly parameterLength: number;
}

function take(drive: Drive, { pageFormat, savePages, parameterLength }: Selected, data: Uint8Array, form: Form): Reply {
  if (!pageFormat || savePages) return invalidField;
  if (parameterLength === 0) return undefined;
  const list = data.subarray(0, parameterLength);
  if (list.length < parameterLength || list.length < form.headerBytes) return wrongListLength;
  const changed = new Map(drive.modePages);
  for (const page of form.codec.parse(list).pages) {
    const code = modePageCode(page);
    if (changed.get(code)?.length !== page.length) return invalidParameter;
    if (code === WRITE_PARAMETERS && !isOffered(page)) return invalidParameter;
    // A copy also of a `Buffer`, whose `slice` is none.
    const saved = Uint8Array.from(page);
    saved[0] = code;
    changed.set(code, saved);
  }
  drive.modePages = changed;
  return undefined;
}

/** Ways of recording that the drive has. Programs ask by trying: wodim sets each of them and looks at the answer. */
function isOffered(page: Uint8Array): boolean {
  const { writeType, dataBlockType, testWrite } = writeParametersPage.parse(page);
  // No feature offers it: who asks for a rehearsal must not get a recording.
  if (testWrite) return false;
  const { packet, trackAtOnce, sessionAtOnce } = writeTypes;
  if (writeType === packet || writeType === trackAtOnce) return true;
  // The others come with sub-channels, which the disc has no room for. 0 is what goes with a cue sheet.
  return (
    writeType === sessionAtOnce && [dataBlockTypes.raw, dataBlockTypes.mode1].some((type) => type === dataBlockType)
  );
}

/** MODE SENSE and MODE SELECT (SPC, MMC). The short ones are no commands of MMC, but Linux asks them behind virtio. */
export const modeCommands: readonly CommandEntry[] = [
  onDrive(modeSense6, ({ fields, drive }) => told(drive, fields, forms.short)),
  onDrive(modeSense10, ({ fields, drive }) => told(drive, fields, forms.long)),
  onDrive(modeSelect6, ({ fields, drive, dataOut }) => take(drive, fields, dataOut, forms.short)),
  onDrive(modeSelect10, ({ fields, drive, dataOut }) => take(drive, fields, dataOut, forms.long)),
];
