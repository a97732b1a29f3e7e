import { FileSystemImage } from "@multisession/file-system-image";
import { digestOf, pluginsFor } from "../../test/support/burning.ts";
import { hostProgram } from "./support.ts";

/** Names of what the disc in `D:` shows, in its last session or in the one with a number, each with the digest of its contents. */
export async function digestsOn(session?: number): Promise<Readonly<Record<string, string>>> {
  const plugins = pluginsFor(hostProgram);
  await using recorder = await plugins.open("imapi:D:");
  await using image = await FileSystemImage.open(recorder, plugins, session === undefined ? {} : { session });
  const digests: Record<string, string> = {};
  for (const { name } of await image.list("/")) {
    const pieces: Uint8Array[] = [];
    for await (const piece of image.readFile(`/${name}`)) pieces.push(piece);
    digests[name] = digestOf(Buffer.concat(pieces));
  }
  return digests;
}
