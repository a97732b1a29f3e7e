import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { HostFolder } from "../src/host-folder.ts";
import { HostListings } from "../src/host-listings.ts";
import { FileSystemImage } from "../src/index.ts";
import { Reader } from "../src/read-ahead/reader.ts";
import { allPlugins, insert } from "./discs.ts";
import { hostFolder, writeHost } from "./host-files.ts";
import { contentsOf, textOf } from "./reading.ts";

/** As many that another thread lists them. */
const FOLDERS = 30;
const FILES = 25;

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${String(index).padStart(3, "0")}`);

/** Enough in the first folder to be worth a thread, and folders in folders. */
async function manyFolders(): Promise<string> {
  const root = await hostFolder();
  for (const file of names("top", 600)) writeFileSync(join(root, file), file);
  for (const folder of names("folder", FOLDERS)) {
    const inner = join(root, folder, "inner");
    mkdirSync(inner, { recursive: true });
    for (const file of names("file", FILES)) writeFileSync(join(root, folder, file), `${folder} ${file}`);
    writeFileSync(join(inner, "deep"), `deep in ${folder}`);
  }
  return root;
}

/** Of coreutils; Node has no call for it. */
const MAKE_PIPE = "mkfifo";

const readers: Reader[] = [];

function startReader(): Reader {
  const reader = new Reader();
  readers.push(reader);
  return reader;
}

afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});

async function openImage(): Promise<FileSystemImage> {
  const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
  return FileSystemImage.open(recorder, allPlugins());
}

describe("folders of the host", () => {
  it("of which there are many are listed ahead, and become what each of them is", async () => {
    const folder = await manyFolders();
    const image = await openImage();
    const seen: string[] = [];
    const report = await image.add(folder, { onProgress: ({ path }) => seen.push(path) });
    expect(report).toMatchObject({ added: 600 + FOLDERS * (FILES + 3), notes: [] });
    expect(seen).toHaveLength(600 + FOLDERS * (FILES + 1));
    const contents = await contentsOf(image);
    for (const name of names("folder", FOLDERS)) {
      expect(contents[`/${name}/inner/deep`]).toBe(`deep in ${name}`);
      for (const file of names("file", FILES)) expect(contents[`/${name}/${file}`]).toBe(`${name} ${file}`);
    }
    expect(Object.keys(contents)).toHaveLength(600 + FOLDERS * (FILES + 3));
    await image.close();
  });

  it("that are left out are not looked into, and others come in their order", async () => {
    const folder = await manyFolders();
    const image = await openImage();
    const asked: string[] = [];
    await image.add(folder, {
      exclude: (path) => {
        asked.push(path);
        return /^folder 0[12]\d$/.test(path);
      },
    });
    const kept = Object.keys(await contentsOf(image)).filter((path) => /^\/folder \d+\/$/.test(path));
    expect(kept).toEqual(names("folder", 10).map((name) => `/${name}/`));
    expect(asked.filter((path) => path.startsWith("folder 015/"))).toEqual([]);
    expect(new Set(asked).size).toBe(asked.length);
    await image.close();
  });

  it.skipIf(process.platform === "win32")("have links, pipes, modes and names that are no text there too", async () => {
    const folder = await manyFolders();
    const raw = Buffer.concat([Buffer.from(`${folder}/folder 029/`), Buffer.from([0x7a, 0xff])]);
    if (process.platform === "linux") {
      await mkdir(raw);
      await writeFile(Buffer.concat([raw, Buffer.from("/inside")]), "inside");
    }
    await symlink("file 001", join(folder, "folder 028", "link"));
    execFileSync(MAKE_PIPE, [join(folder, "folder 028", "pipe")]);
    await chmod(join(folder, "folder 028", "file 003"), 0o640);
    const image = await openImage();
    const { notes } = await image.add(folder);
    expect(await image.stat("/folder 028/link")).toMatchObject({ kind: "symlink", target: "file 001" });
    expect(await image.stat("/folder 028/pipe")).toMatchObject({ kind: "special", special: { type: "fifo" } });
    expect((await image.stat("/folder 028/file 003")).attributes.mode).toBe(0o640);
    if (process.platform === "linux") {
      expect(notes).toMatchObject([{ what: "Its name is no valid UTF-8 (7aff) and was replaced." }]);
      expect(await textOf(image, "/folder 029/z\ufffd/inside")).toBe("inside");
    }
    await image.close();
  });

  it("are compared with the disc as before", async () => {
    const folder = await manyFolders();
    const image = await openImage();
    await image.add(folder);
    await image.burn(await image.plan(), { verify: false });
    await writeHost(join(folder, "folder 020", "file 007"), "another content");
    rmSync(join(folder, "folder 021"), { recursive: true });
    expect(await image.mirror(folder)).toMatchObject({ added: 0, replaced: 1, removed: 1 });
    await image.close();
  });

  it("that vanish, or are no folders any more, are told by their names", async () => {
    const folder = await manyFolders();
    const listings = new HostListings(startReader);
    const root = new HostFolder(folder);
    const listing = await listings.list(root);
    const entries = root.entries(listing);
    const folders = [...root.foldersIn(listing, entries, new Set()).values()];
    rmSync(join(folder, "folder 000"), { recursive: true });
    rmSync(join(folder, "folder 029"), { recursive: true });
    listings.expect(folders);
    const found = [];
    for (const one of folders) found.push(await listings.list(one));
    expect(found[0]?.fault?.code).toBe("ENOENT");
    expect(found[29]?.fault?.code).toBe("ENOENT");
    expect(found.slice(1, 29).every(({ names, fault }) => names.length === FILES + 1 && fault === undefined)).toBe(
      true,
    );
    expect(readers).toHaveLength(1);
  });

  it("are listed here when the thread ends", async () => {
    const folder = await manyFolders();
    const listings = new HostListings(startReader);
    const root = new HostFolder(folder);
    const listing = await listings.list(root);
    const folders = [...root.foldersIn(listing, root.entries(listing), new Set()).values()];
    listings.expect(folders);
    await readers[0]?.close();
    for (const one of folders) expect((await listings.list(one)).names).toHaveLength(FILES + 1);
  });

  it("of which there are few are no work for a thread", async () => {
    const root = new HostFolder(await hostFolder({ "a/b": "b", "c/d": "d" }));
    const listings = new HostListings(startReader);
    const listing = await listings.list(root);
    const folders = [...root.foldersIn(listing, root.entries(listing), new Set()).values()];
    listings.expect(folders);
    for (const one of folders) expect((await listings.list(one)).names).toHaveLength(1);
    expect(readers).toEqual([]);
  });

  it("that cannot be listed stop an edit, which leaves nothing behind", async () => {
    const folder = await manyFolders();
    const image = await openImage();
    const gone = join(folder, "folder 025");
    // It is seen in the folder above it, and cannot be listed any more.
    const exclude = (): boolean => {
      rmSync(gone, { recursive: true, force: true });
      return false;
    };
    await expect(image.add(folder, { exclude })).rejects.toMatchObject({ code: "SOURCE_UNREADABLE", subject: gone });
    expect(await image.list()).toEqual([]);
    await image.close();
  });
});
