/**
 * The SCSI/MMC command set, both directions, and a recorder over any transport.
 *
 * @module mmc
 */

// The recorder, and the way to it

export { type Clock, systemClock } from "./clock.ts";
export { type ChannelCommand, CommandChannel, timeouts } from "./command-channel.ts";
export { MmcRecorder } from "./mmc-recorder.ts";
export { type MmcRecorderOptions, openMmcRecorder } from "./open-mmc-recorder.ts";
export type { ScsiCommand, ScsiResult, ScsiTarget, ScsiTransport } from "./transport.ts";

// Media: what drives say, and what it means

export { type CloseCommand, closeCommands } from "./close-rules.ts";
export {
  type FormatChoice,
  type FormatMethod,
  type FormatRule,
  formatChoices,
  formatOption,
  formatRules,
  type MediumState,
} from "./format-rules.ts";
export { capacityOf } from "./medium-capacity.ts";
export { type MediumFacts, mediumFacts } from "./medium-facts.ts";
export { type MediumReport, readMediumReport, type TrackReport } from "./medium-report.ts";
export { type CloseAnswer, type CloseRule, type MediumRules, mediumRules } from "./medium-rules.ts";
export {
  currentFeatures,
  type FeatureCondition,
  type Profile,
  profileName,
  profileNumbers,
  profiles,
} from "./profiles.ts";

export { restrictionOf } from "./restrictions.ts";
export { pageFor, type Succession, type WriteParameters, writeParametersList } from "./write-parameters.ts";

// Captures of drives

export { CAPTURE_VERSION, captureDocument, captureOf, parseCapture } from "./capture/capture-json.ts";
export { addCapture, type Capturing, canCapture } from "./capture/capturing.ts";
export type {
  CapturedFeature,
  CapturedIdentity,
  CapturedMedium,
  CapturedSpeed,
  CapturedZone,
  DriveCapture,
  DriveQuirks,
} from "./capture/drive-capture.ts";

// Sense data

export { buildSense, type FieldPointer, fixedSense, parseSense, type SenseData, senseKeys, senseOf } from "./sense.ts";
export { type CommandPurpose, type FailedCommand, senseError } from "./sense-error.ts";
export { describeSense, senseCode } from "./sense-words.ts";

// Commands, both directions

export { type CommandLayout, command } from "./command.ts";
export { blank, blankTypes } from "./commands/blank.ts";
export { bufferCapacity, readBufferCapacity } from "./commands/buffer.ts";
export {
  type CalibrationEntry,
  calibrationEntry,
  calibrationTable,
  sendOpcInformation,
} from "./commands/calibration.ts";
export {
  type Configuration,
  configuration,
  configurationRequests,
  type Feature,
  getConfiguration,
} from "./commands/configuration.ts";
export {
  CUE_CD_TEXT,
  type CueEntry,
  cueDataForms,
  cueEntry,
  cueSheet,
  sendCueSheet,
} from "./commands/cue-sheet.ts";
export {
  discInformation,
  discInformationTypes,
  pseudoOverwriteResources,
  readDiscInformation,
  trackResources,
} from "./commands/disc-information.ts";
export {
  type BdDiscUnit,
  bdDefinition,
  bdDiscInformation,
  bdDiscUnit,
  bdSpare,
  discStructure,
  dvdPhysicalFormat,
  dvdSpare,
  readDiscStructure,
  structureFormats,
  structureMedia,
  writeProtection,
} from "./commands/disc-structure.ts";
export {
  dvdPreRecorded,
  dvdRamStatus,
  dvdUniqueIdentifier,
  jumpInterval,
  layerBoundary,
  layerJumpAddress,
  remappingAddress,
  shiftedMiddleArea,
} from "./commands/dvd-structures.ts";
export { type EventStatus, eventClasses, eventStatus, getEventStatus, mediaEvents } from "./commands/event-status.ts";
export {
  DISC_CONTROL_BLOCKS,
  type FeatureLayout,
  type FeatureState,
  FIRMWARE_DATE,
  features,
  firmwareDate,
  linkSizes,
  PROFILE_LIST,
  type ProfileEntry,
  profileList,
  SERIAL_NUMBER,
  serialNumberFeature,
  withLinkSizes,
} from "./commands/features.ts";
export {
  bdReSubTypes,
  bdRSubTypes,
  type FormatCapacities,
  type FormatDescriptor,
  formatCapacities,
  formatParameters,
  formatTypes,
  formatUnit,
  readFormatCapacities,
} from "./commands/format.ts";
export {
  type Designator,
  deviceIdentification,
  inquiry,
  inquiryData,
  serialNumber,
  supportedPages,
  type VitalPage,
  vitalPage,
} from "./commands/inquiry.ts";
export { mechanismStatus, mechanismStatusData } from "./commands/mechanism-status.ts";
export {
  type Capabilities,
  type CapabilitySpeed,
  cachingPage,
  capabilities,
  capabilitiesPage,
  capabilitySpeed,
  dataBlockTypes,
  errorRecoveryPage,
  type ModeData,
  modeData,
  modePageCode,
  modePages,
  modeSelect10,
  modeSense10,
  multisessionModes,
  sessionFormats,
  timeoutPage,
  trackModes,
  writeParametersPage,
  writeTypes,
} from "./commands/mode.ts";
export { modeData6, modeSelect6, modeSense6 } from "./commands/mode6.ts";
export {
  getPerformance,
  type NominalSpeed,
  nominalSpeed,
  type Performance,
  performance,
  setCdSpeed,
  setStreaming,
  streamingDescriptor,
  type WriteSpeed,
  writeSpeed,
  writeSpeeds,
} from "./commands/performance.ts";
export {
  atip,
  type CdTextPack,
  cdText,
  cdTextPack,
  type RawToc,
  type RawTocEntry,
  rawToc,
  rawTocEntry,
  tocFormats,
  tocPoints,
} from "./commands/raw-toc.ts";
export { readCd, sectorTypes } from "./commands/read-cd.ts";
export {
  capacityData,
  read10,
  read12,
  readCapacity,
  seek10,
  synchronizeCache,
  verify10,
  write10,
  write12,
  writeAndVerify10,
} from "./commands/read-write.ts";
export { lunList, reportLuns } from "./commands/report-luns.ts";
export {
  release6,
  release10,
  reserve6,
  reserve10,
} from "./commands/reservation.ts";
export {
  bdAccessControl,
  bdCartridge,
  type StructureEntry,
  sendDiscStructure,
  structureEntry,
  structureList,
} from "./commands/structure-list.ts";
export {
  LEAD_OUT,
  lbaOfMsf,
  msfOf,
  readToc,
  sessionInformation,
  type Toc,
  type TocEntry,
  toc,
  tocEntry,
  tocFormat,
} from "./commands/toc.ts";
export {
  closeFunctions,
  closeTrackSession,
  longTrackInformation,
  readTrackInformation,
  repairTrack,
  reserveTrack,
  reserveTrackAt,
  trackAddressTypes,
  trackInformation,
} from "./commands/tracks.ts";
export { preventAllow, requestSense, startStopUnit, testUnitReady } from "./commands/unit.ts";
export { describeCommand } from "./describe-command.ts";
export { cdbLength, type Direction, findOpcode, type Opcode, opcodes } from "./opcodes.ts";

// Byte layouts

export {
  bit,
  bits,
  type Codec,
  concat,
  entriesOf,
  type Field,
  type FieldKind,
  type Fields,
  i32,
  printable,
  raw,
  type Struct,
  type StructOptions,
  splitU16,
  struct,
  text,
  u8,
  u16,
  u24,
  u32,
  type Values,
  type ValuesOf,
} from "./struct.ts";
