import { cueSheet, sendCueSheet, writeTypes } from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import { type CommandEntry, incompatibleMedium, invalidField, onDisc, wrongListLength } from "../command-entry.ts";
import { writeParametersOf } from "../mode-pages.ts";
import { MOST_CUE_BYTES, sessionOf } from "../session-at-once.ts";

/** 5/2C/00, command sequence error. */
const wrongTime = sense(5, 0x2c, 0x00);
/** Bytes of a line. */
const LINE_BYTES = 8;

/** SEND CUE SHEET (MMC). */
export const cueSheetCommands: readonly CommandEntry[] = [
  onDisc(sendCueSheet, ({ fields: { size }, dataOut, drive, state }) => {
    const isSequential = state.condition.writeModel === "sequential";
    if (!isSequential || state.table.recording.page?.takesCueSheets !== true) return incompatibleMedium;
    if (writeParametersOf(drive.modePages).writeType !== writeTypes.sessionAtOnce) return wrongTime;
    if (state.isFinalized) return state.table.senses.finalized;
    if (size === 0 || size % LINE_BYTES !== 0 || size > MOST_CUE_BYTES) return invalidField(sendCueSheet, "size");
    if (dataOut.length < size) return wrongListLength;
    const session = sessionOf(cueSheet.parse(dataOut.subarray(0, size)), state);
    if ("key" in session) return session;
    drive.sessionAtOnce = session;
    return undefined;
  }),
];
