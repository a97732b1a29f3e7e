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
export { type FormatChoice, type FormatRule, formatChoices, formatOption, formatRules } from "./format-rules.ts";
export { type MediumFacts, mediumFacts } from "./medium-facts.ts";
export { type MediumReport, readMediumReport, type TrackReport } from "./medium-report.ts";
export {
  currentFeatures,
  type FeatureCondition,
  type Profile,
  profileName,
  profileNumbers,
  profiles,
  pseudoOverwriteRules,
  type WritingRules,
} from "./profiles.ts";

// Sense data

export { buildSense, fixedSense, parseSense, type SenseData, senseKeys, senseOf } from "./sense.ts";
export { type CommandPurpose, type FailedCommand, senseError } from "./sense-error.ts";
export { describeSense, senseCode } from "./sense-words.ts";

// Commands, both directions

export { type CommandLayout, command } from "./command.ts";
export { bufferCapacity, readBufferCapacity } from "./commands/buffer.ts";
export {
  type Configuration,
  configuration,
  configurationRequests,
  type Feature,
  getConfiguration,
} from "./commands/configuration.ts";
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
export { type EventStatus, eventClasses, eventStatus, getEventStatus, mediaEvents } from "./commands/event-status.ts";
export {
  type FeatureLayout,
  type FeatureState,
  features,
  PROFILE_LIST,
  type ProfileEntry,
  profileList,
  SERIAL_NUMBER,
  serialNumberFeature,
} from "./commands/features.ts";
export {
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
  errorRecoveryPage,
  type ModeData,
  modeData,
  modePageCode,
  modeSelect10,
  modeSense10,
  timeoutPage,
  writeParametersPage,
} from "./commands/mode.ts";
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
  capacityData,
  read10,
  read12,
  readCapacity,
  synchronizeCache,
  verify10,
  write10,
  write12,
} from "./commands/read-write.ts";
export { lunList, reportLuns } from "./commands/report-luns.ts";
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
