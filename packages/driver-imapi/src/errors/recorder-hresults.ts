import { type GroupAdvice, group, type HresultEntry } from "./hresult-entry.ts";

/** Upper halves: failure of IMAPI2 (facility AAh), the failures of the eraser, and those of Windows' own facilities. */
const IMAPI = 0xc0aa;
const ERASE = 0x80aa;
const COM = 0x8000;
const WIN32 = 0x8007;

const program: GroupAdvice = {
  advice: "Report it: the program called IMAPI2 in a way that it does not take.",
  retry: "no",
};
const drive: GroupAdvice = { advice: "Try again; if it happens again, try another drive.", retry: "same-disc" };
const soon = { code: "BUSY", advice: "Wait until the drive is ready, and try again.", retry: "same-disc" } as const;
const other: GroupAdvice = { advice: "Use another disc.", retry: "other-disc" };
const name = {
  advice: "Use letters, digits, spaces and . , : ; - _ in the client's name.",
  retry: "after-change",
} as const;

/** Failures of drives, of the writer of sessions and of the eraser (imapi2error.h), and those of Windows that they pass on. */
export const recorderHresults: readonly HresultEntry[] = [
  ...group("E_IMAPI_", IMAPI, program, [
    [0x0002, "REQUEST_CANCELLED", "The request was cancelled.", { code: "CANCELLED" }],
    [0x0003, "RECORDER_REQUIRED", "No recorder was given to the writer."],
    [0x0007, "BURN_VERIFICATION_FAILED", "The verification after the burn failed.", { code: "VERIFY_FAILED" }],
    [
      0x0300,
      "LOSS_OF_STREAMING",
      "The data came too slowly, and the burn broke off.",
      {
        code: "WRITE_FAILED",
        advice: "Close other programs or lower the speed, then run `multisession recover`.",
      },
    ],
    [
      0x0301,
      "UNEXPECTED_RESPONSE_FROM_DEVICE",
      "The drive broke off a write that cannot be repeated.",
      { code: "WRITE_FAILED" },
    ],
  ]),
  ...group("E_IMAPI_RECORDER_", IMAPI, drive, [
    [0x0201, "NO_SUCH_MODE_PAGE", "The drive does not have the mode page that was asked for."],
    [0x0202, "MEDIA_NO_MEDIA", "There is no disc in the drive.", { code: "NO_MEDIUM" }],
    [0x0203, "MEDIA_INCOMPATIBLE", "The disc is of a kind that the drive does not know, or does not fit it.", other],
    [
      0x0204,
      "MEDIA_UPSIDE_DOWN",
      "The disc lies upside down.",
      { advice: "Turn the disc over.", retry: "after-change" },
    ],
    [0x0205, "MEDIA_BECOMING_READY", "The drive is still loading the disc.", soon],
    [0x0206, "MEDIA_FORMAT_IN_PROGRESS", "The disc is being formatted.", soon],
    [0x0207, "MEDIA_BUSY", "The drive is busy with a long operation.", soon],
    [0x0208, "INVALID_MODE_PARAMETERS", "The drive rejected the mode page that was sent."],
    [0x0209, "MEDIA_WRITE_PROTECTED", "The disc is write-protected.", { code: "WRITE_PROTECTED" }],
    [0x020a, "NO_SUCH_FEATURE", "The drive does not have the feature that was asked for."],
    [0x020b, "FEATURE_IS_NOT_CURRENT", "The drive has the feature, but not with this disc."],
    [0x020c, "GET_CONFIGURATION_NOT_SUPPORTED", "The drive is too old to tell its features."],
    [0x020d, "COMMAND_TIMEOUT", "The drive did not answer in time.", { code: "RECORDER_LOST" }],
    [0x020e, "DVD_STRUCTURE_NOT_PRESENT", "The disc does not have the structure that was asked for."],
    [0x020f, "MEDIA_SPEED_MISMATCH", "The disc and the drive have no speed in common.", other],
    [0x0210, "LOCKED", "Another program holds the drive for itself.", { code: "BUSY" }],
    [0x0211, "CLIENT_NAME_IS_NOT_VALID", "The name of the client is not allowed.", name],
    [
      0x0212,
      "MEDIA_NOT_FORMATTED",
      "The disc is not formatted.",
      {
        advice: "Format the disc first.",
        retry: "after-change",
      },
    ],
    [0x02ff, "INVALID_RESPONSE_FROM_DEVICE", "The drive gave an answer that makes no sense."],
  ]),
  ...group("E_IMAPI_DF2DATA_", IMAPI, program, [
    [0x0400, "WRITE_IN_PROGRESS", "A write is under way.", { code: "BUSY" }],
    [0x0401, "WRITE_NOT_IN_PROGRESS", "No write is under way."],
    [
      0x0402,
      "INVALID_MEDIA_STATE",
      "The disc is in a state in which IMAPI2 cannot write it.",
      { code: "NOT_WRITABLE" },
    ],
    [0x0403, "STREAM_NOT_SUPPORTED", "The stream is not whole blocks."],
    [0x0404, "STREAM_TOO_LARGE_FOR_CURRENT_MEDIA", "The session does not fit on the disc.", { code: "DISC_FULL" }],
    [0x0405, "MEDIA_NOT_BLANK", "The disc holds data, and overwriting it was not allowed.", { code: "NOT_BLANK" }],
    [0x0406, "MEDIA_IS_NOT_SUPPORTED", "IMAPI2 cannot write this kind of disc.", other],
    [
      0x0407,
      "RECORDER_NOT_SUPPORTED",
      "IMAPI2 cannot write with this drive.",
      {
        advice: "Use the pass-through, or another drive.",
        retry: "after-change",
      },
    ],
    [0x0408, "CLIENT_NAME_IS_NOT_VALID", "The name of the client is not allowed.", name],
  ]),
  ...group("E_IMAPI_ERASE_", ERASE, drive, [
    [0x0900, "RECORDER_IN_USE", "The eraser is at work.", { code: "BUSY" }],
    [0x0901, "ONLY_ONE_RECORDER_SUPPORTED", "The eraser has a recorder already.", program],
    [0x0902, "DISC_INFORMATION_TOO_SMALL", "The drive told too little of the disc."],
    [0x0903, "MODE_PAGE_2A_TOO_SMALL", "The drive told too little of its capabilities."],
    [
      0x0904,
      "MEDIA_IS_NOT_ERASABLE",
      "The disc cannot be erased.",
      { advice: "Use a rewritable disc.", retry: "other-disc" },
    ],
    [0x0905, "DRIVE_FAILED_ERASE_COMMAND", "The drive failed to erase the disc."],
    [0x0906, "TOOK_LONGER_THAN_ONE_HOUR", "Erasing took longer than an hour, or the disc is bad.", other],
    [0x0907, "UNEXPECTED_DRIVE_RESPONSE_DURING_ERASE", "The drive gave an unexpected answer while it erased."],
    [0x0908, "DRIVE_FAILED_SPINUP_COMMAND", "The drive did not start after the disc was erased."],
  ]),
  ...group("E_IMAPI_ERASE_", IMAPI, other, [
    [0x0909, "MEDIA_IS_NOT_SUPPORTED", "IMAPI2 cannot erase this kind of disc."],
    [0x090a, "RECORDER_NOT_SUPPORTED", "IMAPI2 cannot erase with this drive.", drive],
    [0x090b, "CLIENT_NAME_IS_NOT_VALID", "The name of the client is not allowed.", name],
  ]),
  ...group("E_", COM, program, [
    [0x4001, "NOTIMPL", "The object does not do what was asked."],
    [0x4002, "NOINTERFACE", "The object does not have the interface that was asked for."],
    [0x4003, "POINTER", "A pointer was missing."],
    [0x4004, "ABORT", "It was broken off.", { code: "CANCELLED" }],
    [0x4005, "FAIL", "It failed, and Windows does not say why.", { code: "COMMAND_FAILED" }],
    [0xffff, "UNEXPECTED", "It failed in a way that should not be possible."],
  ]),
  ...group("", WIN32, drive, [
    [0x0002, "ERROR_FILE_NOT_FOUND", "There is no such device.", { code: "DEVICE_NOT_FOUND" }],
    [0x0003, "ERROR_PATH_NOT_FOUND", "There is no such device.", { code: "DEVICE_NOT_FOUND" }],
    [
      0x0005,
      "E_ACCESSDENIED",
      "Windows does not allow it: another program holds the drive, or the user may not burn.",
      {
        code: "BUSY",
        advice: "Close the programs that use the drive; burning needs an interactive user or an administrator.",
      },
    ],
    [0x0006, "ERROR_INVALID_HANDLE", "The drive is gone.", { code: "RECORDER_LOST" }],
    [0x000e, "E_OUTOFMEMORY", "There is not enough memory."],
    [0x0015, "ERROR_NOT_READY", "The drive is not ready.", soon],
    [0x001f, "ERROR_GEN_FAILURE", "The drive does not work any more.", { code: "RECORDER_LOST" }],
    [0x0020, "ERROR_SHARING_VIOLATION", "Another program uses the drive.", { code: "BUSY" }],
    [0x0037, "ERROR_DEV_NOT_EXIST", "The drive is gone.", { code: "RECORDER_LOST" }],
    [0x0057, "E_INVALIDARG", "A value is not allowed.", program],
    [0x0079, "ERROR_SEM_TIMEOUT", "The drive did not answer in time.", { code: "RECORDER_LOST" }],
    [0x045d, "ERROR_IO_DEVICE", "The drive failed to transfer data.", { code: "RECORDER_LOST" }],
    [0x048f, "ERROR_DEVICE_NOT_CONNECTED", "The drive is gone.", { code: "RECORDER_LOST" }],
    [0x0651, "ERROR_DEVICE_REMOVED", "The drive is gone.", { code: "RECORDER_LOST" }],
  ]),
  ...group(
    "",
    0x8004,
    { advice: "Windows XP, Vista and Server need the Windows Feature Pack for Storage.", retry: "after-change" },
    [[0x0154, "REGDB_E_CLASSNOTREG", "IMAPI2 is not installed."]],
  ),
];
