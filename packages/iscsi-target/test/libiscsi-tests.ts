/** Tests of libiscsi's `iscsi-test-cu`, by suite: those that apply to a recorder, and those that do not with the reason. */

/** Suites with the tests that run wholly, and pass. */
export const applied: readonly string[] = [
  "Inquiry Standard AllocLength EVPD SupportedVPD VersionDescriptors",
  "ModeSense6 AllPages Control-D_SENSE Residuals",
  "Read10 Simple BeyondEol ZeroBlocks",
  "Read12 Simple BeyondEol ZeroBlocks",
  "ReadCapacity10 Simple",
  "Reserve6 Simple 2Initiators Logout ITNexusLoss TargetColdReset TargetWarmReset LUNReset",
  "TestUnitReady Simple",
  "Verify10 Simple BeyondEol ZeroBlocks Flags Mismatch MismatchNoCmp",
  "Write10 Simple BeyondEol ZeroBlocks",
  "Write12 Simple BeyondEol ZeroBlocks",
  "WriteVerify10 Simple BeyondEol ZeroBlocks Flags",
  "iSCSIcmdsn iSCSICmdSnTooHigh iSCSICmdSnTooLow",
  "iSCSIdatasn iSCSIDataSnInvalid",
  "iSCSIResiduals Read10Invalid Read10Residuals Read12Residuals",
];

/** Tests that fail on every recorder that does what MMC says. */
export const wrongForRecorders: Readonly<Record<string, string>> = {
  "ModeSense6.Control": "It wants the control mode page, which is not among the mode pages of MMC-6, 7.2.",
  "StartStopUnit.Simple":
    "It wants TEST UNIT READY to succeed at once after a load, where MMC wants the unit attention 28/00.",
  "StartStopUnit.PwrCnd":
    "It wants power conditions of hard disks to be taken, which MMC-6 reserves: 4 and 6 to 15. The others are, and none ejects.",
  "StartStopUnit.NoLoej":
    "It sets NO_FLUSH of SBC-3, whose bit is the format layer of HD DVD in MMC-6. Without that bit all is as it wants.",
};

/** Suites with tests that skip themselves or their main part, and why they do not apply. */
export const notApplied: Readonly<Record<string, readonly string[]>> = {
  "Block commands (SBC) of hard disks: 16-byte reads and writes, protection information, FUA, COMPARE AND WRITE, UNMAP, WRITE SAME; and tests that the program runs on hard disks only.":
    [
      "CompareAndWrite Simple DpoFua Miscompare Unwritten",
      "Inquiry BlockLimits MandatoryVPDSBC",
      "Mandatory MandatorySBC",
      "ModeSense6 Control-SWP",
      "NoMedia NoMediaSBC",
      "OrWrite Simple BeyondEol ZeroBlocks Protect DpoFua Verify",
      "PreventAllow Simple Eject ITNexusLoss Logout WarmReset ColdReset LUNReset 2ITNexuses",
      "Read10 ReadProtect DpoFua Async",
      "Read12 ReadProtect DpoFua",
      "Read16 Simple BeyondEol ZeroBlocks ReadProtect DpoFua",
      "ReadCapacity16 PI",
      "Unmap VPD",
      "Verify10 VerifyProtect Dpo",
      "Verify12 VerifyProtect Dpo",
      "Verify16 VerifyProtect Dpo",
      "Write10 WriteProtect DpoFua Async",
      "Write12 WriteProtect DpoFua",
      "Write16 Simple BeyondEol ZeroBlocks WriteProtect DpoFua",
      "WriteAtomic16 Simple BeyondEol ZeroBlocks WriteProtect DpoFua VPD",
      "WriteSame10 Simple BeyondEol ZeroBlocks WriteProtect UnmapVPD Check",
      "WriteSame16 Simple BeyondEol ZeroBlocks WriteProtect UnmapVPD Check",
      "WriteVerify10 WriteProtect Dpo",
      "WriteVerify12 WriteProtect Dpo",
      "WriteVerify16 Simple BeyondEol ZeroBlocks WriteProtect Dpo",
      "iSCSIResiduals Write10Residuals Write12Residuals Write16Residuals WriteVerify10Residuals WriteVerify12Residuals WriteVerify16Residuals",
      "iSCSITMF AbortTaskSimpleAsync LUNResetSimpleAsync",
      "MultipathIO Simple Reset CompareAndWrite CompareAndWriteAsync",
    ],
  "Thin provisioning: a disc gives no room back.": [
    "CompareAndWrite InvalidDataOutSize",
    "GetLBAStatus UnmapSingle",
    "Unmap Simple ZeroBlocks",
    "WriteSame10 Unmap UnmapUnaligned UnmapUntilEnd InvalidDataOutSize",
    "WriteSame16 Unmap UnmapUnaligned UnmapUntilEnd InvalidDataOutSize",
  ],
  "No command of recorders in MMC-6, or optional there and refused as an unknown one.": [
    "ExtendedCopy Simple ParamHdr DescrLimits DescrType ValidTgtDescr ValidSegDescr",
    "GetLBAStatus Simple BeyondEol",
    "Prefetch10 Simple BeyondEol ZeroBlocks Flags",
    "Prefetch16 Simple BeyondEol ZeroBlocks Flags",
    "Read6 Simple BeyondEol",
    "ReadCapacity16 Simple Alloclen Support",
    "ReadDefectData10 Simple",
    "ReadDefectData12 Simple",
    "ReceiveCopyResults CopyStatus OpParams",
    "ReportSupportedOpcodes Simple OneCommand RCTD SERVACTV",
    "Verify12 Simple BeyondEol ZeroBlocks Flags Mismatch MismatchNoCmp",
    "Verify16 Simple BeyondEol ZeroBlocks Flags Mismatch MismatchNoCmp",
    "WriteVerify12 Simple BeyondEol ZeroBlocks Flags",
    "WriteVerify16 Flags",
    "iSCSIResiduals Read16Residuals",
  ],
  "Persistent reservations: recorders have RESERVE and RELEASE.": [
    "PrinReadKeys Simple Truncate",
    "PrinServiceactionRange Range",
    "PrinReportCapabilities Simple",
    "ProutRegister Simple",
    "ProutReserve Simple AccessEA AccessWE AccessEARO AccessWERO AccessEAAR AccessWEAR OwnershipEA OwnershipWE OwnershipEARO OwnershipWERO OwnershipEAAR OwnershipWEAR",
    "ProutClear Simple",
    "ProutPreempt RemoveRegistration",
  ],
  "The disc can be written.": ["ReadOnly ReadOnlySBC"],
  "SANITIZE: no command of recorders.": [
    "Sanitize BlockErase BlockEraseReserved CryptoErase CryptoEraseReserved ExitFailureMode InvalidServiceAction Overwrite OverwriteReserved Readonly Reservations Reset",
  ],
};

/** `Suite.Test` of every entry. */
export function names(entries: readonly string[]): readonly string[] {
  return entries.flatMap((entry) => {
    const [suite, ...tests] = entry.split(" ");
    return tests.map((test) => `${suite}.${test}`);
  });
}
