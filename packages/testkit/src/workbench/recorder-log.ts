import type { Blocks, Lba } from "@multisession/core";
import type { LoggedCommand } from "@multisession/driver-virtual";
import { closeTrackSession, formatUnit, reserveTrack, synchronizeCache, write10, write12 } from "@multisession/mmc";

/** A command that changes the disc, as the recorder saw it. */
export type Deed =
  | { readonly did: "write"; readonly at: Lba; readonly blocks: Blocks }
  | { readonly did: "flush" }
  | { readonly did: "format" }
  | { readonly did: "reserve"; readonly blocks: Blocks }
  | { readonly did: "close"; readonly function: number };

/** What one logged command does to the disc; nothing when it only looks. */
export function deedOf({ cdb }: LoggedCommand): Deed | undefined {
  switch (cdb[0]) {
    case write10.command.opcode: {
      const { lba, blocks } = write10.parse(cdb);
      return { did: "write", at: lba, blocks };
    }
    case write12.command.opcode: {
      const { lba, blocks } = write12.parse(cdb);
      return { did: "write", at: lba, blocks };
    }
    case synchronizeCache.command.opcode:
      return { did: "flush" };
    case formatUnit.command.opcode:
      return { did: "format" };
    case reserveTrack.command.opcode:
      return { did: "reserve", blocks: reserveTrack.parse(cdb).blocks };
    case closeTrackSession.command.opcode:
      return { did: "close", function: closeTrackSession.parse(cdb).function };
    default:
      return undefined;
  }
}

/** The deeds of a log that the recorder accepted, in order; writes that follow each other are one. */
export function deedsOf(log: readonly LoggedCommand[]): readonly Deed[] {
  const deeds: Deed[] = [];
  for (const command of log) {
    const deed = deedOf(command);
    if (deed === undefined || command.outcome !== "good") continue;
    addDeed(deeds, deed);
  }
  return deeds;
}

/** Adds a deed; a write behind the last one goes on with it. */
export function addDeed(deeds: Deed[], deed: Deed): void {
  const last = deeds.at(-1);
  if (deed.did === "write" && last?.did === "write" && last.at + last.blocks === deed.at)
    deeds[deeds.length - 1] = { ...last, blocks: last.blocks + deed.blocks };
  else deeds.push(deed);
}

/** A deed in words. */
export function deedText(deed: Deed): string {
  if (deed.did === "write") return `write ${deed.at}+${deed.blocks}`;
  if (deed.did === "reserve") return `reserve ${deed.blocks}`;
  return deed.did === "close" ? `close (function ${deed.function})` : deed.did;
}
