import { execFileSync } from "node:child_process";
import { rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { chmod, open, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { PIECE } from "../src/read-ahead/batches.ts";
import { allPlugins, insert } from "./discs.ts";
import { hostFolder, writeHost } from "./host-files.ts";
import { bytesOf, codeOf, textOf } from "./reading.ts";

const plugins = allPlugins();
let image: FileSystemImage;

beforeEach(async () => {
  const { recorder } = await insert({ medium: "bd-r", capacity: 65_536 });
  image = await FileSystemImage.open(recorder, plugins);
});

/** Of every POSIX system. */
const MAKE_PIPE = "mkfifo";
const isPosix = process.platform !== "win32";

/** Whoever opens a pipe waits until somebody writes into it. */
function makePipe(path: string): void {
  rmSync(path);
  execFileSync(MAKE_PIPE, [path]);
}

/** Files of the largest size that is kept, which hold nothing: as many as leave no room for others. */
const FILLING = 33;

const sizes = [
  { what: "small source", bytes: 1000, others: 0, filling: 0 },
  { what: "large source", bytes: 300_000, others: 0, filling: 0 },
  { what: "small source among so many that they are kept", bytes: 1000, others: 600, filling: 0, isKept: true },
  { what: "small source behind more than is kept", bytes: 1000, others: 600, filling: FILLING },
  { what: "large source among so many that a worker reads them", bytes: 1_200_000, others: 600, filling: 0 },
];

/** Equal files are not looked for, which would read some while the plan is made. */
const once = { deduplicate: false } as const;

describe.each(sizes)("a $what", ({ bytes, others, filling, isKept }) => {
  const among = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const small = Array.from({ length: others }, (_, index) => [`aa ${index}`, `other ${index}`]);
    const folder = await hostFolder({ ...Object.fromEntries(small), ...files });
    for (let index = 0; index < filling; index++) {
      writeFileSync(join(folder, `aaa ${index}`), `${index}`);
      truncateSync(join(folder, `aaa ${index}`), PIECE - 1);
    }
    return folder;
  };

  it.each<readonly [string, string, (path: string) => Promise<void> | void]>([
    ["grew", "SOURCE_CHANGED", (path: string) => writeFile(path, "x".repeat(bytes + 1))],
    ["shrank", "SOURCE_CHANGED", (path: string) => truncate(path, bytes - 1)],
    ["was touched", "SOURCE_CHANGED", (path: string) => utimes(path, 1000, 1000)],
    ["vanished", "SOURCE_UNREADABLE", (path: string) => rm(path)],
    ...(isPosix ? ([["became a pipe", "SOURCE_CHANGED", makePipe]] as const) : []),
  ])("that %s after the plan stops the burn before the first write", async (_what, code, change) => {
    const folder = await among({ a: "a", b: "x".repeat(bytes), c: "c" });
    await image.add(folder);
    const plan = await image.plan(once);
    await change(join(folder, "b"));
    const burning = image.burn(plan);
    await expect(burning).rejects.toMatchObject({ code, message: expect.stringContaining(join(folder, "b")) });
    await image.refresh();
    expect(image.medium.status).toBe("blank");
    if (code === "SOURCE_CHANGED") {
      await image.add(folder);
      expect((await image.burn(await image.plan(once))).outcome).toBe("done");
    }
  });

  it.each<readonly [string, (path: string) => void, RegExp]>([
    ["grows", (path: string) => writeFileSync(path, "x".repeat(bytes + 5000)), /grew/],
    ["shrinks", (path: string) => truncateSync(path, 100), /has 100 bytes now/],
    ["is touched", (path: string) => utimesSync(path, 1000, 1000), /was modified/],
    ["vanishes", (path: string) => rmSync(path), /ENOENT/],
    ...(isPosix ? ([["becomes a pipe", makePipe, /has 0 bytes now/]] as const) : []),
  ])("that %s after the check is recorded as it was, or told as damaged", async (_what, change, why) => {
    const folder = await among({ a: "a", b: "x".repeat(bytes), c: "c" });
    await image.add(folder);
    const report = await image.burn(await image.plan(once), {
      onEvent: (event) => {
        if (event.type === "step" && event.step.step === "write") change(join(folder, "b"));
      },
    });
    expect(report.outcome).toBe(isKept ? "done" : "done-with-damage");
    expect(report.damaged).toMatchObject(isKept ? [] : [{ label: "/b", what: expect.stringMatching(why) }]);
    expect(report.verification?.report.faults).toMatchObject(isKept ? [] : [{ fault: "damaged" }]);
    expect(await image.stat("/b")).toMatchObject({ bytes, isNew: false });
    if (isKept) expect(await textOf(image, "/b")).toBe("x".repeat(bytes));
    expect(await textOf(image, "/c")).toBe("c");
  });
});

describe("sources that are read while the plan is made", () => {
  const many = (): Promise<string> =>
    hostFolder(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`file ${index}`, `content ${index}`])));

  it("are recorded as they were then", async () => {
    const folder = await many();
    await image.add(folder);
    const plan = await image.plan({ ...once, readAhead: true });
    writeFileSync(join(folder, "file 7"), "another content");
    rmSync(join(folder, "file 8"));
    // Whoever burns later than at once gets an error, or what was read: never a mixture.
    const outcome = await image.burn(plan).then(
      ({ outcome }) => outcome,
      ({ code }: { code: string }) => code,
    );
    if (outcome === "done") {
      expect(await textOf(image, "/file 7")).toBe("content 7");
      expect(await textOf(image, "/file 8")).toBe("content 8");
    } else expect(outcome).toMatch(/SOURCE_CHANGED|SOURCE_UNREADABLE/);
  });

  it.each([
    ["changed", "SOURCE_CHANGED", (path: string) => writeFileSync(path, "other")],
    ["vanished", "SOURCE_UNREADABLE", (path: string) => rmSync(path)],
  ])("stop the burn before the first write when one %s before", async (_what, code, change) => {
    const folder = await many();
    await image.add(folder);
    change(join(folder, "file 333"));
    const plan = await image.plan({ ...once, readAhead: true });
    await expect(image.burn(plan)).rejects.toMatchObject({ code, message: expect.stringContaining("file 333") });
    await image.refresh();
    expect(image.medium.status).toBe("blank");
  });

  it("are read again for a burn after one that failed", async () => {
    await image.add(await many());
    const plan = await image.plan({ ...once, readAhead: true });
    await expect(image.burn(plan, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
    expect((await image.burn(plan)).outcome).toBe("done");
    expect(await textOf(image, "/file 599")).toBe("content 599");
  });

  it.each(["large", "file 7"])("are looked at anew for a burn that does not follow at once: %s", async (changed) => {
    const folder = await many();
    writeFileSync(join(folder, "large"), Buffer.alloc(2 * 1024 * 1024));
    await image.add(folder);
    const plan = await image.plan({ ...once, readAhead: true });
    // By then, as a rule, they were looked at.
    await setTimeout(200);
    writeFileSync(join(folder, changed), "other");
    const later = performance.now() + 60_000;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => later);
    await expect(image.burn(plan)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    clock.mockRestore();
    await image.refresh();
    expect(image.medium.status).toBe("blank");
  });

  it("are read no more for a plan that nobody gets", async () => {
    const started: Worker[] = [];
    const note = (worker: Worker): number => started.push(worker);
    process.on("worker", note);
    const folder = await many();
    await image.add(folder);
    const { plan: saved } = await image.plan(once);
    await image.addBytes("/more", Buffer.from("more"));
    expect(await codeOf(() => image.matchPlan(saved, { ...once, readAhead: true }))).toBe("PLAN_DIFFERS");
    await setTimeout(0);
    process.off("worker", note);
    expect(started).not.toEqual([]);
    // What Node.js says of a thread that has ended.
    for (const { threadId } of started) expect(threadId).toBe(-1);
  });

  it("are given back by the next plan, and by closing the image", async () => {
    await image.add(await many());
    const first = await image.plan({ ...once, readAhead: true });
    const second = await image.plan({ ...once, readAhead: true });
    await image.close();
    expect((await image.burn(second)).outcome).toBe("done");
    expect(await codeOf(() => image.burn(first))).toBe("STALE");
  });
});

describe("a source", () => {
  it.skipIf(process.platform === "win32")("that may not be read stops the burn before the first write", async () => {
    const folder = await hostFolder({ secret: "x" });
    await chmod(folder, 0o755);
    await chmod(join(folder, "secret"), 0o000);
    await image.add(folder);
    const plan = await image.plan();
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(image.burn(plan)).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: expect.stringMatching(/secret.*you have no permission/),
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it("of 5 GiB has its place in a plan", async () => {
    const folder = await hostFolder();
    const file = await open(join(folder, "sparse"), "w");
    await file.truncate(5 * 1024 ** 3);
    await file.close();
    const { recorder } = await insert({ medium: "bd-r" });
    const large = await FileSystemImage.open(recorder, plugins);
    await large.add(folder);
    const plan = await large.plan();
    expect(large.progressItems(plan).itemFromDescription("/sparse")?.blockCount).toBe((5 * 1024 ** 3) / 2048);
  });
});

describe("a stream", () => {
  async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text);
  }

  it("of unknown length is kept in a temporary file until it is recorded", async () => {
    const before = await spoolFolders();
    await image.addStream("/kept", pieces("one ", "two"));
    expect((await spoolFolders()).length).toBe(before.length + 1);
    expect(await image.stat("/kept")).toMatchObject({ bytes: 7 });
    expect(await textOf(image, "/kept")).toBe("one two");
    await image.burn(await image.plan());
    expect(await textOf(image, "/kept")).toBe("one two");
    expect(await spoolFolders()).toEqual(before);
  });

  it("that was kept is removed when the image is closed", async () => {
    const before = await spoolFolders();
    await image.addStream("/kept", pieces("one"));
    await image.close();
    await image.close();
    expect(await spoolFolders()).toEqual(before);
  });

  it("of known length is read while it is recorded, once", async () => {
    await image.addStream("/once", pieces("one ", "two"), { bytes: 7, mode: 0o600 });
    await image.burn(await image.plan());
    expect(await textOf(image, "/once")).toBe("one two");
    await image.addStream("/read", pieces("abc"), { bytes: 3 });
    await bytesOf(image.readFile("/read"));
    const plan = await image.plan();
    expect(await codeOf(() => image.burn(plan))).toBe("SOURCE_UNREADABLE");
  });

  it("of another length than it said is damage", async () => {
    await image.addStream("/short", pieces("abc"), { bytes: 10 });
    const report = await image.burn(await image.plan());
    expect(report.damaged).toMatchObject([{ label: "/short", what: expect.stringContaining("shrank") }]);
    expect((await bytesOf(image.readFile("/short"))).toString("latin1")).toBe("abc\0\0\0\0\0\0\0");
  });

  it("that fails leaves the image as it was", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("x");
      throw new Error("the network went");
    }
    await expect(image.addStream("/dir/file", failing())).rejects.toThrow("the network went");
    expect(await image.list()).toEqual([]);
    await image.close();
  });
});

describe("bytes in memory", () => {
  it("are copied, so that later changes do not count", async () => {
    const bytes = Buffer.from("before");
    await image.addBytes("/file", bytes);
    bytes.fill("x");
    expect(await textOf(image, "/file")).toBe("before");
  });

  it("take the place of a file of the host, and the other way round", async () => {
    const folder = await hostFolder({ a: "host" });
    await image.add(folder);
    await image.replace("/a", Buffer.from("memory"));
    expect(await textOf(image, "/a")).toBe("memory");
    await image.replace("/a", join(folder, "a"));
    expect(await textOf(image, "/a")).toBe("host");
    await writeHost(join(folder, "b"), "b");
    expect(await codeOf(() => image.replace("/a", folder))).toBe("NOT_A_FILE");
  });
});

async function spoolFolders(): Promise<readonly string[]> {
  const { tmpdir } = await import("node:os");
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`multisession-spool-${process.pid}-`)).sort();
}
