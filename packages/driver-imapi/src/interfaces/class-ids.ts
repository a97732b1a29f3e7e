/** Class identifiers of what IMAPI2 lets an application create. */
export const classIds = {
  discMaster: "2735412E-7F64-5B0F-8F00-5D77AFBE261E",
  discRecorder: "2735412D-7F64-5B0F-8F00-5D77AFBE261E",
  formatErase: "2735412B-7F64-5B0F-8F00-5D77AFBE261E",
  formatData: "2735412A-7F64-5B0F-8F00-5D77AFBE261E",
  fileSystemImage: "2C941FC5-975B-59BE-A960-9A2A262853A5",
} as const;
