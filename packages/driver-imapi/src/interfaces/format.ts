import { derive, iUnknown } from "../com/interface.ts";
import { iDispatch } from "./automation.ts";

/** What all of IMAPI2's writers have. */
export const iDiscFormat2 = derive(iDispatch, "IDiscFormat2", "27354152-8F64-5B0F-8F00-5D77AFBE261E", {
  IsRecorderSupported: ["pointer", "out bool"],
  IsCurrentMediaSupported: ["pointer", "out bool"],
  get_MediaPhysicallyBlank: ["out bool"],
  get_MediaHeuristicallyBlank: ["out bool"],
  get_SupportedMediaTypes: ["out array"],
});

/** The writer of sessions. */
export const iDiscFormat2Data = derive(iDiscFormat2, "IDiscFormat2Data", "27354153-9F64-5B0F-8F00-5D77AFBE261E", {
  put_Recorder: ["pointer"],
  get_Recorder: ["out pointer"],
  put_BufferUnderrunFreeDisabled: ["bool"],
  get_BufferUnderrunFreeDisabled: ["out bool"],
  put_PostgapAlreadyInImage: ["bool"],
  get_PostgapAlreadyInImage: ["out bool"],
  get_CurrentMediaStatus: ["out i32"],
  get_WriteProtectStatus: ["out i32"],
  get_TotalSectorsOnMedia: ["out i32"],
  get_FreeSectorsOnMedia: ["out i32"],
  get_NextWritableAddress: ["out i32"],
  get_StartAddressOfPreviousSession: ["out i32"],
  get_LastWrittenAddressOfPreviousSession: ["out i32"],
  put_ForceMediaToBeClosed: ["bool"],
  get_ForceMediaToBeClosed: ["out bool"],
  put_DisableConsumerDvdCompatibilityMode: ["bool"],
  get_DisableConsumerDvdCompatibilityMode: ["out bool"],
  get_CurrentPhysicalMediaType: ["out i32"],
  put_ClientName: ["text"],
  get_ClientName: ["out text"],
  get_RequestedWriteSpeed: ["out i32"],
  get_RequestedRotationTypeIsPureCAV: ["out bool"],
  get_CurrentWriteSpeed: ["out i32"],
  get_CurrentRotationTypeIsPureCAV: ["out bool"],
  get_SupportedWriteSpeeds: ["out array"],
  get_SupportedWriteSpeedDescriptors: ["out array"],
  put_ForceOverwrite: ["bool"],
  get_ForceOverwrite: ["out bool"],
  get_MultisessionInterfaces: ["out array"],
  Write: ["pointer"],
  CancelWrite: [],
  SetWriteSpeed: ["i32", "bool"],
});

/** Progress of {@link iDiscFormat2Data}. */
export const dDiscFormat2DataEvents = derive(
  iDispatch,
  "DDiscFormat2DataEvents",
  "2735413C-7F64-5B0F-8F00-5D77AFBE261E",
  { Update: ["pointer", "pointer"] },
);

/** Dispatch identifiers of {@link dDiscFormat2DataEvents}, and of {@link dDiscFormat2EraseEvents}. */
export const formatEventIds = { Update: 0x200 } as const;

/** What every writer tells of its progress. Addresses are blocks, buffers bytes. */
export const iWriteEngine2EventArgs = derive(
  iDispatch,
  "IWriteEngine2EventArgs",
  "27354136-7F64-5B0F-8F00-5D77AFBE261E",
  {
    get_StartLba: ["out i32"],
    get_SectorCount: ["out i32"],
    get_LastReadLba: ["out i32"],
    get_LastWrittenLba: ["out i32"],
    get_TotalSystemBuffer: ["out i32"],
    get_UsedSystemBuffer: ["out i32"],
    get_FreeSystemBuffer: ["out i32"],
  },
);

/** What the writer of sessions tells of its progress. Times are seconds. */
export const iDiscFormat2DataEventArgs = derive(
  iWriteEngine2EventArgs,
  "IDiscFormat2DataEventArgs",
  "2735413D-7F64-5B0F-8F00-5D77AFBE261E",
  {
    get_ElapsedTime: ["out i32"],
    get_RemainingTime: ["out i32"],
    get_TotalTime: ["out i32"],
    get_CurrentAction: ["out i32"],
  },
);

/** Blanks rewritable discs. */
export const iDiscFormat2Erase = derive(iDiscFormat2, "IDiscFormat2Erase", "27354156-8F64-5B0F-8F00-5D77AFBE261E", {
  put_Recorder: ["pointer"],
  get_Recorder: ["out pointer"],
  put_FullErase: ["bool"],
  get_FullErase: ["out bool"],
  get_CurrentPhysicalMediaType: ["out i32"],
  put_ClientName: ["text"],
  get_ClientName: ["out text"],
  EraseMedia: [],
});

/** Progress of {@link iDiscFormat2Erase}: elapsed and estimated seconds. */
export const dDiscFormat2EraseEvents = derive(
  iDispatch,
  "DDiscFormat2EraseEvents",
  "2735413A-7F64-5B0F-8F00-5D77AFBE261E",
  { Update: ["pointer", "i32", "i32"] },
);

/** How thoroughly the writer checks what it wrote. Derives from IUnknown. */
export const iBurnVerification = derive(iUnknown, "IBurnVerification", "D2FFD834-958B-426D-8470-2A13879C6A91", {
  put_BurnVerificationLevel: ["i32"],
  get_BurnVerificationLevel: ["out i32"],
});

/** One speed at which a disc can be written. */
export const iWriteSpeedDescriptor = derive(
  iDispatch,
  "IWriteSpeedDescriptor",
  "27354144-7F64-5B0F-8F00-5D77AFBE261E",
  { get_MediaType: ["out i32"], get_RotationTypeIsPureCAV: ["out bool"], get_WriteSpeed: ["out i32"] },
);

/** Consecutive blocks; the end is inclusive. */
export const iBlockRange = derive(iDispatch, "IBlockRange", "B507CA25-2204-11DD-966A-001AA01BBC58", {
  get_StartLba: ["out i32"],
  get_EndLba: ["out i32"],
});

/** Dispatch identifiers of {@link iBlockRange}. */
export const blockRangeIds = { get_StartLba: 0x100, get_EndLba: 0x101 } as const;

/** Ranges in the order in which they are to be written. */
export const iBlockRangeList = derive(iDispatch, "IBlockRangeList", "B507CA26-2204-11DD-966A-001AA01BBC58", {
  get_BlockRanges: ["out array"],
});

/** Dispatch identifiers of {@link iBlockRangeList}. */
export const blockRangeListIds = { get_BlockRanges: 0x100 } as const;
