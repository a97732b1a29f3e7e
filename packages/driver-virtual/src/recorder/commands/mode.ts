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
  multisessionModes,
  sessionFormats,
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
  long: { codec: modeData, headerBytes: 8, sense: modeSense10, select: modeSelect10 },
  short: { codec: modeData6, headerBytes: 4, sense: modeSense6, select: modeSelect6 },
} as const satisfies Record<string, Form>;

interface Form {
  readonly codec: Codec<ModeData>;
  readonly headerBytes: number;
  readonly sense: Pick<typeof modeSense10 | typeof modeSense6, "fields">;
  readonly select: Pick<typeof modeSelect10 | typeof modeSelect6, "fields">;
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

function told(
  drive: Drive,
  { control, page: code, subpage, allocationLength }: Sensed,
  { codec, sense: layout }: Form,
): Reply {
  if (control === controls.saved) return sense(5, 0x39, 0x00);
  if (subpage !== 0) return invalidField(layout, "subpage");
  const pages = pagesOf(drive, control);
  const chosen = pages.filter((page) => code === ALL_PAGES || modePageCode(page) === code);
  if (chosen.length === 0) return invalidField(layout, "page");
  return upTo(codec.build({ mediumType: 0, pages: chosen }), allocationLength);
}

interface Selected {
  readonly pageFormat: boolean;
  readonly savePages: boolean;
  readonly parameterLength: number;
}

function take(drive: Drive, { pageFormat, savePages, parameterLength }: Selected, data: Uint8Array, form: Form): Reply {
  if (!pageFormat) return invalidField(form.select, "pageFormat");
  if (savePages) return invalidField(form.select, "savePages");
  if (parameterLength === 0) return undefined;
  const list = data.subarray(0, parameterLength);
  if (list.length < parameterLength || list.length < form.headerBytes) return wrongListLength;
  const changed = new Map(drive.modePages);
  // No medium has block descriptors.
  const { pages } = form.codec.parse(list);
  let at = list.length - pages.reduce((sum, page) => sum + page.length, 0);
  for (const page of pages) {
    const code = modePageCode(page);
    const known = changed.get(code);
    if (known === undefined) return invalidParameter(writeParametersPage, "pageCode", at);
    if (known.length !== page.length) return invalidParameter(writeParametersPage, "pageLength", at);
    const wrong = code === WRITE_PARAMETERS ? wrongIn(page) : undefined;
    if (wrong !== undefined) return invalidParameter(writeParametersPage, wrong, at);
    at += page.length;
    // A copy also of a `Buffer`, whose `slice` is none.
    const saved = Uint8Array.from(page);
    saved[0] = code;
    changed.set(code, saved);
  }
  drive.modePages = changed;
  return undefined;
}

/**
 * Ways of recording that the drive has: the field that asks for another one. Programs ask by trying: wodim sets each of them
 * and looks at the answer.
 */
function wrongIn(page: Uint8Array): keyof typeof writeParametersPage.fields | undefined {
  const { writeType, dataBlockType, testWrite, multisession, sessionFormat } = writeParametersPage.parse(page);
  // No feature offers it: who asks for a rehearsal must not get a recording.
  if (testWrite) return "testWrite";
  if (!Object.values<number>(multisessionModes).includes(multisession)) return "multisession";
  if (!Object.values<number>(sessionFormats).includes(sessionFormat)) return "sessionFormat";
  const { packet, trackAtOnce, sessionAtOnce } = writeTypes;
  if (writeType === packet || writeType === trackAtOnce) return undefined;
  if (writeType !== sessionAtOnce) return "writeType";
  // The others come with sub-channels, which the disc has no room for. 0 is what goes with a cue sheet.
  return [dataBlockTypes.raw, dataBlockTypes.mode1].some((type) => type === dataBlockType)
    ? undefined
    : "dataBlockType";
}

/** MODE SENSE and MODE SELECT (SPC, MMC). The short ones are no commands of MMC, but Linux asks them behind virtio. */
export const modeCommands: readonly CommandEntry[] = [
  onDrive(modeSense6, ({ fields, drive }) => told(drive, fields, forms.short)),
  onDrive(modeSense10, ({ fields, drive }) => told(drive, fields, forms.long)),
  onDrive(modeSelect6, ({ fields, drive, dataOut }) => take(drive, fields, dataOut, forms.short)),
  onDrive(modeSelect10, ({ fields, drive, dataOut }) => take(drive, fields, dataOut, forms.long)),
];
