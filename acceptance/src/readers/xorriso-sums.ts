import type { Blocks, Lba } from "@multisession/core";
import { run } from "../program.ts";

/** A session whose checksum tags xorriso has found. */
export interface SummedSession {
  readonly start: Lba;
  /** Blocks in the sum of its last tag. */
  readonly blocks: Blocks;
  readonly isMatch: boolean;
}

/** What xorriso says of the MD5 sums of files. */
export interface FileSums {
  /** Files whose content differs from their sum. */
  readonly wrong: readonly string[];
  /** Whether at least one file has a sum and all that have are right. */
  readonly isMatch: boolean;
  /** Whether there is a file without. */
  readonly isIncomplete: boolean;
}

const settings = ["-no_rc", "-md5", "on"];

/**
 * `-check_media`: the sums of sessions, by their tags. Of an overwritable disc those that xorriso lists; of the image of another,
 * for which it lists one, all that it finds: there only, because with `what=disc` it crashes on some overwritable discs (1.5.4,
 * measured; an image whose sums it finds right session by session).
 */
export async function checkMedia(image: string, isOverwritable: boolean): Promise<readonly SummedSession[]> {
  const what = isOverwritable ? "what=tracks" : "what=disc";
  const said = await said32([...settings, "-indev", `stdio:${image}`, "-check_media", what, "--"]);
  return [...said.matchAll(/^MD5 tag range: *(\d+) , *(\d+) , . (md5_\w+)/gm)].map(([, start, blocks, result]) => ({
    start: Number(start),
    blocks: Number(blocks),
    isMatch: result === "md5_match",
  }));
}

/** `-check_md5_r`: the sums of all files that the session at `start` shows. Rejects where xorriso refuses its head or directories. */
export async function checkFiles(image: string, start: Lba): Promise<FileSums> {
  const place = start === 0 ? [] : ["-load", "sbsector", String(start)];
  const said = await said32([...settings, ...place, "-indev", `stdio:${image}`, "-check_md5_r", "SORRY", "/", "--"]);
  return {
    wrong: [...said.matchAll(/^MD5 MISMATCH: '(.*)'$/gm)].map(([, path]) => path ?? ""),
    isMatch: said.includes("File contents and their MD5 checksums match."),
    isIncomplete: /data files which have no MD5|Not a single file with MD5/.test(said),
  };
}

/** Where a sum is wrong xorriso ends with 32, and what it found stands in its output. */
async function said32(args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run("xorriso", args, { codes: [0, 32] });
  return `${stdout}\n${stderr}`;
}
