import { type GroupAdvice, group, type HresultEntry, type Row } from "./hresult-entry.ts";

/** Upper halves: failure of IMAPI2 (facility AAh), and the failures of the builder of raw images. */
const IMAPI = 0xc0aa;
const RAW_IMAGE = 0x80aa;

const program: GroupAdvice = { advice: "Report it: this package does not write audio tracks.", retry: "no" };
const disc: GroupAdvice = { advice: "Use a blank CD-R or CD-RW.", retry: "other-disc" };

/** What the two writers of CDs share, by the low byte. */
const shared = (base: number): readonly Row[] => [
  [base + 0x00, "WRITE_IN_PROGRESS", "A write is under way.", { code: "BUSY" }],
  [base + 0x01, "WRITE_NOT_IN_PROGRESS", "No write is under way."],
  [base + 0x02, "MEDIA_IS_NOT_PREPARED", "The disc was not prepared."],
  [base + 0x03, "MEDIA_IS_PREPARED", "The disc is prepared already."],
  [base + 0x06, "MEDIA_IS_NOT_BLANK", "The disc is not blank.", disc],
  [base + 0x07, "MEDIA_IS_NOT_SUPPORTED", "The writer does not take this kind of disc.", disc],
  [base + 0x09, "NOT_ENOUGH_SPACE", "What is to be written does not fit.", { code: "DISC_FULL" }],
  [base + 0x0a, "NO_RECORDER_SPECIFIED", "No recorder was given to the writer."],
  [base + 0x0d, "STREAM_NOT_SUPPORTED", "The stream has not the length of whole sectors."],
];

/**
 * Failures of the writers of audio and raw CDs (imapi2error.h). This package does not use those writers; the codes are here
 * so that none of IMAPI2's is unknown.
 */
export const audioHresults: readonly HresultEntry[] = [
  ...group("E_IMAPI_DF2TAO_", IMAPI, program, [
    ...shared(0x0500),
    [0x0504, "PROPERTY_FOR_BLANK_MEDIA_ONLY", "This can be asked only of a blank disc.", disc],
    [0x0505, "TABLE_OF_CONTENTS_EMPTY_DISC", "The disc has no table of contents yet."],
    [0x0508, "TRACK_LIMIT_REACHED", "The disc has 99 tracks already.", disc],
    [0x050b, "INVALID_ISRC", "The recording code (ISRC) is not valid."],
    [0x050c, "INVALID_MCN", "The catalogue number (MCN) is not valid."],
    [0x050e, "RECORDER_NOT_SUPPORTED", "The writer does not take this drive."],
    [0x050f, "CLIENT_NAME_IS_NOT_VALID", "The name of the client is not allowed."],
  ]),
  ...group("E_IMAPI_DF2RAW_", IMAPI, program, [
    ...shared(0x0600),
    [0x0604, "CLIENT_NAME_IS_NOT_VALID", "The name of the client is not allowed."],
    [0x060e, "DATA_BLOCK_TYPE_NOT_SUPPORTED", "The drive does not write this type of sector."],
    [0x060f, "STREAM_LEADIN_TOO_SHORT", "The stream's lead-in is too short."],
    [0x0610, "RECORDER_NOT_SUPPORTED", "The writer does not take this drive."],
  ]),
  ...group("E_IMAPI_RAW_IMAGE_", RAW_IMAGE, program, [
    [0x0a00, "IS_READ_ONLY", "The raw image cannot be changed any more."],
    [0x0a01, "TOO_MANY_TRACKS", "The raw image has 99 tracks already."],
    [0x0a02, "SECTOR_TYPE_NOT_SUPPORTED", "The raw image does not take this type of sector."],
    [0x0a03, "NO_TRACKS", "The raw image has no tracks."],
    [0x0a04, "TRACKS_ALREADY_ADDED", "This must be set before tracks are added."],
    [0x0a05, "INSUFFICIENT_SPACE", "The raw image is too large.", { code: "DISC_FULL" }],
    [0x0a06, "TOO_MANY_TRACK_INDEXES", "A track has 99 indexes already."],
    [0x0a07, "TRACK_INDEX_NOT_FOUND", "A track has no such index."],
    [0x0a09, "TRACK_INDEX_OFFSET_ZERO_CANNOT_BE_CLEARED", "The first index of a track cannot be cleared."],
    [0x0a0a, "TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX", "Two indexes of a track are too close to each other."],
  ]),
];
