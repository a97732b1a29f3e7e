import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VirtualMediumId } from "@multisession/driver-virtual";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  blkidPrograms,
  bsdtar,
  bsdtarJoliet,
  changedTree,
  describeJudgment,
  expectedEntries,
  grub,
  isoinfo,
  judgeSessions,
  libcdio,
  libcdioJoliet,
  linux,
  listSessions,
  probeVolume,
  type SessionCase,
  STRICT_KERNEL,
  type StrangerReader,
  sevenZip,
  type TestTree,
  testTree,
  xorriso,
} from "../src/index.ts";
import { isKernelKnown } from "../src/machine/kernel-package.ts";
import { removeTree } from "../src/scratch.ts";
import { burnDisc, type OurDisc, volumeName } from "./our-discs.ts";

/** Three trees: in the second folders are new and changed, in the third two files are gone. */
function threeTrees(): readonly [TestTree, TestTree, TestTree] {
  const first = testTree({ files: 60, isTame: true });
  const second = changedTree(first);
  const third = new Map(second);
  third.delete("/links/to nowhere");
  third.delete("/second session/new.txt");
  return [first, second, third];
}

const trees = threeTrees();
const media: readonly VirtualMediumId[] = ["bd-r", "dvd+rw", "bd-r-pow"];

/** All that find every session whole. */
const readers: readonly (readonly [string, StrangerReader])[] = [
  ["xorriso", xorriso],
  ["isoinfo", isoinfo],
  ["7-Zip", sevenZip],
  ["libcdio", libcdio],
  ["libcdio by Joliet", libcdioJoliet],
  ["GRUB", grub],
  ["Linux", linux()],
  ["Linux by Joliet", linux({ tree: "joliet" })],
  ...((await isKernelKnown(STRICT_KERNEL)) ? [["strict Linux", linux({ package: STRICT_KERNEL })] as const] : []),
];

describe("discs of ours whose later sessions share folders", () => {
  let folder: string;
  const discs = new Map<VirtualMediumId, OurDisc>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
    for (const medium of media) {
      const home = join(folder, medium);
      await mkdir(home);
      discs.set(medium, await burnDisc(medium, trees, home, { sessions: "delta", level: 4 }));
    }
  }, 120_000);
  afterAll(() => removeTree(folder));

  const casesOf = (medium: VirtualMediumId): SessionCase[] => {
    const { image, starts } = discs.get(medium) ?? { image: "", starts: [] };
    const sessions = trees.map((tree, index) => ({
      image,
      start: starts[index] ?? -1,
      expected: expectedEntries(tree).filter(({ path }) => path !== "/"),
    }));
    const head = { image, start: 0, expected: sessions.at(-1)?.expected ?? [] };
    return medium === "bd-r" ? sessions : [...sessions, head];
  };

  const judged = async (reader: StrangerReader) => {
    const cases = media.flatMap(casesOf);
    expect(cases).toHaveLength(11);
    return judgeSessions(cases, [reader]);
  };

  for (const [name, reader] of readers)
    describeWith(reader.programs, `before ${name}`, () => {
      it("are whole in every session", async () => {
        for (const judgment of await judged(reader))
          expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
      }, 240_000);
    });

  for (const [name, reader] of [
    ["bsdtar", bsdtar],
    ["bsdtar by Joliet", bsdtarJoliet],
  ] as const)
    describeWith(reader.programs, `before ${name}`, () => {
      it("can be read only in the session that has the whole tree", async () => {
        const first = media.map((medium) => casesOf(medium)[0]);
        for (const judgment of await judged(reader)) {
          const { image, start } = judgment.case;
          if (first.some((one) => one?.image === image && one.start === start))
            expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
          else expect(judgment.verdict, describeJudgment(judgment)).not.toBe("agrees");
        }
      }, 240_000);
    });

  describeWith(blkidPrograms, "before blkid", () => {
    it.each(media)("have the volume name of every session, on %s", async (medium) => {
      const { image, starts } = discs.get(medium) ?? { image: "", starts: [] };
      expect(starts).toHaveLength(3);
      for (const [index, start] of starts.entries())
        expect(await probeVolume(image, start)).toMatchObject({ type: "iso9660", label: volumeName(index) });
    });
  });

  describeWith(["xorriso"], "before xorriso's table of contents", () => {
    it.each(["dvd+rw", "bd-r-pow"] as const)("have all sessions, on %s", async (medium) => {
      const { image, starts } = discs.get(medium) ?? { image: "", starts: [] };
      expect((await listSessions(image)).map(({ start }) => start)).toEqual(starts);
    });
  });
});
