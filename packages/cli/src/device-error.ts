import { statSync } from "node:fs";
import { MultisessionError } from "@multisession/core";
import { isUri } from "./device-name.ts";
import { shellWord } from "./printable.ts";
import { isSystemError, reasonOf, systemAdvice } from "./system-error.ts";

/** System errors of a path that leads to nothing. */
const nowhere: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"]);

/**
 * What a person is told when a device could not be opened: drivers know devices, and it takes a look at the file system
 * to say that there is no such file, or that it is a folder.
 */
export function deviceError(error: unknown, device: string): unknown {
  if (isSystemError(error)) return unusable(device, error);
  if (!MultisessionError.is(error) || error.code !== "UNKNOWN_DEVICE" || isUri(device)) return error;
  return whatIsThere(device) ?? error;
}

/** Looks for a file before something reads it. @throws `DEVICE_NOT_FOUND`, `multisession/disc-unreadable` */
export function mustBeFile(path: string): void {
  const error = whatIsThere(path);
  if (error !== undefined && error.code !== "UNKNOWN_DEVICE") throw error;
}

function whatIsThere(path: string): MultisessionError | undefined {
  try {
    const stats = statSync(path);
    if (stats.isDirectory())
      return new MultisessionError("DEVICE_NOT_FOUND", `${path} is a folder, and no disc file.`, {
        subject: path,
        advice: "Name the disc file itself; `multisession new` makes one.",
      });
    if (!stats.isFile()) return undefined;
    return new MultisessionError("UNKNOWN_DEVICE", `${path} is no disc file: no ${path}.state is beside it.`, {
      subject: path,
      advice: "Put the state file beside it, or give the file a name that ends in .disc to read it without.",
    });
  } catch (error) {
    return unusable(path, error);
  }
}

function unusable(device: string, cause: unknown): MultisessionError {
  const { code = "" } = cause as NodeJS.ErrnoException;
  if (!nowhere.has(code))
    return new MultisessionError("multisession/disc-unreadable", `${device} cannot be opened: ${reasonOf(cause)}.`, {
      subject: device,
      advice: systemAdvice(cause),
      cause,
    });
  if (code !== "ENOENT")
    return new MultisessionError("DEVICE_NOT_FOUND", `There is no disc file ${device}: ${reasonOf(cause)}.`, {
      subject: device,
      advice: "Check the path; `multisession new` makes a disc file.",
      cause,
    });
  return new MultisessionError("DEVICE_NOT_FOUND", `${device} does not exist.`, {
    subject: device,
    advice: device.startsWith("/dev/")
      ? "Check that the drive is connected; `multisession devices` lists what can be used."
      : `Check the path. To make a disc file there: multisession new ${shellWord(device)} --medium bd-r`,
  });
}
