import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  describeJudgment,
  expectedEntries,
  type Judgment,
  judgeSessions,
  linux,
  STRICT_KERNEL,
  type StrangerReader,
} from "../src/index.ts";
import { isKernelKnown, kernel } from "../src/machine/kernel-package.ts";
import { machinePrograms } from "../src/machine/machine.ts";
import { mountAll } from "../src/readers/linux/mount-all.ts";
import { removeTree } from "../src/scratch.ts";
import { genisoimageDisc, type StrangerDisc, xorrisoDisc } from "./stranger-discs.ts";

const isStrictKnown = await isKernelKnown(STRICT_KERNEL);

describeWith(["xorriso", "genisoimage", ...machinePrograms], "discs of strangers before the Linux kernel", () => {
  let folder: string;
  let discs: readonly StrangerDisc[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
    discs = [await xorrisoDisc(folder), await genisoimageDisc(folder)];
  });
  afterAll(() => removeTree(folder));

  const judge = (reader: StrangerReader): Promise<readonly Judgment[]> => {
    const cases = discs.flatMap(({ image, sessions, jolietUnits }) =>
      sessions.map(({ start, tree }) => ({
        ...{ image, start, expected: expectedEntries(tree) },
        ...(jolietUnits !== undefined && { jolietUnits }),
      })),
    );
    return judgeSessions(cases, [reader]);
  };

  it("are whole in every session, with Rock Ridge", async () => {
    const judgments = await judge(linux());
    expect(judgments).toHaveLength(5);
    for (const judgment of judgments) expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
  });

  it("are whole in every session, with Joliet", async () => {
    const judgments = await judge(linux({ tree: "joliet" }));
    expect(judgments).toHaveLength(5);
    for (const judgment of judgments) expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
  });

  it.skipIf(!isStrictKnown)("are refused when the kernel drops Rock Ridge", async () => {
    const [, second] = discs[0]?.sessions ?? [];
    const read = linux({ package: STRICT_KERNEL }).readSession(discs[0]?.image ?? "", { start: second?.start ?? 0 });
    await expect(read).rejects.toThrow(/The kernel dropped Rock Ridge\..* out of volume/);
  });

  const strict = `lose Rock Ridge in later sessions with ${STRICT_KERNEL}, because their volume size is their own`;
  it.skipIf(!isStrictKnown)(isStrictKnown ? strict : `${strict} (skipped: apt no longer knows it)`, async () => {
    const judgments = await judge(linux({ package: STRICT_KERNEL }));
    expect(judgments.map(({ verdict }) => verdict)).toEqual(["agrees", "limited", "limited", "agrees", "limited"]);
  });

  it("are not taken for a file that is no disc", async () => {
    const image = join(folder, "zeros");
    await writeFile(image, Buffer.alloc(1 << 20));
    await expect(linux().readSession(image, { start: 0 })).rejects.toThrow("The kernel does not mount it");
  });
});

describeWith(machinePrograms, "a machine that does not come to its end", () => {
  it("is reported with what its console said", async () => {
    const { name, image } = await kernel();
    await expect(mountAll({ name, image, modules: [] }, [{ image: "/dev/null", options: [] }])).rejects.toThrow(
      /^QEMU with linux-image\S+ ended with 0\. Its console ends with:\n[\s\S]*reboot: Power down/,
    );
  });

  it("is reported with what QEMU said when it does not start", async () => {
    const broken = { name: "no kernel", image: "/dev/null", modules: [] };
    await expect(mountAll(broken, [{ image: "/dev/null", options: [] }])).rejects.toThrow(
      /^QEMU with no kernel ended with 1: /,
    );
  });
});
