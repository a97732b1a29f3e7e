import type { RecordedBytes } from "./tree.ts";

/** MD5 sums of contents that are on a disc: of what lies in the extents. Nothing where none is known, or none to be trusted. */
export type Md5Sums = (content: RecordedBytes) => Uint8Array | undefined;
