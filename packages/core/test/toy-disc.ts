import { createHash } from "node:crypto";
import {
  type BlockReader,
  type Extent,
  encodeManifest,
  encodeTrailer,
  type History,
  type Medium,
  readHistory,
  type SessionRecord,
} from "@multisession/core";
import { encodeGiveUpMark } from "../src/give-up-mark.ts";
import { readerOf } from "./media.ts";
import { toyFileSystem } from "./toy-file-system.ts";

/** Life of the sessions of these tests. */
export const life = "ab".repeat(16);
/** A session record of that life. */
export const record = (
  sequence: number,
  start: number,
  end: number,
  parts: Partial<SessionRecord> = {},
): SessionRecord => ({
  life,
  sequence,
  nonce: `${sequence}`.padStart(16, "0"),
  start,
  end,
  trailerAt: end - 1,
  time: 0,
  ...parts,
});

/** A disc of toy sessions, put together block by block. */
export class ToyDisc {
  readonly blocks = new Map<number, Uint8Array>();
  readonly unreadable = new Set<number>();

  /** A session; `at`: elsewhere than its record says, as in a copy. */
  async session(of: SessionRecord, { isTrailed = true, at = of.start } = {}): Promise<this> {
    const layout = await toyFileSystem.layout(
      {
        volumeName: `V${of.sequence}`,
        root: { kind: "directory", name: "", attributes: { mode: 0, uid: 0, gid: 0, modified: 0 }, children: [] },
      },
      {} as never,
    );
    const { front } = await layout.render({
      front: at,
      back: 0,
      start: at,
      sessionEnd: of.end,
      chainEnd: of.end,
      record: of,
      extentsOf: () => [],
    });
    this.#put(front);
    if (isTrailed) this.#trail(of, at);
    return this;
  }

  async head(of: SessionRecord): Promise<this> {
    const layout = await toyFileSystem.layout(
      { volumeName: `V${of.sequence}`, root: { children: [] } as never },
      {} as never,
    );
    const { commit } = await layout.render({
      front: of.start,
      back: 0,
      start: of.start,
      sessionEnd: of.end,
      chainEnd: of.end,
      record: of,
      extentsOf: () => [],
    });
    this.#put(commit ?? []);
    return this;
  }

  clear(): this {
    this.#put(toyFileSystem.clear({} as never, { life, sequence: 0, nonce: "0".repeat(16), time: 0 }));
    return this;
  }

  /** A mark at the end of a session that was given up. */
  giveUp(at: number): this {
    this.blocks.set(at, encodeGiveUpMark({ nonce: "0".repeat(16), time: 0 }));
    return this;
  }

  history(medium: Medium): Promise<History> {
    return readHistory(medium, [toyFileSystem.probe], readerOf(medium, this.blocks, this.unreadable) as BlockReader);
  }

  /** A manifest of no contents and a trailer whose hash is true. */
  #trail(of: SessionRecord, start: number): void {
    const manifestAt = of.trailerAt - 1;
    this.blocks.set(manifestAt, encodeManifest(0, []));
    const hash = createHash("sha256");
    for (let at = start; at < of.trailerAt; at++) {
      const block = Buffer.alloc(2048);
      block.set(this.blocks.get(at) ?? []);
      hash.update(block);
    }
    const metadataSha256 = hash.digest("hex");
    const contents = { contentStart: start, contentEnd: start };
    this.blocks.set(of.trailerAt, encodeTrailer({ ...of, ...contents, manifestAt, manifestBlocks: 1, metadataSha256 }));
  }

  #put(extents: readonly Extent[]): void {
    for (const { at, source } of extents) {
      if (source.from === "bytes") for (const bytes of source.produce()) this.blocks.set(at, bytes);
    }
  }
}
