import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import type { BurnEvent } from "@multisession/core";
import type { ImapiOptions, ImapiRecorder } from "../../src/index.ts";
import { burnFile, digestOf, pluginsFor } from "../../test/support/burning.ts";
import { digestsOn } from "./reading.ts";
import { drive, driveReport, errorOf, hostProgram } from "./support.ts";

const first = Buffer.alloc(100_000, "one ");
const second = Buffer.alloc(70_000, "two ");
const large = Buffer.alloc(4_000_000, "large ");
const ownWriter: ImapiOptions = { writer: "imapi2", imapi2: { spoolFolder: tmpdir() } };
const open = async () => (await pluginsFor(hostProgram).open("imapi:D:")) as ImapiRecorder;

/** How events can arrive: from the calling thread or another, by Invoke or through the vtable. */
const ways = {
  "calling thread, Invoke": 0,
  "own thread, Invoke": 1,
  "calling thread, vtable": 2,
  "own thread, vtable": 3,
};

for (const medium of ["bd-r", "cd-r", "dvd+r", "dvd-r", "dvd+rw"] as const) {
  test(`IMAPI2's writer: two sessions are burnt on a ${medium}, and read back`, async () => {
    await drive({ disc: `writer-${medium}.disc`, medium });
    if (medium === "dvd+rw") await burnFile(hostProgram, "zero.txt", first);
    const before = medium === "dvd+rw" ? { "zero.txt": digestOf(first) } : {};
    assert.equal((await burnFile(hostProgram, "one.txt", first, { driver: ownWriter })).outcome, "done");
    const report = await burnFile(hostProgram, "two.txt", second, { driver: ownWriter });
    assert.deepEqual([report.outcome, report.verification?.report.outcome], ["done", "good"]);
    assert.deepEqual(await digestsOn(), {
      ...before,
      "one.txt": digestOf(first),
      "two.txt": digestOf(second),
    });
  });
}

for (const [way, events] of Object.entries(ways)) {
  test(`progress is told while the write goes on, and timers run meanwhile (${way})`, async () => {
    await drive({ disc: `progress-${events}.disc`, traits: { events }, writeMilliseconds: 20 });
    const told: BurnEvent[] = [];
    let ticks = 0;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      ticks++;
    }, 10);
    const { writtenBlocks } = await burnFile(hostProgram, "large.bin", large, {
      driver: ownWriter,
      onEvent: (event) => told.push(event),
    });
    clearInterval(timer);
    const payload = told.filter((event) => event.type === "progress" && event.activity === "payload");
    const steps = new Set(payload.map((event) => ("doneBlocks" in event ? event.doneBlocks : 0)));
    assert.ok(steps.size > 5, `only ${steps.size} different counts of blocks were told`);
    assert.ok(steps.has(writtenBlocks));
    assert.ok(ticks > 40, `only ${ticks} ticks of a timer`);
    assert.ok(longest < 500, `the timer waited for ${longest} ms`);
  });
}

test("a write is cancelled in mid-burn, and the disc tells of the open session", async () => {
  await drive({ disc: "cancel.disc", writeMilliseconds: 10 });
  const controller = new AbortController();
  const error = await errorOf(
    burnFile(hostProgram, "large.bin", large, {
      driver: ownWriter,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === "progress" && event.activity === "payload" && event.doneBlocks > 200) controller.abort();
      },
    }),
  );
  assert.equal(error.code, "CANCELLED");
  await using recorder = await open();
  const medium = await recorder.medium();
  assert.equal(medium.lastSession, "incomplete");
  assert.ok((medium.tracks.at(-1)?.next ?? 0) < 1900, "it was not stopped");
});

test("what the writer says of a disc is told with its own numbers", async () => {
  await drive({ disc: "facts.disc" });
  await burnFile(hostProgram, "one.txt", first);
  await using recorder = await open();
  const track = (await recorder.medium()).tracks.at(-1);
  const facts = await recorder.writerFacts();
  assert.deepEqual(
    { ...facts, previousSessionEnd: 0 },
    {
      status: 4,
      protection: 0,
      mediaType: 18,
      isPhysicallyBlank: false,
      isHeuristicallyBlank: false,
      totalBlocks: (track?.start ?? 0) + (track?.size ?? 0),
      freeBlocks: track?.free,
      nextWritableAddress: track?.next,
      previousSessionStart: 0,
      previousSessionEnd: 0,
      speeds: [8780, 4390].map((blocksPerSecond) => ({ blocksPerSecond, isConstantAngular: false, mediaType: 18 })),
    },
  );
});

for (const [speed, notes] of [
  [4390, 0],
  [5000, 1],
] as const) {
  test(`a speed of ${speed} blocks in a second, which the drive may not have, is told of: ${notes} notes`, async () => {
    await drive({ disc: `speed-${speed}.disc` });
    const told: BurnEvent[] = [];
    const driver = { writer: "imapi2", imapi2: { speed, spoolFolder: tmpdir() } } as const;
    await burnFile(hostProgram, "one.txt", first, { driver, onEvent: (event) => told.push(event) });
    const adjusted = told.filter((event) => event.type === "note" && event.message.includes("another speed"));
    assert.equal(adjusted.length, notes);
  });
}

for (const [traits, code, words] of [
  [{ protection: 2 }, "WRITE_PROTECTED", /by its cartridge/],
  [{ status: 0x2000 }, "WRITE_PROTECTED", /is write-protected/],
  [{ status: 0x4000 }, "DISC_CLOSED", /closed for good/],
] as const) {
  test(`a disc that IMAPI2 says is ${JSON.stringify(traits)} is refused with ${code}, and nothing is written`, async () => {
    await drive({ disc: `protected-${JSON.stringify(traits).length}-${code}.disc`, traits });
    const error = await errorOf(burnFile(hostProgram, "one.txt", first, { driver: ownWriter }));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.equal((await driveReport()).commands["42"], undefined);
  });
}

test("a drive that is pulled out in mid-burn is lost", async () => {
  await drive({ disc: "writer-lost.disc", faults: [{ fault: "power-cut", after: "block", count: 500 }] });
  const error = await errorOf(burnFile(hostProgram, "large.bin", large, { driver: ownWriter }));
  assert.equal(error.code, "RECORDER_LOST");
  assert.equal(error.imapi?.name, "ERROR_DEV_NOT_EXIST");
});

test("a write that the drive refuses is IMAPI2's failure", async () => {
  const sense = { key: 3, asc: 0x0c, ascq: 0 };
  await drive({ disc: "writer-sense.disc", faults: [{ fault: "sense", opcode: 0x2a, after: 3, sense }] });
  const error = await errorOf(burnFile(hostProgram, "large.bin", large, { driver: ownWriter }));
  assert.deepEqual([error.code, error.imapi?.name], ["WRITE_FAILED", "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE"]);
});

test("full verification by IMAPI2 finds a drive that only says that it writes", async () => {
  await drive({ disc: "lying.disc", faults: [{ fault: "lying" }] });
  const imapi2 = { verification: "full", spoolFolder: tmpdir() } as const;
  const error = await errorOf(burnFile(hostProgram, "one.txt", first, { driver: { writer: "imapi2", imapi2 } }));
  assert.deepEqual([error.code, error.imapi?.name], ["VERIFY_FAILED", "E_IMAPI_BURN_VERIFICATION_FAILED"]);
});

test("a rewritable disc is erased, progress is told, and the disc is blank", async () => {
  await drive({ disc: "erase.disc", medium: "cd-rw" });
  await burnFile(hostProgram, "one.txt", first);
  await using recorder = await open();
  assert.equal((await recorder.medium()).status, "appendable");
  let told = 0;
  await recorder.erase({ onProgress: () => told++ });
  assert.ok(told >= 2);
  assert.equal((await recorder.medium()).status, "blank");
  assert.equal((await driveReport()).last["161"]?.slice(0, 4), "a111", "a quick erase is a minimal blank");
  await recorder.erase({ full: true });
  assert.equal((await driveReport()).last["161"]?.slice(0, 4), "a110", "a full erase blanks everything");
});

test("a disc that cannot be erased is an error with a code of its own", async () => {
  await drive({ disc: "no-erase.disc" });
  await using recorder = await open();
  const error = await errorOf(recorder.erase());
  assert.equal(error.code, "imapi/erase-media-is-not-erasable");
});
