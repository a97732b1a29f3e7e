import { join } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { type Blocks, createPlugins, type DiscRecorder, type Lba, type Plugins } from "@multisession/core";
import {
  createDisc,
  type VirtualMediumId,
  type VirtualRecorder,
  virtual,
  writeDiscImage,
} from "@multisession/driver-virtual";
import { FileSystemImage, openDisc, revertDisc } from "@multisession/file-system-image";
import { type Iso9660Options, iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { type TestTree, writeTree } from "../src/index.ts";

/** A disc of ours. */
export interface OurDisc {
  /** Everything on the disc, from block 0 on, as a drive gives it. */
  readonly image: string;
  /** First blocks of the sessions, oldest first. */
  readonly starts: readonly Lba[];
}

/** 64 MiB, a CD twice that, for the gaps: two sessions of the largest test tree take 6. */
const capacityOf = (medium: VirtualMediumId): Blocks => (medium.startsWith("cd") ? 65_536 : 32_768);

/**
 * Burns one session for each tree through the public API, as a user does: each time the disc is opened and closed. A
 * number makes readers see that session again, counted from 1.
 */
export async function burnDisc(
  medium: VirtualMediumId,
  sessions: readonly (TestTree | number)[],
  folder: string,
  options: Iso9660Options = {},
): Promise<OurDisc> {
  const disc = join(folder, `${medium}.disc`);
  const image = join(folder, `${medium}.iso`);
  const source = join(folder, "source");
  await createDisc(disc, { medium, capacity: capacityOf(medium) });
  let starts: readonly Lba[] = [];
  for (const [index, session] of sessions.entries()) {
    if (typeof session === "number") {
      starts = await onDisc(disc, image, options, (recorder, plugins) => revertDisc(recorder, plugins, session));
      continue;
    }
    await writeTree(session, source);
    starts = await onDisc(disc, image, options, async (recorder, plugins) => {
      const edited = await FileSystemImage.open(recorder, plugins, { volumeName: volumeName(index) });
      await edited.mirror(source);
      await edited.burn(await edited.plan());
    });
  }
  return { image, starts };
}

/** Name of the volume in a session, counted from 0. */
export function volumeName(session: number): string {
  return `OURS_${session + 1}`;
}

/** Does something with a disc; the starts of its sessions afterwards. */
async function onDisc(
  disc: string,
  image: string,
  options: Iso9660Options,
  act: (recorder: DiscRecorder, plugins: Plugins) => Promise<unknown>,
): Promise<readonly Lba[]> {
  let medium: VirtualRecorder | undefined;
  const driver = virtual({
    onOpen: (opened) => {
      medium = opened;
    },
  });
  const plugins = createPlugins(driver, iso9660(options), sequential(), randomWrite(), bdrPow());
  const recorder = await plugins.open(disc);
  try {
    await act(recorder, plugins);
    if (medium === undefined) throw new TypeError("The driver tells of every recorder that it opens.");
    writeDiscImage(medium, image);
    return (await openDisc(recorder, plugins)).history.states.map(({ start }) => start);
  } finally {
    await recorder.close();
  }
}
