import assert from "node:assert/strict";
import { test } from "node:test";
import { burnFile, digestOf } from "../../test/support/burning.ts";
import { digestsOn } from "./reading.ts";
import { drive, driveReport, errorOf, hostProgram, machine, until } from "./support.ts";

const first = Buffer.alloc(100_000, "one ");
const second = Buffer.alloc(70_000, "two ");

for (const [medium, mechanism] of [
  ["bd-r", "sequential"],
  ["cd-r", "sequential"],
  ["dvd+rw", "random-write"],
  ["bd-r-pow", "bdr-pow"],
] as const) {
  test(`two sessions are burnt on a ${medium} by ${mechanism}, and read back`, async () => {
    await drive({ disc: `pass-${medium}.disc`, medium });
    for (const [name, content] of [
      ["one.txt", first],
      ["two.txt", second],
    ] as const) {
      const { outcome, verification } = await burnFile(hostProgram, name, content, { image: { mechanism } });
      assert.deepEqual([outcome, verification?.report.outcome], ["done", "good"]);
    }
    assert.deepEqual(await digestsOn(), { "one.txt": digestOf(first), "two.txt": digestOf(second) });
    assert.deepEqual(await digestsOn(1), { "one.txt": digestOf(first) });
    await until(async () => (await machine({ order: "report" })).connections === 0);
    assert.deepEqual((await driveReport()).held, ["Burner", "Burner"]);
  });
}

test("a burn during which the drive is pulled out ends as lost, and the disc still holds the first session", async () => {
  await drive({ disc: "cut.disc" });
  await burnFile(hostProgram, "one.txt", first);
  await drive({ disc: "cut.disc", faults: [{ fault: "power-cut", after: "block", count: 200 }] });
  const error = await errorOf(burnFile(hostProgram, "two.txt", Buffer.alloc(1_000_000, "x")));
  assert.equal(error.code, "RECORDER_LOST");
  await drive({ disc: "cut.disc" });
  assert.deepEqual(await digestsOn(1), { "one.txt": digestOf(first) });
});
