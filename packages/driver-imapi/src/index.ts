/**
 * Windows drives, through IMAPI2's COM objects.
 *
 * @module driver-imapi
 */

// The driver
export { type ImapiOptions, imapi } from "./driver.ts";
// Errors
export type { HresultEntry } from "./errors/hresult-entry.ts";
export { findHresult, hresultTable } from "./errors/hresult-table.ts";
// IMAPI2's own writer
export type { WriteOutcome, WriteProgress, WriterFacts, WriteSpeedFacts } from "./host/data-writer.ts";
export type { DeviceFacts } from "./host/devices.ts";
export type { EraseProgress } from "./host/eraser.ts";
export type { DriveMechanism, MultisessionProperty } from "./host/multisession-objects.ts";
// Windows' own image, and multisession objects both ways
export type { SpoolRun } from "./host/spool.ts";
export { type RecordRequest, recordWindowsSession } from "./image/record-session.ts";
export type { WindowsFileSystem } from "./image/windows-file-systems.ts";
export { WindowsImage, type WindowsImageOptions } from "./image/windows-image.ts";
export { WindowsSession } from "./image/windows-session.ts";
export { type EraseOptions, ImapiRecorder, type WriteWindowsSessionOptions } from "./imapi-recorder.ts";
export { imapiRandomWrite, imapiSequential } from "./multisession/drive-mechanisms.ts";
export type { MultisessionSource } from "./multisession/multisession-source.ts";
export { type DeviceChange, type WatchOptions, watchDevices } from "./watch-devices.ts";
export type { ImapiWriterOptions } from "./writer/imapi-executor.ts";
export { mediaStates, protections } from "./writer/media-status.ts";
export { writeActions } from "./writer/write-actions.ts";
