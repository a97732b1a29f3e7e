import process from "node:process";
import { keepHeapSmall } from "./frugal-heap.ts";
import type { CommandIo, TextOutput } from "./io.ts";
import { run } from "./run.ts";

/**
 * An output whose reader may go away (`… | head`): what is written then is dropped without a word. A burn goes on, for
 * stopping it would cost more than the lines that nobody reads.
 */
function quietWhenClosed(stream: NodeJS.WriteStream): TextOutput {
  let isClosed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
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

keepHeapSmall();

const io: CommandIo = {
  stdout: quietWhenClosed(process.stdout),
  stderr: quietWhenClosed(process.stderr),
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

process.exitCode = await run(process.argv.slice(2), io);
