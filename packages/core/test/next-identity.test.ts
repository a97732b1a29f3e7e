import { type History, nextIdentity } from "@multisession/core";
import { expect, it } from "vitest";
import { life, record } from "./toy-disc.ts";

const other = "cd".repeat(16);
type Mark = readonly [life: string, sequence: number] | undefined;

/** States with these lives and numbers; nothing for another program's. */
function historyOf(...marks: readonly Mark[]): History {
  const states = marks.map((mark, index) => ({
    index,
    start: 32 * index,
    end: 32 * index + 32,
    fileSystem: "toy",
    label: "",
    digest: "",
    proof: "trailer" as const,
    ...(mark === undefined ? {} : { record: record(mark[1], 32 * index, 32 * index + 32, { life: mark[0] }) }),
  }));
  return { states, condition: marks.length === 0 ? "empty" : "whole", findings: [] };
}

it.each<[string, History, "first" | "append" | "recover", ReturnType<typeof nextIdentity>]>([
  ["on an empty disc", historyOf(), "first", { sequence: 1 }],
  ["behind three sessions", historyOf([life, 1], [life, 2], [life, 3]), "append", { life, sequence: 4 }],
  ["behind another program's", historyOf([life, 1], undefined), "append", { life, sequence: 2 }],
  ["on another program's disc", historyOf(undefined), "append", { sequence: 1 }],
  ["behind an empty volume", historyOf([life, 0]), "append", { life, sequence: 1 }],
  ["behind numbers out of order", historyOf([life, 3], [life, 2]), "append", { life, sequence: 4 }],
  ["behind another life", historyOf([other, 7], [life, 1]), "recover", { life, sequence: 2 }],
  ["on a used disc that is begun anew", historyOf([life, 1]), "first", { sequence: 1 }],
])("the next session %s", (_, history, kind, expected) => {
  expect(nextIdentity(history, { kind })).toEqual(expected);
});
