import { virtualMedia } from "@multisession/driver-virtual";
import { iso9660 } from "@multisession/iso9660";
import { expect, it } from "vitest";
import { FileSystemImage, openDisc, verifyDisc } from "../src/index.ts";
import { insert, pluginsOf } from "./discs.ts";
import { contentsOf } from "./reading.ts";

const plugins = pluginsOf(iso9660({ sessions: "delta", level: 4 }));

/** What takes no second session. */
const single = ["dvd-r-dl", "bd-r-rrm"];

it.each(virtualMedia.map(({ id }) => id).filter((id) => !single.includes(id)))(
  "sessions on %s share folders and are whole",
  async (medium) => {
    const test = await insert({ medium });
    const image = await FileSystemImage.open(test.recorder, plugins);
    for (const name of ["a", "b"]) await image.addBytes(`/${name}/${name}`, Buffer.from(name));
    await image.burn(await image.plan({ consent: ["irreversible-format"] }));
    for (const name of ["1", "2"]) {
      const next = await FileSystemImage.open(test.recorder, plugins);
      await next.addBytes(`/a/${name}`, Buffer.from(name));
      const plan = await next.plan();
      expect(plan.plan.tree).toBe("delta");
      await next.burn(plan);
    }
    const contents = { "/a/": "", "/b/": "", "/a/a": "a", "/a/1": "1", "/a/2": "2", "/b/b": "b" };
    expect(await contentsOf(await FileSystemImage.open(test.recorder, plugins))).toEqual(contents);
    expect((await openDisc(test.recorder, plugins)).history.states).toHaveLength(3);
    const { reports } = await verifyDisc(test.recorder, plugins);
    expect(reports).toHaveLength(3);
    for (const { faults } of reports) expect(faults).toEqual([]);
  },
  60_000,
);
