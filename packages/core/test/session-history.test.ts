import { type History, type Medium, MultisessionError, readHistory, type Track } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { mediumOf, readerOf } from "./media.ts";
import { life, record, ToyDisc } from "./toy-disc.ts";
import { toyFileSystem } from "./toy-file-system.ts";

const CAPACITY = 4096;
const one = record(1, 0, 64);
const two = record(2, 64, 128);

/** A BD-R with closed sessions that end at these blocks, and an open one up to `next`. */
function discOf(ends: readonly number[], next = ends.at(-1) ?? 0, parts: Partial<Track> = {}): Medium {
  const start = ends.at(-1) ?? 0;
  const closed = ends.map(
    (end, index): Track => ({
      number: index + 1,
      session: index + 1,
      start: ends[index - 1] ?? 0,
      size: end - (ends[index - 1] ?? 0),
      state: "closed",
      free: 0,
    }),
  );
  const open: Track = {
    number: ends.length + 1,
    session: ends.length + 1,
    start,
    size: CAPACITY - start,
    state: next > start ? "open" : "blank",
    free: CAPACITY - next,
    ...(parts.state === "damaged" ? {} : { next }),
    ...parts,
  };
  return mediumOf({
    status: "appendable",
    lastSession: parts.state === "damaged" ? "damaged" : next > start ? "incomplete" : "empty",
    tracks: [...closed, open],
    capacity: CAPACITY,
  });
}

const data = new Uint8Array(2048).fill(1);
type Prepare = (disc: ToyDisc) => unknown;
/** Starts of the states, the one that readers see, and the condition. */
type Seen = readonly [starts: readonly number[], current: number | undefined, condition: History["condition"]];

const closedDiscs: readonly (readonly [string, readonly number[], Prepare, Seen])[] = [
  ["two whole sessions", [64, 128], () => {}, [[0, 64], 1, "whole"]],
  [
    "a last session whose trailer is scratched",
    [64, 128],
    (disc) => disc.unreadable.add(two.trailerAt),
    [[0, 64], 1, "whole"],
  ],
  [
    "an older session whose trailer is scratched",
    [64, 128],
    (disc) => disc.unreadable.add(one.trailerAt),
    [[0, 64], 1, "whole"],
  ],
  [
    "a last session with another block where its trailer should be: closed by another program",
    [64, 128],
    (disc) => disc.blocks.set(two.trailerAt, data),
    [[0], undefined, "old-hidden"],
  ],
  [
    "a last session that ends before its trailer",
    [64, 112],
    (disc) => disc.unreadable.add(two.trailerAt),
    [[0], undefined, "old-hidden"],
  ],
  [
    "a last session that was given up, though its trailer is whole: the rest of its unit was torn",
    [64, 160],
    (disc) => disc.giveUp(159),
    [[0], undefined, "old-hidden"],
  ],
  [
    "a last session that was given up and cannot be read",
    [64, 160],
    (disc) => disc.giveUp(159) && disc.unreadable.add(80),
    [[0], undefined, "old-hidden"],
  ],
  [
    "a session that was given up, in front of two blocks that cannot be read, as on CD",
    [64, 162],
    (disc) => disc.giveUp(159) && disc.unreadable.add(160) && disc.unreadable.add(161),
    [[0], undefined, "old-hidden"],
  ],
  [
    "a session whose mark fills the unit that its trailer was to have, and is scratched there",
    [64, 128],
    (disc) => {
      for (let at = 96; at < 128; at++) disc.giveUp(at);
      disc.unreadable.add(two.trailerAt);
    },
    [[0], undefined, "old-hidden"],
  ],
  [
    "a session that was given up behind one that is scratched",
    [64, 160],
    (disc) => disc.giveUp(159) && disc.unreadable.add(16),
    [[], undefined, "unreadable"],
  ],
  [
    "a last session whose head is scratched",
    [64, 128],
    (disc) => disc.unreadable.add(80),
    [[0], undefined, "unreadable"],
  ],
  [
    "a last session of another program",
    [64, 192],
    (disc) => {
      for (let at = 64; at < 192; at++) disc.blocks.set(at, data);
    },
    [[0], undefined, "foreign"],
  ],
  [
    "a last session that begins with zeros and holds something behind them",
    [64, 192],
    (disc) => {
      for (let at = 64; at < 192; at++) disc.blocks.delete(at);
      disc.blocks.set(150, data);
    },
    [[0], undefined, "foreign"],
  ],
  [
    "a last session of zeros alone",
    [64, 96],
    (disc) => {
      for (let at = 64; at < 128; at++) disc.blocks.delete(at);
    },
    [[0], undefined, "old-hidden"],
  ],
];

const openDiscs: readonly (readonly [string, Medium, Prepare, Seen])[] = [
  ["a session of which all is there", discOf([64], 128), () => {}, [[0], 0, "closing"]],
  ["a session whose trailer was not written", discOf([64], 112), () => {}, [[0], 0, "interrupted"]],
  ["a session whose last unit is torn", discOf([64], 128), (disc) => disc.unreadable.add(100), [[0], 0, "interrupted"]],
  ["a session whose head is torn", discOf([64], 96), (disc) => disc.unreadable.add(80), [[0], 0, "interrupted"]],
  [
    "a session of which a cut has left the first blocks",
    discOf([64], 81),
    (disc) => {
      for (let at = 64; at < 128; at++) disc.blocks.delete(at);
    },
    [[0], 0, "interrupted"],
  ],
  [
    "a session in a damaged track, however far it came",
    discOf([64], 128, { state: "damaged" }),
    () => {},
    [[0], 0, "interrupted"],
  ],
  [
    "a session of which a recovery that was cut itself has left the mark",
    discOf([64], 96),
    (disc) => {
      for (let at = 64; at < 128; at++) disc.blocks.delete(at);
      for (let at = 80; at < 96; at++) disc.giveUp(at);
    },
    [[0], 0, "interrupted"],
  ],
  [
    "an interrupted session behind one that is scratched",
    discOf([64], 112),
    (disc) => disc.unreadable.add(16),
    [[], undefined, "unreadable"],
  ],
  [
    "a session of another program with a scratch",
    discOf([64], 192),
    (disc) => {
      for (let at = 64; at < 192; at++) disc.blocks.set(at, data);
      disc.unreadable.add(80);
    },
    [[0], 0, "foreign"],
  ],
  [
    "a session of another program",
    discOf([64], 192),
    (disc) => {
      for (let at = 64; at < 192; at++) disc.blocks.set(at, data);
    },
    [[0], 0, "foreign"],
  ],
];

const twoSessions = async (): Promise<ToyDisc> => (await new ToyDisc().session(one)).session(two);
const seen = ({ states, current, condition }: History): Seen => [states.map(({ start }) => start), current, condition];

describe("the history of a disc with physical sessions", () => {
  it.each(closedDiscs)("of %s", async (_, ends, prepare, expected) => {
    const disc = await twoSessions();
    prepare(disc);
    const history = await disc.history(discOf(ends));
    expect(seen(history)).toEqual(expected);
    expect(history.findings.length > 0).toBe(!(expected[2] === "whole" && disc.unreadable.size === 0));
  });

  it.each(openDiscs)("of %s, still open", async (_, medium, prepare, expected) => {
    const disc = await twoSessions();
    prepare(disc);
    expect(seen(await disc.history(medium))).toEqual(expected);
  });

  it("names the record of each state", async () => {
    const { states } = await (await twoSessions()).history(discOf([64, 128]));
    expect(states.map((state) => [state.session, state.record?.life, state.record?.sequence])).toEqual([
      [1, life, 1],
      [2, life, 2],
    ]);
  });

  it("passes on what is no answer of the disc", async () => {
    const medium = discOf([64]);
    const reader = readerOf(medium);
    reader.read = () =>
      Promise.reject(new MultisessionError("RECORDER_LOST", "The cable is off.", { subject: "test" }));
    await expect(readHistory(medium, [toyFileSystem.probe], reader)).rejects.toMatchObject({ code: "RECORDER_LOST" });
  });
});
