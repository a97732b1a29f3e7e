import type { HostPath } from "../host-folder.ts";

/** Files for the worker, in the order in which they are needed; what is known of each is at the same index. */
export interface FileList {
  readonly paths: readonly HostPath[];
  readonly bytes: readonly number[];
  /** Milliseconds since 1970 with a fraction. */
  readonly modified: readonly number[];
}

/** Whole files, one behind the other into a slot of the shared memory, each filled up with zeros to whole blocks. */
export interface SmallJob extends FileList {
  readonly kind: "small";
  readonly slot: number;
  readonly takesMd5: boolean;
}

/** What the worker is asked to do. It does one job after another; `null` instead of one ends it. */
export type Job =
  /** Can every file be opened, and is it as it was? */
  | ({ readonly kind: "check" } & FileList)
  | SmallJob
  /** The next piece of one large file into a slot. `isLast`: nothing more is planned after it. */
  | {
      readonly kind: "piece";
      readonly slot: number;
      readonly path: HostPath;
      readonly bytes: number;
      readonly modified: number;
      readonly from: number;
      readonly length: number;
      readonly isLast: boolean;
      readonly takesMd5: boolean;
    };

/** What was found other than it was: by its state, or by what the host says. */
export interface Fault {
  /** Index in the list of the job. */
  readonly index: number;
  readonly state?: { readonly bytes: number; readonly modified: number };
  readonly error?: { readonly code: string; readonly message: string };
}

/** The worker's answer to a job. */
export interface Answer {
  /** In the order of the list. Of a check only the first. */
  readonly faults: readonly Fault[];
  /** Bytes that were read, for each file of a job that reads: one more than planned when it has grown. */
  readonly lengths: readonly number[];
  /** SHA-256 of each file as planned, cut or filled with zeros; of a large one with its last piece. */
  readonly sha256: Uint8Array;
  /** MD5 in the same way; empty where nobody asked for it. */
  readonly md5: Uint8Array;
}
