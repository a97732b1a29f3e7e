import { derive } from "../com/interface.ts";
import { iDispatch } from "./automation.ts";

/** The base of all multisession mechanisms. */
export const iMultisession = derive(iDispatch, "IMultisession", "27354150-7F64-5B0F-8F00-5D77AFBE261E", {
  get_IsSupportedOnCurrentMediaState: ["out bool"],
  put_InUse: ["bool"],
  get_InUse: ["out bool"],
  get_ImportRecorder: ["out pointer"],
});

/** Sessions one after another. */
export const iMultisessionSequential = derive(
  iMultisession,
  "IMultisessionSequential",
  "27354151-7F64-5B0F-8F00-5D77AFBE261E",
  {
    get_IsFirstDataSession: ["out bool"],
    get_StartAddressOfPreviousSession: ["out i32"],
    get_LastWrittenAddressOfPreviousSession: ["out i32"],
    get_NextWritableAddress: ["out i32"],
    get_FreeSectorsOnMedia: ["out i32"],
  },
);

/** Sessions one after another, with the write unit. Windows 7 and later. */
export const iMultisessionSequential2 = derive(
  iMultisessionSequential,
  "IMultisessionSequential2",
  "B507CA22-2204-11DD-966A-001AA01BBC58",
  { get_WriteUnitSize: ["out i32"] },
);

/** Logical sessions on overwritable media. Windows 7 and later. */
export const iMultisessionRandomWrite = derive(
  iMultisession,
  "IMultisessionRandomWrite",
  "B507CA23-2204-11DD-966A-001AA01BBC58",
  { get_WriteUnitSize: ["out i32"], get_LastWrittenAddress: ["out i32"], get_TotalSectorsOnMedia: ["out i32"] },
);

const baseIds = {
  get_IsSupportedOnCurrentMediaState: 0x100,
  put_InUse: 0x101,
  get_InUse: 0x101,
  get_ImportRecorder: 0x102,
} as const;

/** Dispatch identifiers of {@link iMultisessionSequential2}. */
export const multisessionSequentialIds = {
  ...baseIds,
  get_IsFirstDataSession: 0x200,
  get_StartAddressOfPreviousSession: 0x201,
  get_LastWrittenAddressOfPreviousSession: 0x202,
  get_NextWritableAddress: 0x203,
  get_FreeSectorsOnMedia: 0x204,
  get_WriteUnitSize: 0x205,
} as const;

/** Dispatch identifiers of {@link iMultisessionRandomWrite}. */
export const multisessionRandomWriteIds = {
  ...baseIds,
  get_WriteUnitSize: 0x205,
  get_LastWrittenAddress: 0x206,
  get_TotalSectorsOnMedia: 0x207,
} as const;
