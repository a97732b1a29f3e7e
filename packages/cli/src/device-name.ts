import { resolve } from "node:path";

/**
 * A device as the user writes it, made independent of the current folder: a URI (`virtual:…`) and a drive letter stay as
 * they are, anything else is a path. A scheme has at least two letters, so that `D:` and `D:\x.disc` are Windows paths.
 */
export function deviceName(text: string, cwd: string): string {
  const isUri = /^[a-z][a-z0-9+.-]+:/i.test(text);
  const isDriveLetter = /^[a-z]:$/i.test(text);
  return isUri || isDriveLetter ? text : resolve(cwd, text);
}
