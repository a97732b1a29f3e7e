/**
 * Makes what a published package runs as: one file, and one for each program that it has, for a command that loads
 * hundreds of modules spends its time on that. Other packages stay outside, ours too: there is one core in a process,
 * whoever imports it. The declarations beside the bundle are the compiler's.
 */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** What decides, beside the sources, what a bundle holds: this file, and the version of the bundler. */
const tools = ["bundle.mjs", "../pnpm-lock.yaml"].map((file) => fileURLToPath(new URL(file, import.meta.url)));

/** Bundles a package that was compiled, unless that is done. A warning is an error. @returns whether there was work. */
export async function bundle(folder) {
  const output = join(folder, "dist");
  // The compiler writes its notes anew whenever a source has changed.
  const newest = Math.max(...[join(output, ".tsbuildinfo"), ...tools].map(modified));
  if (modified(join(output, "index.js")) >= newest) return false;
  for (const file of readdirSync(output, { recursive: true }))
    if (/\.js(\.map)?$/.test(file)) rmSync(join(output, file));
  const bundler = await rolldown({
    cwd: folder,
    input: entries(folder),
    platform: "node",
    // Whatever is named, and not found by a path; on Windows a path can begin with a drive's letter.
    external: /^(?![a-z]:)[^./\\]/i,
    tsconfig: false,
    transform: { target: "node20.19" },
    onLog(level, { message }) {
      if (level === "warn") throw new Error(message);
    },
  });
  await bundler.write({
    dir: output,
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // What several commands need is one file, and not one for each set of commands.
    codeSplitting: { groups: [{ name: "shared", minShareCount: 4 }] },
  });
  await bundler.close();
  return true;
}

/** The package itself, `src/index.ts`, and its programs, each a `main.ts`. */
function entries(folder) {
  const sources = readdirSync(join(folder, "src"), { recursive: true }).map((file) => file.replaceAll("\\", "/"));
  const files = sources.filter((file) => file === "index.ts" || basename(file) === "main.ts");
  return Object.fromEntries(files.map((file) => [file.replace(/\.ts$/, ""), `./src/${file}`]));
}

/** When a file was written last; 0 when there is none. */
function modified(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}
