import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, type DiscRecorder, type Plugins } from "@multisession/core";
import { createDisc, type VirtualRecorder, virtual, writeDiscImage } from "@multisession/driver-virtual";
import { FileSystemImage } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describeWith } from "@multisession-internal/needs";
import { expect, it } from "vitest";
import { run, withScratch } from "../src/index.ts";

/** Making a device takes the rights of root. */
const devices: readonly (readonly string[])[] = [
  ["null", "c", "1", "3"],
  ["disk", "b", "8", "17"],
  ["many", "c", "300", "70000"],
];
const nodes = [["pipe", "p"], ...(process.getuid?.() === 0 ? devices : [])];
const expected = [
  "file -",
  ...nodes.map(([name, type, ...number]) => `${name} ${type} ${number.join(",")}`.trim()),
].sort();

/** What a program lists as `ls -l` does: names with their types, and of devices their numbers. */
function typesIn(listing: string): readonly string[] {
  return listing
    .split("\n")
    .flatMap((line) => {
      const [, type, rest = "", name] = /^([-cbps])[-rwx]{9} (.*?)'?(?:\.\/)?(\w+)'?$/.exec(line) ?? [];
      const number = /(\d+,\d+) /.exec(rest)?.[1] ?? "";
      return name === undefined ? [] : [`${name} ${type} ${number}`.trim()];
    })
    .sort();
}

describeWith(["xorriso", "bsdtar"], "special files", () => {
  it("are read by xorriso and bsdtar as we record them, and by us as xorriso records them", () =>
    withScratch(async (folder) => {
      const source = join(folder, "source");
      await mkdir(source);
      await writeFile(join(source, "file"), "bytes");
      for (const [name = "", ...type] of nodes) await run("mknod", [join(source, name), ...type]);
      const [image, disc, theirs] = [join(folder, "disc.iso"), join(folder, "our.disc"), join(folder, "theirs.disc")];
      await createDisc(disc, { medium: "dvd+rw", capacity: 16_384 });
      await onDisc(disc, image, async (recorder, plugins) => {
        const edited = await FileSystemImage.open(recorder, plugins);
        await edited.add(source, { into: "/" });
        await edited.burn(await edited.plan());
      });
      const listed = await run("xorriso", ["-no_rc", "-indev", `stdio:${image}`, "-lsl", "/"]);
      expect(typesIn(listed.stdout.toString())).toEqual(expected);
      expect(typesIn((await run("bsdtar", ["-tvf", image])).stdout.toString())).toEqual(expected);

      await run("xorriso", ["-no_rc", "-dev", `stdio:${theirs}`, "-map", source, "/", "-commit_eject", "none"]);
      const found: string[] = [];
      await onDisc(theirs, undefined, async (recorder, plugins) => {
        for await (const { name, special } of await FileSystemImage.open(recorder, plugins)) {
          const { major, minor } = special?.device ?? {};
          found.push(`${name} ${letterOf(special?.type)} ${major === undefined ? "" : `${major},${minor}`}`.trim());
        }
      });
      expect(found.sort()).toEqual(expected);
    }));
});

function letterOf(type: "character-device" | "block-device" | "fifo" | "socket" | undefined): string {
  if (type === undefined) return "-";
  return type === "fifo" ? "p" : (type[0] as string);
}

async function onDisc(
  disc: string,
  copy: string | undefined,
  work: (recorder: DiscRecorder, plugins: Plugins) => Promise<void>,
): Promise<void> {
  let medium: VirtualRecorder | undefined;
  const driver = virtual({
    onOpen: (opened) => {
      medium = opened;
    },
  });
  const plugins = createPlugins(driver, iso9660(), sequential(), randomWrite(), bdrPow());
  const recorder = await plugins.open(disc);
  try {
    await work(recorder, plugins);
    if (medium !== undefined && copy !== undefined) writeDiscImage(medium, copy);
  } finally {
    await recorder.close();
  }
}
