import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { needs } from "../src/index.ts";

describe.skipIf(process.platform === "win32")("needs", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "needs-"));
    vi.stubEnv("PATH", folder);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it("finds a program on the path", () => {
    const program = join(folder, "cdrip");
    writeFileSync(program, "");
    chmodSync(program, 0o755);
    expect(needs("cdrip")).toEqual({ available: true, reason: "", path: program });
  });

  it("does not take a file that cannot be run for a program", () => {
    writeFileSync(join(folder, "cdrip"), "", { mode: 0o644 });
    expect(needs("cdrip").available).toBe(false);
  });

  it("names the package of a missing program", () => {
    vi.stubEnv("PATH", "");
    expect(needs("bsdtar-of-nowhere").reason).toContain("apt-get install bsdtar-of-nowhere");
  });
});
