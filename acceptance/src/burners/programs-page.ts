import type { Burner, BurnerDisc } from "./burner.ts";
import { burners } from "./burners.ts";
import { type Column, columns, exceptionFor } from "./exceptions.ts";

/** Whether something was seen to work: by program, disc and column. */
export type Seen = (burner: string, disc: string, column: Column) => boolean;

const heads: Readonly<Record<Column, string>> = {
  first: "first session",
  append: "append",
  mount: "mounted by Linux",
  ours: "a session of ours is found",
  close: "append and close",
};

/** The tables of the page, one for each program, from what was seen. What was not has a number and its reason below. */
export function programTables(seen: Seen): string {
  const reasons: string[] = [];
  const tables = burners.flat().map((burner) => programTable(burner, seen, reasons));
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`);
  return [...tables, ...(notes.length > 0 ? ["### What does not work, and why", notes.join("\n")] : [])].join("\n\n");
}

function programTable(burner: Burner, seen: Seen, reasons: string[]): string {
  const rows = burner.discs.map((disc) => {
    const cells = columns.map((column) => {
      if (seen(burner.id, disc.kind.id, column)) return "yes";
      const reason = exceptionFor(burner, disc, column) ?? "not known yet";
      if (!reasons.includes(reason)) reasons.push(reason);
      return `no (${reasons.indexOf(reason) + 1})`;
    });
    return `| ${[disc.kind.name, ...cells].join(" | ")} |`;
  });
  const commands = (["first", "append", "close"] as const).map((step) => burner[step](typical(burner)));
  const head = `| disc | ${columns.map((column) => heads[column]).join(" | ")} |`;
  const line = `|${"---|".repeat(columns.length + 1)}`;
  const shown = ["```sh", ...commands.map((command) => command.replace(/ {2,}/g, " ")), "```"];
  return [`### ${burner.name}`, "", ...shown, "", head, line, ...rows].join("\n");
}

/** A disc that needs nothing special. */
function typical({ discs }: Burner): BurnerDisc {
  const [first] = discs;
  if (first === undefined) throw new TypeError("A program has discs.");
  return first;
}
