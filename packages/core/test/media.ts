import { type DiscReader, type Medium, MultisessionError } from "@multisession/core";

/** A medium for tests; everything can be overridden. */
export function mediumOf(parts: Partial<Medium> = {}): Medium {
  return {
    kind: "bd-r",
    status: "blank",
    lastSession: "empty",
    isFormatted: true,
    isWriteProtected: false,
    unit: 32,
    overwrite: "no",
    sessions: "physical",
    sessionGap: 0,
    tracks: [{ number: 1, session: 1, start: 0, size: 4096, state: "blank", next: 0, free: 4096 }],
    capacity: 4096,
    formats: [],
    generation: 1,
    ...parts,
  };
}

/** A reader over blocks in memory; blocks that were never set are zeros, those in `unreadable` fail. */
export function readerOf(
  medium: Medium,
  blocks: ReadonlyMap<number, Uint8Array> = new Map(),
  unreadable: ReadonlySet<number> = new Set(),
): DiscReader & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    uri: "test:disc",
    reads,
    medium: async () => medium,
    async read(at, count) {
      const bytes = new Uint8Array(count * 2048);
      for (let block = 0; block < count; block++) {
        reads.push(at + block);
        if (unreadable.has(at + block))
          throw new MultisessionError("READ_FAILED", `Block ${at + block} cannot be read.`, { subject: "test:disc" });
        bytes.set(blocks.get(at + block) ?? new Uint8Array(2048), block * 2048);
      }
      return bytes;
    },
  };
}
