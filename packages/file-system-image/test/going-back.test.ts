import type { DiscOptions } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { FileSystemImage, revertDisc } from "../src/index.ts";
import { allPlugins, insert } from "./discs.ts";

const plugins = allPlugins();

describe("an older session that is shown again", () => {
  // What a head takes is the shortest track; the gap is that of the medium (MMC).
  it.each<[DiscOptions["medium"], number, number]>([
    ["cd-r", 300, 6902],
    ["dvd+r", 32, 2048],
    ["bd-r", 32, 0],
  ])("takes on %s %i blocks and the gap of %i, however many folders it has", async (medium, blocks, gap) => {
    const { recorder } = await insert({ medium, capacity: 100_000 });
    const image = await FileSystemImage.open(recorder, plugins);
    for (let folder = 0; folder < 500; folder++) await image.addBytes(`/folder ${folder}/file`, Buffer.from("text"));
    await image.burn(await image.plan());
    await image.remove("/folder 7", { recursive: true });
    await image.burn(await image.plan());

    const { plan } = await revertDisc(recorder, plugins, 1);
    expect(plan.cost).toEqual([{ resource: "blocks", amount: blocks }]);
    const [recorded, next] = (await recorder.medium()).tracks.slice(-2);
    expect(recorded).toMatchObject({ session: 3, size: blocks, state: "closed" });
    expect((next?.start ?? 0) - (recorded?.start ?? 0)).toBe(blocks + gap);
    const shown = await FileSystemImage.open(recorder, plugins);
    expect(await shown.list("/")).toHaveLength(500);
  });
});
