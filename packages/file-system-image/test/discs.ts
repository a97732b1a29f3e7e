import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, type DiscRecorder, type Plugin, type Plugins } from "@multisession/core";
import { createVirtualRecorder, type DiscOptions, type VirtualRecorder } from "@multisession/driver-virtual";
import { iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";

/** All plugins of the project, and those of a test. */
export function allPlugins(...more: readonly Plugin[]): Plugins {
  return createPlugins(iso9660(), sequential(), randomWrite(), bdrPow(), ...more);
}

/** The mechanisms of the project with another file system. */
export function pluginsOf(fileSystem: Plugin): Plugins {
  return createPlugins(fileSystem, sequential(), randomWrite(), bdrPow());
}

/** A disc in a recorder. */
export interface TestDisc {
  readonly virtual: VirtualRecorder;
  readonly recorder: DiscRecorder;
}

/** The three media, small. */
export const media = [
  { name: "BD-R", disc: { medium: "bd-r", capacity: 16_384 }, mechanism: "sequential" },
  { name: "BD-R with pseudo-overwrite", disc: { medium: "bd-r-pow", capacity: 16_384 }, mechanism: "bdr-pow" },
  { name: "DVD+RW", disc: { medium: "dvd+rw", capacity: 16_384 }, mechanism: "random-write" },
] as const satisfies readonly { name: string; disc: DiscOptions; mechanism: string }[];

/** A new disc in a virtual recorder. */
export async function insert(disc: DiscOptions): Promise<TestDisc> {
  const virtual = createVirtualRecorder(disc);
  return { virtual, recorder: await reopen(virtual) };
}

/** The same disc, opened again as another program would. */
export function reopen(virtual: VirtualRecorder): Promise<DiscRecorder> {
  return openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
}
