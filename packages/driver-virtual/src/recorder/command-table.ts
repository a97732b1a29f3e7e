import type { CommandEntry } from "./command-entry.ts";
import { configurationCommands } from "./commands/configuration.ts";
import { discInformationCommands } from "./commands/disc-information.ts";
import { formatCommands } from "./commands/format.ts";
import { modeCommands } from "./commands/mode.ts";
import { performanceCommands } from "./commands/performance.ts";
import { readWriteCommands } from "./commands/read-write.ts";
import { cueSheetCommands } from "./commands/send-cue-sheet.ts";
import { structureCommands } from "./commands/structure.ts";
import { trackInformationCommands } from "./commands/track-information.ts";
import { trackCommands } from "./commands/tracks.ts";
import { unitCommands } from "./commands/unit.ts";

/** All commands by opcode. What is not here is refused with 5/20/00. */
export const commands: ReadonlyMap<number, CommandEntry> = new Map(
  [
    ...unitCommands,
    ...configurationCommands,
    ...discInformationCommands,
    ...trackInformationCommands,
    ...structureCommands,
    ...readWriteCommands,
    ...cueSheetCommands,
    ...formatCommands,
    ...trackCommands,
    ...modeCommands,
    ...performanceCommands,
  ].map((entry) => [entry.opcode, entry]),
);
