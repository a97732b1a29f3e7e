import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { type Fault, virtualMedia } from "../src/index.ts";

const page = new URL("../../../docs/virtual-recorder.md", import.meta.url);

/** Every fault with its members and what it does; a new one that is left out here does not compile. */
const faults: Readonly<Record<Fault["fault"], readonly [members: string, text: string]>> = {
  "power-cut": [
    "`after`, `count`, `damagesTracks`",
    "the power goes after so many commands, blocks, or changes of the medium; a part of the buffer survives: of tracks a prefix, in place any of the units, one of them torn",
  ],
  "hot-removal": [
    "`after`, `count`",
    "the disc is taken out in the same way; the recorder answers 2/3A/02 until it is loaded again",
  ],
  "bad-block": [
    "`on`, `at`, `isDeferred`",
    "READ fails with 3/11/05, or WRITE with 3/0C/00; deferred: WRITE says GOOD, and the flush fails, or the next command hears it as a deferred error",
  ],
  defect: [
    "`at`",
    "a place that cannot hold data: a spare unit replaces it while there is one, then WRITE fails with 3/32/00; without spare areas with 3/0C/00",
  ],
  "no-spares": ["", "all spare units count as used up"],
  "torn-unit": ["`at`", "WRITE says GOOD, and some blocks of the unit cannot be read"],
  lying: ["", "WRITE says GOOD, and nothing gets onto the medium"],
  "buffer-underrun": [
    "`after`",
    "the data of a WRITE comes too late: on a CD without links 3/0C/09 and a damaged track",
  ],
  slow: [
    "`opcode`, `after`, `times`, `milliseconds`, `sense`",
    "the recorder is not ready for so many commands, or for so long on its clock: 2/04/01, after an opcode 2/04/08",
  ],
  sense: ["`opcode`, `at`, `after`, `times`, `sense`", "commands fail with this sense and do nothing"],
  "wrong-toc": ["`start`", "READ TOC says that the last session begins there"],
  "untold-address": [
    "`which`, `track`",
    "READ TRACK INFORMATION does not tell the next writable, or the last recorded address",
  ],
  "wrong-disc": ["`disc`", "after the next load another disc is in the drive"],
};

/** What drives do and this one does not. */
const refusals = `## What it does not do

What is not here is refused with the sense that a drive without it sends, so that programs fall back to what is:

| what | answer | why |
|---|---|---|
| recording raw, with sub-channels, CD-Text, or audio | MODE SELECT 5/26/00, SEND CUE SHEET 5/26/02 | blocks have 2048 bytes, and nothing else is kept |
| a cue sheet with tracks of Mode 2 | 5/26/02 | tracks of Mode 2 are recorded one at a time |
| a rehearsal (test write) | MODE SELECT 5/26/00 | no feature offers it, and who asks for one must not get a recording |
| layer jump recording of a DVD-R with two layers | MODE SELECT 5/26/00, READ DISC STRUCTURE 21h to 24h 5/24/00, SEND DISC STRUCTURE 5/20/00, profile 0016h and feature 0033h unknown | where the next address lies behind a jump is not known from any drive, and a wrong rule is worse than none; the disc is recorded sequentially |
| packets on a CD that is not formatted with them | WRITE 5/64/00 | tracks are recorded at once; packets of a fixed size come with a format (10h) |
| MRW (format 24h), formats with sparing (20h) | FORMAT UNIT 5/26/00 | no drive that was captured lists them |
| RESERVE TRACK by address, of a management zone | 5/24/00 | feature 0021h says that it cannot |
| READ CD of anything but user data, or of a DVD or BD | 5/24/00, 5/64/00 | sectors are not kept, and not made up |
| READ DISC STRUCTURE of a CD, and of what a medium has not | 5/30/00, 5/24/00 | |
| sense data in descriptors | REQUEST SENSE 5/24/00 | programs ask for fixed format |
| keys, READ BUFFER, WRITE BUFFER, SEND DISC STRUCTURE, and all other commands | 5/20/00 | |
`;

const number = (value: number): string => value.toLocaleString("en");

function text(): string {
  const media = virtualMedia.map(
    ({ id, capacities, minimum, text: what }) =>
      `| \`${id}\` | ${capacities.map(number).join("; ")} | ${number(minimum)} | ${what} |\n`,
  );
  const rows = Object.entries(faults).map(([name, [members, what]]) => `| \`${name}\` | ${members} | ${what} |\n`);
  return `# The virtual recorder

A recorder in software: it executes real commands and answers real sense data. \`createVirtualRecorder({ medium, capacity,
faults, seed })\` of \`@multisession/driver-virtual\` makes one with a new disc in memory; discs in files are described in
[Disc files](disc-file.md), the rules of the media in [Media](media.md). This page is made from its tables:
\`UPDATE_DOCS=1 npx vitest run packages/driver-virtual/test/docs.test.ts\`.

## Media

Any capacity between the smallest and the largest can be asked for; what is more than a BD with one layer has makes one with
two, three or four. Sizes are blocks of 2048 bytes.

| medium | capacities of real discs | at least | what it is |
|---|---|---|---|
${media.join("")}
## Faults

A script of faults is plain data: \`recorder.arm([{ fault: "defect", at: 40 }], seed)\`. The same faults, seed and commands
give the same disc. They count from the moment when they are armed.

| fault | members | what happens |
|---|---|---|
${rows.join("")}
${refusals}`;
}

it("the page of the virtual recorder says what its tables say", async () => {
  const expected = text();
  if (process.env["UPDATE_DOCS"]) await writeFile(page, expected);
  expect(await readFile(page, "utf8")).toBe(expected);
});
