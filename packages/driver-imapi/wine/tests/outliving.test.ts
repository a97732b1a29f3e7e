import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { write10 } from "@multisession/mmc";
import { HostProcess } from "../../src/host-process.ts";
import { burnFile, digestOf, pluginsFor } from "../../test/support/burning.ts";
import { digestsOn } from "./reading.ts";
import { application, drive, driveId, driveReport, errorOf, hostProgram, machine, until } from "./support.ts";

const WRITE = 0x2a;
const writes = async () => (await driveReport()).commands[String(WRITE)] ?? 0;
const spools = () => readdirSync(tmpdir()).filter((name) => name.startsWith("multisession-"));
const isGivenBack = async () => (await machine({ order: "report" })).connections === 0;

/** Starts an application that burns, and ends it by force when the drive has taken some writes. */
async function endInMidBurn(writer: "imapi2" | "pass-through"): Promise<void> {
  const child = spawn(process.execPath, [application, "large.bin", writer], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await until(async () => (await writes()) > 10);
  child.kill("SIGKILL");
  await ended;
}

test("a Write of IMAPI2 outlives the application that began it: the session is whole, the drive and the file are given back", async () => {
  await drive({ disc: "outliving.disc", writeMilliseconds: 20 });
  const before = spools();
  await endInMidBurn("imapi2");
  const then = await writes();
  assert.equal(spools().length, before.length + 1, "the session lies in a file");
  assert.ok((await driveReport()).holder, "the drive is still held");
  await until(isGivenBack);
  assert.ok((await writes()) > then + 10, "the write was not finished");
  await until(() => spools().length === before.length);
  assert.deepEqual(await digestsOn(), { "large.bin": digestOf(Buffer.alloc(4_000_000, "large ")) });
});

test("an application that ends in a burn by the pass-through leaves an interrupted disc, and a drive that is free", async () => {
  await drive({ disc: "abandoned.disc", writeMilliseconds: 20 });
  await endInMidBurn("pass-through");
  await until(isGivenBack);
  const then = await writes();
  await after(300);
  assert.equal(await writes(), then, "it went on writing");
  assert.equal((await driveReport()).holder, undefined);
  await drive({ disc: "abandoned.disc" });
  await using recorder = await pluginsFor(hostProgram).open("imapi:D:");
  assert.equal((await recorder.medium()).lastSession, "incomplete");
  assert.equal((await errorOf(burnFile(hostProgram, "more.txt", Buffer.alloc(10)))).code, "NEEDS_RECOVERY");
});

test("a process that is stuck in a command is ended by force after ten seconds, and Windows frees the drive", async () => {
  await drive({ disc: "stuck.disc", writeMilliseconds: 18_000 });
  const host = new HostProcess("D:", { program: hostProgram });
  await host.calls.open(driveId);
  await host.calls.acquire("Stuck", false);
  const cdb = write10.build({ lba: 0, blocks: 32 });
  const writing = errorOf(host.calls.execute({ cdb, dataOut: new Uint8Array(65_536), timeout: 180_000 }));
  await until(async () => (await writes()) === 1);
  const began = performance.now();
  await host.close();
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds > 9 && seconds < 16, `it took ${seconds} s`);
  assert.equal((await writing).code, "RECORDER_LOST");
  await until(isGivenBack);
  assert.equal((await driveReport()).holder, undefined);
});
