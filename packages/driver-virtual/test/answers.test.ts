import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualMediumId, virtualMedia } from "../src/index.ts";
import { answersOf, good, type Stage, setPage } from "./support/answers.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** Writes so many blocks at the next address of the last track, and flushes. */
const write =
  (blocks: number, mark: number) =>
  (host: Initiator): void => {
    good(host.write(host.track(host.disc().lastTrack).nextWritable, blocksOf(blocks, mark)));
    good(host.sync());
  };
const overwrite =
  (at: number, blocks: number, mark: number) =>
  (host: Initiator): void => {
    good(host.write(at, blocksOf(blocks, mark)));
    good(host.sync());
  };
const close =
  (fn: number) =>
  (host: Initiator): void =>
    good(host.close(fn));
const format =
  (type: number, subType = 0) =>
  (host: Initiator): void =>
    good(host.format(type, subType));
/** Closes the track that was written last, and the session. */
const closeSession = (host: Initiator): void => {
  const { lastTrack } = host.disc();
  // A CD's track ended with the flush: nothing to close is no fault.
  for (let track = 1; track <= lastTrack; track++) if (!host.track(track).blank) good(host.close(1, track));
  good(host.close(2));
};
const both =
  (...deeds: readonly ((host: Initiator) => void)[]) =>
  (host: Initiator): void => {
    for (const deed of deeds) deed(host);
  };
const page =
  (writeType: number, isLast = false) =>
  (host: Initiator): void =>
    setPage(host, writeType, isLast);

/** Blocks of a session: the first and the second one of a CD-R that was captured. */
const [FIRST, SECOND] = [608, 5888];

/** Media whose sessions lie one after another. `finish` ends the disc. */
const sequential = (writeType: number | undefined, finish: (host: Initiator) => void): readonly Stage[] => [
  { name: "blank", ...(writeType !== undefined && { deed: page(writeType) }) },
  { name: "after session 1", deed: write(FIRST, 1) },
  { name: "closed", deed: closeSession },
  { name: "after session 2, closed", deed: both(write(SECOND, 2), closeSession) },
  { name: "finished", deed: finish },
];
/** Mode page 05h says before the last session that it is the last. */
const finishByPage = (writeType: number): ((host: Initiator) => void) =>
  both(page(writeType, true), write(FIRST, 3), closeSession);

const inPlace: readonly Stage[] = [
  { name: "after session 1, a write in place", deed: overwrite(0, FIRST, 1) },
  { name: "after session 2, which is another write in place", deed: both(overwrite(640, 64, 2), overwrite(0, 32, 2)) },
];

/** What is done to each medium; its answers after each of it are in the file of its family. */
const media: Readonly<Record<VirtualMediumId, readonly Stage[]>> = {
  "cd-r": sequential(1, finishByPage(1)),
  "cd-rw": sequential(1, finishByPage(1)),
  "cd-rw-packet": [
    { name: "formatted", deed: page(0) },
    ...inPlace,
    { name: "closed, which changes nothing", deed: close(2) },
    { name: "formatted to 3200 blocks", deed: (host) => good(host.format(0x10, 0, 3200)) },
    { name: "its session grown", deed: (host) => good(host.format(0x11, 0, 320)) },
    { name: "a session added", deed: (host) => good(host.format(0x12, 0, 640)) },
  ],
  "dvd-r": sequential(0, finishByPage(0)),
  // Its one session ends the disc.
  "dvd-r-dl": [
    { name: "blank", deed: page(0) },
    { name: "after session 1", deed: write(FIRST, 1) },
    { name: "closed, and finished by that", deed: closeSession },
  ],
  "dvd-rw": sequential(0, finishByPage(0)),
  "dvd-rw-ro": [
    { name: "formatted" },
    ...inPlace,
    { name: "closed, which changes nothing", deed: close(3) },
    { name: "formatted quickly: growing", deed: format(0x15) },
    { name: "growing, after session 1", deed: overwrite(0, FIRST, 1) },
    { name: "growth ended", deed: close(2) },
    { name: "a session added", deed: (host) => good(host.format(0x12, 0, 640)) },
  ],
  "dvd+r": sequential(undefined, close(6)),
  "dvd+r-dl": sequential(undefined, close(5)),
  "bd-r": sequential(undefined, close(6)),
  "bd-r-pow": [
    { name: "formatted, blank" },
    { name: "after session 1", deed: write(FIRST, 1) },
    { name: "its track closed", deed: (host) => good(host.close(1, 1)) },
    { name: "after session 2, whose last write replaced a cluster", deed: both(write(SECOND, 2), overwrite(0, 32, 3)) },
    { name: "its track closed too", deed: (host) => good(host.close(1, 2)) },
    { name: "finished", deed: close(6) },
  ],
  "bd-r-rrm": [
    { name: "formatted, blank" },
    { name: "after session 1", deed: overwrite(0, FIRST, 1) },
    { name: "after session 2, somewhere else", deed: overwrite(32_000, SECOND, 2) },
    { name: "finished", deed: close(6) },
  ],
  "bd-re": [{ name: "blank" }, { name: "formatted", deed: format(0x00) }, ...inPlace],
  "dvd-ram": [{ name: "formatted, as bought" }, ...inPlace],
  "dvd+rw": [
    { name: "blank" },
    { name: "formatted", deed: format(0x26) },
    ...inPlace,
    { name: "closed, which changes nothing", deed: close(2) },
  ],
};

const families: Readonly<Record<string, readonly VirtualMediumId[]>> = {
  cd: ["cd-r", "cd-rw", "cd-rw-packet"],
  "dvd-minus": ["dvd-r", "dvd-r-dl", "dvd-rw", "dvd-rw-ro", "dvd-ram"],
  "dvd-plus": ["dvd+r", "dvd+r-dl", "dvd+rw"],
  bd: ["bd-r", "bd-r-pow", "bd-r-rrm", "bd-re"],
};

function sectionOf(medium: VirtualMediumId): string {
  const { text, capacity } = virtualMedia.find(({ id }) => id === medium) ?? { text: "", capacity: 0 };
  // The largest CD is as blank as a smaller one: all are the sizes of real discs.
  const host = new Initiator(createVirtualRecorder({ medium, capacity }));
  const stages = media[medium].map(({ name, deed }) => {
    deed?.(host);
    return `### ${medium}, ${name}\n\n\`\`\`\n${answersOf(host).join("\n")}\n\`\`\`\n`;
  });
  return `## ${text}\n\n${stages.join("\n")}`;
}

const head = (family: string): string => `# What the virtual recorder answers: ${family}

Each medium of full size, at each stage of its life, and the answers to the commands that tell what a disc is: in words, and
to the byte. What the words and numbers mean is in MMC; where a real drive was captured in the same state, its values are
listed in [README.md](README.md). Made, after a look at every difference, by
\`UPDATE_ANSWERS=1 npx vitest run packages/driver-virtual/test/answers.test.ts\`.

`;

describe("the answers to the commands that tell what a disc is", () => {
  it.each(Object.entries(families))(
    "are those of answers/%s.md, for all of its media and states",
    async (family, ids) => {
      const file = new URL(`./answers/${family}.md`, import.meta.url);
      const text = `${head(family)}${ids.map(sectionOf).join("\n")}`;
      if (process.env["UPDATE_ANSWERS"]) await writeFile(file, text);
      expect(text).toBe(await readFile(file, "utf8"));
    },
  );

  it("are there for every medium", () => {
    expect(Object.values(families).flat().sort()).toEqual(virtualMedia.map(({ id }) => id).sort());
  });
});
