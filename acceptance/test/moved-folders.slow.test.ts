import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  bsdtar,
  changedTree,
  describeJudgment,
  expectedEntries,
  grub,
  isoinfo,
  type Judgment,
  judgeSessions,
  libcdio,
  linux,
  type SessionCase,
  type StrangerReader,
  sevenZip,
  testTree,
  xorriso,
} from "../src/index.ts";
import { machinePrograms } from "../src/machine/machine.ts";
import { removeTree } from "../src/scratch.ts";
import { burnDisc } from "./our-discs.ts";

const programs = ["xorriso", "isoinfo", "bsdtar", "7z", "iso-info", "iso-read", "grub-fstest", ...machinePrograms];

describeWith(programs, "a disc of level 4 whose deep folders were moved", () => {
  let folder: string;
  let cases: readonly SessionCase[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
    const first = testTree({ files: 60, isTame: true });
    const trees = [first, changedTree(first)];
    const { image, starts } = await burnDisc("bd-r", trees, folder, { deepFolders: "relocated", level: 4 });
    cases = trees.map((tree, index) => ({
      image,
      start: starts[index] ?? -1,
      expected: expectedEntries(tree).filter(({ path }) => path !== "/"),
    }));
  }, 60_000);
  afterAll(() => removeTree(folder));

  const judged = async (reader: StrangerReader, session: "first" | "both"): Promise<readonly Judgment[]> => {
    const judgments = await judgeSessions(session === "first" ? cases.slice(0, 1) : cases, [reader]);
    expect(judgments).toHaveLength(session === "first" ? 1 : 2);
    return judgments;
  };

  it.each([
    ["xorriso", xorriso, "both"],
    ["7-Zip, which prefers Joliet", sevenZip, "both"],
    ["Linux", linux(), "both"],
    ["Linux, by Joliet", linux({ tree: "joliet" }), "both"],
    // It reads a disc in one pass, and old files of a moved folder come before the record that puts the folder back.
    ["bsdtar", bsdtar, "first"],
  ] as const)(
    "is whole before %s",
    async (_, reader, session) => {
      for (const judgment of await judged(reader, session))
        expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
    },
    120_000,
  );

  it.each([
    ["isoinfo", isoinfo],
    ["libcdio", libcdio],
    ["GRUB", grub],
  ] as const)(
    "shows its moved folders only in rr_moved before %s, which puts none back",
    async (_, reader) => {
      for (const { verdict } of await judged(reader, "first")) expect(verdict).not.toBe("agrees");
    },
    120_000,
  );
});
