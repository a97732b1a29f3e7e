import { derive } from "../com/interface.ts";
import { iDispatch } from "./automation.ts";

/** Windows' own builder of file systems. */
export const iFileSystemImage = derive(iDispatch, "IFileSystemImage", "2C941FE1-975B-59BE-A960-9A2A262853A5", {
  get_Root: ["out pointer"],
  get_SessionStartBlock: ["out i32"],
  put_SessionStartBlock: ["i32"],
  get_FreeMediaBlocks: ["out i32"],
  put_FreeMediaBlocks: ["i32"],
  SetMaxMediaBlocksFromDevice: ["pointer"],
  get_UsedBlocks: ["out i32"],
  get_VolumeName: ["out text"],
  put_VolumeName: ["text"],
  get_ImportedVolumeName: ["out text"],
  get_BootImageOptions: ["out pointer"],
  put_BootImageOptions: ["pointer"],
  get_FileCount: ["out i32"],
  get_DirectoryCount: ["out i32"],
  get_WorkingDirectory: ["out text"],
  put_WorkingDirectory: ["text"],
  get_ChangePoint: ["out i32"],
  get_StrictFileSystemCompliance: ["out bool"],
  put_StrictFileSystemCompliance: ["bool"],
  get_UseRestrictedCharacterSet: ["out bool"],
  put_UseRestrictedCharacterSet: ["bool"],
  get_FileSystemsToCreate: ["out i32"],
  put_FileSystemsToCreate: ["i32"],
  get_FileSystemsSupported: ["out i32"],
  put_UDFRevision: ["i32"],
  get_UDFRevision: ["out i32"],
  get_UDFRevisionsSupported: ["out array"],
  ChooseImageDefaults: ["pointer"],
  ChooseImageDefaultsForMediaType: ["i32"],
  put_ISO9660InterchangeLevel: ["i32"],
  get_ISO9660InterchangeLevel: ["out i32"],
  get_ISO9660InterchangeLevelsSupported: ["out array"],
  CreateResultImage: ["out pointer"],
  Exists: ["text", "out i32"],
  CalculateDiscIdentifier: ["out text"],
  IdentifyFileSystemsOnDisc: ["pointer", "out i32"],
  GetDefaultFileSystemForImport: ["i32", "out i32"],
  ImportFileSystem: ["out i32"],
  ImportSpecificFileSystem: ["i32"],
  RollbackToChangePoint: ["i32"],
  LockInChangePoint: [],
  CreateDirectoryItem: ["text", "out pointer"],
  CreateFileItem: ["text", "out pointer"],
  get_VolumeNameUDF: ["out text"],
  get_VolumeNameJoliet: ["out text"],
  get_VolumeNameISO9660: ["out text"],
  get_StageFiles: ["out bool"],
  put_StageFiles: ["bool"],
  get_MultisessionInterfaces: ["out array"],
  put_MultisessionInterfaces: ["array"],
});

/** A built image. */
export const iFileSystemImageResult = derive(
  iDispatch,
  "IFileSystemImageResult",
  "2C941FD8-975B-59BE-A960-9A2A262853A5",
  {
    get_ImageStream: ["out pointer"],
    get_ProgressItems: ["out pointer"],
    get_TotalBlocks: ["out i32"],
    get_BlockSize: ["out i32"],
    get_DiscId: ["out text"],
  },
);

/** A built image that says which blocks of it must be written. Windows 7 and later. */
export const iFileSystemImageResult2 = derive(
  iFileSystemImageResult,
  "IFileSystemImageResult2",
  "B507CA29-2204-11DD-966A-001AA01BBC58",
  { get_ModifiedBlocks: ["out pointer"] },
);

/** A file or folder of an image. Times are automation dates: days since 30 December 1899. */
export const iFsiItem = derive(iDispatch, "IFsiItem", "2C941FD9-975B-59BE-A960-9A2A262853A5", {
  get_Name: ["out text"],
  get_FullPath: ["out text"],
  get_CreationTime: ["out f64"],
  put_CreationTime: ["f64"],
  get_LastAccessedTime: ["out f64"],
  put_LastAccessedTime: ["f64"],
  get_LastModifiedTime: ["out f64"],
  put_LastModifiedTime: ["f64"],
  get_IsHidden: ["out bool"],
  put_IsHidden: ["bool"],
  FileSystemName: ["i32", "out text"],
  FileSystemPath: ["i32", "out text"],
});

/** A folder of an image. */
export const iFsiDirectoryItem = derive(iFsiItem, "IFsiDirectoryItem", "2C941FDC-975B-59BE-A960-9A2A262853A5", {
  get__NewEnum: ["out pointer"],
  get_Item: ["text", "out pointer"],
  get_Count: ["out i32"],
  get_EnumFsiItems: ["out pointer"],
  AddDirectory: ["text"],
  AddFile: ["text", "pointer"],
  AddTree: ["text", "bool"],
  Add: ["pointer"],
  Remove: ["text"],
  RemoveTree: ["text"],
});
