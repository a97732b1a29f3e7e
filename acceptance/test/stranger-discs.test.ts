import { copyFile, mkdtemp, open, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES } from "@multisession/core";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  blkidPrograms,
  bsdtar,
  bsdtarJoliet,
  describeJudgment,
  expectedEntries,
  flattenSession,
  grub,
  isoinfo,
  type Judgment,
  judgeSession,
  libcdio,
  libcdioJoliet,
  listSessions,
  probeVolume,
  type StrangerReader,
  sevenZip,
  xorriso,
} from "../src/index.ts";
import { removeTree } from "../src/scratch.ts";
import { emptyDisc, genisoimageDisc, type StrangerDisc, xorrisoDisc } from "./stranger-discs.ts";

const readers = [xorriso, isoinfo, bsdtar, bsdtarJoliet, sevenZip, libcdio, libcdioJoliet, grub];

/** The sessions that a defect of a reader makes unreadable for it. */
const unreadable: Readonly<Record<string, readonly number[]>> = {
  "xorriso bsdtar": [2, 3],
  "xorriso libcdio": [1, 2, 3],
};

async function judge(disc: StrangerDisc, number: number, reader: StrangerReader): Promise<Judgment> {
  const session = disc.sessions[number - 1];
  if (!session) throw new TypeError(`The disc has no session ${number}.`);
  const { image, jolietUnits } = disc;
  const [judgment] = await judgeSession({
    ...{ image, start: session.start, expected: expectedEntries(session.tree), readers: [reader] },
    ...(jolietUnits !== undefined && { jolietUnits }),
  });
  if (!judgment) throw new TypeError("One session and one reader make one judgment.");
  return judgment;
}

describe.each([
  { maker: "xorriso", numbers: [1, 2, 3], make: xorrisoDisc },
  { maker: "genisoimage", numbers: [1, 2], make: genisoimageDisc },
])("a disc by $maker", ({ maker, numbers, make }) => {
  let folder: string;
  let disc: StrangerDisc;
  const setUp = (): void => {
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "acceptance-"));
      disc = await make(folder);
    });
    afterAll(() => removeTree(folder));
  };

  describeWith([maker], "before its readers", () => {
    setUp();
    for (const reader of readers) {
      describeWith(reader.programs, reader.id, () => {
        const limited = unreadable[`${maker} ${reader.id}`] ?? [];
        it.each(numbers.filter((number) => !limited.includes(number)))(
          "finds the whole tree of session %i",
          async (number) => {
            const judgment = await judge(disc, number, reader);
            expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
          },
        );
        it.each(limited)("cannot read session %i, for a reason that is known", async (number) => {
          const judgment = await judge(disc, number, reader);
          expect(judgment.verdict, describeJudgment(judgment)).toBe("limited");
        });
      });
    }
  });

  describeWith([maker, ...blkidPrograms], "before blkid", () => {
    setUp();
    it("has the volume name of every session", async () => {
      for (const { start, volumeName } of disc.sessions) {
        expect(await probeVolume(disc.image, start)).toMatchObject({ type: "iso9660", label: volumeName });
      }
    });
  });
});

describeWith(["xorriso", "genisoimage", ...blkidPrograms], "a disc by xorriso", () => {
  let folder: string;
  let disc: StrangerDisc;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
    disc = await xorrisoDisc(folder);
  });
  afterAll(() => removeTree(folder));

  it("has the sessions that its own table of contents names", async () => {
    const listed = await listSessions(disc.image);
    expect(listed.map(({ start, volumeName }) => ({ start, volumeName }))).toEqual(
      disc.sessions.map(({ start, volumeName }) => ({ start, volumeName })),
    );
    expect(listed.every(({ size }) => size > 0)).toBe(true);
  });

  const careful = [xorriso, isoinfo, bsdtar, sevenZip];
  describeWith(
    careful.flatMap(({ programs }) => programs),
    "before readers of every byte",
    () => {
      it("is found different when one byte of one file is changed", async () => {
        const changed = join(folder, "changed.iso");
        await copyFile(disc.image, changed);
        await changeByte(changed, Buffer.from("content of name 0"));
        for (const reader of careful) {
          const judgment = await judge({ ...disc, image: changed }, 1, reader);
          const differences = judgment.verdict === "differs" ? judgment.comparison.differences : [];
          expect(
            differences.map(({ what }) => what),
            describeJudgment(judgment),
          ).toEqual(["sha256"]);
        }
      });
    },
  );

  it("is found different when it shows another session than the one asked for", async () => {
    const [first, second] = disc.sessions;
    if (!first || !second) throw new TypeError("The disc has three sessions.");
    const expected = expectedEntries(first.tree);
    const [judgment] = await judgeSession({ image: disc.image, start: second.start, expected, readers: [xorriso] });
    expect(judgment?.verdict).toBe("differs");
  });

  it("shows one session at block 16 of a flattened copy, and is itself left alone", async () => {
    const second = disc.sessions[1];
    if (!second) throw new TypeError("The disc has three sessions.");
    const flat = join(folder, "flat.iso");
    await flattenSession(disc.image, second.start, flat);
    expect(await probeVolume(flat, 0)).toMatchObject({ label: "XORRISO_2" });
    expect(await probeVolume(disc.image, 0)).toMatchObject({ label: "XORRISO_3" });
  });

  for (const reader of readers) {
    describeWith(reader.programs, reader.id, () => {
      it("fails where no session starts, and does not take it for an empty one", async () => {
        const [judgment] = await judgeSession({ image: disc.image, start: 64, expected: [], readers: [reader] });
        expect(judgment?.verdict).toBe("fails");
      });

      it("fails on a file that is no disc", async () => {
        const image = join(folder, "zeros.iso");
        await writeFile(image, Buffer.alloc(1 << 20));
        const [judgment] = await judgeSession({ image, start: 0, expected: [], readers: [reader] });
        expect(judgment?.verdict).toBe("fails");
      });

      it("finds an empty tree empty", async () => {
        const image = await emptyDisc(folder);
        const [judgment] = await judgeSession({ image, start: 0, expected: [], readers: [reader] });
        if (!judgment) throw new TypeError("One session and one reader make one judgment.");
        expect(judgment, describeJudgment(judgment)).toMatchObject({
          verdict: "agrees",
          comparison: { expected: 0, seen: 0 },
        });
      });
    });
  }

  it("is not flattened where no session starts", async () => {
    await expect(flattenSession(disc.image, 64, join(folder, "none.iso"))).rejects.toThrow(
      "No whole set of volume descriptors at block 80",
    );
  });
});

/** Changes the first byte of the only place that holds these bytes. */
async function changeByte(path: string, bytes: Buffer): Promise<void> {
  const image = await open(path, "r+");
  const content = await image.readFile();
  const at = content.indexOf(bytes);
  expect(at % BLOCK_BYTES).toBe(0);
  await image.write(Buffer.from("C"), 0, 1, at);
  await image.close();
}
