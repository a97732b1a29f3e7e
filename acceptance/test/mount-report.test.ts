import { describe, expect, it } from "vitest";
import { readSections } from "../src/machine/sections.ts";
import { type MountReport, mountReport } from "../src/readers/linux/mount-report.ts";

const sum = "ab".repeat(32);
const output = [
  "",
  "@m 0 mount",
  "",
  "@m 0 options",
  "/dev/disk0 /mnt iso9660 ro,relatime,nojoliet,sbsector=32 0 0",
  "",
  "@m 0 paths",
  ".\0./a b.txt\0./link\0",
  "@m 0 attributes",
  "41ed 2048 1000",
  "8180 5 2000",
  "a1ff 4 3000",
  "",
  "@m 0 links",
  "'./link' -> 'it's -> there'",
  "",
  "@m 0 sums",
  `${sum}  ./a b.txt`,
  "",
  "@m 0 kernel",
  "[    2.27] ISO 9660 Extensions: RRIP_1991A",
  "",
  "@m 1 mount",
  "mount: mounting /dev/disk1 on /mnt failed: Invalid argument",
  "",
  "@m 1 kernel",
  "",
  "@m all done",
  "",
].join("\n");

function mountReports(written: string): MountReport[] {
  const sections = readSections(written, "@m");
  return ["0", "1"].map((job) => mountReport(sections, job));
}

describe("what the guest wrote", () => {
  it("becomes one report for each job", () => {
    const [first, second] = mountReports(output);
    expect(first).toMatchObject({
      isMounted: true,
      options: ["ro", "relatime", "nojoliet", "sbsector=32"],
      log: ["ISO 9660 Extensions: RRIP_1991A"],
      entries: [
        { path: "/", kind: "directory", mode: 0o755, mtime: 1_000_000 },
        { path: "/a b.txt", kind: "file", mode: 0o600, mtime: 2_000_000, bytes: 5, sha256: sum },
        { path: "/link", kind: "symlink", target: "it's -> there", mtime: 3_000_000 },
      ],
    });
    expect(second).toMatchObject({
      isMounted: false,
      message: expect.stringContaining("Invalid argument"),
      entries: [],
    });
  });

  it("is refused when its end is missing", () => {
    expect(() => mountReports(output.replace("@m all done", ""))).toThrow("did not finish");
  });

  it("is refused when a checksum belongs to another file", () => {
    expect(() => mountReports(output.replace("  ./a b.txt", "  ./other"))).toThrow("no checksum for ./a b.txt");
  });

  it("is refused when an entry is not described", () => {
    expect(() => mountReports(output.replace("8180 5 2000\n", ""))).toThrow("names 3 entries and describes 2");
  });
});
