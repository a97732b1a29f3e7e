import type { FileSource } from "../file-source.ts";
import type { HostPath } from "../host-folder.ts";
import type { Batch } from "./batches.ts";

/** Files for the worker, in the order in which they are needed; what is known of each is at the same index. */
export interface FileList {
  readonly paths: readonly HostPath[];
  readonly bytes: readonly number[];
  /** Milliseconds since 1970 with a fraction. */
  readonly modified: readonly number[];
}

/** Which hashes are taken of what is read. */
export interface Hashed {
  /** MD5 beside SHA-256. */
  readonly takesMd5: boolean;
}

/** Whole files, one behind the other into shared memory, each filled up with zeros to whole blocks. */
export interface SmallJob extends FileList, Hashed {
  readonly kind: "small";
  readonly memory: SharedArrayBuffer;
}

/** What two threads can do, and the first one that claims it does. */
export interface Claim {
  /** 32 bits for each piece of work: 0 until it is claimed. */
  readonly claims: SharedArrayBuffer;
  readonly index: number;
}

/** Whole files into memory of their own, one behind the other without a gap. */
export interface KeepJob extends FileList, Hashed {
  readonly kind: "keep";
  readonly claim?: Claim;
}

/** The next piece of one large file into shared memory. */
export interface PieceJob extends Hashed {
  readonly kind: "piece";
  readonly memory: SharedArrayBuffer;
  readonly path: HostPath;
  readonly bytes: number;
  readonly modified: number;
  readonly from: number;
  readonly length: number;
  /** Nothing more is planned after it. */
  readonly isLast: boolean;
  /** It is in the memory already, and only to be hashed. */
  readonly isRead?: boolean;
}

/** Can every file be opened, and is it as it was? */
export interface CheckJob extends FileList {
  readonly kind: "check";
  readonly claim?: Claim;
}

/** What the worker is asked to do with files. */
export type FileJob = CheckJob | KeepJob | SmallJob | PieceJob;

/** What the worker is asked to do. It does one job after another, and answers each. */
export type Job = FileJob | { readonly kind: "list"; readonly path: HostPath };

/** What was found other than it was: by its state, or by what the host says. */
export interface Fault {
  /** Index in the list of the job. */
  readonly index: number;
  readonly state?: { readonly bytes: number; readonly modified: number };
  readonly error?: { readonly code: string; readonly message: string };
}

/** The worker's answer to a job with files; an empty one where another thread has claimed it. */
export interface Answer {
  /** In the order of the list. Of a check only the first. */
  readonly faults: readonly Fault[];
  /** Bytes that were read, for each file of a job that reads: one more than planned when it has grown. */
  readonly lengths: readonly number[];
  /** SHA-256 of each file as planned, cut or filled with zeros; of a large one with its last piece. */
  readonly sha256: Uint8Array;
  /** MD5 in the same way; empty where nobody asked for it. */
  readonly md5: Uint8Array;
  /** The files of a job that keeps them, as planned: each cut or filled up with zeros. */
  readonly packed?: Buffer;
}

/** The files of a batch, as a job names them. */
export function listOf(all: readonly FileSource[], { first, end }: Pick<Batch, "first" | "end">): FileList {
  const files = all.slice(first, end);
  return {
    paths: files.map(({ hostPath }) => hostPath),
    bytes: files.map(({ bytes }) => bytes),
    modified: files.map(({ modified }) => modified),
  };
}
