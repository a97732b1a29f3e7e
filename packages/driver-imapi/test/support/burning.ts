import { createHash } from "node:crypto";
import { bdrPow } from "@multisession/bdr-pow";
import { type BurnEvent, createPlugins, type DiscRecorder, type Plugin, type Plugins } from "@multisession/core";
import { FileSystemImage, type ImageOptions, type ImageReport } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { type ImapiOptions, imapi } from "../../src/index.ts";

/** How one burn differs from the ordinary. */
export interface BurnTraits {
  readonly driver?: ImapiOptions;
  readonly image?: ImageOptions;
  readonly close?: "session" | "disc";
  readonly onEvent?: (event: BurnEvent) => void;
  readonly signal?: AbortSignal;
}

/** All plugins, with this package as the driver. */
export function pluginsFor(hostProgram: URL, options: ImapiOptions = {}, ...more: readonly Plugin[]): Plugins {
  const driver = imapi({ client: "Burner", hostProgram, ...options });
  return createPlugins(driver, iso9660(), sequential(), randomWrite(), bdrPow(), more);
}

/** Adds one file to the disc in `D:`, in a session of its own. */
export async function burnFile(
  hostProgram: URL,
  name: string,
  content: Uint8Array,
  { driver, image: how = {}, close = "session", ...options }: BurnTraits = {},
): Promise<ImageReport> {
  const plugins = pluginsFor(hostProgram, driver);
  await using recorder = await plugins.open("imapi:D:");
  await using image = await FileSystemImage.open(recorder, plugins, how);
  await image.addBytes(`/${name}`, content);
  const consent = close === "disc" ? (["close-disc"] as const) : [];
  return await image.burn(await image.plan({ close, consent }), options);
}

/** Stands for the contents of a file: comparing megabytes byte by byte would take vitest seconds. */
export function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** For each session of the disc in `D:` the names of its files, with the digests of their contents. */
export async function digestsOn(
  hostProgram: URL,
  sessions: readonly number[],
): Promise<readonly Readonly<Record<string, string>>[]> {
  const plugins = pluginsFor(hostProgram);
  await using recorder = await plugins.open("imapi:D:");
  const digests: Readonly<Record<string, string>>[] = [];
  for (const session of sessions) {
    const files = await filesOf(recorder, plugins, session);
    digests.push(Object.fromEntries([...files].map(([name, content]) => [name, digestOf(content)])));
  }
  return digests;
}

/** Names and contents of what a session shows. */
async function filesOf(
  recorder: DiscRecorder,
  plugins: Plugins,
  session: number,
): Promise<ReadonlyMap<string, Buffer>> {
  await using image = await FileSystemImage.open(recorder, plugins, { session });
  const files = new Map<string, Buffer>();
  for (const { name } of await image.list("/")) {
    const pieces: Uint8Array[] = [];
    for await (const piece of image.readFile(`/${name}`)) pieces.push(piece);
    files.set(name, Buffer.concat(pieces));
  }
  return files;
}
