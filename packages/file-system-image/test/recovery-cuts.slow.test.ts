import { MultisessionError } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, recoverDisc } from "../src/index.ts";
import { allPlugins, insert, media, reopen } from "./discs.ts";
import { contentsOf } from "./reading.ts";

const plugins = allPlugins();

/** Where the burn is cut, in blocks: in its head, in its contents, at its end, and in the unit that commits. */
const BURN_CUTS = [1, 20, 33, 70, 96, 97, 110];

describe.each(media)("a recovery that is cut itself, on a $name", ({ disc }) => {
  it.each(["first", "second"])(
    "after the %s burn was cut: the next one reaches a whole state all the same",
    async (which) => {
      let cuts = 0;
      for (const burnCut of BURN_CUTS) {
        const { virtual, recorder } = await insert({ ...disc, capacity: 4096 });
        const image = await FileSystemImage.open(recorder, plugins);
        if (which === "second") {
          await image.addBytes("/old", Buffer.from("old"));
          await image.burn(await image.plan(), { verify: false });
        }
        await image.addBytes("/new", Buffer.alloc(100_000, 7));
        const plan = await image.plan();
        virtual.arm(
          [{ fault: "power-cut", after: "block", count: burnCut, damagesTracks: burnCut % 2 === 1 }],
          burnCut,
        );
        await expectCut(image.burn(plan, { verify: false }));
        virtual.powerOn();
        const interrupted = virtual.snapshot();
        for (let effect = 1; ; effect++) {
          virtual.restore(interrupted);
          const before = await reopen(virtual);
          const { condition } = (await openDisc(before, plugins)).history;
          if (condition === "whole" || condition === "empty") break;
          const damagesTracks = effect % 2 === 1;
          virtual.arm([{ fault: "power-cut", after: "effect", count: effect, damagesTracks }], effect);
          const isCut = await recoverDisc(before, plugins).then(
            () => false,
            () => true,
          );
          if (!isCut) break;
          cuts++;
          virtual.powerOn();
          const again = await reopen(virtual);
          const left = (await openDisc(again, plugins)).history.condition;
          if (left !== "whole" && left !== "empty") await recoverDisc(again, plugins);
          const after = await FileSystemImage.open(again, plugins);
          const names = Object.keys(await contentsOf(after)).sort();
          const [old, both] = which === "second" ? [["/old"], ["/new", "/old"]] : [[], ["/new"]];
          expect(
            [old, both],
            `burn cut at ${burnCut}, recovery at ${effect}: ${condition}, then ${left}`,
          ).toContainEqual(names);
          await after.addBytes("/next", Buffer.from("next"));
          expect((await after.burn(await after.plan())).verification?.report.outcome).toBe("good");
        }
      }
      // On media where an append stays unseen until it is committed, a cut second burn needs no recovery.
      if (which === "first" || disc.medium === "bd-r") expect(cuts).toBeGreaterThan(3);
    },
    60_000,
  );
});

async function expectCut(burn: Promise<unknown>): Promise<void> {
  await burn.then(
    () => undefined,
    (error: unknown) => expect(MultisessionError.is(error) ? error.code : error).toBe("RECORDER_LOST"),
  );
}
