import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describeWith } from "@multisession-internal/needs";
import { expect, it } from "vitest";
import { applied, names, notApplied, wrongForRecorders } from "./libiscsi-tests.ts";
import { served } from "./served.ts";

const run = promisify(execFile);
const name = "iqn.2026-11.local.multisession:drives";
const quick = { limits: { logoutTime: 100 } };

/** What a program prints, also when its exit code says that something failed. */
async function printed(program: string, ...argv: readonly string[]): Promise<string> {
  const options = { timeout: 180_000, maxBuffer: 2 ** 28 };
  return run(program, argv, options).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => stdout + stderr,
  );
}

interface TestRun {
  readonly name: string;
  readonly hasPassed: boolean;
  readonly hasSkipped: boolean;
}

/** The tests in what `iscsi-test-cu -V` prints. */
function testRuns(output: string): readonly TestRun[] {
  let suite = "";
  return output.split(/^(?=Suite: | {2}Test: |Run Summary)/m).flatMap((part): readonly TestRun[] => {
    suite = /^Suite: (\S+)/.exec(part)?.[1] ?? suite;
    const test = /^ {2}Test: (\S+)/.exec(part)?.[1];
    // What is said behind the verdict belongs to the next suite.
    const [whole = "", verdict] = /^.*?^(passed|FAILED)/ms.exec(part) ?? [];
    if (test === undefined) return [];
    return [{ name: `${suite}.${test}`, hasPassed: verdict === "passed", hasSkipped: whole.includes("[SKIPPED]") }];
  });
}

describeWith(["iscsi-ls", "iscsi-inq", "iscsi-readcapacity16"], "libiscsi's tools", () => {
  it("find the target with its drives, and read who they are", async () => {
    const { port } = await served(quick, 2);
    expect(await printed("iscsi-ls", "-s", `iscsi://127.0.0.1:${port}`)).toBe(
      `Target:${name} Portal:127.0.0.1:${port},1\nLun:0    Type:MMC\nLun:1    Type:MMC\n`,
    );
    const url = `iscsi://127.0.0.1:${port}/${name}/1`;
    expect(await printed("iscsi-inq", url)).toMatch(/Peripheral Device Type:MMC\nRemovable:1\n/);
    expect(await printed("iscsi-inq", "-e", "1", "-c", "131", url)).toMatch(/Page Code:\(0x83\) DEVICE_IDENTIFICATION/);
  });

  it("are told that READ CAPACITY (16) is no command of recorders", async () => {
    const { port } = await served(quick);
    const said = await printed("iscsi-readcapacity16", `iscsi://127.0.0.1:${port}/${name}/0`);
    expect(said).toMatch(/failed to send readcapacity command/);
  });

  it("are let in with the secret of CHAP, one way and both, and not with another one", async () => {
    const secrets = {
      initiators: new Map([["alice", "correct-horse-battery"]]),
      target: { name: "drives", secret: "another-long-secret" },
    };
    const { port } = await served({ ...quick, secrets });
    const url = (who: string, target = ""): string => `iscsi://${who}@127.0.0.1:${port}/${name}/0${target}`;
    const alice = "alice%correct-horse-battery";
    const mutual = "?target_user=drives&target_password=";
    expect(await printed("iscsi-inq", url(alice))).toMatch(/MMC/);
    expect(await printed("iscsi-inq", url(alice, `${mutual}another-long-secret`))).toMatch(/MMC/);
    expect(await printed("iscsi-inq", url(alice, `${mutual}something-wrong-here`))).not.toMatch(/MMC/);
    expect(await printed("iscsi-inq", url("alice%correct-horse-buttery"))).toMatch(/Login Failed|AUTH/i);
    expect(await printed("iscsi-inq", `iscsi://127.0.0.1:${port}/${name}/0`)).not.toMatch(/MMC/);
  });
});

describeWith(["iscsi-test-cu"], "libiscsi's test suite", () => {
  it("passes every test that applies to a recorder; what does not apply is known with its reason", {
    timeout: 200_000,
  }, async () => {
    const { port } = await served(quick);
    const output = await printed("iscsi-test-cu", "-d", "-V", "-t", "ALL", `iscsi://127.0.0.1:${port}/${name}/0`);
    const runs = testRuns(output);
    const failed = runs.filter(({ hasPassed }) => !hasPassed).map(({ name }) => name);
    expect(failed).toEqual(Object.keys(wrongForRecorders));
    const passed = runs.filter(({ hasPassed }) => hasPassed);
    expect(passed.filter(({ hasSkipped }) => !hasSkipped).map(({ name }) => name)).toEqual(names(applied));
    expect(
      passed
        .filter(({ hasSkipped }) => hasSkipped)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...names(Object.values(notApplied).flat())].sort());
  });
});
