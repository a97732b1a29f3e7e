import { styleText } from "node:util";
import type { CommandIo, TextOutput } from "./io.ts";

/** What a piece of text is; its colour follows from that. */
export type Paint = (what: "title" | "good" | "warning" | "bad" | "quiet" | "name", text: string) => string;

const styles = {
  title: "bold",
  good: "green",
  warning: "yellow",
  bad: "red",
  quiet: "dim",
  name: "cyan",
} as const;

/** How to colour for an output: not at all when nobody watches, with `--no-color`, or with `NO_COLOR` (no-color.org). */
export function paintFor(output: TextOutput, { env }: CommandIo, isColorAllowed: boolean): Paint {
  const isForced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  const isWanted = isForced || (output.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb");
  return isColorAllowed && isWanted
    ? (what, text) => styleText(styles[what], text, { validateStream: false })
    : (_, text) => text;
}
