import { readdirSync } from "node:fs";
import type { BurnEvent } from "@multisession/core";
import { FileSystemImage } from "@multisession/file-system-image";
import { afterAll, describe, expect, it } from "vitest";
import type { ImapiOptions, ImapiRecorder } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";
import { burnFile, digestOf, digestsOn, filesOn, pluginsFor } from "./support/burning.ts";
import { driveWith, errorOf } from "./support/drives.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

const { program } = host;
const first = Buffer.alloc(100_000, "one ");
const second = Buffer.alloc(70_000, "two ");
const nothingLeft = { ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 };
const ownWriter: ImapiOptions = { writer: "imapi2", imapi2: { spoolFolder: host.folder } };

const passes = (events: readonly BurnEvent[], activity: string) =>
  events.findLast((event) => event.type === "progress" && event.activity === activity);

describe("through the pass-through", () => {
  it("two sessions are burnt by pseudo-overwrite and read back", async () => {
    const { record } = await driveWith(host, "bd-r-pow");
    expect((await burnFile(program, "one.txt", first)).verification?.report.outcome).toBe("good");
    expect((await burnFile(program, "two.txt", second)).verification?.report.outcome).toBe("good");
    expect(record()).toEqual({ calls: ["acquire Burner", "silence", "listen", "release"], ...nothingLeft });
    const both = { "one.txt": digestOf(first), "two.txt": digestOf(second) };
    expect(await digestsOn(program, [2])).toEqual([both]);
    const earlier = await filesOn(program, 1);
    expect([...earlier.keys()]).toEqual(["one.txt"]);
    expect(earlier.get("one.txt")?.equals(first)).toBe(true);
  });
});

describe("with IMAPI2's own writer", () => {
  it.each(["bd-r", "dvd+rw"] as const)("two sessions are burnt on a %s and read back", async (medium) => {
    const { record } = await driveWith(host, medium);
    expect((await burnFile(program, "one.txt", first, { driver: ownWriter })).outcome).toBe("done");
    const report = await burnFile(program, "two.txt", second, { driver: ownWriter });
    expect(report).toMatchObject({ outcome: "done", verification: { report: { outcome: "good" } } });
    const writes = medium === "bd-r" ? 1 : 2;
    expect(record()).toEqual({
      calls: [
        "acquire Burner",
        "silence",
        ...Array.from({ length: writes }, () => "write for Burner, verify 0, speed -1"),
        "listen",
        "release",
      ],
      ...nothingLeft,
    });
    const one = { "one.txt": digestOf(first) };
    expect(await digestsOn(program, [1, 2])).toEqual([one, { ...one, "two.txt": digestOf(second) }]);
    expect(readdirSync(host.folder).filter((name) => name.startsWith("multisession-"))).toEqual([]);
  });

  it("its progress is told as ours: first the file, then the disc, then the close", async () => {
    await driveWith(host, "bd-r");
    const events: BurnEvent[] = [];
    const imapi2 = { ...ownWriter.imapi2, verification: "quick" } as const;
    const { writtenBlocks } = await burnFile(program, "one.txt", first, {
      driver: { ...ownWriter, imapi2 },
      onEvent: (event) => events.push(event),
    });
    const all = { doneBlocks: writtenBlocks, totalBlocks: writtenBlocks };
    expect(passes(events, "prepare")).toMatchObject(all);
    expect(passes(events, "payload")).toMatchObject({ ...all, buffer: 0.75 });
    expect(events).toContainEqual({ type: "note", message: "IMAPI2 verifies what it wrote." });
    expect(events.filter(({ type }) => type === "step").map((event) => "step" in event && event.step.step)).toEqual([
      "write",
      "close",
      "close",
      "refresh-medium",
    ]);
  });

  it("keeps the recorder from being closed while it writes", async () => {
    await driveWith(host, "bd-r");
    const refused: Promise<unknown>[] = [];
    const plugins = pluginsFor(program, ownWriter);
    const recorder = await plugins.open("imapi:D:");
    await using image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/one.txt", first);
    await image.burn(await image.plan(), {
      onEvent: ({ type }) => type === "step" && refused.push(errorOf(recorder.close())),
    });
    expect(await Promise.all(refused.slice(0, 1))).toMatchObject([{ code: "BUSY" }]);
    await recorder.close();
  });

  it("verification, speed and the closing of the disc are handed on", async () => {
    const { record } = await driveWith(host, "bd-r");
    const imapi2 = { verification: "full", speed: 4390, spoolFolder: host.folder } as const;
    await burnFile(program, "one.txt", first, { driver: { writer: "imapi2", imapi2 }, close: "disc" });
    expect(record().calls).toContain("write for Burner, close, verify 2, speed 4390");
  });

  it("what it cannot carry out exactly is refused before the first write", async () => {
    const { record } = await driveWith(host, "bd-r-pow");
    const error = await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }));
    expect(error.code).toBe("NOT_EXECUTABLE");
    expect(error.message).toMatch(/^IMAPI2's own writer cannot carry out this plan\. It cannot reserve a track\./);
    expect(record().calls).toEqual([]);
  });

  it("a disc that IMAPI2 says cannot be written is refused before anything is made", async () => {
    const { record } = await driveWith(host, "bd-r", { writer: { protection: 2 } });
    expect(await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }))).toMatchObject({
      code: "WRITE_PROTECTED",
      message: "The disc in imapi:D: is write-protected by its cartridge. Nothing was written.",
    });
    expect(record().calls).toEqual([]);
  });

  it.each([
    [0xc0aa0301, "WRITE_FAILED", "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE"],
    [0x80070037, "RECORDER_LOST", "ERROR_DEV_NOT_EXIST"],
  ])("a failure in mid-burn, %s, is %s with IMAPI2's name", async (hresult, code, name) => {
    const { record } = await driveWith(host, "bd-r", { writer: { failure: { afterBlocks: 64, hresult } } });
    const error = await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }));
    expect(error).toMatchObject({ code, imapi: { name, hresult } });
    expect(record()).toMatchObject(nothingLeft);
  });
});

describe("what IMAPI2 says of a disc", () => {
  it("is told with its own numbers", async () => {
    await driveWith(host, "bd-r");
    await burnFile(program, "one.txt", first);
    await using recorder = (await pluginsFor(program).open("imapi:D:")) as ImapiRecorder;
    const [open] = (await recorder.medium()).tracks.slice(-1);
    expect(await recorder.writerFacts()).toMatchObject({
      status: 4,
      protection: 0,
      mediaType: 18,
      isPhysicallyBlank: false,
      nextWritableAddress: open?.next,
      freeBlocks: open?.free,
      previousSessionStart: 0,
      speeds: [
        { blocksPerSecond: 4390, isConstantAngular: false, mediaType: 18 },
        { blocksPerSecond: 8780, isConstantAngular: false, mediaType: 18 },
      ],
    });
  });
});

describe("IMAPI2's eraser", () => {
  it("blanks a rewritable disc, tells how long it takes, and the facts are new", async () => {
    const { record } = await driveWith(host, "cd-rw");
    await burnFile(program, "one.txt", first);
    const recorder = (await pluginsFor(program).open("imapi:D:")) as ImapiRecorder;
    expect((await recorder.medium()).status).toBe("appendable");
    const told: unknown[] = [];
    await recorder.erase({
      onProgress: ({ elapsedSeconds, totalSeconds }) => told.push([elapsedSeconds, totalSeconds]),
    });
    expect((await recorder.medium()).status).toBe("blank");
    await recorder.close();
    expect(told).toEqual([
      [1, 60],
      [60, 60],
    ]);
    expect(record()).toEqual({ calls: ["erase"], ...nothingLeft });
  });

  it("refuses a disc that cannot be erased, with a code of its own", async () => {
    await driveWith(host, "bd-r");
    await using recorder = (await pluginsFor(program).open("imapi:D:")) as ImapiRecorder;
    expect(await errorOf(recorder.erase())).toMatchObject({
      code: "imapi/erase-media-is-not-erasable",
      advice: "Use a rewritable disc.",
      retry: "other-disc",
      imapi: { name: "E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE", hresult: 0x80aa0904 },
    });
  });
});
