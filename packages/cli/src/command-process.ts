import process from "node:process";
import { exitCodes } from "./exit-codes.ts";
import type { CommandIo, TextOutput } from "./io.ts";
import { run } from "./run.ts";
import { reasonOf } from "./system-error.ts";

/**
 * An output whose reader may go away (`… | head`), or whose device may be full: what is written then is dropped. A burn
 * goes on, for stopping it would cost more than the lines that nobody reads. `onFailure` hears once of an output that
 * failed; a reader that went away is no failure.
 */
function droppingWhenClosed(stream: NodeJS.WriteStream, onFailure: (error: Error) => void): TextOutput {
  let isClosed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!isClosed && error.code !== "EPIPE") onFailure(error);
    isClosed = true;
  });
  return new Proxy(stream, {
    get(target, name) {
      if (name === "write" && isClosed) return () => true;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The command as this process: its arguments, its terminal, its exit code. */
export async function runProcess(): Promise<void> {
  /** Whether not all that the command had to say could be written. */
  let isCutOff = false;

  const stderr = droppingWhenClosed(process.stderr, () => {});
  const stdout = droppingWhenClosed(process.stdout, (error) => {
    isCutOff = true;
    stderr.write(
      `Error: The output could not be written: ${reasonOf(error)}. The command goes on to its end.\n  Send the output elsewhere.\n  [multisession/output-failed]\n`,
    );
  });

  const io: CommandIo = {
    stdout,
    stderr,
    cwd: process.cwd(),
    env: process.env,
    onStop(listener) {
      const interrupt = (): void => listener("interrupt");
      const terminate = (): void => listener("terminate");
      process.on("SIGINT", interrupt);
      process.on("SIGTERM", terminate);
      return () => {
        process.off("SIGINT", interrupt);
        process.off("SIGTERM", terminate);
      };
    },
    exit: (code) => process.exit(code),
  };

  const exitCode = await run(process.argv.slice(2), io);
  // The last write's error comes after the write.
  process.on("exit", () => {
    process.exitCode = exitCode === exitCodes.done && isCutOff ? exitCodes.failed : exitCode;
  });
}
