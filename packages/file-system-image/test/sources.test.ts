import { execFileSync } from "node:child_process";
import { rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { chmod, open, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { hostFolder, writeHost } from "./host-files.ts";
import { bytesOf, codeOf, textOf } from "./reading.ts";

const plugins = allPlugins();
let image: FileSystemImage;

beforeEach(async () => {
  const { recorder } = await insert(media[0].disc);
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

const sizes = [
  ["small source", 1000, 0],
  ["large source", 300_000, 0],
  ["small source among so many that a worker reads them", 1000, 600],
  ["large source among so many that a worker reads them", 600_000, 600],
] as const;

describe.each(sizes)("a %s", (_, bytes, others) => {
  const among = (files: Readonly<Record<string, string>>): Record<string, string> => ({
    ...Object.fromEntries(Array.from({ length: others }, (_, index) => [`aa ${index}`, `other ${index}`])),
    ...files,
  });

  it.each([
    ["grew", "SOURCE_CHANGED", (path: string) => writeFile(path, "x".repeat(bytes + 1))],
    ["shrank", "SOURCE_CHANGED", (path: string) => truncate(path, bytes - 1)],
    ["was touched", "SOURCE_CHANGED", (path: string) => utimes(path, 1000, 1000)],
    ["vanished", "SOURCE_UNREADABLE", (path: string) => rm(path)],
    ...(isPosix ? ([["became a pipe", "SOURCE_CHANGED", makePipe]] as const) : []),
  ])("that %s after the plan stops the burn before the first write", async (_what, code, change) => {
    const folder = await hostFolder(among({ a: "a", b: "x".repeat(bytes), c: "c" }));
    await image.add(folder);
    const plan = await image.plan();
    await change(join(folder, "b"));
    const burning = image.burn(plan);
    await expect(burning).rejects.toMatchObject({ code, message: expect.stringContaining(join(folder, "b")) });
    await image.refresh();
    expect(image.medium.status).toBe("blank");
    if (code === "SOURCE_CHANGED") {
      await image.add(folder);
      expect((await image.burn(await image.plan())).outcome).toBe("done");
    }
  });

  it.each([
    ["grows", (path: string) => writeFileSync(path, "x".repeat(bytes + 5000)), /grew/],
    ["shrinks", (path: string) => truncateSync(path, 100), /has 100 bytes now/],
    ["is touched", (path: string) => utimesSync(path, 1000, 1000), /was modified/],
    ["vanishes", (path: string) => rmSync(path), /ENOENT/],
    ...(isPosix ? ([["becomes a pipe", makePipe, /has 0 bytes now/]] as const) : []),
  ])("that %s after the check is recorded with its planned size, and told as damaged", async (_what, change, why) => {
    const folder = await hostFolder(among({ a: "a", b: "x".repeat(bytes), c: "c" }));
    await image.add(folder);
    const report = await image.burn(await image.plan(), {
      onEvent: (event) => {
        if (event.type === "step" && event.step.step === "write") change(join(folder, "b"));
      },
    });
    expect(report.outcome).toBe("done-with-damage");
    expect(report.damaged).toMatchObject([{ label: "/b", what: expect.stringMatching(why) }]);
    expect(report.verification?.report.faults).toMatchObject([{ fault: "damaged" }]);
    expect(await image.stat("/b")).toMatchObject({ bytes, isNew: false });
    expect(await textOf(image, "/c")).toBe("c");
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
