import type { HeadFound, Probe } from "./history.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import type { Blocks, Lba } from "./units.ts";
import { isZeros } from "./zeros.ts";

/** A head, and the file system that found it. */
export interface ProbedHead extends HeadFound {
  readonly fileSystem: string;
}

/** The first head that any file system finds at a place. */
export async function findHead(
  probes: readonly Probe[],
  reader: BlockReader,
  start: Lba,
): Promise<ProbedHead | undefined> {
  for (const probe of probes) {
    const head = await probe.head(reader, start);
    if (head !== undefined) return { ...head, fileSystem: probe.fileSystem };
  }
  return undefined;
}

/** What lies in some blocks, when no head does. */
export async function inspect(
  reader: BlockReader,
  at: Lba,
  blocks: Blocks,
  options?: CallOptions,
): Promise<"zeros" | "data" | "unreadable"> {
  const bytes = await tryRead(reader, at, blocks, options);
  if (bytes === undefined) return "unreadable";
  return isZeros(bytes) ? "zeros" : "data";
}
