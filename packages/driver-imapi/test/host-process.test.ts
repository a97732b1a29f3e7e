import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { HostProcess } from "../src/host-process.ts";
import { errorOf } from "./support/drives.ts";

const folder = mkdtempSync(join(tmpdir(), "multisession-host-"));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): URL {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return pathToFileURL(path);
}

describe("the process of a drive", () => {
  it.each([
    ["ends at once", "process.exit(3);", "ended unexpectedly (exit code 3)"],
    ["ends at the first call", "process.on('message', () => process.exit(5));", "ended unexpectedly (exit code 5)"],
    [
      "cannot work here",
      "process.send({ kind: 'unusable', reason: 'no such library' }); process.disconnect();",
      "cannot work here: no such library",
    ],
  ])("that %s fails every call with words for it", async (name, text, words) => {
    const host = new HostProcess("drive D:", { program: program(name.replaceAll(" ", "-"), text) });
    const calls = [host.calls.devices(), host.calls.eject()].map(errorOf);
    for (const error of await Promise.all(calls)) {
      expect(error.code).toBe("RECORDER_LOST");
      expect(error.message).toContain(`The process that works with the recorder drive D: ${words}`);
    }
    expect((await errorOf(host.calls.load())).code).toBe("RECORDER_LOST");
    await host.close();
  });

  it("answers many calls at once, each with its own answer", async () => {
    const text = `process.on("message", ({ id, values }) =>
      setTimeout(() => process.send({ kind: "reply", id, value: values[0] }), 5 * (id % 7)));`;
    const host = new HostProcess("drive", { program: program("echo", text) });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => host.calls.open(String(at))));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, at) => String(at)));
    await host.close();
    await host.close();
  });

  it("that does not give its drive back is ended by force after ten seconds", async () => {
    const host = new HostProcess("drive", { program: program("stuck", `process.on("message", () => {});`) });
    const stuck = errorOf(host.calls.eject());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      let isClosed = false;
      const closing = host.close().then(() => (isClosed = true));
      await vi.advanceTimersByTimeAsync(9_999);
      expect([isClosed, isRunning(host.pid)]).toEqual([false, true]);
      await vi.advanceTimersByTimeAsync(1);
      await closing;
    } finally {
      vi.useRealTimers();
    }
    expect(isRunning(host.pid)).toBe(false);
    expect(await stuck).toMatchObject({ code: "RECORDER_LOST", oldState: "unknown" });
  });
});

function isRunning(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}
