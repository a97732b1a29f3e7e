import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { MultisessionError } from "@multisession/core";
import { lockFileOf } from "./names.ts";

/** Who holds a lock: the text of the lock file. */
interface Holder {
  readonly pid: number;
  /** When the process began, as the system counts it; tells a process from a later one of the same number. */
  readonly started: string;
  readonly host: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

/** A lock file that cannot be read is being written, unless it is older than this; milliseconds. */
const WRITING_TIME = 5000;
/** Tries to take a lock whose holder is gone. */
const TRIES = 5;

/**
 * Takes the lock of a disc file. The lock of a process that is gone, also one that was killed, does not count.
 *
 * @returns what gives it back.
 * @throws `BUSY` when another user holds it.
 */
export function lockDiscFile(path: string): () => void {
  const file = lockFileOf(path);
  const token = randomBytes(8).toString("hex");
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? "", host: hostname(), token };
  for (let tries = 0; tries < TRIES; tries++) {
    if (create(file, JSON.stringify(mine))) return () => release(file, token);
    removeStale(file, path, token);
  }
  throw busy(path, undefined);
}

/**
 * Makes the lock file with its text in one step: a process that is killed between two would leave a lock without a
 * holder. Where the file system has no hard links it takes two.
 */
function create(file: string, text: string): boolean {
  const written = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    writeFileSync(written, text, { flag: "wx" });
    linkSync(written, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!noHardLinks.has(codeOf(error) ?? "")) throw error;
    return createInTwoSteps(file, text);
  } finally {
    rmSync(written, { force: true });
  }
}

/** System errors of a file system that has no hard links. */
const noHardLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"]);

function createInTwoSteps(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Takes a lock away whose holder is gone. @throws `BUSY` when he is not. */
function removeStale(file: string, path: string, token: string): void {
  const text = readText(file);
  if (text === undefined) return;
  const holder = parse(text);
  if (holder === undefined ? isFresh(file) : isAlive(holder)) throw busy(path, holder);
  // Renamed before it is removed: of two that try this at the same time only one takes this lock away, and whoever took
  // a new one by mistake sees it and puts it back.
  const aside = `${file}.${token}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const taken = readText(aside);
  if (taken !== undefined && taken !== text) create(file, taken);
  rmSync(aside, { force: true });
}

function release(file: string, token: string): void {
  if (parse(readText(file) ?? "")?.token === token) rmSync(file, { force: true });
}

function isAlive({ pid, started, host }: Holder): boolean {
  // Of a process on another machine nothing is known.
  if (host !== hostname()) return true;
  const now = startOf(pid);
  return now !== undefined && (started === "" || now === "" || now === started);
}

/** When a process began; empty where the system does not tell; nothing when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return undefined;
  }
  const status = readText(`/proc/${pid}/stat`);
  if (status === undefined) return "";
  // The name in parentheses can hold anything; the start time is the 20th field behind it (proc(5): 22nd of all).
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  // A zombie holds nothing any more.
  return fields[0] === "Z" ? undefined : (fields[19] ?? "");
}

function isFresh(file: string): boolean {
  const { mtimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs < WRITING_TIME;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    const { pid, started, host, token } = holder ?? {};
    const isWhole = Number.isInteger(pid) && [started, host, token].every((field) => typeof field === "string");
    return isWhole ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function busy(path: string, holder: Holder | undefined): MultisessionError {
  const who = holder === undefined ? "another program" : `process ${holder.pid} on ${holder.host}`;
  return new MultisessionError("BUSY", `${path} is in use by ${who}.`, {
    subject: path,
    advice: `Wait until it is done. If no program uses the disc any more, remove ${lockFileOf(path)}.`,
  });
}

/** The system's name of an error. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
