/**
 * The virtual recorder: media in software, faults, disc files.
 *
 * @module driver-virtual
 */

// The recorder
export { type BlockRange, BlockRanges } from "./block-ranges.ts";
// Disc files
export { checkDisc, type DiscCheck, type DiscCheckName, type DiscCheckReport } from "./disc-file/check-disc.ts";
export { createDisc } from "./disc-file/create-disc.ts";
export { type OpenDiscOptions, openDisc } from "./disc-file/open-disc.ts";
export type { StateDocument } from "./disc-file/state-document.ts";
export { discImage, writeDiscImage } from "./disc-image.ts";
// The driver
export { type VirtualOptions, virtual } from "./driver.ts";
// Drives
export { knowsMedium } from "./drives/choose-drive.ts";
export type { DriveProfile } from "./drives/drive-profile.ts";
export { driveProfiles } from "./drives/drive-profiles.ts";
// The recorder
export type { BufferUnderrunFault } from "./faults/buffer-underrun.ts";
export type { DefectFault, NoSparesFault } from "./faults/defect.ts";
export type { BadBlockFault, Counters, Fault, LyingFault, PowerCutFault, SenseFault } from "./faults/fault.ts";
export type { HotRemovalFault } from "./faults/hot-removal.ts";
export type { SlowFault } from "./faults/slow-drive.ts";
export type { TornUnitFault } from "./faults/torn-unit.ts";
export type { UntoldAddressFault, WrongAnswerFault, WrongTocFault } from "./faults/wrong-answer.ts";
export type { WrongDiscFault } from "./faults/wrong-disc.ts";
// Logs
export type { LogCommand, LoggedData, LogHead, LogLine, LogOrigin } from "./log/log-line.ts";
export { logLineText } from "./log/log-line.ts";
export { parseLog } from "./log/parse-log.ts";
export { type LogOptions, recordLog } from "./log/record-log.ts";
export type { RecorderEvent } from "./log/recorder-event.ts";
export { type Replay, type ReplayDifference, replayLog } from "./log/replay-log.ts";
export type {
  CloseEffect,
  Condition,
  DefectRule,
  DvdMark,
  ExtensionRule,
  FormatRule,
  MediaId,
  MediumSenses,
  MediumTable,
  StructureSet,
  WriteModelId,
} from "./media/medium-table.ts";
export type { PacketLayout } from "./media/packets.ts";
export type { PageDemand, RecordingRules, TrackBits } from "./media/recording.ts";
export { type DiscOptions, type VirtualMedium, type VirtualMediumId, virtualMedia } from "./media/virtual-media.ts";
// Where media lie
export type { MediumState, TrackState } from "./medium-state.ts";
export type { LoggedCommand, Outcome } from "./recorder/command-log.ts";
export {
  createMedium,
  createVirtualRecorder,
  type VirtualRecorderOptions,
} from "./recorder/create-virtual-recorder.ts";
export type { Snapshot } from "./recorder/snapshot.ts";
export type { RecorderOptions, VirtualRecorder } from "./recorder/virtual-recorder.ts";
export type { Effect, StateRecord } from "./state-record.ts";
export type { MediumStore, StoreAccess } from "./storage/medium-store.ts";
// Time
export { SimulatedClock } from "./timing/simulated-clock.ts";
