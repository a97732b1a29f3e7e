import { type History, type Medium, MultisessionError, readHistory } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { mediumOf, readerOf } from "./media.ts";
import { record, ToyDisc } from "./toy-disc.ts";
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

const one = record(1, 32, 96);
const two = record(2, 96, 160);
const twoSessions = async (): Promise<ToyDisc> => (await (await new ToyDisc().session(one)).session(two)).head(two);

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
    const history = await (
      await (await new ToyDisc().session(one)).session(two).then((disc) => disc.head(one))
    ).history(dvd);
    expect(history).toMatchObject({ condition: "whole", current: 0, appendAt: 96 });
    expect(history.states).toHaveLength(1);
  });

  it("takes zeros everywhere as empty, on media that read as zeros", async () => {
    expect(await new ToyDisc().history(dvd)).toMatchObject({ condition: "empty", states: [] });
  });

  it("shows an empty volume as a state", async () => {
    expect(await new ToyDisc().clear().history(dvd)).toMatchObject({
      condition: "whole",
      current: 0,
      appendAt: 32,
      states: [{ start: 0, end: 32 }],
    });
  });

  it.each<[string, (disc: ToyDisc) => void]>([
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

  it("does not put an older session in the place of the one that a head names and that is not there", async () => {
    const disc = await twoSessions();
    await disc.head(record(2, 96, 160, { nonce: "f".repeat(16) }));
    expect(await disc.history(dvd)).toMatchObject({ condition: "unreadable", states: [] });
  });

  it("takes a session without its trailer for interrupted when there is nothing else", async () => {
    const disc = await new ToyDisc().session(one, { isTrailed: false });
    expect(await disc.history(dvd)).toMatchObject({ condition: "interrupted", states: [], appendAt: 32 });
  });

  it("does not let the trailer of another try prove a session", async () => {
    const disc = await new ToyDisc().session(one);
    await disc.session({ ...one, nonce: "e".repeat(16) }, { isTrailed: false });
    expect((await disc.history(dvd)).condition).toBe("interrupted");
  });

  it("believes a trailer under an untouched head only when every byte of the session is there: nothing was flushed yet", async () => {
    const disc = await new ToyDisc().session(one);
    expect((await disc.history(dvd)).condition).toBe("torn-head");
    disc.unreadable.add(70);
    expect(await disc.history(dvd)).toMatchObject({ condition: "interrupted", states: [] });
    await disc.session(two);
    expect((await disc.history(dvd)).states.map(({ start }) => start)).toEqual([32, 96]);
  });

  it("does not believe a trailer either before the first head of a pseudo-overwrite disc is recorded", async () => {
    const disc = await new ToyDisc().session(one);
    expect((await disc.history(pow(0, 96))).condition).toBe("torn-head");
    disc.unreadable.add(70);
    expect((await disc.history(pow(0, 96))).condition).toBe("interrupted");
    expect((await disc.history(pow(32, 96))).condition).toBe("torn-head");
  });

  it("does not follow a chain into an older life of the disc", async () => {
    const disc = await new ToyDisc().session(one);
    await disc.session({ ...two, life: "cd".repeat(16) });
    const history = await disc.history(dvd);
    expect(history.condition).toBe("torn-head");
    expect(history.states.map(({ start }) => start)).toEqual([32]);
  });

  it.each<[string, Medium, (disc: ToyDisc) => void, History["condition"]]>([
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
    const disc = new ToyDisc();
    prepare(disc);
    expect((await disc.history(medium)).condition).toBe(condition);
  });

  it("does not read the head of a pseudo-overwrite disc before its first commit", async () => {
    const disc = await new ToyDisc().session(one);
    disc.unreadable.add(16);
    expect(await disc.history(pow(0, 96))).toMatchObject({ condition: "torn-head", states: [{ start: 32, end: 96 }] });
  });

  it("asks at most four blocks a session", async () => {
    const disc = new ToyDisc();
    for (let sequence = 1; sequence <= 50; sequence++)
      await disc.session(record(sequence, sequence * 32, sequence * 32 + 32));
    await disc.head(record(50, 1600, 1632));
    const reader = readerOf(dvd, disc.blocks);
    const history = await readHistory(dvd, [toyFileSystem.probe], reader);
    expect(history.states).toHaveLength(50);
    expect(reader.reads.length).toBeLessThanOrEqual(4 * 50);
  });

  it("takes an empty volume whose unit is torn for a disc that is to be begun anew", async () => {
    const disc = new ToyDisc().clear();
    disc.unreadable.add(30);
    expect(await disc.history(dvd)).toMatchObject({ condition: "interrupted", states: [] });
  });

  it("calls a disc with a damaged track interrupted, and goes on showing what it shows", async () => {
    const disc = await twoSessions();
    const medium = pow(32, 160);
    const tracks = medium.tracks.map((track) => (track.number === 2 ? { ...track, state: "damaged" as const } : track));
    expect(await disc.history({ ...medium, tracks })).toMatchObject({ condition: "interrupted", current: 1 });
  });
});

describe("behind a damaged head", () => {
  const three = record(3, 160, 224);
  const torn = async (): Promise<ToyDisc> => {
    const disc = await (await (await new ToyDisc().session(one)).session(two)).session(three);
    disc.blocks.set(16, new Uint8Array(2048).fill(7));
    return disc;
  };
  const starts = async (disc: ToyDisc): Promise<readonly number[]> => {
    const history = await disc.history(dvd);
    expect(history.condition).toBe("torn-head");
    return history.states.map(({ start }) => start);
  };

  it("counts a session whose trailer is scratched when a later one of the same life proves itself", async () => {
    const disc = await torn();
    disc.unreadable.add(two.trailerAt);
    expect(await starts(disc)).toEqual([32, 96, 160]);
  });

  it("counts the newest session when its trailer is scratched: all of it was on the medium before the head was touched", async () => {
    const disc = await torn();
    disc.unreadable.add(three.trailerAt);
    expect(await starts(disc)).toEqual([32, 96, 160]);
  });

  it("does not count a newest session that has another trailer: it was never complete", async () => {
    const disc = await torn();
    disc.blocks.delete(three.trailerAt);
    expect(await starts(disc)).toEqual([32, 96]);
  });

  it("finds the life again behind a session whose own head is scratched", async () => {
    const disc = await torn();
    disc.unreadable.add(two.start + 16);
    expect(await starts(disc)).toEqual([32, 160]);
  });

  it("does not take a session for newer whose number is not higher", async () => {
    const disc = await torn();
    await disc.session(record(2, 224, 288));
    expect(await starts(disc)).toEqual([32, 96, 160]);
  });

  it("does not count a copy of a session that lies elsewhere, in a file for example", async () => {
    const disc = await torn();
    await disc.session(record(9, 224, 288, { start: 1024 }), { at: 224 });
    expect(await starts(disc)).toEqual([32, 96, 160]);
  });

  it("calls a head torn when a block beside it cannot be read, and counts every session", async () => {
    const disc = await (await (await new ToyDisc().session(one)).session(two)).head(two);
    disc.unreadable.add(31);
    expect(await starts(disc)).toEqual([32, 96]);
  });

  it("believes a sound head when the session's own head is scratched", async () => {
    const disc = await (await (await new ToyDisc().session(one)).session(two)).head(two);
    disc.unreadable.add(two.start + 16);
    expect(await disc.history(dvd)).toMatchObject({
      condition: "whole",
      states: [{ start: 32 }, { start: 96 }],
      current: 1,
    });
  });

  it("does not go forward to a session that the head does not name: it was never committed", async () => {
    const disc = await (await (await new ToyDisc().session(one)).session(two)).head(one);
    disc.unreadable.add(28);
    expect(await starts(disc)).toEqual([32]);
  });

  it("goes on to the newer of two sessions that a torn head names: all of it was on the medium by then", async () => {
    const disc = await (await (await new ToyDisc().session(one)).session(two)).head(two);
    const newer = disc.blocks.get(16) as Uint8Array;
    await disc.head(one);
    disc.blocks.set(17, newer);
    disc.unreadable.add(16);
    expect(await starts(disc)).toEqual([32, 96]);
    disc.unreadable.delete(16);
    disc.unreadable.add(18);
    expect(await starts(disc)).toEqual([32, 96]);
  });

  it("does not put older sessions in the place of a newest one that is named and cannot be read", async () => {
    const disc = await (await (await new ToyDisc().session(one)).session(two)).head(two);
    disc.blocks.set(17, disc.blocks.get(16) as Uint8Array);
    for (const at of [16, two.start + 16]) disc.unreadable.add(at);
    expect(await disc.history(dvd)).toMatchObject({ condition: "unreadable", states: [] });
  });

  it("leaves a volume of UDF alone that was put over our sessions", async () => {
    const disc = await torn();
    const structure = Buffer.alloc(2048);
    structure.write("BEA01", 1, "latin1");
    disc.blocks.set(16, structure);
    expect(await disc.history(dvd)).toMatchObject({ condition: "foreign", states: [] });
  });

  it("finds sessions behind a start of zeros, and never calls that empty", async () => {
    const disc = await torn();
    for (let at = 0; at < 96; at++) disc.blocks.delete(at);
    expect(await starts(disc)).toEqual([96, 160]);
    for (let at = 96; at < 224; at++) if (at !== 130) disc.blocks.delete(at);
    disc.blocks.set(130, new Uint8Array(2048).fill(1));
    expect(await disc.history(dvd)).toMatchObject({ condition: "interrupted", states: [], findings: [{ at: 128 }] });
  });

  it("passes on what is no answer of the disc", async () => {
    const reader = readerOf(dvd);
    reader.read = () =>
      Promise.reject(new MultisessionError("RECORDER_LOST", "The cable is off.", { subject: "test" }));
    await expect(readHistory(dvd, [toyFileSystem.probe], reader)).rejects.toMatchObject({ code: "RECORDER_LOST" });
  });
});
