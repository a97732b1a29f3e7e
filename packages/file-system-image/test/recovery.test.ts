import { type DiscRecorder, MultisessionError } from "@multisession/core";
import type { Fault } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import {
  closeDisc,
  type DiscOptions,
  FileSystemImage,
  type ImagePlanOptions,
  openDisc,
  recoverDisc,
  verifyDisc,
} from "../src/index.ts";
import { allPlugins, insert, media, reopen, type TestDisc } from "./discs.ts";
import { contentsOf } from "./reading.ts";

const plugins = allPlugins();
const CAPACITY = 4096;

async function burn(
  recorder: DiscRecorder,
  name: string,
  options: DiscOptions & { session?: number } = {},
): Promise<void> {
  const image = await FileSystemImage.open(recorder, plugins, options);
  await image.addBytes(`/${name}`, Buffer.alloc(5000, name));
  await image.burn(await image.plan(), { verify: false });
}

/** Burns a file of 300 kB until the power goes; whether it did. */
async function cut(
  { virtual, recorder }: TestDisc,
  fault: Partial<Fault> & { count: number },
  seed: number,
): Promise<boolean> {
  const image = await FileSystemImage.open(recorder, plugins);
  await image.addBytes("/cut", Buffer.alloc(300_000, 1));
  const plan = await image.plan();
  virtual.arm([{ fault: "power-cut", after: "block", ...fault } as Fault], seed);
  const isDone = await image.burn(plan, { verify: false }).then(
    () => true,
    () => false,
  );
  virtual.powerCut();
  virtual.powerOn();
  return !isDone;
}

const namesOn = async (recorder: DiscRecorder): Promise<readonly string[]> =>
  Object.keys(await contentsOf(await FileSystemImage.open(recorder, plugins))).sort();
const look = async (recorder: DiscRecorder) => (await openDisc(recorder, plugins)).history;

describe.each(media)("on a $name", ({ disc }) => {
  it("an append to an older session is the newest all the same, whatever tears the head", async () => {
    const { virtual, recorder } = await insert({ ...disc, capacity: CAPACITY });
    for (const name of ["a", "b", "c"]) await burn(recorder, name);
    await burn(recorder, "d", { session: 1 });
    const before = virtual.snapshot();
    let isTorn = false;
    for (let seed = 1; seed <= 12; seed++) {
      virtual.restore(before);
      const bench = { virtual, recorder: await reopen(virtual) };
      // In the last blocks of the burn: the unit that commits, where there is one.
      await cut(bench, { count: 170 + seed * 4 }, seed);
      const after = await reopen(virtual);
      const { condition } = await look(after);
      isTorn ||= condition === "torn-head";
      if (condition !== "whole") await recoverDisc(after, plugins);
      expect([
        ["/a", "/d"],
        ["/a", "/cut", "/d"],
      ]).toContainEqual(await namesOn(after));
      expect((await look(after)).states.length).toBeGreaterThanOrEqual(4);
      await burn(after, "next");
      expect((await look(after)).states.length).toBeGreaterThanOrEqual(5);
    }
    expect(isTorn).toBe(disc.medium === "dvd+rw");
  });

  it.each(["first", "second"])("a track that the cut of the %s burn has damaged is repaired first", async (which) => {
    const bench = await insert({ ...disc, capacity: CAPACITY });
    if (which === "second") await burn(bench.recorder, "old");
    expect(await cut(bench, { count: 70, damagesTracks: true } as never, 1)).toBe(true);
    const again = await reopen(bench.virtual);
    const { condition } = await look(again);
    if (disc.medium !== "dvd+rw") expect(condition).toBe("interrupted");
    const plans = condition === "whole" || condition === "empty" ? [] : (await recoverDisc(again, plugins)).plans;
    expect(plans[0]?.steps[0]?.step === "repair").toBe(disc.medium !== "dvd+rw");
    expect(await namesOn(again)).toEqual(which === "second" ? ["/old"] : []);
    await burn(again, "next");
    expect(await namesOn(again)).toContain("/next");
  });

  it("a scratch never makes a recovery hide a good session", async () => {
    const { virtual, recorder } = await insert({ ...disc, capacity: CAPACITY });
    for (const name of ["a", "b"]) await burn(recorder, name);
    const { states } = await look(recorder);
    const last = states.at(-1);
    for (let at = last?.start ?? 0; at < (last?.end ?? 0); at++) {
      virtual.arm([{ fault: "bad-block", on: "read", at }], 1);
      const again = await reopen(virtual);
      const { condition } = await look(again);
      await recoverDisc(again, plugins).then(
        () => expect.fail(`Block ${at}: recovered from ${condition}`),
        (error: unknown) =>
          expect(MultisessionError.is(error) && error.code, `block ${at}`).toBe(
            condition === "whole" ? "NOTHING_TO_RECOVER" : "DAMAGED_CONTENT",
          ),
      );
      virtual.arm([], 1);
    }
    expect(await namesOn(await reopen(virtual))).toEqual(["/a", "/b"]);
  });

  it("a recorder that is lost while the disc is looked at is no hole in it", async () => {
    const { recorder } = await insert({ ...disc, capacity: CAPACITY });
    await burn(recorder, "a");
    const trailerAt = (await look(recorder)).states[0]?.record?.trailerAt;
    const flaky = new Proxy(recorder, {
      get(target, key) {
        const member = Reflect.get(target, key, target) as unknown;
        if (key !== "read") return typeof member === "function" ? member.bind(target) : member;
        return (...[at, blocks, options]: Parameters<DiscRecorder["read"]>) =>
          at === trailerAt
            ? Promise.reject(new MultisessionError("RECORDER_LOST", "The cable is off.", { subject: "virtual:test" }))
            : target.read(at, blocks, options);
      },
    });
    await expect(recoverDisc(flaky, plugins)).rejects.toMatchObject({ code: "RECORDER_LOST" });
  });
});

describe.each(["bd-r", "cd-r", "dvd+r"] as const)("on a %s", (medium) => {
  it("a recovery that is cut behind its mark, or cancelled, can be done again", async () => {
    const capacity = medium === "bd-r" ? 4096 : 65_536;
    const { virtual, recorder } = await insert({ medium, capacity });
    await burn(recorder, "old");
    expect(await cut({ virtual, recorder }, { count: 5 }, 1)).toBe(true);
    const interrupted = virtual.snapshot();
    for (let command = 1; ; command += 11) {
      virtual.restore(interrupted);
      const again = await reopen(virtual);
      const { condition } = await look(again);
      if (condition === "whole") break;
      virtual.arm([{ fault: "power-cut", after: "command", count: command }], command);
      const isDone = await recoverDisc(again, plugins).then(
        () => true,
        () => false,
      );
      virtual.powerCut();
      virtual.powerOn();
      const third = await reopen(virtual);
      if ((await look(third)).condition !== "whole") await recoverDisc(third, plugins);
      expect(await namesOn(third)).toEqual(["/old"]);
      if (isDone) break;
    }
    virtual.restore(interrupted);
    for (let event = 1; event < 12; event++) {
      const again = await reopen(virtual);
      if ((await look(again)).condition === "whole") break;
      const stop = new AbortController();
      let events = 0;
      const onEvent = (): void => (++events === event ? stop.abort() : undefined);
      const done = await recoverDisc(again, plugins, { signal: stop.signal, onEvent }).catch((error: unknown) => error);
      if (MultisessionError.is(done)) expect(done.code).toBe("CANCELLED");
      else expect((await look(again)).condition).toBe("whole");
    }
    const last = await reopen(virtual);
    if ((await look(last)).condition !== "whole") await recoverDisc(last, plugins);
    expect(await namesOn(last)).toEqual(["/old"]);
  }, 120_000);
});

describe("verification", () => {
  it("says that hashes are lost when the trailer of the base could not be read", async () => {
    const { virtual, recorder } = await insert({ medium: "bd-r", capacity: CAPACITY });
    for (const name of ["a", "b"]) await burn(recorder, name);
    const at = (await look(recorder)).states[1]?.record?.trailerAt ?? 0;
    virtual.arm([{ fault: "bad-block", on: "read", at }], 1);
    await burn(await reopen(virtual), "c");
    virtual.arm([], 1);
    const { reports } = await verifyDisc(await reopen(virtual), plugins, { session: 3 });
    expect(reports[0]).toMatchObject({ outcome: "faulty", faults: [{ at, fault: "unreadable" }] });
  });
});

describe("closing the disc", () => {
  it("keeps the room for a recovery like any other burn", async () => {
    const { virtual, recorder } = await insert({ medium: "bd-r", capacity: 1024 });
    await burn(recorder, "old");
    const before = virtual.snapshot();
    const planned = async (options: ImagePlanOptions, blocks: number) => {
      virtual.restore(before);
      const image = await FileSystemImage.open(await reopen(virtual), plugins);
      await image.addBytes("/large", Buffer.alloc(blocks * 2048, 1));
      return { image, plan: await image.plan(options) };
    };
    const largest = async (options: ImagePlanOptions): Promise<number> => {
      for (let blocks = 960; blocks > 0; blocks -= 8)
        if (
          await planned(options, blocks).then(
            () => true,
            () => false,
          )
        )
          return blocks;
      throw new Error("nothing fits");
    };
    const closing: ImagePlanOptions = { close: "disc", consent: ["close-disc"] };
    const blocks = await largest(closing);
    expect(blocks).toBe(await largest({}));
    for (let seed = 1; seed <= 12; seed++) {
      const { image, plan } = await planned(closing, blocks);
      const total = plan.plan.cost[0]?.amount ?? 0;
      virtual.arm([{ fault: "power-cut", after: "block", count: total - seed, damagesTracks: seed % 2 === 1 }], seed);
      await expect(image.burn(plan)).rejects.toMatchObject({ code: "RECORDER_LOST" });
      virtual.powerCut();
      virtual.powerOn();
      const again = await reopen(virtual);
      // Nothing of it may have got onto the medium at all.
      if ((await look(again)).condition !== "whole") await recoverDisc(again, plugins);
      expect([["/old"], ["/large", "/old"]]).toContainEqual(await namesOn(again));
    }
  });

  it("is done when it is cancelled after it has begun", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: CAPACITY });
    await burn(recorder, "old");
    const stop = new AbortController();
    const { history, medium } = await closeDisc(recorder, plugins, {
      consent: ["close-disc"],
      signal: stop.signal,
      onEvent: (event) => event.type === "step" && event.step.step === "refresh-medium" && stop.abort(),
    });
    expect([history.condition, medium.status]).toEqual(["whole", "complete"]);
  });
});

describe("what another program has recorded", () => {
  it("is not hidden by a recovery or an append", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: CAPACITY });
    await burn(recorder, "ours");
    const next = (await recorder.medium({ refresh: true })).tracks.at(-1)?.next ?? 0;
    await recorder.write(next, new Uint8Array(64 * 2048).fill(0x5a));
    await recorder.flush();
    for (const what of ["track", "session"] as const) await recorder.closeSpace(what);
    expect(await look(recorder)).toMatchObject({ condition: "foreign", states: [{ index: 0 }] });
    await expect(recoverDisc(recorder, plugins)).rejects.toMatchObject({ code: "FOREIGN_CONTENT" });
    await expect(burn(recorder, "next")).rejects.toMatchObject({ code: "FOREIGN_CONTENT" });
    expect((await verifyDisc(recorder, plugins)).reports.map(({ outcome }) => outcome)).toEqual(["good"]);
  });
});

describe("a cancelled burn says what was done", () => {
  const stopped = async (
    recorder: DiscRecorder,
    options: DiscOptions & { isNewVolume?: boolean },
    plan: ImagePlanOptions,
    at: "reserve" | "payload",
  ): Promise<unknown> => {
    const stop = new AbortController();
    const image = await FileSystemImage.open(recorder, plugins, options);
    await image.addBytes("/z", Buffer.alloc(200_000, 1));
    return image
      .burn(await image.plan(plan), {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type !== "step") return;
          if (event.step.step === at || (event.step.step === "write" && event.step.kind === at)) stop.abort();
        },
      })
      .catch((error: unknown) => error);
  };

  it("to a disc whose sessions were given up", async () => {
    const { recorder } = await insert({ medium: "dvd+rw", capacity: CAPACITY });
    await burn(recorder, "a");
    const error = await stopped(recorder, { isNewVolume: true }, { consent: ["give-up-sessions"] }, "payload");
    expect(error).toMatchObject({ code: "CANCELLED", message: expect.stringContaining("readers see an empty volume") });
    expect((await look(recorder)).condition).toBe("whole");
    expect(await namesOn(recorder)).toEqual([]);
  });

  it("to a disc that was formatted", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: CAPACITY });
    const consent = ["irreversible-format"] as const;
    const error = await stopped(recorder, { mechanism: "bdr-pow" }, { consent }, "reserve");
    expect(error).toMatchObject({ code: "CANCELLED", message: expect.stringMatching(/format .* stays/) });
    expect((await recorder.medium({ refresh: true })).kind).toBe("bd-r-pow");
  });
});

it("the price of a format is in the plan", async () => {
  const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
  const free = async () => (await recorder.medium({ refresh: true })).tracks.at(-1)?.free ?? 0;
  const before = await free();
  const image = await FileSystemImage.open(recorder, plugins, { mechanism: "bdr-pow" });
  await image.addBytes("/a", Buffer.alloc(10));
  const plan = await image.plan({ consent: ["irreversible-format"] });
  await image.burn(plan);
  expect(plan.plan.cost).toContainEqual({ resource: "blocks", amount: before - (await free()) });
});
