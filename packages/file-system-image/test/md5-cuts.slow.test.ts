import { MultisessionError } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, recoverDisc, verifyDisc } from "../src/index.ts";
import { insert, media, reopen } from "./discs.ts";
import { foreign, withSums } from "./foreign.ts";
import { contentsOf } from "./reading.ts";

const sessions = [{ "/one": "1".repeat(5000) }, { "/two": "2" }] as const;

/** What the first so many sessions show. */
const shownBy = (count: number): Record<string, string> => Object.assign({}, ...sessions.slice(0, count));

async function burnNext(image: FileSystemImage, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await image.addBytes(path, Buffer.from(text));
  await image.burn(await image.plan(), { verify: false });
}

describe.each(media)("a session with MD5 sums on $name", ({ disc }) => {
  it.each([
    ["first", 0],
    ["second", 1],
  ])("that is the %s one is there or not, wherever its burn is cut, and all sums are true", async (_, before) => {
    const { virtual, recorder } = await insert({ ...disc, capacity: 4096 });
    const image = await FileSystemImage.open(recorder, withSums);
    for (const files of sessions.slice(0, before)) await burnNext(image, files);
    const start = virtual.snapshot();
    const seen = new Set<number>();
    let cuts = 0;
    for (const after of ["block", "effect"] as const) {
      for (let count = 1; ; count += 1) {
        virtual.restore(start);
        const cut = await FileSystemImage.open(await reopen(virtual), withSums);
        virtual.arm([{ fault: "power-cut", after, count, damagesTracks: count % 2 === 1 }], count);
        const isCut = await burnNext(cut, sessions[before] as Readonly<Record<string, string>>).then(
          () => false,
          (error: unknown) => {
            expect(MultisessionError.is(error) ? error.code : error).toBe("RECORDER_LOST");
            return true;
          },
        );
        if (!isCut) break;
        cuts += 1;
        virtual.powerOn();
        seen.add(await expectWhole(() => reopen(virtual), before, `cut after ${after} ${count}`));
      }
    }
    expect(cuts).toBeGreaterThan(30);
    expect([...seen].toSorted()).toEqual([before, before + 1]);
  });
});

/** Recovers the disc where it must be, and gives how many sessions' files it shows. */
async function expectWhole(open: () => ReturnType<typeof reopen>, before: number, cut: string): Promise<number> {
  const recorder = await open();
  const { condition } = (await openDisc(recorder, withSums)).history;
  if (condition !== "whole" && condition !== "empty") await recoverDisc(recorder, withSums);
  const image = await FileSystemImage.open(recorder, withSums);
  const contents = await contentsOf(image);
  expect([shownBy(before), shownBy(before + 1)], cut).toContainEqual(contents);
  expect(image.findings, cut).toEqual([]);
  await burnNext(image, { "/next": "next" });
  const { history } = await openDisc(await open(), withSums);
  const { reports } = await verifyDisc(await open(), withSums);
  // A program that does not know our records may list the torn session as well.
  const bySums = (await verifyDisc(await open(), foreign)).reports.filter(({ state }) =>
    history.states.some(({ start }) => start === state.start),
  );
  expect(bySums.at(-1), cut).toMatchObject({ outcome: "good", hashes: "md5" });
  for (const { faults } of [...reports, ...bySums]) expect(faults, cut).toEqual([]);
  for (let session = 1; session <= before; session += 1) {
    const old = await FileSystemImage.open(await open(), withSums, { session });
    expect(await contentsOf(old), cut).toEqual(shownBy(session));
  }
  expect(history.condition, cut).toBe("whole");
  return Object.keys(contents).length;
}
