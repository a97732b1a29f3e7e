import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeStateFile } from "../src/disc-file/state-file.ts";
import { createVirtualRecorder, openDisc } from "../src/index.ts";
import { contentOf } from "../src/recorder/snapshot.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** What is asked of the host's storage. */
const calls = vi.hoisted(() => ({ readWhole: [] as number[], read: 0, written: 0, synced: 0 }));

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  return {
    ...real,
    readFileSync: (...args: Parameters<typeof fs.readFileSync>) => {
      const content = real.readFileSync(...args);
      // Files of the system, such as those that tell of processes, are text.
      if (typeof content !== "string") calls.readWhole.push(content.length);
      return content;
    },
    readSync: (...args: Parameters<typeof fs.readSync>) => {
      calls.read += 1;
      return real.readSync(...args);
    },
    writevSync: (...args: Parameters<typeof fs.writevSync>) => {
      calls.written += 1;
      return real.writevSync(...args);
    },
    fsyncSync: (file: number) => {
      calls.synced += 1;
      real.fsyncSync(file);
    },
  };
});

const folder = fs.mkdtempSync(join(tmpdir(), "many-sessions-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A disc file with so many sessions of one cluster each. */
function discWith(sessions: number): { readonly path: string; readonly stateBytes: number } {
  const path = join(folder, `${sessions}.disc`);
  const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 32 * 10_001 });
  const host = new Initiator(recorder);
  const data = blocksOf(1, 1);
  for (let session = 1; session <= sessions; session++) {
    host.write((session - 1) * 32, data);
    host.close(1, session);
    host.close(2);
  }
  fs.writeFileSync(path, "");
  fs.truncateSync(path, sessions * 32 * 2048);
  const { bytes } = encodeStateFile(contentOf(recorder.snapshot()).store.state);
  fs.writeFileSync(`${path}.state`, bytes);
  return { path, stateBytes: bytes.length };
}

describe("a disc with 10,000 sessions", () => {
  beforeEach(() => Object.assign(calls, { readWhole: [], read: 0, written: 0, synced: 0 }));

  it.each([10, 10_000])("is opened by one read of its state file, as one with fewer: %d", async (sessions) => {
    const { path, stateBytes } = discWith(sessions);
    calls.synced = 0;
    const opened = await openDisc(path);
    // No block is looked at, and nothing is written.
    expect(calls).toEqual({ readWhole: [stateBytes], read: 0, written: 0, synced: 0 });
    expect(new Initiator(opened).disc().sessions).toBe(sessions + 1);
    opened.close();
  });

  it("has a state file of 40 bytes or less for each session", () => {
    const { stateBytes } = discWith(10_000);
    expect(stateBytes).toBeLessThan(40 * 10_000);
  });
});
