import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hresultTable } from "../src/index.ts";

const page = new URL("../../../docs/imapi-errors.md", import.meta.url);

const retryText = {
  "same-disc": "with the same disc",
  "other-disc": "with another disc",
  "after-change": "after a change",
  no: "no",
} as const;

/** The page of all HRESULTs, made from the table. */
function errorsPage(): string {
  const rows = hresultTable.map(({ hresult, name, meaning, code, advice, retry }) => {
    const number = `0x${hresult.toString(16).toUpperCase().padStart(8, "0")}`;
    return `| ${number} | \`${name}\` | ${meaning} | \`${code}\` | ${advice} | ${retryText[retry]} |`;
  });
  return `# IMAPI2's errors

What the driver of Windows drives makes of each HRESULT that is a failure. Codes without \`imapi/\` are those of
[core](errors.md). This page is made from the tables in \`packages/driver-imapi/src/errors\`:
\`UPDATE_DOCS=1 npx vitest run packages/driver-imapi/test/errors-page.test.ts\`.

| HRESULT | IMAPI2 or Windows | what it means | code | what to do | try again |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

it("the page of IMAPI2's errors says what the table says", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, errorsPage());
  expect(readFileSync(page, "utf8")).toBe(errorsPage());
});
