import { createHash } from "node:crypto";
import {
  type Blocks,
  type BurnEvent,
  burn,
  type ContentSource,
  type DirectoryNode,
  MultisessionError,
  newestState,
  type PlannedSession,
  planSession,
  readTrailer,
  recover,
  type SessionIntent,
  verifyState,
} from "@multisession/core";
import { Sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { MemoryRecorder } from "./memory-recorder.ts";
import { toyFileSystem, toyTree } from "./toy-file-system.ts";

const attributes = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
const probes = [toyFileSystem.probe];
const first: SessionIntent = { kind: "first", close: "session", consent: [] };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };

const treeOf = (...files: readonly Buffer[]): DirectoryNode => ({
  kind: "directory",
  name: "",
  attributes,
  children: files.map(({ length }, id) => ({
    kind: "file",
    name: `f${id}`,
    attributes,
    content: { kind: "new", bytes: length, id },
  })),
});
const sourceOf = (...files: readonly Buffer[]): ContentSource => ({
  check: async () => {},
  open: (id) => [files[id] as Buffer],
});

async function plan(
  recorder: MemoryRecorder,
  intent: SessionIntent,
  files: readonly Buffer[] = [],
): Promise<PlannedSession> {
  const mechanism = new Sequential("sequential", { source: recorder });
  const medium = await recorder.medium();
  const history = await mechanism.history(medium, probes);
  const planned = await planSession({
    mechanism,
    fileSystems: [toyFileSystem],
    medium,
    history,
    intent,
    image: {
      tree: { volumeName: "TOY", root: treeOf(...files) },
      contents: files.map(({ length }, id) => ({ bytes: length, label: `/f${id}` })),
    },
    reader: recorder,
  });
  if (planned.kind === "refused")
    throw new MultisessionError(planned.code as "DISC_FULL", planned.reason, { subject: "test" });
  return planned;
}

const run = (
  recorder: MemoryRecorder,
  planned: PlannedSession,
  files: readonly Buffer[],
  more: Partial<Parameters<typeof burn>[0]> = {},
) =>
  burn({
    planned,
    recorder,
    mechanism: new Sequential("sequential", { source: recorder }),
    probes,
    contents: sourceOf(...files),
    ...more,
  });

const files = [Buffer.alloc(5000, 1), Buffer.alloc(0), Buffer.alloc(70_000, 2), Buffer.from("short")];

describe("a burn", () => {
  it("writes whole units in order, flushes before the first close, and shows the state afterwards", async () => {
    const recorder = new MemoryRecorder();
    const planned = await plan(recorder, first, files);
    expect(planned.plan.steps.map(({ step }) => step)).toEqual(["write", "close", "close", "refresh-medium"]);
    const report = await run(recorder, planned, files);
    expect(recorder.log).toEqual(["write 0+32", "write 32+32", "flush", "close track", "close session"]);
    expect(report.outcome).toBe("done");
    expect(report.history).toMatchObject({ condition: "whole", current: 0 });
    expect(report.writtenBlocks).toBe(planned.plan.cost[0]?.amount as Blocks);
    const state = newestState(report.history);
    expect(state && (await toyTree(recorder, state))).toEqual(["f0", "f1", "f2", "f3"]);
  });

  it("keeps the hash of every content, and verification finds one changed byte by its address", async () => {
    const recorder = new MemoryRecorder();
    const report = await run(recorder, await plan(recorder, first, files), files);
    expect([...report.contents].map(({ bytes, sha256 }) => [bytes, Buffer.from(sha256).toString("hex")])).toEqual(
      files
        .filter(({ length }) => length > 0)
        .map((file) => [file.length, createHash("sha256").update(file).digest("hex")]),
    );
    const state = report.history.states[0];
    if (state === undefined) throw new Error("no state");
    expect(await verifyState({ reader: recorder, state })).toMatchObject({ outcome: "good", contents: 3, faults: [] });
    const at = [...report.contents][1]?.at as number;
    (recorder.blocks.get(at + 3) as Uint8Array)[7] = 9;
    expect(await verifyState({ reader: recorder, state })).toMatchObject({
      outcome: "faulty",
      faults: [{ at, fault: "different" }],
    });
    (recorder.blocks.get(17) as Uint8Array)[0] = 9;
    expect(
      (await verifyState({ reader: recorder, state, expected: report.contents })).faults.map(({ at }) => at),
    ).toEqual([0, at]);
  });

  it.each(["trailerAt", "manifestAt"] as const)("verifies nothing as good whose %s is lost", async (what) => {
    const recorder = new MemoryRecorder();
    const report = await run(recorder, await plan(recorder, first, files), files);
    const state = report.history.states[0];
    if (state?.record === undefined) throw new Error("no state");
    const trailer = await readTrailer(recorder, state.record.trailerAt);
    const lost = trailer?.[what] as number;
    recorder.blocks.delete(lost);
    for (const scope of ["session", "tree"] as const) {
      const { outcome, faults } = await verifyState({ reader: recorder, state, scope });
      expect(outcome).toBe("faulty");
      expect(faults[0]).toMatchObject({ at: lost, fault: "unreadable" });
    }
    // Right after the burn the hashes are known all the same.
    expect(await verifyState({ reader: recorder, state, expected: report.contents })).toMatchObject({ contents: 3 });
  });

  it.each([
    ["shrinks", (file: Buffer) => [file.subarray(0, 100)], /shrank/],
    ["grows", (file: Buffer) => [file, file], /grew/],
    [
      "cannot be read to its end",
      function* (file: Buffer) {
        yield file.subarray(0, 10);
        throw new Error("gone");
      },
      /gone/,
    ],
  ])("goes on when a file %s, and says so", async (_, change, what) => {
    const recorder = new MemoryRecorder();
    const contents: ContentSource = {
      check: async () => {},
      open: (id) => (id === 2 ? change(files[2] as Buffer) : [files[id] as Buffer]),
    };
    const events: BurnEvent[] = [];
    const report = await run(recorder, await plan(recorder, first, files), files, {
      contents,
      onEvent: (event) => events.push(event),
    });
    expect(report.outcome).toBe("done-with-damage");
    expect(report.damaged).toEqual([
      { label: "/f2", at: [...report.contents][1]?.at, what: expect.stringMatching(what) },
    ]);
    expect(events.filter(({ type }) => type === "damage")).toHaveLength(1);
    const state = report.history.states[0];
    if (state === undefined) throw new Error("no state");
    expect(await verifyState({ reader: recorder, state })).toMatchObject({
      outcome: "faulty",
      faults: [{ fault: "damaged" }],
    });
  });

  it("refuses a disc in another state before the first write", async () => {
    const recorder = new MemoryRecorder();
    const stale = await plan(recorder, first, files);
    await run(recorder, await plan(recorder, first, files), files);
    const before = recorder.log.length;
    await expect(run(recorder, stale, files)).rejects.toMatchObject({ code: "WRONG_DISC", oldState: "intact" });
    expect(recorder.log).toHaveLength(before);
  });

  it("checks the sources before the first write", async () => {
    const recorder = new MemoryRecorder();
    const contents: ContentSource = {
      ...sourceOf(...files),
      check: async () => {
        throw new MultisessionError("SOURCE_CHANGED", "f0 changed", { subject: "f0" });
      },
    };
    await expect(run(recorder, await plan(recorder, first, files), files, { contents })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
    });
    expect(recorder.log).toEqual([]);
  });

  it("stops after the current write when it is cancelled, and says what that costs", async () => {
    const recorder = new MemoryRecorder();
    const stop = new AbortController();
    recorder.beforeWrite = (at) => {
      if (at === 32) stop.abort();
    };
    await expect(
      run(recorder, await plan(recorder, first, [...files, Buffer.alloc(200_000)]), [...files, Buffer.alloc(200_000)], {
        signal: stop.signal,
      }),
    ).rejects.toMatchObject({
      code: "CANCELLED",
      oldState: "intact",
      message: expect.stringContaining("recover"),
    });
    expect(recorder.log).toEqual(["write 0+32", "write 32+32"]);
  });

  it("counts what was accepted of a write that was cancelled half way", async () => {
    const recorder = new MemoryRecorder();
    const planned = await plan(recorder, first, files);
    const stop = new AbortController();
    recorder.beforeWrite = () => stop.abort();
    const burning = run(recorder, planned, files, { signal: stop.signal });
    const lost = 32 + planned.plan.reserve;
    await expect(burning).rejects.toMatchObject({ message: expect.stringContaining(`It costs ${lost} blocks`) });
    expect(recorder.log).toEqual(["write 0+32"]);
  });

  it("counts once what a recorder accepts that tells nothing before its end", async () => {
    const recorder = new MemoryRecorder();
    const write = recorder.write.bind(recorder);
    recorder.write = (at, data) => write(at, data);
    const report = await run(recorder, await plan(recorder, first, files), files);
    expect(report.writtenBlocks).toBe(recorder.blocks.size);
  });

  it("goes on to its end when it is cancelled after the first close, and looks at the disc all the same", async () => {
    const recorder = new MemoryRecorder();
    const stop = new AbortController();
    const abort = new Proxy(recorder, {
      get(target, key) {
        const member = Reflect.get(target, key, target) as unknown;
        if (key !== "closeSpace") return typeof member === "function" ? member.bind(target) : member;
        return (...args: Parameters<MemoryRecorder["closeSpace"]>) => {
          stop.abort();
          return target.closeSpace(...args);
        };
      },
    });
    const report = await run(abort, await plan(recorder, first, files), files, { signal: stop.signal });
    expect(report).toMatchObject({ outcome: "done", history: { condition: "whole", current: 0 } });
    expect(recorder.log.slice(-3)).toEqual(["flush", "close track", "close session"]);
  });

  it("says that the old state is unknown when the recorder is lost after it has published", async () => {
    const recorder = new MemoryRecorder();
    const planned = await plan(recorder, first, files);
    const closeSpace = recorder.closeSpace.bind(recorder);
    recorder.closeSpace = async (what) => {
      await closeSpace(what);
      if (what !== "session") return;
      recorder.medium = () =>
        Promise.reject(new MultisessionError("RECORDER_LOST", "The cable is off.", { subject: "memory:disc" }));
    };
    await expect(run(recorder, planned, files)).rejects.toMatchObject({ code: "RECORDER_LOST", oldState: "unknown" });
  });

  it("plans room for a repair, and refuses what would use it", async () => {
    const room = (capacity: number) =>
      plan(new MemoryRecorder(capacity), first, [Buffer.alloc(30 * 2048)]).then(({ plan }) => plan.reserve);
    expect(await room(160)).toBe(96);
    await expect(room(159)).rejects.toMatchObject({ code: "DISC_FULL" });
  });

  it("tells progress with what stopping would cost", async () => {
    const recorder = new MemoryRecorder();
    const events: BurnEvent[] = [];
    await run(recorder, await plan(recorder, first, files), files, { onEvent: (event) => events.push(event) });
    const progress = events.filter((event) => event.type === "progress");
    expect(progress.at(-1)).toMatchObject({ doneBlocks: 64, totalBlocks: 64 });
    expect(progress[0]).toMatchObject({ activity: "payload", cancel: { outcome: "old", lostBlocks: 0 } });
  });
});

describe("a recovery", () => {
  const cutAt = async (recorder: MemoryRecorder, intent: SessionIntent, write: number): Promise<void> => {
    const planned = await plan(recorder, intent, files);
    let count = 0;
    recorder.beforeWrite = () => {
      if (count++ === write) throw new Error("power cut");
    };
    await expect(run(recorder, planned, files)).rejects.toThrow("power cut");
    recorder.beforeWrite = () => {};
  };
  const recovered = (recorder: MemoryRecorder) =>
    recover({ recorder, mechanism: new Sequential("sequential", { source: recorder }), fileSystems: [toyFileSystem] });

  it("publishes an empty volume when the first burn was cut", async () => {
    const recorder = new MemoryRecorder();
    await cutAt(recorder, first, 1);
    const report = await recovered(recorder);
    expect(report.conditions).toEqual(["interrupted", "whole"]);
    expect(await toyTree(recorder, newestState(report.history) as never)).toEqual([]);
  });

  it("publishes the last whole state again when a later burn was cut, and the next burn builds on it", async () => {
    const recorder = new MemoryRecorder();
    await run(recorder, await plan(recorder, first, files), files);
    await cutAt(recorder, append, 1);
    await expect(plan(recorder, append)).rejects.toMatchObject({ code: "NEEDS_RECOVERY" });
    const report = await recovered(recorder);
    expect(report.history).toMatchObject({ condition: "whole", current: 1, states: [{ session: 1 }, { session: 3 }] });
    // The mark goes behind what the cut left; each close publishes, so each comes behind a flush.
    expect(recorder.log.slice(-8)).toEqual([
      "write 96+32",
      "flush",
      "close track",
      "close session",
      "write 128+32",
      "flush",
      "close track",
      "close session",
    ]);
    expect(await toyTree(recorder, newestState(report.history) as never)).toEqual(["f0", "f1", "f2", "f3"]);
    const next = await run(recorder, await plan(recorder, { ...append, base: 1 }, files), files);
    expect(next.history.states).toHaveLength(3);
  });

  it("only repeats the close when everything was written", async () => {
    const recorder = new MemoryRecorder();
    const planned = await plan(recorder, first, files);
    recorder.closeSpace = async () => {
      throw new Error("power cut");
    };
    await expect(run(recorder, planned, files)).rejects.toThrow("power cut");
    recorder.closeSpace = MemoryRecorder.prototype.closeSpace;
    const report = await recovered(recorder);
    expect(report.conditions).toEqual(["closing", "whole"]);
    expect(report.history.states[0]?.record?.nonce).toBe(planned.plan.fixed.nonce);
  });

  it("goes on from a session that it had closed before it was cut itself", async () => {
    const recorder = new MemoryRecorder();
    await run(recorder, await plan(recorder, first, files), files);
    await cutAt(recorder, append, 1);
    // The republished session starts behind the mark at 96.
    recorder.beforeWrite = (at) => {
      if (at === 128) throw new Error("power cut");
    };
    await expect(recovered(recorder)).rejects.toThrow("power cut");
    recorder.beforeWrite = () => {};
    const report = await recovered(recorder);
    expect(report.conditions).toEqual(["old-hidden", "whole"]);
    expect(await toyTree(recorder, newestState(report.history) as never)).toEqual(["f0", "f1", "f2", "f3"]);
  });

  it("has damaged tracks repaired first, and ends when a repair changes nothing", async () => {
    const recorder = new MemoryRecorder();
    await cutAt(recorder, first, 1);
    recorder.isDamaged = true;
    const report = await recovered(recorder);
    expect(report.conditions).toEqual(["interrupted", "interrupted", "whole"]);
    expect(report.plans[0]?.steps[0]).toMatchObject({ step: "repair", track: 1 });
    expect(recorder.log).toContain("repair 1");
    await cutAt(recorder, append, 1);
    recorder.isDamaged = true;
    recorder.repair = async () => {};
    await expect(recovered(recorder)).rejects.toMatchObject({
      code: "NOT_AS_PLANNED",
      message: expect.stringContaining("changed nothing"),
    });
  });

  it("has nothing to do on a whole disc", async () => {
    const recorder = new MemoryRecorder();
    await run(recorder, await plan(recorder, first, files), files);
    await expect(recovered(recorder)).rejects.toMatchObject({ code: "NOTHING_TO_RECOVER" });
  });
});
