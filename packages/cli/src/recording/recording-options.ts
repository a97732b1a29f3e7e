import { type Command, InvalidArgumentError, Option } from "commander";
import { collect } from "../command-start.ts";
import { parseConsequence } from "../consequence.ts";
import { parseSession } from "../session-number.ts";
import { sourceDateOption } from "../source-date.ts";
import { isMode, ownerOf } from "./mode-and-owner.ts";
import type { AttributeSetting, Renaming } from "./recording-request.ts";

/** Declares the options that `plan` and `burn` share. */
export function addRecordingOptions(command: Command): Command {
  return command
    .option("--into <folder>", "folder on the disc that takes the files (default: /)")
    .addOption(new Option("--compare <how>", "compare contents, not only size and time").choices(["hash"]))
    .option("--mirror", "make that folder equal to the one named: what is not there goes")
    .option(
      "--remove <glob>",
      "remove from the tree, and keep out of it, such as 'tmp/**' (can be given more than once)",
      collect,
    )
    .option("--rename <old=new>", "rename or move on the disc (can be given more than once)", parseRenaming)
    .option("--hide <glob>", "ask readers not to show what matches (can be given more than once)", collect)
    .option("--unhide <glob>", "let them show it again (can be given more than once)", collect)
    .option("--chmod <glob=mode>", "mode on the disc, such as '**=a+rX' (can be given more than once)", parseMode)
    .option(
      "--chown <glob=owner>",
      "owner and group on the disc, as numbers, such as '**=0:0' (can be given more than once)",
      parseOwner,
    )
    .option("--volume <name>", "name of the volume")
    .addOption(new Option("--close <what>", "close the session, or the disc for good").choices(["session", "disc"]))
    .addOption(
      new Option(
        "--tree <how>",
        "write the whole tree, or only the folders that changed: cheap, but bsdtar cannot read it; of 16 sessions one has the whole tree",
      ).choices(["full", "delta"]),
    )
    .option("--no-deduplicate", "store equal files as often as they occur, also those that the disc has already")
    .addOption(sourceDateOption())
    .option("--mechanism <id>", "use this mechanism; `explain` lists them")
    .option("--session <number>", "build on this session instead of the newest", parseSession)
    .option("--new-volume", "begin anew and give up what is on the disc (accepts give-up-sessions)")
    .option(
      "--accept <consequence>",
      "accept what cannot be undone: give-up-sessions, irreversible-format, close-disc",
      parseConsequence,
    )
    .option("--no-verify", "do not read the session back after the burn");
}

function parseRenaming(text: string, before: readonly Renaming[] | undefined): readonly Renaming[] {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError("Write it like old.txt=new.txt.");
  return [...(before ?? []), { from: text.slice(0, at), to: text.slice(at + 1) }];
}

const parseMode = settingParser(isMode, "Write it like '**/*.sh=755' or '**=a+rX'.");
const parseOwner = settingParser(
  (text) => ownerOf(text) !== undefined,
  "Write it with numbers, like '**=0:0', '**=1000' or '**=:100'.",
);

/** Reads `glob=value`. Both may have a `=` in them. */
function settingParser(isValue: (text: string) => boolean, advice: string) {
  return (text: string, before: readonly AttributeSetting[] | undefined): readonly AttributeSetting[] => {
    for (let at = text.indexOf("=", 1); at > 0; at = text.indexOf("=", at + 1)) {
      const value = text.slice(at + 1);
      if (isValue(value)) return [...(before ?? []), { glob: text.slice(0, at), value }];
    }
    throw new InvalidArgumentError(advice);
  };
}
