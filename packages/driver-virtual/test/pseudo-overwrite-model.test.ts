import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
import { blocksOf, Initiator, marksOf } from "./support/initiator.ts";

const CAPACITY = 1024;
const UNIT = 32;

interface ModelTrack {
  readonly start: number;
  readonly end: number;
  next: number;
  isClosed: boolean;
}

/**
 * What a disc with pseudo-overwrite is to a host: an array of blocks, tracks with a next address, and clusters that are
 * used up by replacements. Written from the published descriptions, without the recorder's code.
 */
class Model {
  readonly blocks: string[] = Array(CAPACITY).fill("-");
  readonly tracks: ModelTrack[] = [{ start: 0, end: CAPACITY, next: 0, isClosed: false }];

  trackAt(lba: number): ModelTrack {
    const track = this.tracks.find(({ start, end }) => lba >= start && lba < end);
    if (track === undefined) throw new Error(`no track at ${lba}`);
    return track;
  }

  /** Whether a write is legal, and if so its effect. */
  write(at: number, count: number, mark: number): boolean {
    if (at + count > CAPACITY) return false;
    const parts: { from: number; to: number; append: boolean }[] = [];
    const next = new Map(this.tracks.map((track) => [track, track.next]));
    for (let from = at; from < at + count; ) {
      const to = Math.min(at + count, from - (from % UNIT) + UNIT);
      const track = this.trackAt(from);
      const append = !track.isClosed && from === next.get(track);
      if (append) next.set(track, to);
      else if (!track.isClosed && to > track.next) return false;
      parts.push({ from, to, append });
      from = to;
    }
    // The clusters that replacements take, before anything is changed.
    for (const { from } of parts.filter(({ append }) => !append)) {
      const taken = this.#target(this.trackAt(from), next);
      if (taken === undefined) return false;
      next.set(taken, up(next.get(taken) ?? 0) + UNIT);
    }
    for (const part of parts.filter(({ append }) => append)) this.#append(part.from, part.to, at, mark);
    for (const part of parts.filter(({ append }) => !append)) this.#replace(part.from, part.to, at, mark);
    return true;
  }

  #target(own: ModelTrack, next: ReadonlyMap<ModelTrack, number>): ModelTrack | undefined {
    return [own, ...this.tracks].find(
      (track) => !track.isClosed && up(next.get(track) ?? track.next) + UNIT <= track.end,
    );
  }

  #append(from: number, to: number, at: number, mark: number): void {
    for (let lba = from; lba < to; lba++) this.blocks[lba] = `${mark}.${lba - at}`;
    this.#move(this.trackAt(from), to);
  }

  #replace(from: number, to: number, at: number, mark: number): void {
    const own = this.trackAt(from);
    if (own.next < from - (from % UNIT) + UNIT) this.#move(own, up(own.next));
    const target = this.#target(own, new Map(this.tracks.map((track) => [track, track.next])));
    if (target === undefined) throw new Error("no target");
    this.#move(target, up(target.next) + UNIT);
    for (let lba = from; lba < to; lba++) this.blocks[lba] = `${mark}.${lba - at}`;
  }

  #move(track: ModelTrack, next: number): void {
    track.next = next;
    if (next === track.end) track.isClosed = true;
  }

  sync(): void {
    for (const track of this.tracks) if (!track.isClosed) this.#move(track, up(track.next));
  }

  reserve(blocks: number): boolean {
    this.sync();
    const last = this.tracks.at(-1);
    if (last === undefined || last.isClosed) return false;
    const end = up(last.next) + up(blocks);
    if (end > last.end || this.tracks.filter(({ isClosed }) => !isClosed).length >= 16) return false;
    this.tracks.pop();
    this.tracks.push({ ...last, end });
    if (end < last.end) this.tracks.push({ start: end, end: last.end, next: end, isClosed: false });
    return true;
  }

  close(): void {
    this.sync();
    const last = this.tracks.at(-1);
    if (last === undefined || last.isClosed || last.next === last.start) return;
    this.tracks.pop();
    this.tracks.push({ ...last, end: last.next, isClosed: true });
    this.tracks.push({ start: last.next, end: last.end, next: last.next, isClosed: false });
  }
}

const up = (value: number): number => Math.ceil(value / UNIT) * UNIT;

type Action =
  | { readonly do: "append"; readonly track: number; readonly count: number }
  | { readonly do: "write"; readonly at: number; readonly count: number }
  | { readonly do: "sync" | "close" | "power" }
  | { readonly do: "reserve"; readonly count: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      track: fc.nat(20),
      count: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      at: fc.nat(400),
      count: fc.integer({ min: 1, max: 70 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("sync" as const, "close" as const, "power" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reserve" as const), count: fc.integer({ min: 1, max: 200 }) }) },
);

describe("BD-R with pseudo-overwrite, against a model", () => {
  const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: CAPACITY });
  const host = new Initiator(recorder);
  const fresh = recorder.snapshot();

  it("shows the same blocks and next addresses after any writes", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        recorder.restore(fresh);
        const model = new Model();
        for (const [index, one] of actions.entries()) carryOut(one, index + 1, model, host);
        expect(marksOf(host.read(0, CAPACITY))).toEqual(model.blocks);
        expect(host.disc().lastTrack).toBe(model.tracks.length);
        model.tracks.forEach((track, index) => {
          const { start, size, nextWritable, nextWritableValid } = host.track(index + 1);
          expect([start, start + size]).toEqual([track.start, track.end]);
          expect(nextWritableValid).toBe(!track.isClosed);
          if (nextWritableValid) expect(nextWritable).toBe(track.next);
        });
      }),
      { numRuns: 150 },
    );
  });
});

function carryOut(one: Action, mark: number, model: Model, host: Initiator): void {
  switch (one.do) {
    case "append": {
      const { next } = model.tracks[one.track % model.tracks.length] ?? { next: 0 };
      if (next < CAPACITY) check(next, one.count, mark, model, host);
      break;
    }
    case "write":
      check(one.at, one.count, mark, model, host);
      break;
    case "sync":
      model.sync();
      expect(host.sync()).toBe("good");
      break;
    case "close": {
      const count = model.tracks.length;
      // A reserved, empty track is not closed.
      if (host.track(count).reservedTrack && host.track(count).blank) break;
      model.close();
      expect(host.close(1, count)).toBe("good");
      break;
    }
    case "power":
      // After a flush nothing is lost.
      model.sync();
      host.sync();
      host.recorder.powerCut();
      host.recorder.powerOn();
      host.ready();
      break;
    case "reserve": {
      const last = host.track(model.tracks.length);
      if (last.reservedTrack || !last.nextWritableValid) break;
      const before = structuredClone(model.tracks);
      const isTaken = model.reserve(one.count);
      if (!isTaken) model.tracks.splice(0, model.tracks.length, ...before);
      expect(host.reserve(one.count) === "good").toBe(isTaken);
    }
  }
}

function check(at: number, count: number, mark: number, model: Model, host: Initiator): void {
  const isLegal = model.write(at, count, mark);
  expect(host.write(at, blocksOf(count, mark)) === "good").toBe(isLegal);
}
