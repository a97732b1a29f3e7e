import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { formatRules, type MediumRules, mediumRules, profiles } from "../src/index.ts";

const page = new URL("../../../docs/media.md", import.meta.url);

const intro = `# Media

What a recorder can hold, by the names that \`Medium.kind\`, descriptors and \`--medium\` use. Sizes are blocks of 2048 bytes.
The gap is what lies between the end of a session and the next: behind the first, and behind later ones. What no capture
of a real drive confirms is said beside its constant in \`packages/mmc/src/medium-rules.ts\`. This page is made from the tables of
\`packages/mmc\`: \`UPDATE_DOCS=1 npx vitest run packages/mmc/test/media-docs.test.ts\`.

| kind | profiles | unit | sessions | gap | shortest track | recorded by | formats and blanks |
|---|---|---|---|---|---|---|---|
`;

/** The mechanisms of this workspace decide by these facts. */
function recordedBy({ restriction, overwrite, sessions }: MediumRules): string {
  if (restriction !== undefined) return `none: ${restriction}`;
  if (overwrite !== "no") return overwrite === "replace" ? "`bdr-pow`" : "`random-write`";
  return sessions === "physical" ? "`sequential`" : "none: it is pressed";
}

/** Kinds without a profile of their own: formats of others. */
const formattedAs: Readonly<Record<string, string>> = {
  "bd-r-pow": "41h, formatted",
  "cd-rw-packet": "0Ah, formatted",
};

function row([kind, rules]: readonly [string, MediumRules]): string {
  const numbers = [...profiles].flatMap(([number, profile]) => (profile.kind === kind ? [number] : []));
  const formats = formatRules.filter((rule) => rule.profiles.some((number) => numbers.includes(number)));
  const { first, later } = rules.gap;
  const hasSessions = rules.sessions === "physical";
  const cells = [
    `\`${kind}\``,
    numbers.map((number) => `${number.toString(16).toUpperCase().padStart(2, "0")}h`).join(", ") || formattedAs[kind],
    rules.unit,
    hasSessions ? "closed one by one" : "",
    hasSessions ? (first === later ? first : `${first}, ${later}`) : "",
    rules.minimumTrack ?? "",
    recordedBy(rules),
    formats.map(({ id }) => `\`${id}\``).join(", "),
  ];
  return `| ${cells.join(" | ")} |\n`;
}

const states = `
A disc in one of these states is not recorded as its kind is, and says so in \`Medium.restriction\`: a \`dvd-rw\` that was
blanked only minimally takes one recording of all the disc at once; a \`dvd-rw-ro\` that was formatted quickly is written once
before it can be overwritten; a \`dvd-rw-ro\` or \`cd-rw-packet\` that was formatted in several sessions has gaps between them; a
\`cd-rw-packet\` may have packets of another size.
`;

it("the page of media says what the tables say", async () => {
  const expected = intro + Object.entries(mediumRules).map(row).join("") + states;
  if (process.env["UPDATE_DOCS"]) await writeFile(page, expected);
  expect(await readFile(page, "utf8")).toBe(expected);
});
