/**
 * File system: ISO 9660 with Rock Ridge, Joliet, the enhanced descriptor of ISO 9660:1999, and El Torito.
 *
 * @module iso9660
 */

export type { BootEntry, BootOptions, BootPlatform } from "./boot-options.ts";
export type { IsoNameRules } from "./iso-names.ts";
export { Iso9660, iso9660 } from "./iso9660.ts";
export type { JolietUnits } from "./joliet-names.ts";
export type { NameSource } from "./open-volume.ts";
export type { Profile } from "./profile.ts";
export type { RockRidgeVersion, StampForm } from "./rock-ridge.ts";
export type { JolietLevel } from "./volume-descriptor.ts";
export type { DeepFolders, Iso9660Options } from "./volume-options.ts";
export type { VolumeDates, VolumeTexts } from "./volume-texts.ts";
