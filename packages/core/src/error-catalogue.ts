import type { ImapiName } from "./errors.ts";

/** Whether the same action can be tried again, and with what. */
export type Retry = "same-disc" | "other-disc" | "after-change" | "no";

/** One entry of the catalogue. */
export interface CatalogueEntry {
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do about it, for people. */
  readonly advice: string;
  /** Whether trying again makes sense. */
  readonly retry: Retry;
  /** IMAPI2's name for the same failure. */
  readonly imapi?: ImapiName;
}

/** A code of core. */
export type ErrorCode =
  | "NO_MEDIUM"
  | "STALE"
  | "WRONG_DISC"
  | "WRITE_PROTECTED"
  | "DISC_CLOSED"
  | "NOT_WRITABLE"
  | "DISC_FULL"
  | "RESOURCES_EXHAUSTED"
  | "READ_FAILED"
  | "WRITE_FAILED"
  | "COMMAND_FAILED"
  | "RECORDER_LOST"
  | "BUSY"
  | "NEEDS_RECOVERY"
  | "NOTHING_TO_RECOVER"
  | "NOT_BLANK"
  | "FOREIGN_CONTENT"
  | "UNKNOWN_SESSION"
  | "DAMAGED_CONTENT"
  | "INCOMPATIBLE_MULTISESSION_TYPE"
  | "NO_COMPATIBLE_MULTISESSION_TYPE"
  | "IMPORT_MEDIA_NOT_ALLOWED"
  | "BAD_MULTISESSION_PARAMETER"
  | "IMPORT_SEEK_FAILURE"
  | "MULTISESSION_NOT_SET"
  | "MULTISESSION_TWO_IN_USE"
  | "UNSUPPORTED_INTENT"
  | "ALREADY_CURRENT"
  | "CONSENT_REQUIRED"
  | "PLAN_INVALID"
  | "PLAN_DIFFERS"
  | "OUTSIDE_SPACE"
  | "NOT_EXECUTABLE"
  | "NOT_AS_PLANNED"
  | "CANCELLED"
  | "VERIFY_FAILED"
  | "ITEM_NOT_FOUND"
  | "ITEM_EXISTS"
  | "DIRECTORY_NOT_EMPTY"
  | "NOT_A_DIRECTORY"
  | "NOT_A_FILE"
  | "INVALID_PATH"
  | "INVALID_VOLUME_NAME"
  | "CHANGE_POINT"
  | "SOURCE_UNREADABLE"
  | "SOURCE_CHANGED"
  | "NO_OUTPUT"
  | "NAME_NOT_ALLOWED"
  | "PLUGIN_NOT_INSTALLED"
  | "PLUGIN_FAILED"
  | "PLUGIN_CONTRACT"
  | "PLUGIN_DUPLICATE"
  | "PLUGIN_INVALID"
  | "UNKNOWN_DEVICE"
  | "DEVICE_NOT_FOUND"
  | "DISC_FILE_EXISTS"
  | "DISC_FILE_DAMAGED"
  | "DISC_FILE_VERSION"
  | "DISC_FILE_READ_ONLY";

const imapi = (name: string, hresult: number): { readonly imapi: ImapiName } => ({ imapi: { name, hresult } });
const entry = (
  meaning: string,
  advice: string,
  retry: Retry,
  names?: { readonly imapi: ImapiName },
): CatalogueEntry => ({ meaning, advice, retry, ...names });

/** Every code of core, with meaning, advice, and IMAPI2's name where it has one. Also the source of the documentation. */
export const catalogue: Readonly<Record<ErrorCode, CatalogueEntry>> = {
  // The disc and the drive
  NO_MEDIUM: entry(
    "There is no disc in the recorder.",
    "Insert a disc and try again.",
    "after-change",
    imapi("E_IMAPI_RECORDER_MEDIA_NO_MEDIA", 0xc0aa0202),
  ),
  STALE: entry(
    "The disc or its contents changed after they were looked at.",
    "Open the disc again and make a new plan.",
    "after-change",
    imapi("IMAPI_E_DISC_MISMATCH", 0xc0aab158),
  ),
  WRONG_DISC: entry(
    "The plan was made for another disc, or for this one in another state.",
    "Insert the planned disc, or make a new plan for this one.",
    "other-disc",
    imapi("IMAPI_E_DISC_MISMATCH", 0xc0aab158),
  ),
  WRITE_PROTECTED: entry(
    "The medium or its cartridge is write-protected.",
    "Remove the protection or use another disc.",
    "other-disc",
    imapi("E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED", 0xc0aa0209),
  ),
  DISC_CLOSED: entry(
    "The disc is closed for good; nothing can be added.",
    "Import it and record to a new disc.",
    "other-disc",
  ),
  NOT_WRITABLE: entry(
    "The recorder names no address at which it could write.",
    "Import the disc and record to a new one.",
    "other-disc",
  ),
  DISC_FULL: entry(
    "What is to be written does not fit.",
    "Leave files out, or use a larger disc.",
    "other-disc",
    imapi("IMAPI_E_IMAGE_SIZE_LIMIT", 0xc0aab120),
  ),
  RESOURCES_EXHAUSTED: entry(
    "The medium has no pseudo-overwrite resources left.",
    "Import the disc and record to a new one.",
    "other-disc",
  ),
  READ_FAILED: entry(
    "Blocks could not be read.",
    "Clean the disc or try another drive.",
    "same-disc",
    imapi("IMAPI_E_IMPORT_READ_FAILURE", 0xc0aab157),
  ),
  WRITE_FAILED: entry(
    "The recorder refused or failed a write.",
    "Run `multisession recover`; if it happens again, use another disc.",
    "same-disc",
  ),
  COMMAND_FAILED: entry(
    "The recorder failed a command.",
    "Try again; if it happens again, try another drive.",
    "same-disc",
  ),
  RECORDER_LOST: entry(
    "The recorder no longer answers.",
    "Check power and cable, then run `multisession recover`.",
    "same-disc",
  ),
  BUSY: entry(
    "The recorder is in use.",
    "Wait until the other burn or program is done.",
    "same-disc",
    imapi("E_IMAPI_RECORDER_MEDIA_BUSY", 0xc0aa0207),
  ),
  // What is on it
  NEEDS_RECOVERY: entry("The last burn was interrupted.", "Run `multisession recover`.", "after-change"),
  NOTHING_TO_RECOVER: entry("The disc is whole; there is nothing to recover.", "Go on with a normal burn.", "no"),
  NOT_BLANK: entry(
    "The disc holds sessions that a first session would give up.",
    "Append instead, or name the consequence to accept it.",
    "after-change",
  ),
  FOREIGN_CONTENT: entry(
    "The disc holds data that no registered file system knows.",
    "Use another disc, or register the file system that wrote it.",
    "other-disc",
    imapi("IMAPI_E_NO_SUPPORTED_FILE_SYSTEM", 0xc0aab151),
  ),
  UNKNOWN_SESSION: entry("The disc has no such session.", "`multisession sessions` lists them.", "no"),
  DAMAGED_CONTENT: entry(
    "What is on the disc is damaged.",
    "Extract what can be read, and recover or record anew.",
    "no",
    imapi("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", 0xc0aab153),
  ),
  // Negotiation, with IMAPI2's names
  INCOMPATIBLE_MULTISESSION_TYPE: entry(
    "A value offered as a mechanism is of no type that the image knows.",
    "Offer objects that implement IMultisession.",
    "after-change",
    imapi("IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE", 0xc0aab15b),
  ),
  NO_COMPATIBLE_MULTISESSION_TYPE: entry(
    "No mechanism offered can be used on this disc, or there is no disc.",
    "`multisession explain` says why, for each mechanism.",
    "other-disc",
    imapi("IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE", 0xc0aab15c),
  ),
  IMPORT_MEDIA_NOT_ALLOWED: entry(
    "Sessions cannot be added to this kind of medium.",
    "Use a recordable disc.",
    "other-disc",
    imapi("IMAPI_E_IMPORT_MEDIA_NOT_ALLOWED", 0xc0aab159),
  ),
  BAD_MULTISESSION_PARAMETER: entry(
    "A mechanism failed, or answered what makes no sense.",
    "Report it to the author of the mechanism.",
    "no",
    imapi("IMAPI_E_BAD_MULTISESSION_PARAMETER", 0xc0aab162),
  ),
  IMPORT_SEEK_FAILURE: entry(
    "The disc is blank or cannot be read, so there is nothing to import.",
    "Record a first session, or check the disc.",
    "after-change",
    imapi("IMAPI_E_IMPORT_SEEK_FAILURE", 0xc0aab156),
  ),
  MULTISESSION_NOT_SET: entry(
    "No mechanisms were given to the image.",
    "Register a mechanism, or set multisessionInterfaces.",
    "after-change",
    imapi("IMAPI_E_MULTISESSION_NOT_SET", 0xc0aab15d),
  ),
  MULTISESSION_TWO_IN_USE: entry(
    "More than one mechanism is marked as in use.",
    "Mark exactly one, or none.",
    "after-change",
    imapi("IMAPI_E_INVALID_PARAM", 0xc0aab101),
  ),
  UNSUPPORTED_INTENT: entry(
    "The mechanism does not do what was asked.",
    "Choose another mechanism or another way.",
    "no",
  ),
  ALREADY_CURRENT: entry("Readers see this session already.", "Nothing needs to be done.", "no"),
  CONSENT_REQUIRED: entry(
    "What was asked cannot be undone, and was not accepted by name.",
    "Name the consequence to accept it.",
    "after-change",
  ),
  // Plans
  PLAN_INVALID: entry("The plan is damaged or of an unknown version.", "Make a new plan.", "after-change"),
  PLAN_DIFFERS: entry(
    "The files or the disc no longer give the plan that was approved.",
    "Make a new plan.",
    "after-change",
  ),
  OUTSIDE_SPACE: entry(
    "A step would write where the mechanism did not allow it.",
    "Report it to the author of the mechanism or file system.",
    "no",
  ),
  NOT_EXECUTABLE: entry(
    "The recorder was opened with a writer of its own, and that writer cannot carry out this plan.",
    "Open the recorder without its own writer.",
    "after-change",
  ),
  NOT_AS_PLANNED: entry(
    "The disc does not show what the plan said it would.",
    "Look at it with `multisession info`.",
    "same-disc",
  ),
  CANCELLED: entry(
    "It was cancelled.",
    "Run `multisession recover`, then burn again.",
    "same-disc",
    imapi("E_IMAPI_REQUEST_CANCELLED", 0xc0aa0002),
  ),
  VERIFY_FAILED: entry(
    "What was read back differs from what was written.",
    "Keep the sources, and record to another disc.",
    "other-disc",
    imapi("E_IMAPI_BURN_VERIFICATION_FAILED", 0xc0aa0007),
  ),
  // The image
  ITEM_NOT_FOUND: entry(
    "There is no such file or folder.",
    "Check the path.",
    "no",
    imapi("IMAPI_E_ITEM_NOT_FOUND", 0xc0aab118),
  ),
  ITEM_EXISTS: entry(
    "There is already an item of that name.",
    "Choose another name, or replace it.",
    "after-change",
    imapi("IMAPI_E_DUP_NAME", 0xc0aab112),
  ),
  DIRECTORY_NOT_EMPTY: entry(
    "The folder is not empty.",
    "Remove it with all that is in it, or empty it first.",
    "after-change",
    imapi("IMAPI_E_DIR_NOT_EMPTY", 0xc0aab10a),
  ),
  NOT_A_DIRECTORY: entry("The path names no folder.", "Check the path.", "no", imapi("IMAPI_E_NOT_DIR", 0xc0aab109)),
  NOT_A_FILE: entry("The path names no file.", "Check the path.", "no", imapi("IMAPI_E_NOT_FILE", 0xc0aab108)),
  INVALID_PATH: entry(
    "The path or name cannot be used.",
    "Use a name without / and without a null character.",
    "no",
    imapi("IMAPI_E_INVALID_PATH", 0xc0aab110),
  ),
  INVALID_VOLUME_NAME: entry(
    "The volume name cannot be used.",
    "Use at most 32 characters.",
    "no",
    imapi("IMAPI_E_INVALID_VOLUME_NAME", 0xc0aab104),
  ),
  CHANGE_POINT: entry(
    "There is no such change point, or it was locked in.",
    "Roll back only to points that were marked after the last lock.",
    "no",
  ),
  SOURCE_UNREADABLE: entry(
    "A source file could not be read.",
    "Check that it exists and that you may read it.",
    "after-change",
  ),
  SOURCE_CHANGED: entry(
    "A source file changed after it was planned.",
    "Plan again when the files are still.",
    "after-change",
  ),
  NO_OUTPUT: entry(
    "No file system was selected.",
    "Register a file system.",
    "after-change",
    imapi("IMAPI_E_NO_OUTPUT", 0xc0aab103),
  ),
  NAME_NOT_ALLOWED: entry(
    "A name does not fit the file system that is to hold it.",
    "Shorten or change the name.",
    "after-change",
    imapi("IMAPI_E_RESTRICTED_NAME_VIOLATION", 0xc0aab111),
  ),
  // Plugins, drivers, devices
  PLUGIN_NOT_INSTALLED: entry(
    "The plugin is not installed.",
    "Install the package, or check its name.",
    "after-change",
  ),
  PLUGIN_FAILED: entry("The plugin is installed but failed to load.", "See the cause; report it to its author.", "no"),
  PLUGIN_CONTRACT: entry(
    "The plugin was written for another version of the contract.",
    "Update the plugin, or core.",
    "after-change",
  ),
  PLUGIN_DUPLICATE: entry("Two different plugins have the same id.", "Register only one of them.", "after-change"),
  PLUGIN_INVALID: entry(
    "A value registered as a plugin is none.",
    "Use defineMechanism, defineFileSystem or defineDriver.",
    "after-change",
  ),
  UNKNOWN_DEVICE: entry(
    "No registered driver knows this device.",
    "`multisession devices` lists what is there.",
    "after-change",
  ),
  DEVICE_NOT_FOUND: entry(
    "There is no such device or disc file.",
    "Check the path; `multisession new` makes a disc file.",
    "after-change",
  ),
  DISC_FILE_EXISTS: entry("There is already a file of that name.", "Choose another name.", "after-change"),
  DISC_FILE_DAMAGED: entry(
    "The disc file or its state file is damaged.",
    "The user data can still be read as it lies; make a new disc file.",
    "no",
  ),
  DISC_FILE_VERSION: entry("The disc file was made by a newer version.", "Update this program.", "after-change"),
  DISC_FILE_READ_ONLY: entry(
    "The disc file has no state file beside it, so it can only be read.",
    "Put the state file beside it, or make a new disc file.",
    "after-change",
  ),
};
