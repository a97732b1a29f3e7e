import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ChapSecrets, readChapFile } from "../src/index.ts";
import { Initiator } from "./initiator.ts";
import { served } from "./served.ts";

const secrets: ChapSecrets = {
  initiators: new Map([["alice", "correct horse battery"]]),
  target: { name: "drives", secret: "another secret entirely" },
};
const names = { InitiatorName: "iqn.2026-11.test:i", TargetName: "iqn.2026-11.local.multisession:drives" };
const security = { stage: 0, nextStage: 1 };

function response(algorithm: string, id: string, secret: string, challenge: string): string {
  const bytes = Buffer.from(challenge.slice(2), "hex");
  const hash = createHash({ 5: "md5", 6: "sha1", 7: "sha256" }[algorithm] ?? "md5");
  return `0x${hash
    .update(Uint8Array.of(Number(id)))
    .update(secret)
    .update(bytes)
    .digest("hex")}`;
}

/** Up to the answer to the challenge. */
async function challenged(port: number, algorithms = "5"): Promise<{ i: Initiator; keys: Record<string, string> }> {
  const i = await Initiator.connect(port);
  const first = await i.step(
    { ...names, SessionType: "Normal", AuthMethod: "CHAP,None" },
    { ...security, transits: false },
  );
  expect(first.keys["AuthMethod"]).toBe("CHAP");
  const { keys } = await i.step({ CHAP_A: algorithms }, { ...security, transits: false });
  return { i, keys: { ...keys } };
}

describe("CHAP", () => {
  it.each([
    ["5", "5"],
    ["5,6,7", "7"],
  ])("one way, algorithms %s, lets in who knows the secret", async (offered, chosen) => {
    const { port } = await served({ secrets, limits: { logoutTime: 100 } });
    const { i, keys } = await challenged(port, offered);
    expect(keys["CHAP_A"]).toBe(chosen);
    const answer = response(chosen, keys["CHAP_I"] ?? "", "correct horse battery", keys["CHAP_C"] ?? "");
    const last = await i.step({ CHAP_N: "alice", CHAP_R: answer }, security);
    expect(last).toMatchObject({ status: 0, transits: true });
    expect(await i.step({}, { stage: 1, nextStage: 3 })).toMatchObject({ status: 0, transits: true });
    expect(await i.execute(new Uint8Array(6))).toMatchObject({ status: 0 });
  });

  it("both ways proves the target too", async () => {
    const { port } = await served({ secrets, limits: { logoutTime: 100 } });
    const { i, keys } = await challenged(port);
    const answer = response("5", keys["CHAP_I"] ?? "", "correct horse battery", keys["CHAP_C"] ?? "");
    const mine = { CHAP_I: "17", CHAP_C: "0x00112233445566778899aabbccddeeff" };
    const last = await i.step({ CHAP_N: "alice", CHAP_R: answer, ...mine }, security);
    expect(last.keys["CHAP_N"]).toBe("drives");
    expect(last.keys["CHAP_R"]).toBe(response("5", "17", "another secret entirely", mine.CHAP_C));
  });

  it.each([
    ["a wrong secret", (a: Record<string, string>) => ({ ...a, CHAP_R: `0x${"00".repeat(16)}` })],
    ["an unknown name", (a: Record<string, string>) => ({ ...a, CHAP_N: "mallory" })],
    ["no response", ({ CHAP_N }: Record<string, string>) => ({ CHAP_N: CHAP_N ?? "" })],
    ["our own challenge sent back", (a: Record<string, string>, c: string) => ({ ...a, CHAP_I: "1", CHAP_C: c })],
  ])("refuses %s", async (_, change) => {
    const { port } = await served({ secrets, limits: { logoutTime: 100 } });
    const { i, keys } = await challenged(port);
    const CHAP_R = response("5", keys["CHAP_I"] ?? "", "correct horse battery", keys["CHAP_C"] ?? "");
    const last = await i.step(change({ CHAP_N: "alice", CHAP_R }, keys["CHAP_C"] ?? ""), security);
    expect(last.status).toBe(0x0201);
    await i.gone();
  });

  it.each([
    ["no offer", { stage: 0, nextStage: 3 }, {}],
    ["None", { stage: 0, nextStage: 3 }, { AuthMethod: "None" }],
    ["no security stage at all", { stage: 1, nextStage: 3 }, {}],
  ] as const)("lets nobody in with %s", async (_, header, keys) => {
    const { port } = await served({ secrets, limits: { logoutTime: 100 } });
    const i = await Initiator.connect(port);
    expect((await i.logIn(keys, header)).status).toBe(0x0201);
  });
});

describe("a file of secrets", () => {
  const folder = mkdtempSync(join(tmpdir(), "chap-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (text: string, mode = 0o600): string => {
    const path = join(folder, "secrets");
    rmSync(path, { force: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it("names initiators and the target", async () => {
    const path = file(
      "# ours\ninitiator alice correct-horse-battery\ninitiator bob another-long-secret\ntarget us third-long-secret\n",
    );
    expect(await readChapFile(path)).toEqual({
      initiators: new Map([
        ["alice", "correct-horse-battery"],
        ["bob", "another-long-secret"],
      ]),
      target: { name: "us", secret: "third-long-secret" },
    });
  });

  it.each([
    ["it is not there", "nowhere", "there is no such file"],
    ["it is a folder", ".", "it is no file"],
  ])("is refused when %s, in words", async (_, path, why) => {
    const error: unknown = await readChapFile(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "iscsi-target/chap-file", advice: "Name a file of yours with --chap-file." });
    expect((error as Error).message).toContain(why);
  });

  it.each([
    ["others may read it", "initiator alice correct-horse-battery\n", 0o644],
    ["a secret is short", "initiator alice short\n", 0o600],
    ["a name comes twice", "initiator a correct-horse-battery\ninitiator a another-long-secret\n", 0o600],
    ["a line is something else", "alice correct-horse-battery\n", 0o600],
    ["it names nobody", "# nobody\n", 0o600],
    [
      "the target has an initiator's secret",
      "initiator a correct-horse-battery\ntarget t correct-horse-battery\n",
      0o600,
    ],
  ])("is refused when %s, and no error tells a secret", async (_, text, mode) => {
    const error: unknown = await readChapFile(file(text, mode)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "iscsi-target/chap-file" });
    expect(JSON.stringify(error)).not.toMatch(/horse|short\b/);
  });
});
