import { execFileSync } from "node:child_process";
import { truncateSync } from "node:fs";
import { chmod, link, mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { hostFolder, MODIFIED, writeHost } from "./host-files.ts";
import { codeOf, contentsOf, textOf } from "./reading.ts";

const plugins = allPlugins();
let image: FileSystemImage;

beforeEach(async () => {
  const { recorder } = await insert(media[0].disc);
  image = await FileSystemImage.open(recorder, plugins);
});

async function record(): Promise<void> {
  await image.burn(await image.plan(), { verify: false });
}

describe("add", () => {
  it("puts the contents of a folder into a folder of the image, and a file under its name", async () => {
    const folder = await hostFolder({ "a.txt": "a", "sub/b.txt": "b" });
    expect(await image.add(folder, { into: "/photos/2026" })).toEqual({
      added: 3,
      replaced: 0,
      unchanged: 0,
      removed: 0,
      bytes: 2,
      notes: [],
    });
    await image.add(join(folder, "a.txt"));
    await image.add(join(folder, "a.txt"), { into: "/photos", name: "other.txt" });
    await image.add(join(folder, "sub"), { into: "/photos", name: "named" });
    expect(await contentsOf(image)).toEqual({
      "/a.txt": "a",
      "/photos/": "",
      "/photos/2026/": "",
      "/photos/2026/a.txt": "a",
      "/photos/2026/sub/": "",
      "/photos/2026/sub/b.txt": "b",
      "/photos/named/": "",
      "/photos/named/b.txt": "b",
      "/photos/other.txt": "a",
    });
    expect(image.changePoint).toBe(4);
  });

  it("replaces by size and time, and takes the rest as it is", async () => {
    const folder = await hostFolder({ same: "same", longer: "long", touched: "time" });
    await image.add(folder);
    await record();
    await writeHost(join(folder, "longer"), "longer");
    await utimes(join(folder, "touched"), 1000, 1000);
    expect(await image.add(folder)).toMatchObject({ added: 0, replaced: 2, unchanged: 1, bytes: 10 });
    expect((await image.changes()).replaced.map(({ path }) => path)).toEqual(["/longer", "/touched"]);
    expect(await image.stat("/same")).toMatchObject({ isNew: false });
  });

  it("with hashes replaces by content alone, whatever size and time say", async () => {
    const folder = await hostFolder({ same: "same", other: "1234" });
    await image.add(folder);
    await record();
    await utimes(join(folder, "same"), 1000, 1000);
    await writeHost(join(folder, "other"), "5678");
    expect(await image.add(folder)).toMatchObject({ replaced: 1, unchanged: 1 });
    image.rollbackToChangePoint(1);
    await writeHost(join(folder, "other"), "5678", MODIFIED);
    expect(await image.add(folder, { compare: "hash" })).toMatchObject({ replaced: 1, unchanged: 1 });
    const { replaced, attributes } = await image.changes();
    expect(replaced.map(({ path }) => path)).toEqual(["/other"]);
    expect(attributes.map(({ path }) => path)).toEqual(["/same"]);
  });

  it("keeps extended attributes that the host is not asked for, when a mode changes or nothing does", async () => {
    const extended = [{ name: "user.comment", value: Buffer.from("kept") }];
    const folder = await hostFolder({ file: "abc" });
    await image.addBytes("/file", Buffer.from("abc"), { extended, modified: MODIFIED });
    await record();
    expect((await image.stat("/file")).attributes.extended).toEqual(extended);
    await chmod(join(folder, "file"), 0o640);
    expect(await image.add(folder)).toMatchObject({ unchanged: 1 });
    expect(await image.stat("/file")).toMatchObject({ isNew: false, attributes: { mode: 0o640, extended } });
  });

  it("takes over a mode that changed without recording the content again", async () => {
    const folder = await hostFolder({ file: "content" });
    await chmod(join(folder, "file"), 0o640);
    await image.add(folder);
    await record();
    await chmod(join(folder, "file"), 0o600);
    expect(await image.add(folder)).toMatchObject({ unchanged: 1, bytes: 0 });
    expect(await image.stat("/file")).toMatchObject({ isNew: false, attributes: { mode: 0o600 } });
    expect((await image.changes()).attributes).toEqual([{ path: "/file", kind: "file", bytes: 7 }]);
  });

  it("records a file again that changed while it was recorded, even if size and time are those of then", async () => {
    const folder = await hostFolder({ file: "x".repeat(300_000) });
    await image.add(folder);
    const plan = await image.plan();
    const report = await image.burn(plan, {
      onEvent: (event) => {
        if (event.type === "step" && event.step.step === "write") truncateSync(join(folder, "file"), 10);
      },
    });
    expect(report.outcome).toBe("done-with-damage");
    await writeHost(join(folder, "file"), "x".repeat(300_000));
    expect(await image.add(folder)).toMatchObject({ replaced: 1, unchanged: 0 });
  });

  it("lets nothing disappear, and puts no file in the place of a folder", async () => {
    await image.addBytes("/kept", Buffer.from("kept"));
    await image.addBytes("/name/inside", Buffer.from("inside"));
    const folder = await hostFolder({ name: "a file" });
    expect(await codeOf(() => image.add(folder))).toBe("ITEM_EXISTS");
    const other = await hostFolder({ "kept/inside": "in a folder" });
    expect(await codeOf(() => image.add(other))).toBe("ITEM_EXISTS");
    expect(await contentsOf(image)).toEqual({ "/kept": "kept", "/name/": "", "/name/inside": "inside" });
  });

  it("keeps modes and times, also of folders, and stores links as links", async () => {
    const folder = await hostFolder({ "sub/file": "x" });
    await chmod(join(folder, "sub/file"), 0o604);
    await chmod(join(folder, "sub"), 0o710);
    await symlink("sub/file", join(folder, "link"));
    await utimes(join(folder, "sub"), MODIFIED / 1000 - 60, MODIFIED / 1000 - 60);
    await image.add(folder);
    await record();
    expect((await image.stat("/sub/file")).attributes).toMatchObject({ mode: 0o604, modified: MODIFIED });
    expect((await image.stat("/sub")).attributes).toMatchObject({ mode: 0o710, modified: MODIFIED - 60_000 });
    expect(await image.stat("/link")).toMatchObject({ kind: "symlink", target: "sub/file" });
    expect(await image.add(folder)).toMatchObject({ added: 0, replaced: 0, unchanged: 2 });
    expect((await image.changes()).attributes).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("leaves out sockets with a note", async () => {
    const folder = await hostFolder({ file: "x" });
    const server = createServer().listen(join(folder, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const { notes } = await image.add(folder);
    server.close();
    expect(notes).toEqual([
      { path: join(folder, "socket"), what: "A socket is nothing without the program that made it." },
    ]);
    expect(await contentsOf(image)).toEqual({ "/file": "x" });
    expect(await codeOf(() => image.add("/dev/null"))).toBe("NOT_A_FILE");
  });

  it.skipIf(process.platform !== "linux")(
    "replaces names that are no UTF-8, with a note, and reads these files",
    async () => {
      const folder = await hostFolder();
      const raw = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name]);
      await writeFile(raw(Buffer.from([0x61, 0xff])), "first");
      await writeFile(raw(Buffer.from([0x61, 0xfe])), "second");
      await mkdir(raw(Buffer.from([0xfd])));
      await writeFile(Buffer.concat([raw(Buffer.from([0xfd])), Buffer.from("/inside")]), "inside");
      await writeFile(join(folder, "plain\u{1F4C0}"), "plain");
      // Node writes targets of links as UTF-8 only.
      execFileSync("sh", ["-c", `ln -s "$(printf 'a\\377')" "$1/link"`, "sh", folder]);
      const { notes } = await image.add(folder);
      expect(notes.map(({ what }) => what).sort()).toEqual([
        "Its name is no valid UTF-8 (61fe) and was replaced.",
        "Its name is no valid UTF-8 (61ff) and was replaced.",
        "Its name is no valid UTF-8 (fd) and was replaced.",
        "The target of this link is no valid UTF-8 and was replaced.",
      ]);
      await record();
      expect(await contentsOf(image)).toEqual({
        "/a\ufffd": "second",
        "/a\ufffd~2": "first",
        "/link": "-> a\ufffd",
        "/plain\u{1F4C0}": "plain",
        "/\ufffd/": "",
        "/\ufffd/inside": "inside",
      });
    },
  );

  it("leaves out what is excluded, and tells where it stands", async () => {
    const folder = await hostFolder({ a: "a", "skip/b": "b", "keep/skip": "c", "keep/d": "dd" });
    const seen: string[] = [];
    await image.add(folder, {
      exclude: (path) => path === "skip" || path === "keep/skip",
      onProgress: ({ files, bytes, path }) => seen.push(`${files} ${bytes} ${path.slice(folder.length)}`),
    });
    expect(await contentsOf(image)).toEqual({ "/a": "a", "/keep/": "", "/keep/d": "dd" });
    expect(seen).toEqual(["1 1 /a", "2 3 /keep/d"]);
  });

  it("stops when it is told to, and leaves the tree as it was", async () => {
    const folder = await hostFolder(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}`, "x"])));
    const stop = new AbortController();
    const adding = image.add(folder, {
      signal: stop.signal,
      onProgress: ({ files }) => {
        stop.abort();
        for (const end = performance.now() + files; performance.now() < end; );
      },
    });
    await expect(adding).rejects.toThrow("aborted");
    expect(await contentsOf(image)).toEqual({});
  });

  it("names what cannot be read", async () => {
    expect(await codeOf(() => image.add("/no/such/folder"))).toBe("SOURCE_UNREADABLE");
    await expect(image.add("/no/such/folder")).rejects.toThrow("/no/such/folder");
  });

  it("gives the same plan whatever the order in which the host lists names", async () => {
    const names = ["b", "a", "c/2", "c/1", "\u00e4", "Z"];
    const plans: unknown[] = [];
    const fixed = { time: 0, life: "0".repeat(32), sequence: 1, nonce: "0".repeat(16) };
    for (const order of [names, names.toReversed()]) {
      const folder = await hostFolder();
      for (const name of order) await writeHost(join(folder, name), name);
      await utimes(join(folder, "c"), 1000, 1000);
      const { recorder } = await insert(media[0].disc);
      const fresh = await FileSystemImage.open(recorder, plugins);
      await fresh.add(folder);
      const { plan, planned } = await fresh.plan({ fixed });
      plans.push([plan.image, planned.shape?.phases[0]?.extents.map(({ at, label }) => [at, label])]);
    }
    expect(plans[0]).toEqual(plans[1]);
  });
});

describe("hard links", () => {
  it("of one file share one content, on the disc and in the plan", async () => {
    const folder = await hostFolder({ one: "x".repeat(5000), other: "y".repeat(5000) });
    await link(join(folder, "one"), join(folder, "two"));
    await image.add(folder);
    await image.add(join(folder, "one"), { name: "three" });
    const { planned } = await image.plan();
    const contents = planned.shape?.phases
      .flatMap(({ extents }) => extents)
      .filter(({ source }) => source.from === "content");
    expect(contents?.map(({ label, blocks }) => [label, blocks])).toEqual([
      ["/one", 3],
      ["/other", 3],
    ]);
    await record();
    expect(await textOf(image, "/three")).toBe("x".repeat(5000));
    expect(await textOf(image, "/two")).toBe("x".repeat(5000));
  });
});

describe("mirror", () => {
  it("makes a folder of the image what the folder of the host is, and keeps what is excluded", async () => {
    await image.addBytes("/mirror/gone", Buffer.from("gone"));
    await image.addBytes("/mirror/excluded", Buffer.from("kept"));
    await image.addBytes("/mirror/kind/inside", Buffer.from("a folder becomes a file"));
    await image.addBytes("/beside", Buffer.from("beside"));
    const folder = await hostFolder({ a: "a", kind: "file", excluded: "not taken" });
    const report = await image.mirror(folder, "/mirror", { exclude: (path) => path === "excluded" });
    expect(report).toMatchObject({ added: 1, replaced: 1, removed: 1 });
    expect(await contentsOf(image)).toEqual({
      "/beside": "beside",
      "/mirror/": "",
      "/mirror/a": "a",
      "/mirror/excluded": "kept",
      "/mirror/kind": "file",
    });
    await rm(join(folder, "kind"));
    await writeHost(join(folder, "kind/inside"), "a folder again");
    await image.mirror(folder, "/mirror");
    expect(await textOf(image, "/mirror/kind/inside")).toBe("a folder again");
    expect(await codeOf(() => image.mirror(join(folder, "a")))).toBe("NOT_A_DIRECTORY");
  });
});
