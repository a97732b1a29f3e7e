import { type BurnEvent, readManifest, readTrailer } from "@multisession/core";
import { FileSystemImage, openDisc, recoverDisc } from "@multisession/file-system-image";
import { afterAll, describe, expect, it } from "vitest";
import type { ImapiOptions, ImapiRecorder } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";
import { burnFile, digestOf, digestsOn, pluginsFor } from "./support/burning.ts";
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
    const one = { "one.txt": digestOf(first) };
    expect(await digestsOn(program, [1, 2])).toEqual([one, { ...one, "two.txt": digestOf(second) }]);
  });

  it.each(["cd-r", "dvd-r", "dvd-rw-ro", "dvd-ram", "dvd+r", "dvd+rw", "bd-r", "bd-re"] as const)(
    "three sessions are burnt on a %s, each of them can be read, and nothing is left behind",
    async (medium) => {
      const { record } = await driveWith(host, medium);
      const files = Array.from({ length: 3 }, (_, index) => Buffer.alloc(90_000 * (index + 1), `file ${index} `));
      for (const [index, file] of files.entries()) {
        const { verification } = await burnFile(program, `${index}.txt`, file);
        expect(verification?.report.outcome).toBe("good");
        expect(record()).toMatchObject({ ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 });
      }
      const shown = (session: number) =>
        Object.fromEntries(files.slice(0, session).map((file, index) => [`${index}.txt`, digestOf(file)]));
      expect(await digestsOn(program, [1, 2, 3])).toEqual([shown(1), shown(2), shown(3)]);
    },
  );
});

// The stand-in's writer sets no write parameters, which CD and DVD-R need.
describe("with IMAPI2's own writer", () => {
  it.each(["dvd+r", "dvd+rw", "dvd-ram", "bd-r", "bd-re"] as const)(
    "two sessions are burnt on a %s and read back",
    async (medium) => {
      const { record } = await driveWith(host, medium);
      const driver = { writer: "imapi2", imapi2: { spoolFolder: host.folder } } as const;
      const [one, two] = [Buffer.alloc(900_000, "one "), Buffer.alloc(700_000, "two ")];
      for (const [name, file] of [
        ["one.txt", one],
        ["two.txt", two],
      ] as const)
        expect((await burnFile(program, name, file, { driver })).verification?.report.outcome).toBe("good");
      expect(record()).toMatchObject(nothingLeft);
      // On an overwritable disc the session and its head are two calls, with what publishes it last.
      const writes = record().calls.filter((call) => call.startsWith("write for Burner"));
      expect(writes).toHaveLength(medium === "bd-r" || medium === "dvd+r" ? 1 : 2);
      const earlier = { "one.txt": digestOf(one) };
      expect(await digestsOn(program, [1, 2])).toEqual([earlier, { ...earlier, "two.txt": digestOf(two) }]);
    },
  );

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

  it.each([
    [4390, 0],
    [5000, 1],
  ])("a speed of %i that the drive may not have is told of: %i notes", async (speed, notes) => {
    await driveWith(host, "bd-r");
    const events: BurnEvent[] = [];
    const driver = { writer: "imapi2", imapi2: { speed, spoolFolder: host.folder } } as const;
    await burnFile(program, "one.txt", first, { driver, onEvent: (event) => events.push(event) });
    const message = "The drive wrote at another speed than the one that was asked for.";
    expect(events.filter((event) => event.type === "note" && event.message === message)).toHaveLength(notes);
  });

  it("a disc that IMAPI2 says cannot be written is refused before anything is made", async () => {
    const { record } = await driveWith(host, "bd-r", { writer: { protection: 2 } });
    expect(await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }))).toMatchObject({
      code: "WRITE_PROTECTED",
      message: "The disc in imapi:D: is write-protected by its cartridge. Nothing was written.",
    });
    expect(record().calls).toEqual([]);
  });

  it("a write that the drive refuses in mid-burn has IMAPI2's name", async () => {
    const [hresult, name] = [0xc0aa0301, "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE"] as const;
    const { record } = await driveWith(host, "bd-r", { writer: { failure: { afterBlocks: 64, hresult } } });
    const error = await errorOf(burnFile(program, "one.txt", first, { driver: ownWriter }));
    expect(error).toMatchObject({ code: "WRITE_FAILED", imapi: { name, hresult } });
    expect(record()).toMatchObject({ ledger: { strings: 0, arrays: 0, blocks: 0 }, live: 0 });
  });
});

describe("what IMAPI2's own writer recorded", () => {
  it.each(["bd-r", "dvd+rw"] as const)("on a %s has our record, trailer and manifest", async (medium) => {
    await driveWith(host, medium);
    await burnFile(program, "one.txt", first, { driver: ownWriter });
    const plugins = pluginsFor(program);
    await using recorder = await plugins.open("imapi:D:");
    const { history } = await openDisc(recorder, plugins);
    const record = history.states.at(-1)?.record;
    const trailer = await readTrailer(recorder, record?.trailerAt ?? 0);
    expect(trailer).toMatchObject(record ?? {});
    const manifest = trailer && (await readManifest(recorder, trailer));
    expect(manifest?.entries.map(({ bytes, sha256 }) => [bytes, Buffer.from(sha256).toString("hex")])).toEqual([
      [first.length, digestOf(first)],
    ]);
  });

  it("and was interrupted is recovered by commands, as if they had written it", async () => {
    const failure = { afterBlocks: 64, hresult: 0xc0aa0301 };
    await driveWith(host, "bd-r", { writer: { failure } });
    await burnFile(program, "one.txt", first);
    const second = Buffer.alloc(300_000, "two ");
    await errorOf(burnFile(program, "two.txt", second, { driver: ownWriter }));
    const refused = await errorOf(burnFile(program, "two.txt", second, { driver: ownWriter }));
    expect(refused.code).toBe("NEEDS_RECOVERY");
    const plugins = pluginsFor(program);
    const recorder = await plugins.open("imapi:D:");
    expect((await recoverDisc(recorder, plugins)).conditions).toEqual(["interrupted", "whole"]);
    await recorder.close();
    expect((await digestsOn(program, [2]))[0]).toEqual({ "one.txt": digestOf(first) });
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
