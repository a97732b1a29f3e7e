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
export type { DeviceFacts } from "./host/devices.ts";
export { ImapiRecorder } from "./imapi-recorder.ts";
export { type DeviceChange, type WatchOptions, watchDevices } from "./watch-devices.ts";
