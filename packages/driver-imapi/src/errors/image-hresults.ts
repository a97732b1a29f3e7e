import { type GroupAdvice, group, type HresultEntry } from "./hresult-entry.ts";

/** Upper half: failure of IMAPI2 (facility AAh). */
const IMAPI = 0xc0aa;

const program: GroupAdvice = {
  advice: "Report it: the program used Windows' image in a way that it does not take.",
  retry: "no",
};
const files: GroupAdvice = { advice: "Check the files and folders that were added.", retry: "after-change" };
const disc: GroupAdvice = { advice: "Use another disc, or our own file systems for this one.", retry: "other-disc" };
const space: GroupAdvice = { advice: "Check the working folder and its free space.", retry: "after-change" };
const boot: GroupAdvice = { advice: "Check the boot image.", retry: "after-change" };
const collision = { code: "ITEM_EXISTS", advice: "Rename or leave out the item that was added." } as const;

/** Failures of Windows' builder of file systems (imapi2fserror.h). */
export const imageHresults: readonly HresultEntry[] = [
  ...group("IMAPI_E_", IMAPI, files, [
    [0xb100, "FSI_INTERNAL_ERROR", "Windows' image failed inside.", program],
    [0xb101, "INVALID_PARAM", "A value is not allowed.", program],
    [
      0xb102,
      "READONLY",
      "The image cannot be changed while its result exists, or the item cannot be changed.",
      program,
    ],
    [0xb103, "NO_OUTPUT", "No file system was selected.", { code: "NO_OUTPUT" }],
    [0xb104, "INVALID_VOLUME_NAME", "The volume name cannot be used.", { code: "INVALID_VOLUME_NAME" }],
    [0xb105, "INVALID_DATE", "The times of a file contradict each other."],
    [0xb106, "FILE_SYSTEM_NOT_EMPTY", "This can be set only while the image is empty.", program],
    [0xb108, "NOT_FILE", "The path names no file.", { code: "NOT_A_FILE" }],
    [0xb109, "NOT_DIR", "The path names no folder.", { code: "NOT_A_DIRECTORY" }],
    [0xb10a, "DIR_NOT_EMPTY", "The folder is not empty.", { code: "DIRECTORY_NOT_EMPTY" }],
    [0xb10b, "NOT_IN_FILE_SYSTEM", "The item was not added to the image yet.", program],
    [0xb110, "INVALID_PATH", "The path or name cannot be used.", { code: "INVALID_PATH" }],
    [
      0xb111,
      "RESTRICTED_NAME_VIOLATION",
      "A name does not fit the restricted set of characters.",
      { code: "NAME_NOT_ALLOWED" },
    ],
    [0xb112, "DUP_NAME", "There is already an item of that name.", { code: "ITEM_EXISTS" }],
    [
      0xb113,
      "NO_UNIQUE_NAME",
      "No name is left that would be unique in one of the file systems.",
      { code: "NAME_NOT_ALLOWED" },
    ],
    [0xb118, "ITEM_NOT_FOUND", "There is no such file or folder.", { code: "ITEM_NOT_FOUND" }],
    [0xb119, "FILE_NOT_FOUND", "There is no such file.", { code: "ITEM_NOT_FOUND" }],
    [0xb11a, "DIR_NOT_FOUND", "There is no such folder.", { code: "ITEM_NOT_FOUND" }],
    [0xb120, "IMAGE_SIZE_LIMIT", "What was added does not fit on the disc.", { code: "DISC_FULL" }],
    [0xb121, "IMAGE_TOO_BIG", "The image is already larger than the disc.", { code: "DISC_FULL" }],
    [0xb128, "DATA_STREAM_INCONSISTENCY", "A file changed its length while it was read.", { code: "SOURCE_CHANGED" }],
    [0xb129, "DATA_STREAM_READ_FAILURE", "A file could not be read.", { code: "SOURCE_UNREADABLE" }],
    [0xb12a, "DATA_STREAM_CREATE_FAILURE", "A file could not be opened.", { code: "SOURCE_UNREADABLE" }],
    [0xb12b, "DIRECTORY_READ_FAILURE", "A folder could not be read.", { code: "SOURCE_UNREADABLE" }],
    [0xb130, "TOO_MANY_DIRS", "There are more folders than a file system takes."],
    [0xb131, "ISO9660_LEVELS", "Folders are nested deeper than the eight levels of ISO 9660."],
    [0xb132, "DATA_TOO_BIG", "A file is too large for one of the file systems."],
    [
      0xb133,
      "INCOMPATIBLE_PREVIOUS_SESSION",
      "The last session has other file systems than the image is to have.",
      disc,
    ],
    [0xb138, "STASHFILE_OPEN_FAILURE", "A temporary file could not be opened.", space],
    [0xb139, "STASHFILE_SEEK_FAILURE", "A temporary file could not be used.", space],
    [0xb13a, "STASHFILE_WRITE_FAILURE", "A temporary file could not be written.", space],
    [0xb13b, "STASHFILE_READ_FAILURE", "A temporary file could not be read.", space],
    [0xb140, "INVALID_WORKING_DIRECTORY", "The working folder cannot be used.", space],
    [0xb141, "WORKING_DIRECTORY_SPACE", "The working folder has too little space.", space],
    [0xb142, "STASHFILE_MOVE", "A temporary file could not be moved.", space],
    [0xb148, "BOOT_IMAGE_DATA", "The boot image cannot be added.", boot],
    [0xb149, "BOOT_OBJECT_CONFLICT", "A boot image goes only into the first session of a disc.", boot],
    [
      0xb14a,
      "BOOT_EMULATION_IMAGE_SIZE_MISMATCH",
      "The boot image has not the size of the medium that it is to be.",
      boot,
    ],
  ]),
  ...group("IMAPI_E_", IMAPI, disc, [
    [0xb150, "EMPTY_DISC", "There is nothing on the disc to import.", { code: "IMPORT_SEEK_FAILURE" }],
    [
      0xb151,
      "NO_SUPPORTED_FILE_SYSTEM",
      "Windows' image knows no file system in the last session, or could not read it.",
      {
        code: "FOREIGN_CONTENT",
      },
    ],
    [0xb152, "FILE_SYSTEM_NOT_FOUND", "The disc does not have the file system that was asked for."],
    [
      0xb153,
      "FILE_SYSTEM_READ_CONSISTENCY_ERROR",
      "The file system on the disc is damaged.",
      { code: "DAMAGED_CONTENT" },
    ],
    [
      0xb154,
      "FILE_SYSTEM_FEATURE_NOT_SUPPORTED",
      "The file system on the disc uses what Windows' image does not know.",
    ],
    [
      0xb155,
      "IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY",
      "A file on the disc has the name of a folder that was added.",
      collision,
    ],
    [0xb156, "IMPORT_SEEK_FAILURE", "The disc is blank or cannot be read.", { code: "IMPORT_SEEK_FAILURE" }],
    [0xb157, "IMPORT_READ_FAILURE", "The disc could not be read.", { code: "READ_FAILED" }],
    [0xb158, "DISC_MISMATCH", "The disc is not the one that was imported.", { code: "WRONG_DISC" }],
    [
      0xb159,
      "IMPORT_MEDIA_NOT_ALLOWED",
      "Sessions cannot be added to this kind of disc.",
      { code: "IMPORT_MEDIA_NOT_ALLOWED" },
    ],
    [0xb15a, "UDF_NOT_WRITE_COMPATIBLE", "The disc's revision of UDF cannot be written."],
    [
      0xb15b,
      "INCOMPATIBLE_MULTISESSION_TYPE",
      "The mechanism that is marked as in use is of no type that the image knows.",
      {
        code: "INCOMPATIBLE_MULTISESSION_TYPE",
      },
    ],
    [
      0xb15c,
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      "None of the mechanisms can be used on this disc, or there is no disc.",
      {
        code: "NO_COMPATIBLE_MULTISESSION_TYPE",
      },
    ],
    [0xb15d, "MULTISESSION_NOT_SET", "No mechanisms were given to the image.", { code: "MULTISESSION_NOT_SET" }],
    [
      0xb15e,
      "IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE",
      "A folder on the disc has the name of a file that was added.",
      collision,
    ],
    [0xb160, "PROPERTY_NOT_ACCESSIBLE", "The item does not have this property.", program],
    [
      0xb161,
      "UDF_REVISION_CHANGE_NOT_ALLOWED",
      "The revision of UDF is that of the disc and cannot be changed.",
      program,
    ],
    [
      0xb162,
      "BAD_MULTISESSION_PARAMETER",
      "A mechanism could not be asked, or answered what makes no sense.",
      {
        code: "BAD_MULTISESSION_PARAMETER",
      },
    ],
    [
      0xb163,
      "FILE_SYSTEM_CHANGE_NOT_ALLOWED",
      "The file systems are those of the disc and cannot be changed.",
      program,
    ],
  ]),
  ...group("IMAPI_E_", IMAPI, files, [
    [0xb200, "IMAGEMANAGER_IMAGE_NOT_ALIGNED", "The image file is not whole blocks."],
    [0xb201, "IMAGEMANAGER_NO_VALID_VD_FOUND", "The image file has no volume descriptor."],
    [0xb202, "IMAGEMANAGER_NO_IMAGE", "No image file was given."],
    [0xb203, "IMAGEMANAGER_IMAGE_TOO_BIG", "The image file is too large."],
  ]),
];
