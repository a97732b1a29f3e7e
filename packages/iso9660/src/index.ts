/**
 * File system: ISO 9660 level 3 with Rock Ridge and Joliet.
 *
 * @module iso9660
 */
export { Iso9660, type Iso9660Options, iso9660 } from "./iso9660.ts";
