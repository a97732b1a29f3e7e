import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { volumeNameFor } from "../src/volume-name.ts";
import { allPlugins, insert, media, type TestDisc } from "./discs.ts";
import { hostFolder } from "./host-files.ts";
import { contentsOf } from "./reading.ts";

const plugins = allPlugins();
const sourceDate = Date.UTC(2024, 0, 1);

/** Records two sessions, all with the source date. */
async function recorded(disc: TestDisc, folder: string, text = "new"): Promise<FileSystemImage> {
  const image = await FileSystemImage.open(disc.recorder, plugins);
  await image.add(join(folder, "photos"));
  await image.burn(await image.plan({ sourceDate }));
  await image.addBytes("/later.txt", Buffer.from(text), { modified: sourceDate });
  await image.burn(await image.plan({ sourceDate }));
  return image;
}

/** All blocks that the sessions and the disc's head take. */
async function bytesOf({ recorder }: TestDisc, { history: { states } }: FileSystemImage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (const { start, end } of states) pieces.push(await recorder.read(start, end - start));
  return Buffer.concat([await recorder.read(16, 4), ...pieces]);
}

describe.each(media)("with a source date, on $name,", ({ disc }) => {
  it("the same input gives the same bytes, session after session", async () => {
    const folder = await hostFolder({ "photos/a.jpg": "aaaa", "photos/2024/b.jpg": "b".repeat(5000) });
    const [one, two] = [await insert(disc), await insert(disc)];
    const [first, second] = [await recorded(one, folder), await recorded(two, folder)];
    expect(first.history.states).toHaveLength(2);
    const [bytes, again] = [await bytesOf(one, first), await bytesOf(two, second)];
    expect(bytes.equals(again)).toBe(true);
    expect(first.history.states.map(({ record }) => record?.time)).toEqual([sourceDate, sourceDate]);
    expect(Object.keys(await contentsOf(first))).toContain("/later.txt");
  });
});

describe("the name of a volume that nobody named", () => {
  const evening = Date.UTC(2023, 10, 14, 22, 13, 20);
  const dvd = media[2].disc;
  const zones = [
    ["UTC", "20231114"],
    ["Asia/Kolkata", "20231115"],
    ["America/Los_Angeles", "20231114"],
  ] as const;

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });

  it("is the source date in UTC, and the bytes are the same, in every time zone", async () => {
    const recordedIn = async (zone: string): Promise<{ names: (string | undefined)[]; bytes: Buffer }> => {
      vi.stubEnv("TZ", zone);
      const disc = await insert(dvd);
      const image = await FileSystemImage.open(disc.recorder, plugins);
      await image.addBytes("/a", Buffer.from("a"), { modified: evening });
      await image.burn(await image.plan({ sourceDate: evening }));
      return { names: [image.importedVolumeName, image.history.states[0]?.label], bytes: await bytesOf(disc, image) };
    };
    const first = await recordedIn(zones[0][0]);
    for (const [zone, localName] of zones) {
      const { names, bytes } = await recordedIn(zone);
      expect(volumeNameFor(evening), `the zone ${zone} is in force`).toBe(localName);
      expect(names).toEqual(["20231114", "20231114"]);
      expect(bytes.equals(first.bytes)).toBe(true);
    }
  });

  it.each(zones)("is the local date without a source date: in %s %s", async (zone, name) => {
    vi.stubEnv("TZ", zone);
    vi.useFakeTimers({ now: evening, toFake: ["Date"] });
    const image = await FileSystemImage.open((await insert(dvd)).recorder, plugins);
    await image.addBytes("/a", Buffer.from("a"));
    expect(image.volumeName).toBe(name);
    expect((await image.plan()).plan.state?.label).toBe(name);
  });

  it("stays in a saved plan that is burned in another time zone", async () => {
    vi.stubEnv("TZ", "UTC");
    const image = await FileSystemImage.open((await insert(dvd)).recorder, plugins);
    await image.addBytes("/a", Buffer.from("a"), { modified: evening });
    const { plan } = await image.plan({ sourceDate: evening });
    vi.stubEnv("TZ", "Asia/Kolkata");
    await image.burnSaved(JSON.stringify(plan));
    expect(image.importedVolumeName).toBe("20231114");
  });
});

describe("the identity that comes from the input", () => {
  const dvd = media[2].disc;

  it("is another for another tree", async () => {
    const folder = await hostFolder({ "photos/a.jpg": "aaaa" });
    const longer = await hostFolder({ "photos/a.jpg": "aaaaa" });
    const [one, two] = [await recorded(await insert(dvd), folder), await recorded(await insert(dvd), longer)];
    expect(one.history.states[0]?.record?.life).not.toBe(two.history.states[0]?.record?.life);
  });

  it("is another where a used disc is begun anew with the same tree, so that no old session comes back", async () => {
    const folder = await hostFolder({ "photos/a.jpg": "aaaa" });
    const disc = await insert(dvd);
    const before = await recorded(disc, folder);
    const life = before.history.states[0]?.record?.life;
    const anew = await FileSystemImage.open(disc.recorder, plugins, { isNewVolume: true });
    await anew.add(join(folder, "photos"));
    await anew.burn(await anew.plan({ sourceDate, consent: ["give-up-sessions"] }));
    expect(anew.history.states).toHaveLength(1);
    expect(anew.history.states[0]?.record?.life).not.toBe(life);
    expect(Object.keys(await contentsOf(anew))).not.toContain("/later.txt");
  });

  it("makes a saved plan no different from others", async () => {
    const disc = await insert(dvd);
    const image = await FileSystemImage.open(disc.recorder, plugins);
    await image.addBytes("/a", Buffer.from("a"), { modified: sourceDate });
    const { plan } = await image.plan({ sourceDate });
    await image.burnSaved(JSON.stringify(plan));
    expect(image.history.states[0]?.record).toMatchObject(plan.fixed);
  });

  it.each([-1, 0.5, Number.NaN, Date.UTC(2200, 0, 1)])("is not made from %d", async (wrong) => {
    const image = await FileSystemImage.open((await insert(dvd)).recorder, plugins);
    await expect(image.plan({ sourceDate: wrong })).rejects.toThrow(TypeError);
  });
});
