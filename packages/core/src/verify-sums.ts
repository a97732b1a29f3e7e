import { ComparedContents } from "./compared-contents.ts";
import type { OnEvent } from "./events.ts";
import { hashBlocks } from "./hash-blocks.ts";
import type { StateRef } from "./history.ts";
import { Progress } from "./progress.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import type { RecordedExtent } from "./tree.ts";
import { type Blocks, blocksOf, type Lba } from "./units.ts";
import type { VerifyFault, VerifyReport } from "./verify.ts";

/** Blocks with the MD5 sum that a volume has of them. */
export interface SummedBlocks {
  /** First block. */
  readonly at: Lba;
  /** Length. */
  readonly blocks: Blocks;
  /** Of all of them. */
  readonly md5: Uint8Array;
}

/** What a file's extents hold, with the MD5 sum that a volume has of it. */
export interface SummedContent {
  /** In their order. */
  readonly extents: readonly RecordedExtent[];
  /** Of the bytes in them. */
  readonly md5: Uint8Array;
}

/** What is to be verified by MD5 sums. */
export interface VerifySumsRequest extends CallOptions {
  /** Reads from the medium, best after a reload. */
  readonly reader: BlockReader;
  /** The session to verify. */
  readonly state: StateRef;
  /** Its head and directories; nothing where the volume has no sum of them. */
  readonly directories: SummedBlocks | undefined;
  /** Its contents. */
  readonly contents: readonly SummedContent[];
  /** As in `VerifyRequest`. */
  readonly compared?: ComparedContents;
  /** Told of progress. */
  readonly onEvent?: OnEvent;
}

/** Reads a session back that another program recorded, and compares it with its MD5 sums. */
export async function verifySums(request: VerifySumsRequest): Promise<VerifyReport> {
  const { reader, state, directories, contents, compared = new ComparedContents(), onEvent, signal } = request;
  const fresh = contents.filter(({ extents, md5 }) => !compared.has(startOf(extents), md5));
  const total = fresh.reduce((sum, content) => sum + blocksIn(content), directories?.blocks ?? 0);
  const reading = { reader, progress: new Progress(total, onEvent), ...(signal && { signal }) };
  const faults: VerifyFault[] = [];
  if (directories !== undefined) {
    const seen = await hashBlocks("md5", reading, [directories]);
    const fault = faultOf(seen, directories.md5, directories.at, "The session's head or its directories");
    if (fault !== undefined) faults.push(fault);
  }
  for (const { extents, md5 } of fresh) {
    const bytes = extents.reduce((sum, extent) => sum + extent.bytes, 0);
    const ranges = extents.map((extent) => ({ at: extent.at, blocks: blocksOf(extent.bytes) }));
    const seen = await hashBlocks("md5", reading, ranges, bytes);
    compared.add(startOf(extents), md5, faultOf(seen, md5, startOf(extents), `A file of ${bytes} bytes`));
  }
  for (const { extents } of contents) {
    const fault = compared.faultAt(startOf(extents));
    if (fault !== undefined) faults.push(fault);
  }
  const outcome = faults.length > 0 ? "faulty" : "good";
  return { state, outcome, hashes: "md5", contents: fresh.length, blocks: total, faults };
}

function startOf(extents: readonly RecordedExtent[]): Lba {
  return extents[0]?.at ?? 0;
}

function blocksIn({ extents }: SummedContent): Blocks {
  return extents.reduce((sum, { bytes }) => sum + blocksOf(bytes), 0);
}

function faultOf(seen: Buffer | undefined, md5: Uint8Array, at: Lba, what: string): VerifyFault | undefined {
  if (seen === undefined) return { at, what: `${what} cannot be read.`, fault: "unreadable" };
  return seen.equals(md5) ? undefined : { at, what: `${what} is not what its MD5 sum says.`, fault: "different" };
}
