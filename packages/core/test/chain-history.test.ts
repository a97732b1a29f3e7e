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
import { describe, expect, it } from "vitest";
import { mediumOf, readerOf } from "./media.ts";
import { toyFileSystem } from "./toy-file-system.ts";

const dvd = mediumOf({
  kind: "dvd+rw",
  status: "random",
  lastSession: "complete",
  unit: 16,
  overwrite: "in-place",
  sessions: "none",
  tracks: [],
});
const pow = (head: number, data: number): Medium =>
  mediumOf({
    kind: "bd-r-pow",
    status: "appendable",
    lastSession: "incomplete",
    overwrite: "replace",
    sessions: "none",
    tracks: [
      {
        number: 1,
        session: 1,
        start: 0,
        size: 32,
        state: head === 0 ? "reserved" : "closed",
        free: 32 - head,
        ...(head < 32 ? { next: head } : {}),
      },
      { number: 2, session: 1, start: 32, size: 4064, state: "open", next: data, free: 4096 - data },
    ],
  });

const life = "ab".repeat(16);
const record = (sequence: number, start: number, end: number, parts: Partial<SessionRecord> = {}): SessionRecord => ({
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
class Disc {
  readonly blocks = new Map<number, Uint8Array>();
  readonly unreadable = new Set<number>();

  async session(of: SessionRecord, { isTrailed = true } = {}): Promise<this> {
    const layout = await toyFileSystem.layout(
      {
        volumeName: `V${of.sequence}`,
        root: { kind: "directory", name: "", attributes: { mode: 0, uid: 0, gid: 0, modified: 0 }, children: [] },
      },
      {} as never,
    );
    const { front } = await layout.render({
      front: of.start,
      back: 0,
      start: of.start,
      sessionEnd: of.end,
      chainEnd: of.end,
      record: of,
      extentsOf: () => [],
    });
    this.#put(front);
    if (isTrailed) this.#trail(of);
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

  history(medium: Medium): Promise<History> {
    return readHistory(medium, [toyFileSystem.probe], readerOf(medium, this.blocks, this.unreadable) as BlockReader);
  }

  /** A manifest of no contents and a trailer whose hash is true. */
  #trail(of: SessionRecord): void {
    const manifestAt = of.trailerAt - 1;
    this.blocks.set(manifestAt, encodeManifest(0, []));
    const hash = createHash("sha256");
    for (let at = of.start; at < of.trailerAt; at++) {
      const block = Buffer.alloc(2048);
      block.set(this.blocks.get(at) ?? []);
      hash.update(block);
    }
    const metadataSha256 = hash.digest("hex");
    const contents = { contentStart: of.start, contentEnd: of.start };
    this.blocks.set(of.trailerAt, encodeTrailer({ ...of, ...contents, manifestAt, manifestBlocks: 1, metadataSha256 }));
  }

  #put(extents: readonly Extent[]): void {
    for (const { at, source } of extents) {
      if (source.from === "bytes") for (const bytes of source.produce()) this.blocks.set(at, bytes);
    }
  }
}

const one = record(1, 32, 96);
const two = record(2, 96, 160);
const twoSessions = async (): Promise<Disc> => (await (await new Disc().session(one)).session(two)).head(two);

describe("the history of a disc without physical sessions", () => {
  it("lists the chain up to what the head shows", async () => {
    const history = await (await twoSessions()).history(dvd);
    expect(history).toMatchObject({ condition: "whole", current: 1, appendAt: 160, findings: [] });
    expect(history.states.map(({ start, end, proof, label }) => [start, end, proof, label])).toEqual([
      [32, 96, "trailer", "V1"],
      [96, 160, "trailer", "V2"],
    ]);
  });

  it("does not see a session behind the one that the head shows", async () => {
    const history = await (await (await new Disc().session(one)).session(two).then((disc) => disc.head(one))).history(
      dvd,
    );
    expect(history).toMatchObject({ condition: "whole", current: 0, appendAt: 96 });
    expect(history.states).toHaveLength(1);
  });

  it("takes zeros everywhere as empty, on media that read as zeros", async () => {
    expect(await new Disc().history(dvd)).toMatchObject({ condition: "empty", states: [] });
  });

  it("shows an empty volume as a state", async () => {
    expect(await new Disc().clear().history(dvd)).toMatchObject({
      condition: "whole",
      current: 0,
      appendAt: 32,
      states: [{ start: 0, end: 32 }],
    });
  });

  it.each<[string, (disc: Disc) => void]>([
    ["zeros", (disc) => disc.blocks.delete(16)],
    ["unreadable", (disc) => disc.unreadable.add(16)],
    ["of other bytes", (disc) => disc.blocks.set(16, new Uint8Array(2048).fill(7))],
  ])("calls a head that is %s torn, never blank, and finds every session", async (_, damage) => {
    const disc = await twoSessions();
    damage(disc);
    const history = await disc.history(dvd);
    expect(history.condition).toBe("torn-head");
    expect(history.current).toBeUndefined();
    expect(history.states.map(({ start }) => start)).toEqual([32, 96]);
  });

  it("calls a head torn that is part old, part new", async () => {
    const disc = await twoSessions();
    await disc.head(record(2, 96, 160, { nonce: "f".repeat(16) }));
    expect((await disc.history(dvd)).condition).toBe("torn-head");
  });

  it("takes a session without its trailer for interrupted when there is nothing else", async () => {
    const disc = await new Disc().session(one, { isTrailed: false });
    expect(await disc.history(dvd)).toMatchObject({ condition: "interrupted", states: [], appendAt: 32 });
  });

  it("does not let the trailer of another try prove a session", async () => {
    const disc = await new Disc().session(one);
    await disc.session({ ...one, nonce: "e".repeat(16) }, { isTrailed: false });
    expect((await disc.history(dvd)).condition).toBe("interrupted");
  });

  it("believes a trailer under an untouched head only when every byte of the session is there: nothing was flushed yet", async () => {
    const disc = await new Disc().session(one);
    expect((await disc.history(dvd)).condition).toBe("torn-head");
    disc.unreadable.add(70);
    expect(await disc.history(dvd)).toMatchObject({ condition: "interrupted", states: [] });
    await disc.session(two);
    expect((await disc.history(dvd)).states.map(({ start }) => start)).toEqual([32, 96]);
  });

  it("does not believe a trailer either before the first head of a pseudo-overwrite disc is recorded", async () => {
    const disc = await new Disc().session(one);
    expect((await disc.history(pow(0, 96))).condition).toBe("torn-head");
    disc.unreadable.add(70);
    expect((await disc.history(pow(0, 96))).condition).toBe("interrupted");
    expect((await disc.history(pow(32, 96))).condition).toBe("torn-head");
  });

  it("does not follow a chain into an older life of the disc", async () => {
    const disc = await new Disc().session(one);
    await disc.session({ ...two, life: "cd".repeat(16) });
    const history = await disc.history(dvd);
    expect(history.condition).toBe("torn-head");
    expect(history.states.map(({ start }) => start)).toEqual([32]);
  });

  it.each<[string, Medium, (disc: Disc) => void, History["condition"]]>([
    ["unknown data at the head", dvd, (disc) => disc.blocks.set(20, new Uint8Array(2048).fill(1)), "foreign"],
    [
      "unknown data behind a head of zeros",
      dvd,
      (disc) => disc.blocks.set(40, new Uint8Array(2048).fill(1)),
      "foreign",
    ],
    [
      "a first session of which only torn blocks are there",
      dvd,
      (disc) => disc.unreadable.add(49) && disc.blocks.set(50, new Uint8Array(2048).fill(1)),
      "interrupted",
    ],
    ["a head that cannot be read", dvd, (disc) => disc.unreadable.add(5), "unreadable"],
    ["pseudo-overwrite, reserved and unwritten", pow(0, 32), () => {}, "empty"],
    ["pseudo-overwrite, cut before the first head was recorded", pow(0, 64), () => {}, "interrupted"],
  ])("calls %s by its name", async (_, medium, prepare, condition) => {
    const disc = new Disc();
    prepare(disc);
    expect((await disc.history(medium)).condition).toBe(condition);
  });

  it("does not read the head of a pseudo-overwrite disc before its first commit", async () => {
    const disc = await new Disc().session(one);
    disc.unreadable.add(16);
    expect(await disc.history(pow(0, 96))).toMatchObject({ condition: "torn-head", states: [{ start: 32, end: 96 }] });
  });

  it("asks at most four blocks a session", async () => {
    const disc = new Disc();
    for (let sequence = 1; sequence <= 50; sequence++)
      await disc.session(record(sequence, sequence * 32, sequence * 32 + 32));
    await disc.head(record(50, 1600, 1632));
    const reader = readerOf(dvd, disc.blocks);
    const history = await readHistory(dvd, [toyFileSystem.probe], reader);
    expect(history.states).toHaveLength(50);
    expect(reader.reads.length).toBeLessThanOrEqual(4 * 50);
  });
});
