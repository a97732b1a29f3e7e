import { modeData, modePageCode, modeSelect10, modeSense10 } from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import { type CommandEntry, invalidField, invalidParameter, onDrive, upTo, wrongListLength } from "../command-entry.ts";
import type { Drive } from "../drive.ts";
import { CAPABILITIES, capabilities, defaultModePages } from "../mode-pages.ts";

/** Page control of MODE SENSE. */
const controls = { current: 0, changeable: 1, defaults: 2, saved: 3 } as const;
/** Page code that asks for all pages. */
const ALL_PAGES = 0x3f;
/** Length of a MODE SELECT list's header. */
const HEADER_BYTES = 8;

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

/** MODE SENSE(10) and MODE SELECT(10) (SPC, MMC). */
export const modeCommands: readonly CommandEntry[] = [
  onDrive(modeSense10, ({ fields, drive }) => {
    if (fields.control === controls.saved) return sense(5, 0x39, 0x00);
    if (fields.subpage !== 0) return invalidField;
    const pages = pagesOf(drive, fields.control);
    const chosen = pages.filter((page) => fields.page === ALL_PAGES || modePageCode(page) === fields.page);
    if (chosen.length === 0) return invalidField;
    return upTo(modeData.build({ mediumType: 0, pages: chosen }), fields.allocationLength);
  }),

  onDrive(modeSelect10, ({ fields, drive, dataOut }) => {
    if (!fields.pageFormat || fields.savePages) return invalidField;
    if (fields.parameterLength === 0) return undefined;
    const list = dataOut.subarray(0, fields.parameterLength);
    if (list.length < fields.parameterLength || list.length < HEADER_BYTES) return wrongListLength;
    const changed = new Map(drive.modePages);
    for (const page of modeData.parse(list).pages) {
      const code = modePageCode(page);
      if (changed.get(code)?.length !== page.length) return invalidParameter;
      // A copy also of a `Buffer`, whose `slice` is none.
      const saved = Uint8Array.from(page);
      saved[0] = code;
      changed.set(code, saved);
    }
    drive.modePages = changed;
    return undefined;
  }),
];
