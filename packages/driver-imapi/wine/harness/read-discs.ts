import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins } from "@multisession/core";
import { openDisc, virtual, writeDiscImage } from "@multisession/driver-virtual";
import { FileSystemImage } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";

const run = promisify(execFile);

/** Names, each with the digest of the file's contents. */
export type Files = Readonly<Record<string, string>>;

/** Stands for the contents of a file. */
export function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** What our own reader finds on a disc file: the last session, or the one with a number. */
export async function readByUs(disc: string, session?: number): Promise<Files> {
  const plugins = createPlugins(virtual(), iso9660(), sequential(), randomWrite(), bdrPow());
  await using recorder = await plugins.open(disc);
  await using image = await FileSystemImage.open(recorder, plugins, session === undefined ? {} : { session });
  const files: Record<string, string> = {};
  for (const { name } of await image.list("/")) {
    const pieces: Uint8Array[] = [];
    for await (const piece of image.readFile(`/${name}`)) pieces.push(piece);
    files[name] = digestOf(Buffer.concat(pieces));
  }
  return files;
}

/** Where the last session of a disc that is written in sessions begins; 0 where one session is replaced by the next. */
async function lastSessionStart(disc: string): Promise<number> {
  const plugins = createPlugins(virtual(), sequential());
  await using recorder = await plugins.open(disc);
  const { tracks, overwrite } = await recorder.medium();
  const written = tracks.filter(({ state }) => state === "closed");
  return overwrite === "no" ? (written.at(-1)?.start ?? 0) : 0;
}

/** What xorriso finds in the last session of a copy of the disc. */
export async function readByXorriso(disc: string, folder: string): Promise<Files> {
  const scratch = mkdtempSync(join(folder, "xorriso-"));
  const [image, out] = [join(scratch, "image.iso"), join(scratch, "out")];
  const start = await lastSessionStart(disc);
  using recorder = disposable(await openDisc(disc));
  writeDiscImage(recorder.value, image);
  const load = start === 0 ? [] : ["-load", "sbsector", String(start)];
  await run("xorriso", ["-no_rc", "-osirrox", "on", ...load, "-indev", `stdio:${image}`, "-extract", "/", out]);
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) =>
    lstatSync(join(out, name)).isFile(),
  );
  return Object.fromEntries(files.map((name) => [name, digestOf(readFileSync(join(out, name)))]));
}

function disposable<T extends { close(): void }>(value: T): Disposable & { readonly value: T } {
  return { value, [Symbol.dispose]: () => value.close() };
}
