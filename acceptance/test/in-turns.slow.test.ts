import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES, createPlugins, type DiscRecorder, type Lba, type Plugins, roundUp } from "@multisession/core";
import { createVirtualRecorder } from "@multisession/driver-virtual";
import { FileSystemImage, openDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { growisofs, growisofsPrograms, isoinfo, listSessions, mayRunGrowisofs, run, xorriso } from "../src/index.ts";
import { removeTree, withScratch } from "../src/scratch.ts";

const CAPACITY = 16_384;

/** A program that adds one file as a session. */
type Writer = "ours" | "ours, sharing folders" | "xorriso" | "growisofs";

const plugins = createPlugins(iso9660({ checkpointEvery: 100 }), randomWrite());

/** One disc, as a DVD+RW in our recorder and as the image file that other programs take for one. */
class SharedDisc {
  readonly #folder: string;
  readonly image: string;
  #recorder: DiscRecorder | undefined;
  #sessions = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.image = join(folder, "disc.iso");
  }

  get recorder(): DiscRecorder {
    if (this.#recorder === undefined) throw new TypeError("Nobody has recorded anything yet.");
    return this.#recorder;
  }

  /** Adds `/WRITER NUMBER/file.txt` in a session called `TURN_NUMBER`; the path of the file. */
  async add(writer: Writer): Promise<string> {
    this.#sessions += 1;
    const name = `${writer.split(",")[0]} ${this.#sessions}`;
    const path = `/${name}/file.txt`;
    const volumeName = `TURN_${this.#sessions}`;
    if (writer.startsWith("ours")) await this.#addOurs(path, volumeName, writer);
    else await this.#addTheirs(writer as "xorriso" | "growisofs", name, path, volumeName);
    return path;
  }

  async #addOurs(path: string, volumeName: string, writer: Writer): Promise<void> {
    this.#recorder ??= await blank();
    const image = await FileSystemImage.open(this.recorder, plugins, { volumeName });
    await image.addBytes(path, Buffer.from(path));
    const plan = await image.plan(writer === "ours" ? {} : { tree: "delta" });
    if (writer !== "ours") expect(plan.plan.tree).toBe("delta");
    expect((await image.burn(plan)).verification?.report.outcome).toBe("good");
    const { appendAt = 0 } = (await openDisc(this.recorder, plugins)).history;
    await writeFile(this.image, await bytesUpTo(this.recorder, appendAt));
  }

  async #addTheirs(writer: "xorriso" | "growisofs", name: string, path: string, volumeName: string): Promise<void> {
    const source = await mkdtemp(join(this.#folder, "source-"));
    await mkdir(join(source, name));
    await writeFile(join(source, path), path);
    if (writer === "xorriso") {
      const settings = [
        "-no_rc",
        "-joliet",
        "on",
        "-padding",
        "0",
        "-volid",
        volumeName,
        "-dev",
        `stdio:${this.image}`,
      ];
      await run("xorriso", [...settings, "-map", source, "/", "-commit_eject", "none"]);
    } else await growisofs(this.#sessions === 1 ? "first" : "next", this.image, source, volumeName);
    this.#recorder = await blank();
    const whole = wholeUnits(await readFile(this.image));
    for (let at = 0; at < whole.length / BLOCK_BYTES; at += 32)
      await this.recorder.write(at, whole.subarray(at * BLOCK_BYTES, (at + 32) * BLOCK_BYTES));
    await this.recorder.flush();
  }
}

async function blank(): Promise<DiscRecorder> {
  const virtual = createVirtualRecorder({ medium: "dvd-ram", capacity: CAPACITY });
  return openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
}

function wholeUnits(bytes: Uint8Array): Buffer {
  const whole = Buffer.alloc(roundUp(bytes.length, 32 * BLOCK_BYTES));
  whole.set(bytes);
  return whole;
}

async function bytesUpTo(recorder: DiscRecorder, end: Lba): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < end; at += 32) pieces.push(await recorder.read(at, Math.min(32, end - at)));
  return Buffer.concat(pieces);
}

/** Files of a session as we read it; each must hold its own path. */
async function ourFiles(recorder: DiscRecorder, session: number, read: Plugins = plugins): Promise<string[]> {
  const image = await FileSystemImage.open(recorder, read, { session });
  const paths: string[] = [];
  for await (const { path, kind } of image) {
    if (kind !== "file") continue;
    const pieces: Uint8Array[] = [];
    for await (const piece of image.readFile(path)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe(path);
    paths.push(path);
  }
  expect(image.findings).toEqual([]);
  return paths.toSorted();
}

async function filesBy(reader: typeof xorriso, image: string, start: Lba): Promise<string[]> {
  const entries = await reader.readSession(image, { start });
  return entries.flatMap(({ kind, path }) => (kind === "file" ? [path] : [])).toSorted();
}

describeWith(["xorriso", "isoinfo", ...growisofsPrograms], "programs that record onto one disc in turns", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "in-turns-"));
  });
  afterAll(() => removeTree(folder));

  describe.each<{ readonly turns: readonly Writer[] }>([
    { turns: ["ours", "xorriso", "ours", "xorriso", "xorriso", "ours"] },
    { turns: ["xorriso", "ours", "ours, sharing folders", "xorriso", "ours"] },
    { turns: ["ours", "growisofs", "ours", "growisofs", "growisofs", "growisofs", "ours"] },
    { turns: ["ours", "ours", "ours, sharing folders", "growisofs", "xorriso", "growisofs", "ours"] },
  ])("$turns", ({ turns }) => {
    it("find every session that was recorded before, and all files in the newest", async ({ skip }) => {
      if (!(await mayRunGrowisofs())) skip("may not mount, as growisofs on a file needs it");
      const disc = new SharedDisc(await mkdtemp(join(folder, "disc-")));
      const added: string[] = [];
      for (const [index, writer] of turns.entries()) {
        added.push(await disc.add(writer));
        const { states, condition } = (await openDisc(disc.recorder, plugins)).history;
        const turn = `turn ${index + 1}, ${writer}`;
        expect(condition, turn).toBe("whole");
        expect(
          states.map(({ label }) => label),
          turn,
        ).toEqual(added.map((_, number) => `TURN_${number + 1}`));
        const listed = await listSessions(disc.image);
        expect(
          states.map(({ start }) => start),
          turn,
        ).toEqual(listed.map(({ start }) => start));
        expect(states[0]?.start).toBe(32);
        for (let session = 1; session <= states.length; session += 1) {
          const start = states[session - 1]?.start ?? -1;
          const expected = added.slice(0, session).toSorted();
          expect(await ourFiles(disc.recorder, session), turn).toEqual(expected);
          expect(await filesBy(xorriso, disc.image, start), turn).toEqual(expected);
        }
        expect(await filesBy(isoinfo, disc.image, 0), turn).toEqual(added.toSorted());
      }
    });
  });

  it("growisofs first: its session at block 0 is imported and continued, and it continues ours", async ({ skip }) => {
    if (!(await mayRunGrowisofs())) skip("may not mount, as growisofs on a file needs it");
    const disc = new SharedDisc(await mkdtemp(join(folder, "disc-")));
    const added: string[] = [];
    for (const writer of ["growisofs", "ours", "growisofs", "ours, sharing folders"] as const) {
      if (writer === "ours, sharing folders") added.push(await disc.add("ours"));
      added.push(await disc.add(writer));
      const { states, condition } = (await openDisc(disc.recorder, plugins)).history;
      expect(condition).toBe("whole");
      expect(await ourFiles(disc.recorder, states.length)).toEqual(added.toSorted());
      expect(await filesBy(isoinfo, disc.image, 0)).toEqual(added.toSorted());
    }
  });
});

describeWith(["genisoimage", "xorriso"], "a disc as IMAPI2 lays it out, with Joliet and without Rock Ridge", () => {
  // Made by genisoimage: from block 0 on, as IMAPI2 records on every medium. IMAPI2 itself runs on Windows only.
  it.each(["dvd-ram", "bd-r"] as const)("is imported and continued on %s, with its names", async (medium) => {
    await withScratch(async (folder) => {
      const names = ["A file with small letters.txt", "Grüße.txt", "UPPER.TXT"];
      await mkdir(join(folder, "source"));
      for (const name of names) await writeFile(join(folder, "source", name), `/${name}`);
      const image = join(folder, "imapi.iso");
      const settings = ["-quiet", "-J", "-joliet-long", "-iso-level", "3", "-input-charset", "utf-8", "-V", "IMAPI"];
      await run("genisoimage", [...settings, "-o", image, join(folder, "source")]);
      const all = createPlugins(iso9660(), randomWrite(), sequential());
      const virtual = createVirtualRecorder({ medium, capacity: CAPACITY });
      let recorder = await openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
      await recorder.write(0, wholeUnits(await readFile(image)));
      await recorder.flush();
      if (medium === "bd-r") {
        await recorder.closeSpace("track");
        await recorder.closeSpace("session");
        recorder = await openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
      }
      const opened = await FileSystemImage.open(recorder, all);
      expect(opened.importedVolumeName).toBe("IMAPI");
      await opened.addBytes("/new file.txt", Buffer.from("/new file.txt"));
      await opened.burn(await opened.plan());
      const { states } = opened.history;
      const expected = [...names, "new file.txt"].map((name) => `/${name}`).toSorted();
      expect(await ourFiles(recorder, states.length, all)).toEqual(expected);
      const start = states.at(-1)?.start ?? 0;
      await writeFile(image, await bytesUpTo(recorder, states.at(-1)?.end ?? 0));
      expect(await filesBy(xorriso, image, start)).toEqual(expected);
    });
  });
});
