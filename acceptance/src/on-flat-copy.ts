import { join } from "node:path";
import { flattenSession } from "./flatten-session.ts";
import type { SessionPlace } from "./reader.ts";
import { withScratch } from "./scratch.ts";

/** Gives `read` an image whose block 16 shows the session: the image itself where that is so, or else a flattened copy. */
export async function onFlatCopy<Result>(
  image: string,
  session: SessionPlace,
  read: (flat: string) => Promise<Result>,
): Promise<Result> {
  if (session.isFlat || session.start === 0) return read(image);
  return withScratch(async (folder) => {
    const flat = join(folder, "flat.iso");
    await flattenSession(image, session.start, flat);
    return read(flat);
  });
}
