import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, type Plugin } from "@multisession/core";
import { virtual } from "@multisession/driver-virtual";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { Backup } from "./backup.ts";

/** The application, put together by hand. More plugins go beside the others. */
export function composeBackup(...more: readonly Plugin[]): Backup {
  return new Backup(createPlugins(virtual(), iso9660(), sequential(), randomWrite(), bdrPow(), more));
}
