import { readFileSync, writeFileSync } from "node:fs";
import { catalogue } from "@multisession/core";
import { expect, it } from "vitest";

const page = new URL("../../../docs/errors.md", import.meta.url);

const retryText = {
  "same-disc": "with the same disc",
  "other-disc": "with another disc",
  "after-change": "after a change",
  no: "no",
} as const;

/** The page of all codes, made from the catalogue. */
function errorsPage(): string {
  const rows = Object.entries(catalogue).map(([code, { meaning, advice, retry, imapi }]) => {
    const name = imapi === undefined ? "" : `${imapi.name} (${`0x${imapi.hresult.toString(16).toUpperCase()}`})`;
    return `| \`${code}\` | ${meaning} | ${advice} | ${retryText[retry]} | ${name} |`;
  });
  return `# Errors

Every \`MultisessionError\` has a code, a message for people, advice, whether trying again makes sense, and whether what was
on the disc before is intact. Codes are stable within a major version; messages are not. Plugins of others use
\`<plugin-id>/<code>\`. Mistakes of the programmer are \`TypeError\`. This page is made from the catalogue in
\`packages/core/src/error-catalogue.ts\`: \`UPDATE_DOCS=1 npx vitest run packages/core/test/error-docs.test.ts\`.

| code | what it means | what to do | try again | IMAPI2 |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

it("the page of errors says what the catalogue says", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, errorsPage());
  expect(readFileSync(page, "utf8")).toBe(errorsPage());
});
