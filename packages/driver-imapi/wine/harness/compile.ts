import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compiler } from "./tools.ts";

const run = promisify(execFile);
const libraries = ["ole32", "oleaut32", "shlwapi", "uuid", "ws2_32"];

/** Compiles the C files of a folder beside this one into a Windows library. @throws Error with the compiler's words. */
export async function compile(folder: string, library: string): Promise<void> {
  const sources = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  const files = readdirSync(sources).filter((name) => name.endsWith(".c"));
  const options = [
    "-std=gnu11",
    "-O1",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-parameter",
    "-shared",
    "-static-libgcc",
  ];
  await run(compiler.path ?? "", [
    ...options,
    "-o",
    library,
    ...files.map((name) => join(sources, name)),
    ...libraries.map((name) => `-l${name}`),
    "-Wl,--kill-at",
  ]);
}
