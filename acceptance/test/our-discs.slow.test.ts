import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VirtualMediumId } from "@multisession/driver-virtual";
import type { Iso9660Options } from "@multisession/iso9660";
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
  type Judgment,
  judgeSessions,
  libcdio,
  libcdioJoliet,
  linux,
  listSessions,
  probeVolume,
  type ReadEntry,
  type SessionCase,
  STRICT_KERNEL,
  sevenZip,
  type TestTree,
  type TestTreeOptions,
  testTree,
  xorriso,
} from "../src/index.ts";
import { isKernelKnown } from "../src/machine/kernel-package.ts";
import { removeTree } from "../src/scratch.ts";
import { burnDisc, type OurDisc, volumeName } from "./our-discs.ts";

const readers = [
  ...[xorriso, isoinfo, bsdtar, bsdtarJoliet, sevenZip, libcdio, libcdioJoliet, grub],
  ...[linux(), linux({ tree: "joliet" })],
  ...((await isKernelKnown(STRICT_KERNEL)) ? [linux({ package: STRICT_KERNEL })] : []),
];

interface DiscCase {
  readonly what: string;
  readonly medium: VirtualMediumId;
  readonly isOverwritable: boolean;
  readonly tree: "full" | "tame";
  readonly options?: Iso9660Options;
}

const bootImage = Buffer.alloc(2048, "starts nothing");

const discCases: readonly DiscCase[] = [
  ...(["full", "tame"] as const).flatMap((tree) => [
    { what: `bd-r, ${tree} tree`, medium: "bd-r" as const, isOverwritable: false, tree },
    { what: `dvd+rw, ${tree} tree`, medium: "dvd+rw" as const, isOverwritable: true, tree },
    { what: `bd-r-pow, ${tree} tree`, medium: "bd-r-pow" as const, isOverwritable: true, tree },
  ]),
  ...[
    { what: "cd-r", medium: "cd-r" as const },
    { what: "level 4", medium: "bd-r" as const, options: { level: 4 as const } },
    { what: "Rock Ridge 1.12", medium: "bd-r" as const, options: { rockRidge: "1.12" as const } },
    { what: "bootable", medium: "bd-r" as const, options: { boot: { entries: [{ image: bootImage }] } } },
  ].map((disc) => ({ ...disc, isOverwritable: false, tree: "tame" as const })),
];

const trees: Readonly<Record<DiscCase["tree"], TestTreeOptions>> = {
  full: { files: 500 },
  tame: { files: 60, isTame: true },
};

/**
 * What cannot be read of the full tree because of defects of readers, each session by its number, `head` for what block
 * 16 of an overwritable disc shows. The tame tree has none. A line that is no longer true fails.
 */
const unreadable: Readonly<Record<string, readonly string[]>> = {
  // Files of session 1 with long names.
  bsdtar: ["2", "head"],
  // A long link target.
  libcdio: ["1", "2", "head"],
  // The head of a later session of an overwritable disc has the session's own size, as readers of the chain want it.
  [STRICT_KERNEL]: ["overwritable 2"],
};

/** The trees of the sessions. The root's time is not the source folder's: its contents are mirrored, not the folder. */
function sessionsOf(tree: DiscCase["tree"]): readonly [TestTree, TestTree] {
  const first = testTree(trees[tree]);
  return [first, changedTree(first)];
}

function expectedOf(tree: TestTree): readonly ReadEntry[] {
  return expectedEntries(tree).filter(({ path }) => path !== "/");
}

describe("our discs", () => {
  let folder: string;
  const discs = new Map<DiscCase, OurDisc>();
  const discOf = (disc: DiscCase): OurDisc => {
    const found = discs.get(disc);
    if (!found) throw new TypeError("The disc was not burned.");
    return found;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
    for (const disc of discCases) {
      const home = join(folder, disc.what);
      await mkdir(home);
      discs.set(disc, await burnDisc(disc.medium, sessionsOf(disc.tree), home, disc.options));
    }
  });
  afterAll(() => removeTree(folder));

  /** The sessions of a disc with what to call them. */
  const namedCases = (disc: DiscCase): (SessionCase & { readonly name: string })[] => {
    const { image, starts } = discOf(disc);
    const expected = sessionsOf(disc.tree).map(expectedOf);
    const sessions = expected.map((entries, index) => ({
      ...{ image, start: starts[index] ?? 0, expected: entries },
      name: String(index + 1),
    }));
    const head = { image, start: 0, expected: expected.at(-1) ?? [], name: "head" };
    return disc.isOverwritable ? [...sessions, head] : sessions;
  };

  it.each(discCases)("$what: has two sessions, the second behind the first", (disc) => {
    const { starts } = discOf(disc);
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBe(disc.isOverwritable ? 32 : 0);
    expect(starts[1]).toBeGreaterThan(32);
  });

  for (const reader of readers) {
    describeWith(reader.programs, `before ${reader.id}`, () => {
      let judgments: readonly Judgment[];
      beforeAll(async () => {
        judgments = await judgeSessions(discCases.flatMap(namedCases), [reader]);
      });

      it.each(discCases)("$what: shows the whole tree of every session", (disc) => {
        const named = namedCases(disc);
        const said = named.map(({ image, start }) =>
          judgments.find((one) => one.case.image === image && one.case.start === start),
        );
        const limited = disc.tree === "full" ? (unreadable[reader.id] ?? []) : [];
        const wanted = named.map(({ name }) =>
          limited.includes(name) || (disc.isOverwritable && limited.includes(`overwritable ${name}`))
            ? "limited"
            : "agrees",
        );
        const words = said.map((judgment) => (judgment ? describeJudgment(judgment) : "no judgment")).join("\n");
        expect(
          said.map((judgment) => judgment?.verdict),
          words,
        ).toEqual(wanted);
        expect(said).toHaveLength(disc.isOverwritable ? 3 : 2);
      });
    });
  }

  describeWith(blkidPrograms, "before blkid", () => {
    it.each(discCases)("$what: every session has its volume name", async (disc) => {
      const { image, starts } = discOf(disc);
      for (const [index, start] of starts.entries()) {
        expect(await probeVolume(image, start)).toMatchObject({ type: "iso9660", label: volumeName(index) });
      }
      expect(await probeVolume(image, 0)).toMatchObject({ label: volumeName(disc.isOverwritable ? 1 : 0) });
    });
  });

  describeWith(["xorriso"], "before xorriso's table of contents", () => {
    it.each(discCases.filter(({ isOverwritable }) => isOverwritable))("$what: lists both sessions", async (disc) => {
      const { image, starts } = discOf(disc);
      const listed = await listSessions(image);
      expect(listed.map(({ start, volumeName: name }) => ({ start, name }))).toEqual(
        starts.map((start, index) => ({ start, name: volumeName(index) })),
      );
    });
  });
});
