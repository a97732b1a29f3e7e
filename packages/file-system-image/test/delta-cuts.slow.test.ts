import { MultisessionError } from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, recoverDisc, verifyDisc } from "../src/index.ts";
import { insert, media, pluginsOf, reopen } from "./discs.ts";
import { contentsOf } from "./reading.ts";

const plugins = pluginsOf(iso9660({ sessions: "delta" }));

const old: Readonly<Record<string, string>> = { "/kept/": "", "/kept/1": "one", "/other/": "", "/other/2": "two" };
const both = { ...old, "/other/3": "three" };

/** Blocks after which a burn is cut that takes one write: inside its head, its directories, and before its trailer. */
const BLOCKS = [1, 18, 22, 31];

describe.each(media)("a delta session on $name", ({ disc }) => {
  it("is there or not, wherever its burn is cut, and what it shares is whole", async () => {
    const { virtual, recorder } = await insert({ ...disc, capacity: 4096 });
    const image = await FileSystemImage.open(recorder, plugins);
    for (const [path, text] of Object.entries(old))
      if (!path.endsWith("/")) await image.addBytes(path, Buffer.from(text));
    await image.burn(await image.plan(), { verify: false });
    // One that shares is there already.
    await image.symlink("/link", "kept");
    await image.burn(await image.plan(), { verify: false });
    const before = virtual.snapshot();
    const seen = new Set<boolean>();
    const cuts = BLOCKS.map((count) => ({ after: "block" as const, count }));
    for (let effect = 1; ; effect += 1) {
      const { after: what, count } = cuts.shift() ?? { after: "effect" as const, count: effect - BLOCKS.length };
      virtual.restore(before);
      const cut = await FileSystemImage.open(await reopen(virtual), plugins);
      await cut.addBytes("/other/3", Buffer.from("three"));
      const plan = await cut.plan();
      expect(plan.plan.tree).toBe("delta");
      virtual.arm([{ fault: "power-cut", after: what, count, damagesTracks: effect % 2 === 1 }], effect);
      const isCut = await cut.burn(plan, { verify: false }).then(
        () => false,
        (error: unknown) => {
          expect(MultisessionError.is(error) ? error.code : error).toBe("RECORDER_LOST");
          return true;
        },
      );
      if (!isCut) break;
      virtual.powerOn();
      const again = await reopen(virtual);
      if ((await openDisc(again, plugins)).history.condition !== "whole") await recoverDisc(again, plugins);
      const after = await FileSystemImage.open(again, plugins);
      const contents = await contentsOf(after);
      const isNew = "/other/3" in contents;
      seen.add(isNew);
      expect(contents).toEqual({ ...(isNew ? both : old), "/link": "-> kept" });
      expect(after.findings).toEqual([]);
      for (const { faults } of (await verifyDisc(again, plugins)).reports) expect(faults).toEqual([]);
      await after.addBytes("/next", Buffer.from("next"));
      const next = await after.plan();
      expect((await after.burn(next)).verification?.report.outcome).toBe("good");
    }
    expect([...seen].toSorted()).toEqual([false, true]);
  }, 120_000);
});
