import {
  type BlockReader,
  type CallOptions,
  type ComparedContents,
  type OnEvent,
  type RecordedEntry,
  type RecordedVolume,
  type StateRef,
  type SummedContent,
  type VerifyFault,
  type VerifyReport,
  verifySums,
} from "@multisession/core";

type RecordedFile = RecordedEntry & { readonly kind: "file" };

/** A session of another program, to be verified. */
interface SumsRequest extends CallOptions {
  readonly reader: BlockReader;
  readonly state: StateRef;
  readonly volume: RecordedVolume;
  /** `session`: what lies in the session. `tree`: all that its tree shows. */
  readonly scope: "session" | "tree";
  readonly compared: ComparedContents;
  readonly onEvent?: OnEvent;
}

/**
 * Verifies a session by the MD5 sums in its volume; where it has none, only its directories are read. What is wrong with
 * these, or with the sums, is a fault.
 */
export async function verifyBySums(request: SumsRequest): Promise<VerifyReport> {
  const { volume, state, scope, signal } = request;
  const options = signal && { signal };
  const files = await filesOf(volume, options);
  const sums = await volume.md5Sums?.(options);
  const directories = await volume.summedDirectories?.(options);
  const faults = volume.findings.map((finding): VerifyFault => ({ ...finding, fault: "unreadable" }));
  const contents = new Map<number, SummedContent>();
  for (const file of files) {
    const { extents } = file;
    const md5 = sums?.(file);
    const at = extents[0]?.at;
    const isInScope = at !== undefined && (scope === "tree" || (at >= state.start && at < state.end));
    if (md5 !== undefined && isInScope) contents.set(at, { extents, md5 });
  }
  if (contents.size === 0 && directories === undefined) {
    const outcome = faults.length === 0 ? "no-hashes" : "faulty";
    return { state, outcome, hashes: "none", contents: 0, blocks: 0, faults };
  }
  // In the order of the disc, which a drive reads fastest.
  const ordered = [...contents.values()].toSorted((a, b) => (a.extents[0]?.at ?? 0) - (b.extents[0]?.at ?? 0));
  const report = await verifySums({ ...request, directories, contents: ordered });
  return faults.length === 0 ? report : { ...report, outcome: "faulty", faults: [...faults, ...report.faults] };
}

async function filesOf(volume: RecordedVolume, options?: CallOptions): Promise<readonly RecordedFile[]> {
  const files: RecordedFile[] = [];
  const seen = new Set([volume.root.at]);
  const waiting = [volume.root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop())
    for (const entry of await volume.list(folder, options)) {
      if (entry.kind === "file" && entry.md5At !== undefined) files.push(entry);
      if (entry.kind !== "directory" || seen.has(entry.at)) continue;
      seen.add(entry.at);
      waiting.push(entry);
    }
  return files;
}
