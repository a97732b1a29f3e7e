/**
 * Drives for other programs, over iSCSI (RFC 7143): any `ScsiTarget`, for unmodified programs and kernels.
 *
 * @module iscsi-target
 */

export type { ChapSecrets } from "./chap.ts";
export { readChapFile } from "./chap-file.ts";
export { IscsiTarget, type IscsiTargetOptions, type ListenOptions, type TargetAddress } from "./iscsi-target.ts";
export { defaultLimits, type Limits } from "./limits.ts";
