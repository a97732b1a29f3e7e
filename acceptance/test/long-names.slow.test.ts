import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bsdtar,
  changedTree,
  describeJudgment,
  expectedEntries,
  grub,
  isoinfo,
  judgeSessions,
  linux,
  type SessionCase,
  type StrangerReader,
  sevenZip,
  type TestNode,
  testTree,
  xorriso,
} from "../src/index.ts";
import { machinePrograms } from "../src/machine/machine.ts";
import { removeTree } from "../src/scratch.ts";
import { burnDisc } from "./our-discs.ts";

const programs = ["xorriso", "isoinfo", "bsdtar", "7z", "grub-fstest", ...machinePrograms];

/** Names of so many bytes, of letters and of characters of three bytes; of two that begin alike for 250 bytes both are seen. */
const names = [252, 253, 254, 255].flatMap((bytes) => [
  `${bytes}${"x".repeat(bytes - 3)}`,
  `${bytes}${"y".repeat(bytes % 3)}${"漢".repeat((bytes - 3 - (bytes % 3)) / 3)}`,
  `${"z".repeat(250)}${bytes}zz`,
]);

/** Folders whose names lie outside of the record, and begin alike; every other one is empty. */
function longFolders(): TestNode[] {
  const folder = (path: string, mtime: number): TestNode => ({ kind: "directory", path, mode: 0o1777, mtime });
  const inside = (path: string, mtime: number): TestNode => ({
    kind: "file",
    path: `${path}/inside.txt`,
    mode: 0o640,
    mtime,
    content: Buffer.from(path),
  });
  return [140, 170, 200, 252].flatMap((bytes) => {
    const [time, letters, chinese] = [Date.UTC(2020, 0, bytes), "x".repeat(bytes), `${"漢".repeat(50)}${bytes}`];
    return [
      folder(`/${letters}`, time),
      folder(`/${letters}/${letters}`, time),
      folder(`/${letters}/${letters}/empty ${letters.slice(6)}`, time),
      inside(`/${letters}/${letters}`, time),
      folder(`/empty ${letters.slice(6)}`, time),
      folder(`/${chinese}`, time),
      inside(`/${chinese}`, time),
    ];
  });
}

describe.each([
  ["bd-r", {}],
  ["dvd+rw", { rockRidge: "1.12" }],
] as const)("on a %s with %j", (medium, options) => {
  describeWith(programs, "folders whose names lie outside of their records", () => {
    let folder: string;
    let cases: readonly SessionCase[];
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "acceptance-"));
      const first = new Map([...testTree({ files: 10, isTame: true })].filter(([path]) => !path.startsWith("/deep")));
      for (const node of longFolders()) first.set(node.path, node);
      const trees = [first, changedTree(first)];
      const { image, starts } = await burnDisc(medium, trees, folder, options);
      cases = trees.map((tree, index) => ({
        image,
        start: starts[index] ?? -1,
        expected: expectedEntries(tree).filter(({ path }) => path !== "/"),
      }));
    }, 60_000);
    afterAll(() => removeTree(folder));

    it.each<[string, StrangerReader]>([
      ["xorriso", xorriso],
      ["bsdtar", bsdtar],
      ["isoinfo", isoinfo],
      ["GRUB", grub],
      ["7-Zip", sevenZip],
      ["Linux", linux()],
    ])(
      "are whole before %s in every session",
      async (_, reader) => {
        for (const judgment of await judgeSessions(cases, [reader]))
          expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
      },
      120_000,
    );
  });
});

describeWith(programs, "a disc with the longest names that a file can have here", () => {
  let folder: string;
  let tree: Map<string, TestNode>;
  let disc: { readonly image: string; readonly starts: readonly number[] };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
    tree = new Map([...testTree({ files: 2, isTame: true })].filter(([path]) => !path.startsWith("/deep")));
    for (const name of names)
      tree.set(`/${name}`, { ...fileOf(tree), path: `/${name}`, content: Buffer.from(`of ${name}`) });
    disc = await burnDisc("bd-r", [tree], folder, {});
  }, 60_000);
  afterAll(() => removeTree(folder));

  it.each<[string, StrangerReader, (name: string) => string]>([
    ["whole by xorriso", xorriso, whole],
    ["whole by bsdtar", bsdtar, whole],
    ["whole by isoinfo", isoinfo, whole],
    ["whole by GRUB", grub, whole],
    ["as Joliet has them by 7-Zip", sevenZip, whole],
    ["up to 253 bytes by Linux", linux(), cut],
  ])(
    "shows them %s",
    async (_, reader, shown) => {
      const expected = expectedEntries(tree)
        .filter(({ path }) => path !== "/")
        .map((entry) => ({ ...entry, path: shown(entry.path) }));
      const [judgment] = await judgeSessions([{ image: disc.image, start: disc.starts[0] ?? -1, expected }], [reader]);
      expect(judgment?.verdict, judgment && describeJudgment(judgment)).toBe("agrees");
    },
    120_000,
  );
});

function fileOf(tree: ReadonlyMap<string, TestNode>): TestNode & { readonly kind: "file" } {
  const found = [...tree.values()].find((node) => node.kind === "file");
  if (found?.kind !== "file") throw new Error("The tree has no file");
  return found;
}

function whole(path: string): string {
  return path;
}

/** All characters of a path in the root that end within 253 bytes of its name. */
function cut(path: string): string {
  let shown = "";
  for (const character of path) {
    if (Buffer.byteLength(shown + character) > 254) return shown;
    shown += character;
  }
  return shown;
}
