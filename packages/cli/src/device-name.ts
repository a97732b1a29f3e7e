import { resolve } from "node:path";

/**
 * A device as the user writes it, made independent of the current folder: a URI (`virtual:…`) and a drive letter stay as
 * they are, anything else is a path. A scheme has at least two letters, so that `D:` and `D:\x.disc` are Windows paths.
 */
export function deviceName(text: string, cwd: string): string {
  const isDriveLetter = /^[a-z]:$/i.test(text);
  return isUri(text) || isDriveLetter ? text : resolve(cwd, text);
}

/** Whether a device is named by a URI, and not by a path. */
export function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}
