import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect } from "vitest";
import { createDisc, createVirtualRecorder, openDisc, type VirtualMediumId } from "../../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./initiator.ts";
import { CAPACITY, runScript } from "./kill-script.ts";

/** Makes one JavaScript file of the process that is to be killed. @returns its path. */
export async function bundleChild(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true, resolve: { conditions: ["multisession-source", "node", "import", "default"] } },
    build: {
      ssr: fileURLToPath(new URL("./kill-child.ts", import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: "child.mjs" } },
    },
  });
  return join(folder, "child.mjs");
}

/** What each atom of the disc held, step by step: the parts that a kill changes as a whole or not at all. */
export interface Course {
  readonly medium: VirtualMediumId;
  readonly seed: number;
  /** Blocks of an atom: a cluster where replacements are whole, one block where they are not. */
  readonly atom: number;
  /** By step: the content of each atom. */
  readonly steps: readonly (readonly string[])[];
  /** By step: next address of the last track. */
  readonly next: readonly number[];
}

const options = (medium: VirtualMediumId) => ({ medium, capacity: CAPACITY, formatted: medium !== "bd-r" });

/** The atoms of the disc as marks; those that did not change since `known` are taken from there. */
function atoms(
  host: Initiator,
  atom: number,
  known?: { readonly bytes: Uint8Array; readonly atoms: readonly string[] },
) {
  const bytes = host.recorder.peek(0, CAPACITY);
  const list = Array.from({ length: CAPACITY / atom }, (_, index) => {
    const [from, to] = [index * atom * 2048, (index + 1) * atom * 2048];
    const part = bytes.subarray(from, to);
    const isSame = known !== undefined && Buffer.compare(part, known.bytes.subarray(from, to)) === 0;
    return isSame ? (known.atoms[index] ?? "") : marksOf(part).join(" ");
  });
  return { bytes, atoms: list };
}

function nextOf(host: Initiator): number {
  return host.track(host.disc().lastTrack).nextWritable;
}

/** Runs the script in memory. */
export function courseOf(medium: VirtualMediumId, seed: number, length: number): Course {
  const host = new Initiator(createVirtualRecorder(options(medium)));
  const atom = medium === "dvd+rw" ? 1 : 32;
  let known = atoms(host, atom);
  const steps = [known.atoms];
  const next = [nextOf(host)];
  runScript(host, medium, seed, length, () => {
    known = atoms(host, atom, known);
    steps.push(known.atoms);
    next.push(nextOf(host));
  });
  return { medium, seed, atom, steps, next };
}

/** Runs the script in a process, kills it when that many steps are done and some time more, and checks the disc. */
export async function killAt(child: string, path: string, course: Course, steps: number, delay: number): Promise<void> {
  await createDisc(path, options(course.medium));
  const { done, signal } = await runAndKill(child, path, course, steps, delay);
  const recorder = await openDisc(path);
  const host = new Initiator(recorder);
  checkAtoms(host, course, done);
  // It goes on: what is written now is there at the next open.
  const isOpenEnded = course.medium !== "dvd+rw";
  const place = isOpenEnded ? nextOf(host) : 4000;
  expect(host.write(place, blocksOf(32, 999))).toBe("good");
  recorder.close();
  const again = await openDisc(path);
  expect(marksOf(new Initiator(again).read(place, 32))).toEqual(marks(32, 999));
  again.close();
  rmSync(path);
  rmSync(`${path}.state`);
  expect(done === course.steps.length - 1 || signal === "SIGKILL").toBe(true);
}

interface Killed {
  /** Steps that the process told of. */
  readonly done: number;
  readonly signal: NodeJS.Signals | null;
}

async function runAndKill(child: string, path: string, course: Course, steps: number, delay: number): Promise<Killed> {
  const running = spawn(
    process.execPath,
    [child, path, course.medium, String(course.seed), String(course.steps.length - 1)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    running.on("error", reject);
    running.on("exit", (code, signal) => {
      if (code !== null && code !== 0) reject(new Error(`the process ended with ${code}`));
      else resolve(signal);
    });
  });
  let done = 0;
  for await (const line of createInterface({ input: running.stdout })) {
    done = Number(line);
    if (done !== steps) continue;
    if (delay > 0) await setTimeout(delay);
    running.kill("SIGKILL");
  }
  return { done, signal: await ended };
}

/** Every atom holds what it held after the last step that was told of, or what a later step made of it. */
function checkAtoms(host: Initiator, { atom, steps, next }: Course, done: number): void {
  const found = atoms(host, atom).atoms;
  const possible = steps.slice(done);
  for (const [index, content] of found.entries()) {
    if (content !== steps[done]?.[index]) expect(possible.map((step) => step[index])).toContain(content);
  }
  expect(nextOf(host)).toBeGreaterThanOrEqual(next[done] ?? 0);
}
