import { bdrPow } from "@multisession/bdr-pow";
import type { Plugin } from "@multisession/core";
import { type VirtualRecorder, virtual } from "@multisession/driver-virtual";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { windowsDrives } from "./windows-drives.ts";

/** What comes with the command; `onOpen` hears of every virtual recorder that is opened. */
export function bundledPlugins(onOpen?: (recorder: VirtualRecorder) => void): readonly Plugin[] {
  return [virtual(onOpen && { onOpen }), iso9660(), sequential(), randomWrite(), bdrPow(), windowsDrives()];
}
