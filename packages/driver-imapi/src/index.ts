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
export type { WriterFacts, WriteSpeedFacts } from "./host/data-writer.ts";
export type { DeviceFacts } from "./host/devices.ts";
export type { EraseProgress } from "./host/eraser.ts";
export { type EraseOptions, ImapiRecorder } from "./imapi-recorder.ts";
export { type DeviceChange, type WatchOptions, watchDevices } from "./watch-devices.ts";
export type { ImapiWriterOptions } from "./writer/imapi-executor.ts";
export { mediaStates, protections } from "./writer/media-status.ts";
