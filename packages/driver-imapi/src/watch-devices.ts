import type { DeviceEntry } from "@multisession/core";
import { SCHEME, textOf, uriOf } from "./device-name.ts";
import type { HostEvent } from "./host/protocol.ts";
import { HostProcess } from "./host-process.ts";
import { requireWindows } from "./require-windows.ts";

/** A drive that was plugged in or out. */
export interface DeviceChange {
  /** Which of both. */
  readonly change: "added" | "removed";
  /** IMAPI2's identifier, the same when the drive comes back. */
  readonly id: string;
  /** What `list` says of it; only an identifier when it is gone or cannot be asked. */
  readonly device: DeviceEntry;
}

/** Options of {@link watchDevices}. */
export interface WatchOptions {
  /** As in `ImapiOptions`. */
  readonly hostProgram?: URL;
}

/**
 * Tells of drives that are plugged in and out, until what it gives is disposed of. Keeps the process alive meanwhile.
 *
 * @throws `UNKNOWN_DEVICE` on other systems than Windows, `RECORDER_LOST` when Windows' functions cannot be called.
 */
export async function watchDevices(
  onChange: (change: DeviceChange) => void,
  { hostProgram }: WatchOptions = {},
): Promise<AsyncDisposable> {
  requireWindows("the list of drives", "Drives that come and go are told of by Windows", hostProgram);
  const host = new HostProcess("Windows' list of drives", { program: hostProgram });
  host.listen((event) => event.type === "device" && onChange(changeOf(event)));
  try {
    await host.calls.watch();
  } catch (error) {
    await host.close();
    throw error;
  }
  return { [Symbol.asyncDispose]: () => host.close() };
}

function changeOf({ change, id, facts }: Extract<HostEvent, { type: "device" }>): DeviceChange {
  const device = facts ? { uri: uriOf(facts), text: textOf(facts) } : { uri: SCHEME + id, text: id };
  return { change, id, device };
}
