/**
 * The SCSI/MMC command set, both directions, and a recorder over any transport.
 *
 * @module mmc
 */
export type { ScsiCommand, ScsiResult, ScsiTarget, ScsiTransport } from "./transport.ts";
