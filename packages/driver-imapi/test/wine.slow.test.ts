import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith, needs } from "@multisession-internal/needs";
import { afterAll, describe, expect, it } from "vitest";
import { digestOf, readByUs, readByXorriso } from "../wine/harness/read-discs.ts";
import { StandInWindows, type WindowsRun } from "../wine/harness/run-tests.ts";
import { compiler, windowsTools, wine } from "../wine/harness/tools.ts";

/** What runs in Windows, and where its source lies. */
const suites = ["drives", "pass-through", "writer", "mechanisms", "image", "outliving", "endurance"];
/** The program that people are asked to run with a real drive. */
const trial = "trial";
const sources = {
  ...Object.fromEntries(suites.map((name) => [name, `wine/tests/${name}.test.ts`])),
  [trial]: "../../examples/drive-trial/src/main.ts",
  application: "wine/tests/application.ts",
  host: "src/host/main.ts",
};

const ready = [wine, compiler];
if (ready.every(({ available }) => available)) ready.push(await windowsTools());
const folder = mkdtempSync(join(tmpdir(), "multisession-wine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const swap = (one: string, other: string) => (code: string) =>
  code.replaceAll(one, "\0").replaceAll(other, one).replaceAll("\0", other);
const drop = (line: RegExp) => (code: string) => code.replace(line, "");

/** Mistakes in the driver's table: each must be noticed by a test of its interface. */
const mistakes = [
  {
    what: "two slots of IDiscRecorder2 swapped",
    file: "interfaces/recorder.ts",
    change: swap("get_VendorId", "get_ProductId"),
    suite: "drives",
    only: "is listed by its letter",
  },
  {
    what: "a slot of IDiscRecorder2Ex dropped",
    file: "interfaces/recorder.ts",
    change: drop(/ {2}GetDeviceDescriptor: .*\n/),
    suite: "drives",
    only: "buffers are aligned",
  },
  {
    what: "a slot of IDiscFormat2Data dropped",
    file: "interfaces/format.ts",
    change: drop(/ {2}get_PostgapAlreadyInImage: .*\n/),
    suite: "writer",
    only: "with its own numbers",
  },
  {
    what: "two slots of IDiscFormat2Erase swapped",
    file: "interfaces/format.ts",
    change: swap("put_FullErase", "get_FullErase"),
    suite: "writer",
    only: "is erased, progress",
  },
  {
    what: "two slots of IMultisessionSequential swapped",
    file: "interfaces/multisession.ts",
    change: swap("get_NextWritableAddress", "get_StartAddressOfPreviousSession"),
    suite: "mechanisms",
    only: "sequential mechanism .* its vtable",
  },
] as const;

/** The tests are known only when they have run, so they run before vitest is told of them. */
const runs = new Map<string, WindowsRun>();
const mistaken = new Map<string, WindowsRun>();
if (ready.every(({ available }) => available)) {
  const windows = await StandInWindows.install(folder, await windowsTools(), sources);
  try {
    for (const suite of suites) runs.set(suite, await windows.test([suite]));
    const disc = { id: "\\\\?\\cdrom#trial", paths: ["D:\\"], disc: "trial.disc", medium: "cd-rw" } as const;
    await windows.machine.obey({ order: "set", drives: [disc] });
    runs.set(trial, await windows.test([trial], { environment: { TRIAL_DRIVE: "D:" } }));
    for (const [index, { what, suite, only, ...mutation }] of mistakes.entries()) {
      const name = `mistake-${index}`;
      const { host, [suite]: source } = sources as Record<string, string>;
      const environment = await windows.mutate(name, { host: host ?? "", [suite]: source ?? "" }, mutation);
      mistaken.set(what, await windows.test([`${name}/${suite}`], { environment, only }));
    }
  } finally {
    await windows.end();
  }
}

describeWith(ready, "on Windows (Wine), with a stand-in for IMAPI2 in C", () => {
  for (const suite of [...suites, trial]) {
    describe(suite, () => {
      // Where something is missing nothing has run, and the group is skipped.
      const { tests, code, text } = runs.get(suite) ?? { tests: [], code: undefined, text: "it did not run" };
      for (const { name, passed, error } of tests)
        it(name, () => {
          if (!passed) throw new Error(`${error}\n\n${text}`);
        });
      it("the whole suite ends well, with nothing skipped", () => {
        if (code !== 0) throw new Error(`node --test ended with ${code}:\n${text}`);
        expect(tests.length).toBeGreaterThan(0);
        expect(tests.filter(({ skipped }) => skipped)).toEqual([]);
      });
    });
  }
});

describeWith(ready, "a mistake in the driver's table is noticed there", () => {
  it.each(mistakes)("$what", ({ what }) => {
    const { code, tests, text } = mistaken.get(what) as WindowsRun;
    expect(
      tests.filter(({ passed, skipped }) => passed && !skipped),
      text,
    ).toEqual([]);
    expect(tests.filter(({ passed }) => !passed).length, text).toBeGreaterThan(0);
    expect(code).not.toBe(0);
  });
});

const one = { "one.txt": digestOf(Buffer.alloc(100_000, "one ")) };
const both = { ...one, "two.txt": digestOf(Buffer.alloc(70_000, "two ")) };

describeWith([...ready, needs("xorriso")], "the discs that were burnt there, read on Linux", () => {
  it.each([
    ["pass-bd-r", "the pass-through, sequential", {}],
    ["pass-cd-r", "the pass-through, sequential", {}],
    ["pass-dvd+rw", "the pass-through, random-write", {}],
    ["pass-bd-r-pow", "the pass-through, bdr-pow", {}],
    ["writer-bd-r", "IMAPI2's writer", {}],
    ["writer-cd-r", "IMAPI2's writer", {}],
    ["writer-dvd+r", "IMAPI2's writer", {}],
    ["writer-dvd-r", "IMAPI2's writer", {}],
    ["writer-dvd+rw", "IMAPI2's writer, over a formatted disc", { "zero.txt": one["one.txt"] }],
  ])("%s, by %s: our reader and xorriso find both files", async (name, _, before) => {
    const disc = join(folder, "discs", `${name}.disc`);
    expect(await readByUs(disc)).toEqual({ ...before, ...both });
    expect(await readByXorriso(disc, folder)).toEqual({ ...before, ...both });
  });

  it("the sessions of Windows' image: xorriso finds the added and the imported files", async () => {
    const found = await readByXorriso(join(folder, "discs", "image-bd-r.disc"), folder);
    expect(Object.keys(found).toSorted()).toEqual(["ONE.TXT", "TREE/INNER/LEAF.TXT", "TWO.TXT"]);
    expect(found["TWO.TXT"]).toBe(both["two.txt"]);
    expect(found["TREE/INNER/LEAF.TXT"]).toBe(digestOf(Buffer.from("leaf")));
  });
});
