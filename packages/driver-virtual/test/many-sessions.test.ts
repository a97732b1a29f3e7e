import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { encodeStateFile } from "../src/disc-file/state-file.ts";
import { createVirtualRecorder, openDisc } from "../src/index.ts";
import { contentOf } from "../src/recorder/snapshot.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

const SESSIONS = 10_000;
/** Far above what it takes (about 10 ms), far below what a disc that is read track by track would take. Milliseconds. */
const LONGEST_OPEN = 250;

describe("a disc with 10,000 sessions", () => {
  const folder = mkdtempSync(join(tmpdir(), "many-sessions-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("opens at once", async () => {
    const path = join(folder, "many.disc");
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 32 * (SESSIONS + 1) });
    const host = new Initiator(recorder);
    const data = blocksOf(1, 1);
    for (let session = 1; session <= SESSIONS; session++) {
      host.write((session - 1) * 32, data);
      host.close(1, session);
      host.close(2);
    }
    writeFileSync(path, "");
    truncateSync(path, SESSIONS * 32 * 2048);
    writeFileSync(`${path}.state`, encodeStateFile(contentOf(recorder.snapshot()).store.state).bytes);
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const begin = performance.now();
      const opened = await openDisc(path);
      times.push(performance.now() - begin);
      expect(new Initiator(opened).disc().sessions).toBe(SESSIONS + 1);
      opened.close();
    }
    expect(Math.min(...times)).toBeLessThan(LONGEST_OPEN);
  });
});
