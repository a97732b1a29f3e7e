import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES, createPlugins, type DiscRecorder, type Lba, roundUp } from "@multisession/core";
import { createVirtualRecorder, type VirtualMediumId } from "@multisession/driver-virtual";
import { type DiscVerification, FileSystemImage, openDisc, verifyDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { randomWrite } from "@multisession/random-write";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedTree, checkFiles, checkMedia, listSessions, run, testTree } from "../src/index.ts";
import { removeTree } from "../src/scratch.ts";
import { burnDisc } from "./our-discs.ts";

const GOOD = { wrong: [], isMatch: true, isIncomplete: false };

/** Of each session, whether xorriso finds its blocks right. */
async function matches(image: string, isOverwritable: boolean): Promise<readonly boolean[]> {
  return (await checkMedia(image, isOverwritable)).map(({ isMatch }) => isMatch);
}

describeWith(["xorriso"], "MD5 sums", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "md5-sums-"));
  });
  afterAll(() => removeTree(folder));
  const scratch = (): Promise<string> => mkdtemp(join(folder, "disc-"));

  const first = testTree({ files: 120 });
  const second = changedTree(first);
  const media: readonly { readonly medium: VirtualMediumId; readonly isOverwritable: boolean }[] = [
    ...(["cd-r", "dvd+r", "bd-r"] as const).map((medium) => ({ medium, isOverwritable: false })),
    ...(["dvd+rw", "dvd-ram", "bd-re", "bd-r-pow"] as const).map((medium) => ({ medium, isOverwritable: true })),
  ];
  /** Without a drive that lists them, xorriso looks for a session right behind the one before: not where there is a gap. */
  const inSight = (medium: VirtualMediumId, starts: readonly Lba[]): readonly Lba[] =>
    medium === "cd-r" || medium === "dvd+r" ? starts.slice(0, 1) : starts;

  describe.each(media)("on $medium", ({ medium, isOverwritable }) => {
    it("of every session and every file are right for xorriso", async () => {
      const { image, starts } = await burnDisc(medium, [first, second, first], await scratch(), { md5: true });
      expect(starts).toHaveLength(3);
      expect((await checkMedia(image, isOverwritable)).map(({ start, isMatch }) => [start, isMatch])).toEqual(
        inSight(medium, starts).map((start) => [start, true]),
      );
      for (const start of starts) expect(await checkFiles(image, start), `session at ${start}`).toEqual(GOOD);
      // The head of an overwritable disc, with the tag that leads to the newest session.
      expect(await checkFiles(image, 0)).toEqual(GOOD);
    });

    it("of old files are right for xorriso in sessions that share folders, and of all files in the next whole one", async () => {
      const options = { md5: true, sessions: "delta", checkpointEvery: 3 } as const;
      const { image, starts } = await burnDisc(medium, [first, second, first, second], await scratch(), options);
      expect(starts).toHaveLength(4);
      expect(await matches(image, isOverwritable)).toEqual(inSight(medium, starts).map(() => true));
      const found = await Promise.all(starts.map((start) => checkFiles(image, start)));
      expect(found.map(({ isMatch }) => isMatch)).toEqual([true, true, true, true]);
      expect(found.map(({ isIncomplete }) => isIncomplete)).toEqual([false, true, true, false]);
    });
  });

  it("are right after a disc was made to show an older session again", async () => {
    const { image, starts } = await burnDisc("dvd+rw", [first, second, 1], await scratch(), { md5: true });
    for (const start of [0, ...starts]) expect(await checkFiles(image, start), `session at ${start}`).toEqual(GOOD);
  });

  it.each(["bd-r", "dvd+rw"] as const)("name the file of %s that has one wrong bit", async (medium) => {
    const tree = testTree({ files: 30 });
    const path = [...tree.values()].find((node) => node.kind === "file" && node.content.length > 4000)?.path ?? "";
    const { image, starts } = await burnDisc(medium, [tree], await scratch(), { md5: true });
    const node = tree.get(path);
    const bytes = await readFile(image);
    const at = node?.kind === "file" ? bytes.indexOf(node.content) : -1;
    expect(at).toBeGreaterThan(0);
    bytes[at + 2000] = (bytes[at + 2000] ?? 0) ^ 4;
    await writeFile(image, bytes);
    expect((await checkFiles(image, starts[0] ?? 0)).wrong).toContain(path);
    expect(await matches(image, medium !== "bd-r")).toEqual([false]);
  });

  describe("on a disc that we and xorriso record in turns", () => {
    it.each([
      ["xorriso", "ours", "xorriso", "xorriso", "ours"],
      ["ours", "xorriso", "ours", "ours, sharing folders", "xorriso", "ours"],
    ])("are right for xorriso after each turn: %s, %s, %s …", async (...turns) => {
      const disc = new SharedDisc(await scratch());
      let isIncomplete = false;
      for (const [index, turn] of turns.entries()) {
        await disc.add(turn);
        if (turn !== "xorriso") isIncomplete = turn === "ours, sharing folders";
        const sessions = await listSessions(disc.image);
        expect(sessions).toHaveLength(index + 1);
        expect(await matches(disc.image, true)).toEqual(sessions.map(() => true));
        const { reports } = await disc.verify();
        expect(reports.map(({ outcome, hashes }) => [outcome, hashes])).toEqual(
          turns.slice(0, index + 1).map((one) => ["good", one === "xorriso" ? "md5" : undefined]),
        );
        const newest = await checkFiles(disc.image, 0);
        expect(newest, `turn ${index + 1}`).toEqual({ ...GOOD, isIncomplete });
      }
    });

    it("of old files stay right where a session of ours without any shares their folders", async () => {
      const disc = new SharedDisc(await scratch());
      for (const turn of ["ours", "ours without, sharing folders", "xorriso"]) await disc.add(turn);
      expect(await checkFiles(disc.image, 0)).toEqual({ ...GOOD, isIncomplete: true });
    });

    it("of xorriso tell us of a wrong bit in a file and in its directories", async () => {
      const disc = new SharedDisc(await scratch());
      for (const turn of ["xorriso", "xorriso"]) await disc.add(turn);
      const bytes = await readFile(disc.image);
      const at = bytes.indexOf("/xorriso 1/file.txt");
      await disc.harm(at);
      const [first, newest] = (await disc.verify()).reports;
      const fault = { at: Math.floor(at / BLOCK_BYTES), fault: "different" };
      expect([first?.faults, newest?.faults]).toMatchObject([[fault], [fault]]);
      // In the system area of the second session, which nobody reads otherwise.
      const start = newest?.state.start ?? 0;
      await disc.harm(start * BLOCK_BYTES + 100);
      const after = (await disc.verify()).reports;
      expect(after[1]?.faults).toMatchObject([{ at: start, fault: "different" }, fault]);
    });

    it("do not make xorriso refuse it after sessions of ours without any", async () => {
      const disc = new SharedDisc(await scratch());
      for (const turn of ["ours without", "xorriso", "ours without"]) await disc.add(turn);
      expect(await listSessions(disc.image)).toHaveLength(3);
      await expect(checkFiles(disc.image, 0)).resolves.toMatchObject({ isIncomplete: true });
    });
  });
});

/** One disc, as a DVD-RAM in our recorder and as the image file that xorriso takes for one. Each turn adds one file. */
class SharedDisc {
  readonly #folder: string;
  readonly image: string;
  #recorder: DiscRecorder | undefined;
  #turns = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.image = join(folder, "disc.iso");
  }

  async add(turn: string): Promise<void> {
    this.#turns += 1;
    const path = `/${turn} ${this.#turns}/file.txt`;
    return turn === "xorriso" ? this.#addTheirs(path) : this.#addOurs(path, turn);
  }

  /** What we find of its sessions. */
  async verify(): Promise<DiscVerification> {
    if (this.#recorder === undefined) throw new TypeError("Nobody has recorded anything yet.");
    return verifyDisc(this.#recorder, createPlugins(iso9660(), randomWrite()));
  }

  /** Changes one bit of the disc, as we have it. */
  async harm(byte: number): Promise<void> {
    const unit = Math.floor(byte / BLOCK_BYTES / 32) * 32;
    const bytes = Buffer.from((await this.#recorder?.read(unit, 32)) ?? []);
    const place = byte - unit * BLOCK_BYTES;
    bytes[place] = (bytes[place] ?? 0) ^ 4;
    await this.#recorder?.write(unit, bytes);
    await this.#recorder?.flush();
  }

  async #addOurs(path: string, turn: string): Promise<void> {
    const md5 = !turn.startsWith("ours without");
    const plugins = createPlugins(iso9660({ md5, checkpointEvery: 100 }), randomWrite());
    this.#recorder ??= await blank();
    const image = await FileSystemImage.open(this.#recorder, plugins);
    await image.addBytes(path, Buffer.from(path));
    await image.burn(await image.plan(turn.includes("sharing") ? { tree: "delta" } : {}));
    const { appendAt = 0 } = (await openDisc(this.#recorder, plugins)).history;
    await writeFile(this.image, await bytesUpTo(this.#recorder, appendAt));
  }

  async #addTheirs(path: string): Promise<void> {
    const source = await mkdtemp(join(this.#folder, "source-"));
    await mkdir(join(source, path, ".."), { recursive: true });
    await writeFile(join(source, path), path);
    const settings = ["-no_rc", "-md5", "on", "-joliet", "on", "-padding", "0", "-dev", `stdio:${this.image}`];
    await run("xorriso", [...settings, "-map", source, "/", "-commit_eject", "none"]);
    this.#recorder = await blank();
    const bytes = await readFile(this.image);
    const whole = Buffer.alloc(roundUp(bytes.length, 32 * BLOCK_BYTES));
    whole.set(bytes);
    for (let at = 0; at < whole.length / BLOCK_BYTES; at += 32)
      await this.#recorder.write(at, whole.subarray(at * BLOCK_BYTES, (at + 32) * BLOCK_BYTES));
    await this.#recorder.flush();
  }
}

async function blank(): Promise<DiscRecorder> {
  const virtual = createVirtualRecorder({ medium: "dvd-ram", capacity: 16_384 });
  return openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
}

async function bytesUpTo(recorder: DiscRecorder, end: Lba): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < end; at += 32) pieces.push(await recorder.read(at, Math.min(32, end - at)));
  return Buffer.concat(pieces);
}
