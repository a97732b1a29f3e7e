import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How other programs make small discs of kinds that our writer does not. */
const makers = [
  [
    "xorriso",
    "-no_rc",
    "-for_backup",
    "-joliet",
    "on",
    "-outdev",
    "IMAGE",
    "-map",
    "source",
    "/",
    "-setfattr",
    "user.a",
    "b",
    "/",
    "--",
  ],
  [
    "xorriso",
    "-no_rc",
    "-zisofs",
    "level=9:block_size=32k",
    "-outdev",
    "IMAGE",
    "-map",
    "source",
    "/",
    "-set_filter_r",
    "--zisofs",
    "/",
    "--",
  ],
  ["xorriso", "-no_rc", "-compliance", "deep_paths_off", "-outdev", "IMAGE", "-map", "source", "/"],
  ["genisoimage", "-quiet", "-R", "-J", "-o", "IMAGE", "source"],
  ["genisoimage", "-quiet", "-iso-level", "4", "-o", "IMAGE", "source"],
];

/** Small discs by xorriso and genisoimage; none of a program that is not installed. */
export function strangersCorpus() {
  const folder = mkdtempSync(join(tmpdir(), "iso9660-fuzz-"));
  try {
    const source = join(folder, "source");
    mkdirSync(join(source, ..."abcdefghij"), { recursive: true });
    writeFileSync(join(source, ..."abcdefghij", "deep.txt"), "deep down");
    writeFileSync(join(source, "text.txt"), "a line of text\n".repeat(4000));
    for (let index = 0; index < 40; index += 1) writeFileSync(join(source, "a", `file number ${index}.txt`), "x");
    symlinkSync(`../${"far/".repeat(20)}end`, join(source, "link"));
    return makers.flatMap(([program, ...words], index) => {
      const image = join(folder, `${index}.iso`);
      const made = spawnSync(
        program,
        words.map((word) => (word === "IMAGE" ? image : word)),
        { cwd: folder },
      );
      return made.status === 0 ? [readFileSync(image)] : [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
