import { createHash } from "node:crypto";
import { appendFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { FileSource } from "../src/file-source.ts";
import { HostFolder } from "../src/host-folder.ts";
import { FileSystemImage } from "../src/index.ts";
import { batchesOf, PIECE } from "../src/read-ahead/batches.ts";
import { FirstPass } from "../src/read-ahead/first-pass.ts";
import { HostPace } from "../src/read-ahead/host-pace.ts";
import { LargeReading } from "../src/read-ahead/large-reading.ts";
import { ReadAhead } from "../src/read-ahead/read-ahead.ts";
import { Reader } from "../src/read-ahead/reader.ts";
import { TimeSlices } from "../src/time-slices.ts";
import { allPlugins, insert } from "./discs.ts";
import { hostFolder } from "./host-files.ts";
import { bytesOf } from "./reading.ts";

/** Lengths on both sides of what divides files into batches. */
const lengths = [
  0,
  1,
  2047,
  2048,
  PIECE - 1,
  PIECE,
  PIECE + 1,
  3,
  2 * PIECE - 1,
  2 * PIECE,
  2 * PIECE + 1,
  0,
  5,
  20 * PIECE + 7,
];

const contentOf = (index: number, bytes: number): Buffer => Buffer.alloc(bytes, `content of ${index} `);

async function sources(all = lengths): Promise<readonly FileSource[]> {
  const folder = await hostFolder();
  const host = new HostFolder(folder);
  return Promise.all(
    all.map(async (bytes, index) => {
      await writeFile(join(folder, `file ${index}`), contentOf(index, bytes));
      const item = host.inspect(`file ${index}`);
      if (item === undefined) throw new Error("no file");
      return new FileSource(host, `file ${index}`, item.state);
    }),
  );
}

async function withAhead(work: (ahead: ReadAhead) => Promise<void>, takesMd5 = false): Promise<void> {
  const ahead = new ReadAhead(await sources(), new Reader(), new TimeSlices(), { takesMd5 });
  try {
    await work(ahead);
  } finally {
    await ahead.close();
  }
}

describe("files that are read ahead", () => {
  it("come with every byte and the hash of them, whatever their lengths", () =>
    withAhead(async (ahead) => {
      await ahead.check();
      for (const [index, bytes] of lengths.entries()) {
        const content = ahead.open(index);
        const read: Buffer[] = [];
        for await (const piece of content) read.push(Buffer.from(piece));
        expect(Buffer.concat(read).equals(contentOf(index, bytes)), `file ${index}`).toBe(true);
        const expected = createHash("sha256").update(contentOf(index, bytes)).digest();
        expect(Buffer.from(content.sha256?.() ?? []), `file ${index}`).toEqual(expected);
      }
    }));

  it("come from this thread too while the other one is busy, and only as they were planned", async () => {
    const files = await sources();
    const { hostPath: path, bytes, modified } = files[lengths.length - 1] as FileSource;
    const job = { kind: "piece", memory: new SharedArrayBuffer(1), takesMd5: false, path, bytes, modified } as const;
    const slot = Buffer.alloc(PIECE + 1);
    const large = new LargeReading();
    const whole = contentOf(lengths.length - 1, bytes);
    expect(large.read({ ...job, from: 3 * PIECE, length: PIECE, isLast: false }, slot)).toBe(true);
    expect(slot.subarray(0, PIECE).equals(whole.subarray(3 * PIECE, 4 * PIECE))).toBe(true);
    expect(large.read({ ...job, from: 20 * PIECE, length: 7, isLast: true }, slot)).toBe(true);
    expect(large.read({ ...job, from: 20 * PIECE, length: 8, isLast: true }, slot)).toBe(false);
    expect(large.read({ ...job, bytes: bytes + 1, from: 0, length: PIECE, isLast: false }, slot)).toBe(false);
    await appendFile(path, "more");
    expect(large.read({ ...job, from: 0, length: PIECE, isLast: false }, slot)).toBe(false);
    large.close();
    await rm(path);
    expect(large.read({ ...job, from: 0, length: PIECE, isLast: false }, slot)).toBe(false);
    large.close();
  });

  it("come with MD5 too where the burn asks for it", () =>
    withAhead(async (ahead) => {
      for (const [index, bytes] of lengths.entries()) {
        const content = ahead.open(index);
        for await (const _ of content);
        const digest = (algorithm: string): Buffer => createHash(algorithm).update(contentOf(index, bytes)).digest();
        expect(Buffer.from(content.md5?.() ?? []), `file ${index}`).toEqual(digest("md5"));
        expect(Buffer.from(content.sha256?.() ?? []), `file ${index}`).toEqual(digest("sha256"));
      }
    }, true));

  it("may be left out, and a large one may be left before its end", () =>
    withAhead(async (ahead) => {
      for await (const piece of ahead.open(8)) {
        expect(piece).toHaveLength(PIECE);
        break;
      }
      expect((await bytesOf(ahead.open(12) as AsyncIterable<Uint8Array>)).equals(contentOf(12, 5))).toBe(true);
    }));

  it("keep the thread busy with the next large one, though small ones that are kept lie between", async () => {
    const files = await sources([100, 3 * PIECE, 200, 3 * PIECE, 300, 3 * PIECE, 400]);
    const reader = new Reader();
    const asked = vi.spyOn(reader, "ask");
    // Else this thread reads them while it waits.
    const pace = vi.spyOn(HostPace.prototype, "isSlow", "get").mockReturnValue(true);
    const isAsked = (index: number): boolean =>
      asked.mock.calls.some(([job]) => job.kind === "piece" && job.path === files[index]?.hostPath);
    const ahead = new ReadAhead(files, reader, new TimeSlices(), { takesMd5: false });
    try {
      await ahead.check();
      for (const index of [1, 3]) {
        expect(await ahead.run(index - 1, 1)).toMatchObject({ count: 1 });
        await Promise.all(asked.mock.results.map(({ value }) => value));
        for await (const _ of ahead.open(index)) await Promise.all(asked.mock.results.map(({ value }) => value));
        expect(isAsked(index + 2)).toBe(true);
      }
      for await (const _ of ahead.open(5));
      expect((await ahead.run(6, 1))?.blocks.subarray(0, 400)).toEqual(contentOf(6, 400));
    } finally {
      pace.mockRestore();
      await ahead.close();
    }
  });

  it("end a burn when the thread that reads them ends, for then nobody has hashed what was read", () =>
    withAhead(async (ahead) => {
      const content = ahead.open(8);
      const pieces = (content as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      await pieces.next();
      await ahead.close();
      expect(() => content.sha256?.()).toThrow("The thread that reads files");
      await expect(ahead.check()).rejects.toMatchObject({ code: "SOURCE_UNREADABLE", subject: "files" });
    }));

  it("are not waited for any longer than somebody wants, while a slow host keeps the thread", async () => {
    const reader = { ask: () => new Promise(() => {}) } as unknown as Reader;
    const pass = new FirstPass(await sources(), reader, new TimeSlices(), false);
    const cancel = new AbortController();
    const outcome = expect(pass.finish({ signal: cancel.signal })).rejects.toThrow("aborted");
    await setTimeout(20);
    cancel.abort();
    await outcome;
  });

  it("fit into one slot with a byte more for each, by which one shows that it has grown", () => {
    const files = [...Array.from({ length: 2000 }, () => ({ bytes: 300 })), { bytes: PIECE }, { bytes: PIECE + 1 }];
    const batches = [...batchesOf(files)];
    for (const batch of batches) {
      const space = batch.kind === "piece" ? batch.length + 1 : spaceOf(files.slice(batch.first, batch.end));
      expect(space).toBeLessThanOrEqual(PIECE + 1);
    }
    expect(batches.filter(({ kind }) => kind === "piece")).toHaveLength(2);
    expect(batches.at(-1)).toMatchObject({ first: 2001, end: 2002, from: PIECE, length: 1, isLast: true });
  });
});

it("the thread keeps the process until it has ended, whatever it still answers", async () => {
  const folder = await hostFolder({ file: "content" });
  const reader = new Reader();
  await reader.list(folder);
  const unref = vi.spyOn(Worker.prototype, "unref");
  const last = reader.list(folder);
  // Its answer is on its way, and is not heard yet.
  const until = performance.now() + 200;
  while (performance.now() < until);
  await reader.close();
  await last.catch(() => undefined);
  expect(unref).not.toHaveBeenCalled();
  unref.mockRestore();
});

it("many files are recorded with names in every order, while timers of the caller go on", async () => {
  const folder = await hostFolder(
    Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`${index % 7} ${index}`, `text ${index}`])),
  );
  const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
  const image = await FileSystemImage.open(recorder, allPlugins());
  await image.add(folder);
  await image.addBytes("/3 in memory", Buffer.from("memory"));
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const report = await image.burn(await image.plan());
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(2);
  expect(report).toMatchObject({ outcome: "done", verification: { report: { outcome: "good", contents: 1501 } } });
  expect((await bytesOf(image.readFile("/6 1497"))).toString()).toBe("text 1497");
  expect((await bytesOf(image.readFile("/3 in memory"))).toString()).toBe("memory");
});

const spaceOf = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes + 1, 0);
