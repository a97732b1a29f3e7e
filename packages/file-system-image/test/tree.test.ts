import { beforeEach, describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { codeOf, contentsOf, textOf } from "./reading.ts";

const plugins = allPlugins();
let image: FileSystemImage;

function nameVolume(name: string): void {
  image.volumeName = name;
}

beforeEach(async () => {
  const { recorder } = await insert(media[0].disc);
  image = await FileSystemImage.open(recorder, plugins);
});

describe("the tree", () => {
  it("holds files, folders and links, and lists them by name", async () => {
    await image.addBytes("/b/deep/file", Buffer.from("content"), { mode: 0o600, uid: 5, gid: 6, modified: 1000 });
    await image.mkdir("/a");
    await image.symlink("c", "b/deep/file");
    expect((await image.list()).map(({ name, kind }) => [name, kind])).toEqual([
      ["a", "directory"],
      ["b", "directory"],
      ["c", "symlink"],
    ]);
    expect(await image.stat("b/deep/file")).toEqual({
      path: "/b/deep/file",
      name: "file",
      kind: "file",
      bytes: 7,
      attributes: { mode: 0o600, uid: 5, gid: 6, modified: 1000 },
      isNew: true,
    });
    expect(await image.stat("/c")).toMatchObject({ target: "b/deep/file", attributes: { mode: 0o777 } });
    const paths: string[] = [];
    for await (const { path } of image.walk("/b")) paths.push(path);
    expect(paths).toEqual(["/b/deep", "/b/deep/file"]);
  });

  it("gives a folder that nobody described the time of its newest entry", async () => {
    await image.addBytes("/made/on/the way", Buffer.from("x"), { modified: 7000 });
    await image.addBytes("/made/older", Buffer.from("x"), { modified: 3000 });
    expect((await image.stat("/made")).attributes).toEqual({ mode: 0o755, uid: 0, gid: 0, modified: 7000 });
  });

  it.each([
    ["an empty path", "INVALID_PATH", () => image.addBytes("", Buffer.of())],
    ["a null character", "INVALID_PATH", () => image.addBytes("/a\0b", Buffer.of())],
    ["a step up", "INVALID_PATH", () => image.addBytes("/a/../b", Buffer.of())],
    ["a step on the spot", "INVALID_PATH", () => image.mkdir("/./a")],
    ["a name that is taken", "ITEM_EXISTS", () => image.addBytes("/file", Buffer.of())],
    ["the root as a new item", "ITEM_EXISTS", () => image.mkdir("/")],
    ["a folder that is there", "ITEM_EXISTS", () => image.mkdir("/folder")],
    ["a folder in a missing one", "ITEM_NOT_FOUND", () => image.mkdir("/missing/folder")],
    ["a way through a file", "NOT_A_DIRECTORY", () => image.addBytes("/file/below", Buffer.of())],
    ["looking through a file", "NOT_A_DIRECTORY", () => image.stat("/file/below")],
    ["listing a file", "NOT_A_DIRECTORY", () => image.list("/file")],
    ["reading a folder", "NOT_A_FILE", () => textOf(image, "/folder")],
    ["replacing a folder", "NOT_A_FILE", () => image.replace("/folder", Buffer.of())],
    ["replacing what is missing", "ITEM_NOT_FOUND", () => image.replace("/missing", Buffer.of())],
    ["removing what is missing", "ITEM_NOT_FOUND", () => image.remove("/missing")],
    ["removing the root", "INVALID_PATH", () => image.remove("/")],
    ["removing a full folder", "DIRECTORY_NOT_EMPTY", () => image.remove("/folder")],
    ["a move into itself", "INVALID_PATH", () => image.rename("/folder", "/folder/inside")],
    ["a move onto something", "ITEM_EXISTS", () => image.rename("/file", "/folder")],
    ["a move into a missing folder", "ITEM_NOT_FOUND", () => image.rename("/file", "/missing/file")],
    ["a link to nothing", "INVALID_PATH", () => image.symlink("/link", "")],
    ["a volume name that is too long", "INVALID_VOLUME_NAME", () => nameVolume("x".repeat(33))],
    ["an empty volume name", "INVALID_VOLUME_NAME", () => nameVolume(" ")],
    [
      "a length that is none",
      "TypeError: The length of a stream is a whole number of bytes, not -1",
      () => image.addStream("/s", [], { bytes: -1 }),
    ],
  ])("refuses %s with %s and stays as it was", async (_, code, run) => {
    await image.addBytes("/file", Buffer.from("file"));
    await image.addBytes("/folder/inside", Buffer.from("inside"));
    const before = [await contentsOf(image), image.changePoint, image.volumeName];
    expect(await codeOf(run)).toBe(code);
    expect([await contentsOf(image), image.changePoint, image.volumeName]).toEqual(before);
  });

  it("takes edits one after another, also when nobody waits", async () => {
    await Promise.all([
      image.mkdir("/a"),
      image.addBytes("/a/b", Buffer.from("1")),
      image.rename("/a", "/c"),
      image.replace("/c/b", Buffer.from("2")),
    ]);
    expect(await contentsOf(image)).toEqual({ "/c/": "", "/c/b": "2" });
    expect(image.changePoint).toBe(4);
  });
});

describe("change points", () => {
  it("count edits and take them back, the volume name too", async () => {
    await image.addBytes("/a", Buffer.from("1"));
    image.volumeName = "FIRST";
    const point = image.changePoint;
    expect(point).toBe(2);
    await image.replace("/a", Buffer.from("2"));
    await image.rename("/a", "/b");
    image.volumeName = "SECOND";
    image.rollbackToChangePoint(point);
    expect(await contentsOf(image)).toEqual({ "/a": "1" });
    expect([image.volumeName, image.changePoint]).toEqual(["FIRST", point]);
    image.rollbackToChangePoint(0);
    expect(await contentsOf(image)).toEqual({});
    expect(image.volumeName).toMatch(/^\d{8}$/);
  });

  it("are not counted by edits that change nothing or fail", async () => {
    await image.mkdir("/a", { recursive: true });
    await image.mkdir("/a", { recursive: true });
    await image.rename("/a", "/a");
    await codeOf(() => image.remove("/missing"));
    expect(image.changePoint).toBe(1);
  });

  it("that are locked in, were never made, or make no sense cannot be gone back to", async () => {
    await image.mkdir("/a");
    await image.mkdir("/b");
    image.lockInChangePoint();
    expect(image.changePoint).toBe(2);
    for (const point of [1, 3, -1, 1.5])
      expect(await codeOf(() => image.rollbackToChangePoint(point))).toBe("CHANGE_POINT");
    await image.mkdir("/c");
    image.rollbackToChangePoint(2);
    expect((await image.list()).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("wait for edits that are under way", async () => {
    const edit = image.mkdir("/a");
    expect(await codeOf(() => image.rollbackToChangePoint(0))).toBe("BUSY");
    expect(await codeOf(() => image.lockInChangePoint())).toBe("BUSY");
    await edit;
    image.rollbackToChangePoint(0);
    expect(await image.list()).toEqual([]);
  });

  it("before a burn cannot be gone back to", async () => {
    await image.addBytes("/a", Buffer.from("1"));
    await image.burn(await image.plan(), { verify: false });
    expect(image.changePoint).toBe(1);
    expect(await codeOf(() => image.rollbackToChangePoint(0))).toBe("CHANGE_POINT");
  });
});
