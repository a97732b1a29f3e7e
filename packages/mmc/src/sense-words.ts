import type { Sense } from "@multisession/core";
import type { FieldPointer, SenseData } from "./sense.ts";

const keyWords: readonly string[] = [
  "no error",
  "recovered error",
  "not ready",
  "medium error",
  "hardware error",
  "illegal request",
  "unit attention",
  "data protected",
  "blank check",
  "vendor specific",
  "copy aborted",
  "command aborted",
  "reserved",
  "volume overflow",
  "miscompare",
  "completed",
];

/** Additional sense codes and qualifiers that recorders send (SPC annex, MMC), in words; `ASC << 8 | ASCQ`. */
const codeWords: ReadonlyMap<number, string> = new Map([
  [0x0000, "nothing more is known"],
  [0x0200, "the pickup found no position"],
  [0x0400, "the drive is not ready"],
  [0x0401, "the drive is becoming ready"],
  [0x0402, "the disc does not spin; a start command is needed"],
  [0x0403, "somebody must do something at the drive"],
  [0x0404, "a format is in progress"],
  [0x0407, "an operation is in progress"],
  [0x0408, "a long write is in progress"],
  [0x0803, "the connection to the drive damages data (CRC)"],
  [0x0900, "the pickup lost the track"],
  [0x0901, "the tracking servo failed"],
  [0x0902, "the focus servo failed"],
  [0x0903, "the spindle servo failed"],
  [0x0904, "the head was disturbed"],
  [0x0b00, "a warning of the drive"],
  [0x0c00, "the block could not be written"],
  [0x0c01, "the write was moved to a spare place"],
  [0x0c02, "the write failed, and there was no spare place"],
  [0x0c07, "the write has to be recovered"],
  [0x0c08, "the write could not be recovered"],
  [0x0c09, "the stream of data broke off"],
  [0x0c0a, "filling blocks were written"],
  [0x0c0f, "too many defects in one stretch"],
  [0x1100, "the block could not be read"],
  [0x1105, "the block is beyond what error correction can repair"],
  [0x1500, "the pickup missed its position"],
  [0x1501, "the mechanism missed its position"],
  [0x1502, "reading the medium showed a wrong position"],
  [0x1a00, "the length of the parameters is wrong"],
  [0x1d00, "what was read differs from what was to be compared"],
  [0x2000, "the drive does not know this command"],
  [0x2100, "the address is outside the medium"],
  [0x2101, "the element address is wrong"],
  [0x2102, "the address cannot be written: it is not the next writable one"],
  [0x2103, "the write would cross a layer jump"],
  [0x2400, "the drive does not take this form of the command"],
  [0x2600, "the drive does not take these parameters"],
  [0x2601, "the drive does not know this parameter"],
  [0x2602, "a parameter has a value that the drive does not take"],
  [0x2700, "the medium is write-protected"],
  [0x2701, "the cartridge or the drive is write-protected"],
  [0x2702, "the drive was told to protect the medium"],
  [0x2703, "the medium is write-protected for this program"],
  [0x2704, "the medium is write-protected until that is undone"],
  [0x2705, "the medium is write-protected for good"],
  [0x2706, "the medium is write-protected under a condition"],
  [0x2800, "the medium may have been changed"],
  [0x2900, "the drive was reset or switched on"],
  [0x2901, "the drive was switched on"],
  [0x2902, "the bus was reset"],
  [0x2903, "the drive was reset by a program"],
  [0x2904, "the drive reset itself"],
  [0x2907, "the connection to the drive was lost"],
  [0x2a01, "the mode parameters were changed"],
  [0x2c00, "the command comes at the wrong time"],
  [0x2c03, "the program area is not empty"],
  [0x2c04, "the program area is empty"],
  [0x2e00, "there is not enough time for the operation"],
  [0x3000, "the medium does not suit this command"],
  [0x3002, "the drive cannot read this kind of medium"],
  [0x3005, "the drive cannot write this medium as it is"],
  [0x3006, "the drive cannot format or blank this medium as it is"],
  [0x3009, "the last session is not closed"],
  [0x3010, "the medium is not formatted"],
  [0x3011, "the drive is too old to write this medium"],
  [0x3100, "the format of the medium is damaged"],
  [0x3101, "the format failed"],
  [0x3200, "no spare place is left for a defect"],
  [0x3201, "the list of defects could not be updated"],
  [0x3900, "the drive saves no parameters"],
  [0x3a00, "there is no medium"],
  [0x3a01, "there is no medium; the tray is closed"],
  [0x3a02, "there is no medium; the tray is open"],
  [0x3e00, "the drive has not configured itself"],
  [0x3e01, "the drive failed"],
  [0x3e02, "the drive gave up after a time-out"],
  [0x3f01, "the drive has new firmware"],
  [0x4400, "the drive failed inside"],
  [0x4e00, "commands overlapped"],
  [0x5100, "erasing failed"],
  [0x5101, "erasing did not complete"],
  [0x5302, "the tray is locked"],
  [0x5503, "the drive or the medium has no resources left for this"],
  [0x5700, "the table of contents could not be read"],
  [0x5a00, "somebody wants the medium"],
  [0x5a01, "somebody pressed the eject button"],
  [0x5d03, "the spare places run out"],
  [0x6300, "the end of the track is reached"],
  [0x6301, "the packet does not fit into the track"],
  [0x6400, "the track is not in the right mode for this"],
  [0x6401, "the packet has the wrong size"],
  [0x6f00, "copy protection refuses this"],
  [0x7200, "the session could not be closed"],
  [0x7201, "the session could not be closed: its lead-in failed"],
  [0x7202, "the session could not be closed: its lead-out failed"],
  [0x7203, "a track of the session is still open"],
  [0x7204, "a reserved track is empty or partly written"],
  [0x7205, "no more tracks can be reserved"],
  [0x7206, "the management zone cannot be extended"],
  [0x7207, "no more test zones can be made"],
  [0x7300, "the disc control failed"],
  [0x7301, "the calibration area is almost full"],
  [0x7302, "the calibration area is full"],
  [0x7303, "the laser could not be calibrated for this medium"],
  [0x7304, "the management area could not be updated"],
  [0x7305, "the management area is full"],
  [0x7306, "the management area is almost full"],
  [0x7310, "the calibration area in use is almost full"],
  [0x7311, "the calibration area in use is full"],
  [0x7317, "the recording management zone is full"],
]);

const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, "0");

/** The short form that the field uses: key, code and qualifier in hexadecimal, such as `5/21/02`. */
export function senseCode({ key, asc, ascq }: Sense): string {
  return `${key.toString(16).toUpperCase()}/${hex(asc)}/${hex(ascq)}`;
}

/**
 * Says sense data in words: `the address cannot be written: it is not the next writable one (illegal request 5/21/02)`.
 * A code that is not in the table is named by its key alone.
 */
export function describeSense(sense: SenseData): string {
  const key = keyWords[sense.key] ?? "unknown";
  const words = codeWords.get((sense.asc << 8) | sense.ascq);
  const code = `${senseCode(sense)}${sense.field === undefined ? "" : placeOf(sense.field)}`;
  return words ? `${words} (${key} ${code})` : `${key} (${code})`;
}

function placeOf({ in: where, byte, bit }: FieldPointer): string {
  return `, byte ${byte}${bit === undefined ? "" : `, bit ${bit}`} of the ${where}`;
}
