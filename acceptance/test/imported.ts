import { createHash } from "node:crypto";
import type { DiscRecorder, Lba, Plugins } from "@multisession/core";
import { extract, openDisc } from "@multisession/file-system-image";
import type { ReadEntry, Sees } from "../src/index.ts";

/** Our own reader sees everything. */
export const everything: Sees = {
  rockRidge: true,
  joliet: false,
  modes: 0o7777,
  contents: true,
  mtimes: true,
  linkMtimes: true,
  symlinks: "targets",
};

/** What our own reader found in a session. */
export interface Imported {
  readonly entries: readonly ReadEntry[];
  readonly findings: readonly unknown[];
  /** Files that are stored in another form. */
  readonly encoded: number;
}

/** The session that starts at a block, as it is imported, with the findings. */
export async function imported(recorder: DiscRecorder, plugins: Plugins, start: Lba): Promise<Imported> {
  const disc = await openDisc(recorder, plugins);
  const { index } = disc.history.states.find((state) => state.start === start) ?? { index: -1 };
  const volume = await disc.volume(index + 1);
  const { mode, modified } = volume.root.attributes;
  const entries: ReadEntry[] = [{ path: "/", kind: "directory", mode, mtime: modified }];
  let encoded = 0;
  for await (const { path, entry, bytes } of extract(recorder, volume)) {
    const { kind, attributes } = entry;
    const common = { path, mtime: attributes.modified };
    if (kind === "symlink") entries.push({ ...common, kind, target: entry.target });
    else if (kind === "directory") entries.push({ ...common, kind, mode: attributes.mode });
    else if (kind === "special") throw new TypeError(`No test tree has special files, such as ${path}.`);
    else {
      const hash = createHash("sha256");
      for await (const piece of bytes()) hash.update(piece);
      entries.push({ ...common, kind, mode: attributes.mode, bytes: entry.bytes, sha256: hash.digest("hex") });
      if (entry.encoding !== undefined) encoded += 1;
    }
  }
  return { entries, findings: volume.findings, encoded };
}
