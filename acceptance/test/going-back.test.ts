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
  judgeSession,
  libcdio,
  sevenZip,
  testTree,
  xorriso,
} from "../src/index.ts";
import { removeTree } from "../src/scratch.ts";
import { burnDisc, type OurDisc } from "./our-discs.ts";

const first = testTree({ files: 20, isTame: true });
const second = changedTree(first);
const readers = [xorriso, isoinfo, bsdtar, sevenZip, libcdio, grub];

describe.each(["bd-r", "bd-r-pow", "dvd+rw"] as const)("a %s that shows its first session again", (medium) => {
  let folder: string;
  let disc: OurDisc;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "going-back-"));
    disc = await burnDisc(medium, [first, second, 1], folder);
  });
  afterAll(() => removeTree(folder));

  for (const reader of readers) {
    describeWith(reader.programs, reader.id, () => {
      it.each([
        ["the old tree in the newest session", 3, first],
        ["the newer tree where it was", 2, second],
      ])("finds %s", async (_, session, tree) => {
        const start = disc.starts[session - 1] ?? -1;
        // Nobody gave the root a time; it has that of its newest entry.
        const expected = expectedEntries(tree).filter(({ path }) => path !== "/");
        for (const judgment of await judgeSession({ image: disc.image, start, expected, readers: [reader] }))
          expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
      });
    });
  }
});
