import { spawn } from "node:child_process";
import { createHash } from "node:crypto";

/** How a program is run. */
export interface RunOptions {
  /** Folder it runs in. */
  readonly cwd?: string;
  /** It is killed after so long. 60 seconds unless told. */
  readonly milliseconds?: number;
  /** Exit codes that are no failure. `[0]` unless told. */
  readonly codes?: readonly number[];
}

/** What a program wrote. */
export interface ProgramOutput {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Length and SHA-256 of what a program wrote to its standard output. */
export interface OutputDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Runs a program with UTF-8 names and times in UTC, and waits for its end.
 *
 * Rejects with the program's own words when it cannot be started, ends with another code, or takes too long. The exit
 * code is never the proof that a disc is right: callers look at what was written.
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramOutput> {
  const chunks: Buffer[] = [];
  const stderr = await stream(program, args, options, (chunk) => chunks.push(chunk));
  return { stdout: Buffer.concat(chunks), stderr };
}

/** Runs a program and hashes what it writes, without keeping it. Rejects as {@link run} does. */
export async function digestOutput(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<OutputDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  await stream(program, args, options, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  return { bytes, sha256: hash.digest("hex") };
}

function stream(
  program: string,
  args: readonly string[],
  { cwd, milliseconds = 60_000, codes = [0] }: RunOptions,
  take: (chunk: Buffer) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      // blkid and the like: where the path of an ordinary user does not lead.
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, LC_ALL: "C.UTF-8", TZ: "UTC" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, milliseconds);
    child.stdout.on("data", take);
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code !== null && codes.includes(code)) return resolve(said);
      const end = isLate ? `took more than ${milliseconds} ms` : `ended with ${code ?? signal}`;
      reject(new Error(`${program} ${args.join(" ")} ${end}: ${said.trim() || "(no message)"}`));
    });
  });
}

/** Maps in the order of `items`, with at most `limit` under way. Rejects with the first failure, when none is under way. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const failures: unknown[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return;
      await map(item).then(
        (result) => {
          results[index] = result;
        },
        (failure: unknown) => failures.push(failure),
      );
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
