import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Plugins, Price } from "@multisession/core";
import { FileSystemImage, openDisc } from "@multisession/file-system-image";

/** What a backup did. */
export interface BackupReport {
  /** Number of the session that was recorded, from 1. */
  readonly session: number;
  /** What it used up. */
  readonly cost: readonly Price[];
}

/** One session of a disc, for people. */
export interface Session {
  readonly number: number;
  readonly label: string;
  /** Absent in sessions that other programs recorded. */
  readonly recorded?: Date;
}

/** Backs folders up to discs, one session each time. It knows no mechanism, no file system and no drive. */
export class Backup {
  readonly #plugins: Plugins;

  constructor(plugins: Plugins) {
    this.#plugins = plugins;
  }

  /** Makes the disc show the folder as it is now, in a new session. Earlier sessions keep what they show. */
  async backUp(folder: string, device: string): Promise<BackupReport> {
    await using recorder = await this.#plugins.open(device);
    await using image = await FileSystemImage.open(recorder, this.#plugins);
    await image.mirror(folder);
    const plan = await image.plan();
    const { history } = await image.burn(plan);
    return { session: history.states.length, cost: plan.plan.cost };
  }

  /** What can be restored from, oldest first. */
  async sessions(device: string): Promise<readonly Session[]> {
    await using recorder = await this.#plugins.open(device);
    const { history } = await openDisc(recorder, this.#plugins);
    return history.states.map(({ index, label, record }) => ({
      number: index + 1,
      label,
      ...(record === undefined ? {} : { recorded: new Date(record.time) }),
    }));
  }

  /** Writes a file of the newest session, or of an older one, to `target`. */
  async restore(device: string, path: string, target: string, session?: number): Promise<void> {
    await using recorder = await this.#plugins.open(device);
    const from = session === undefined ? {} : { session };
    await using image = await FileSystemImage.open(recorder, this.#plugins, from);
    await pipeline(image.readFile(path), createWriteStream(target, { flags: "wx" }));
  }
}
