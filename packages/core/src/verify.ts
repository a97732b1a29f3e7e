import { ComparedContents } from "./compared-contents.ts";
import type { OnEvent } from "./events.ts";
import { type BlockRange, hashBlocks, type Reading } from "./hash-blocks.ts";
import type { StateRef, Trailer } from "./history.ts";
import { type ManifestEntry, readManifestChain } from "./manifest.ts";
import { Progress } from "./progress.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { readTrailer } from "./session-record.ts";
import { type Blocks, blocksOf, type Lba } from "./units.ts";

/** What is to be verified. */
export interface VerifyRequest extends CallOptions {
  /** Reads from the medium, best after a reload. */
  readonly reader: BlockReader;
  /** The session to verify. */
  readonly state: StateRef;
  /** Hashes taken on the way in, right after a burn; without them those on the disc count. */
  readonly expected?: Iterable<ManifestEntry>;
  /**
   * `session`: what this session added. `tree`: everything that its tree can show, so also what earlier sessions added;
   * the default where the hashes on the disc count.
   */
  readonly scope?: "session" | "tree";
  /** What was compared with other sessions: it is not read again, but is a fault here too. What is compared now is added. */
  readonly compared?: ComparedContents;
  /** Told of progress. */
  readonly onEvent?: OnEvent;
}

/** One part of a session that is not as it should be. */
export interface VerifyFault {
  /** First block of the part. */
  readonly at: Lba;
  /** For people. */
  readonly what: string;
  /** `damaged`: known since the burn, the source had changed. `different`: read, but other bytes. */
  readonly fault: "unreadable" | "different" | "damaged";
}

/** What a verification found in one session. */
export interface VerifyReport {
  /** The session that was verified. */
  readonly state: StateRef;
  /** `no-hashes`: recorded by another program, or an empty volume; nothing was compared. */
  readonly outcome: "good" | "faulty" | "no-hashes";
  /** `md5`: compared with the MD5 sums that another program recorded; `none`: only its directories were read; else with our SHA-256. */
  readonly hashes?: "md5" | "none";
  /** Contents that were compared; not those that were compared before. */
  readonly contents: number;
  /** Blocks that were read. */
  readonly blocks: Blocks;
  /** Empty when all is good. */
  readonly faults: readonly VerifyFault[];
}

/**
 * Reads a session back and compares every new content with its hash, and head, directories and manifest with the
 * trailer's. Whether reads come from the medium or a cache is the caller's to know: `DiscRecorder.reload`.
 */
export async function verifyState(request: VerifyRequest): Promise<VerifyReport> {
  const { reader, state, compared = new ComparedContents(), onEvent, signal } = request;
  const options = signal === undefined ? {} : { signal };
  const trailerAt = state.record?.trailerAt ?? 0;
  if (trailerAt === 0) return { state, outcome: "no-hashes", contents: 0, blocks: 0, faults: [] };
  const trailer = await readTrailer(reader, trailerAt, options);
  const faults: VerifyFault[] = [];
  if (trailer === undefined) faults.push({ at: trailerAt, what: lost("The session's trailer"), fault: "unreadable" });
  const entries =
    request.expected ?? (trailer === undefined ? [] : await readEntries(request, trailer, faults, options));
  const metadata =
    trailer === undefined
      ? []
      : [range(trailer.start, trailer.contentStart), range(trailer.contentEnd, trailer.trailerAt)];
  let contents = 0;
  let blocks = metadata.reduce((sum, { blocks }) => sum + blocks, 0);
  for (const { at, bytes, sha256 } of entries) {
    if (compared.has(at, sha256)) continue;
    contents++;
    blocks += blocksOf(bytes);
  }
  const progress = new Progress(blocks, onEvent);
  if (trailer !== undefined) faults.push(...(await verifyMetadata(reader, trailer, metadata, progress, options)));
  for (const entry of entries) {
    if (entry.isDamaged)
      faults.push({ at: entry.at, what: "A file that changed while it was recorded.", fault: "damaged" });
    if (!compared.has(entry.at, entry.sha256))
      compared.add(entry.at, entry.sha256, await faultOf(entry, { reader, progress, ...options }));
    const fault = compared.faultAt(entry.at);
    if (fault !== undefined) faults.push(fault);
  }
  return { state, outcome: faults.length > 0 ? "faulty" : "good", contents, blocks, faults };
}

async function faultOf({ at, bytes, sha256 }: ManifestEntry, reading: Reading): Promise<VerifyFault | undefined> {
  const seen = await hashBlocks("sha256", reading, [{ at, blocks: blocksOf(bytes) }], bytes);
  if (seen === undefined) return { at, what: `A file of ${bytes} bytes cannot be read.`, fault: "unreadable" };
  if (seen.equals(sha256)) return undefined;
  return { at, what: `A file of ${bytes} bytes differs from what was recorded.`, fault: "different" };
}

/** The hashes on the disc. One that cannot be found is a fault: without it nobody knows whether the contents are good. */
async function readEntries(
  { reader, scope = "tree" }: VerifyRequest,
  trailer: Trailer,
  faults: VerifyFault[],
  options: CallOptions,
): Promise<readonly ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  let expected: Lba | undefined = trailer.manifestAt;
  for await (const manifest of readManifestChain(reader, trailer, options)) {
    for (const entry of manifest.entries) entries.push(entry);
    expected = scope === "session" ? undefined : manifest.previous;
    if (scope === "session") break;
  }
  if (expected !== undefined) faults.push({ at: expected, what: lost("A manifest"), fault: "unreadable" });
  return entries;
}

function lost(what: string): string {
  return `${what} cannot be read, so the contents that it has the hashes of cannot be verified.`;
}

const range = (at: Lba, end: Lba): BlockRange => ({ at, blocks: end - at });

async function verifyMetadata(
  reader: BlockReader,
  trailer: Trailer,
  ranges: readonly BlockRange[],
  progress: Progress,
  options: CallOptions,
): Promise<readonly VerifyFault[]> {
  const seen = await hashBlocks("sha256", { reader, progress, ...options }, ranges);
  if (seen === undefined)
    return [{ at: trailer.start, what: "Head, directories or manifest cannot be read.", fault: "unreadable" }];
  if (seen.toString("hex") !== trailer.metadataSha256)
    return [
      { at: trailer.start, what: "Head, directories or manifest differ from what was recorded.", fault: "different" },
    ];
  return [];
}
