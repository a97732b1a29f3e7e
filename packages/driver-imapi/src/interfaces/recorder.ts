import { derive, iUnknown } from "../com/interface.ts";
import { iDispatch } from "./automation.ts";

/** The optical drives of the system. */
export const iDiscMaster2 = derive(iDispatch, "IDiscMaster2", "27354130-7F64-5B0F-8F00-5D77AFBE261E", {
  get__NewEnum: ["out pointer"],
  get_Item: ["i32", "out text"],
  get_Count: ["out i32"],
  get_IsSupportedEnvironment: ["out bool"],
});

/** Drives that come and go. */
export const dDiscMaster2Events = derive(iDispatch, "DDiscMaster2Events", "27354131-7F64-5B0F-8F00-5D77AFBE261E", {
  NotifyDeviceAdded: ["pointer", "text"],
  NotifyDeviceRemoved: ["pointer", "text"],
});

/** Dispatch identifiers of {@link dDiscMaster2Events}. */
export const discMasterEventIds = { NotifyDeviceAdded: 0x100, NotifyDeviceRemoved: 0x101 } as const;

/** A drive. */
export const iDiscRecorder2 = derive(iDispatch, "IDiscRecorder2", "27354133-7F64-5B0F-8F00-5D77AFBE261E", {
  EjectMedia: [],
  CloseTray: [],
  AcquireExclusiveAccess: ["bool", "text"],
  ReleaseExclusiveAccess: [],
  DisableMcn: [],
  EnableMcn: [],
  InitializeDiscRecorder: ["text"],
  get_ActiveDiscRecorder: ["out text"],
  get_VendorId: ["out text"],
  get_ProductId: ["out text"],
  get_ProductRevision: ["out text"],
  get_VolumeName: ["out text"],
  get_VolumePathNames: ["out array"],
  get_DeviceCanLoadMedia: ["out bool"],
  get_LegacyDeviceNumber: ["out i32"],
  get_SupportedFeaturePages: ["out array"],
  get_CurrentFeaturePages: ["out array"],
  get_SupportedProfiles: ["out array"],
  get_CurrentProfiles: ["out array"],
  get_SupportedModePages: ["out array"],
  get_ExclusiveAccessOwner: ["out text"],
});

/** Commands to a drive as they are. Derives from IUnknown: scripts cannot reach it. Time-outs are seconds. */
export const iDiscRecorder2Ex = derive(iUnknown, "IDiscRecorder2Ex", "27354132-7F64-5B0F-8F00-5D77AFBE261E", {
  SendCommandNoData: ["bytes", "u32", "bytes", "u32"],
  SendCommandSendDataToDevice: ["bytes", "u32", "bytes", "u32", "bytes", "u32"],
  SendCommandGetDataFromDevice: ["bytes", "u32", "bytes", "u32", "bytes", "u32", "out u32"],
  ReadDvdStructure: ["u32", "u32", "u32", "u32", "out pointer", "out u32"],
  SendDvdStructure: ["u32", "bytes", "u32"],
  GetAdapterDescriptor: ["out pointer", "out u32"],
  GetDeviceDescriptor: ["out pointer", "out u32"],
  GetDiscInformation: ["out pointer", "out u32"],
  GetTrackInformation: ["u32", "u32", "out pointer", "out u32"],
  GetFeaturePage: ["u32", "u8", "out pointer", "out u32"],
  GetModePage: ["u32", "u32", "out pointer", "out u32"],
  SetModePage: ["u32", "bytes", "u32"],
  GetSupportedFeaturePages: ["u8", "out pointer", "out u32"],
  GetSupportedProfiles: ["u8", "out pointer", "out u32"],
  GetSupportedModePages: ["u32", "out pointer", "out u32"],
  GetByteAlignmentMask: ["out u32"],
  GetMaximumNonPageAlignedTransferSize: ["out u32"],
  GetMaximumPageAlignedTransferSize: ["out u32"],
});
