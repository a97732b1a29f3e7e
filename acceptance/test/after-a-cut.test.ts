import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, MultisessionError } from "@multisession/core";
import { createDisc, type Fault, type VirtualRecorder, virtual, writeDiscImage } from "@multisession/driver-virtual";
import { FileSystemImage, openDisc, recoverDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listSessions } from "../src/index.ts";
import { removeTree } from "../src/scratch.ts";

/** Blocks between two cuts: a prime, so that the cuts fall everywhere in a unit. */
const STEP = 7;

/** What one opening of a disc is for. */
interface Visit {
  readonly name: string;
  readonly faults?: readonly Fault[];
  readonly seed?: number;
}

/** Recovers the disc if it must be, burns one more file into it, and gives the starts of all sessions. */
async function burn(disc: string, { name, faults = [], seed = 1 }: Visit): Promise<readonly number[]> {
  let medium: VirtualRecorder | undefined;
  const driver = virtual({
    faults,
    seed,
    onOpen: (opened) => {
      medium = opened;
    },
  });
  const plugins = createPlugins(driver, iso9660(), randomWrite(), bdrPow());
  const recorder = await plugins.open(disc);
  try {
    const { history } = await openDisc(recorder, plugins);
    if (history.condition !== "whole" && history.condition !== "empty") await recoverDisc(recorder, plugins);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes(`/${name}.bin`, Buffer.alloc(30_000, name));
    await image.burn(await image.plan(), { verify: false });
    return image.history.states.map(({ start }) => start);
  } finally {
    if (medium !== undefined) writeDiscImage(medium, `${disc}.iso`);
    await recorder.close().catch(() => {});
  }
}

describeWith(
  ["xorriso"],
  "after a cut, the burn that follows leaves a chain in which xorriso finds every session",
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "after-a-cut-"));
    });
    afterAll(() => removeTree(folder));

    it.each([
      ["dvd+rw", "first"],
      ["dvd+rw", "second"],
      ["bd-r-pow", "first"],
      ["bd-r-pow", "second"],
    ] as const)(
      "%s, cut in the %s burn",
      async (medium, which) => {
        const before = join(folder, `${medium} ${which}.disc`);
        const disc = join(folder, `${medium} ${which} cut.disc`);
        await createDisc(before, { medium, capacity: 4096 });
        if (which === "second") await burn(before, { name: "one" });
        let cuts = 0;
        for (let count = 1; ; count += STEP) {
          for (const end of ["", ".state"]) await copyFile(`${before}${end}`, `${disc}${end}`);
          const wasCut = await burn(disc, {
            name: "cut",
            faults: [{ fault: "power-cut", after: "block", count }],
            seed: count,
          }).then(
            () => false,
            (error: unknown) => {
              expect(MultisessionError.is(error) ? error.code : error).toBe("RECORDER_LOST");
              return true;
            },
          );
          if (!wasCut) break;
          cuts++;
          await burn(disc, { name: "next" });
          const starts = await burn(disc, { name: "last" });
          // A bridge is a session to xorriso: it finds what we find, and perhaps more.
          const seen = (await listSessions(`${disc}.iso`)).map(({ start }) => start);
          expect(seen, `cut after block ${count}`).toEqual(expect.arrayContaining([...starts]));
          expect(seen.at(-1), `cut after block ${count}`).toBe(starts.at(-1));
        }
        expect(cuts).toBeGreaterThan(5);
      },
      120_000,
    );
  },
);
