import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MultisessionError } from "@multisession/core";
import { imapiError } from "./errors/imapi-error.ts";
import type { HostCalls, HostEvent, HostMessage, HostRequest } from "./host/protocol.ts";

/** Threads for calls that block; one call of a drive at a time, and some for the files that it reads. */
const THREADS = "16";

/** How long a host may take to give back what it holds before it is ended by force, milliseconds. Windows frees the drive then. */
const CLOSE_PATIENCE = 10_000;

/** When Windows' functions cannot be called there. */
const UNUSABLE_ADVICE = "Use Node.js of 64 bits on Windows, and install the package again with it.";

/** Programs that can serve as a host. Relative to this file once it is built. */
const PROGRAM: URL = new URL("./host/main.js", import.meta.url);

/** How a host process is started. */
export interface HostOptions {
  /** Program to run: that of this package, unless it was bundled elsewhere. */
  readonly program?: URL | undefined;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A process of its own for the native calls of one drive: what blocks there blocks nobody else, and a crash of native code
 * is an error of the calls that were under way, not the end of the application.
 */
export class HostProcess {
  readonly #subject: string;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(event: HostEvent) => void>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #next = 0;
  #isClosing = false;
  #end: MultisessionError | undefined;

  /** The operations of the host. A call that fails throws a coded error; a host that has ended, `RECORDER_LOST`. */
  readonly calls: HostCalls = new Proxy({} as HostCalls, {
    get:
      (_, operation: HostRequest["operation"]) =>
      (...values: readonly unknown[]) =>
        this.#call(operation, values),
  });

  /** `subject` names the drive in errors. */
  constructor(subject: string, { program = PROGRAM }: HostOptions = {}) {
    this.#subject = subject;
    this.#child = fork(fileURLToPath(program), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: [],
      // Otherwise Windows ends it together with the application, in mid-write, and Ctrl+C reaches it.
      detached: true,
      env: { ...process.env, UV_THREADPOOL_SIZE: THREADS },
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (cause) => {
        this.#lose(`could not be started: ${cause.message}`, cause);
        resolve();
      });
      this.#child.once("exit", (code, signal) => {
        this.#lose(`ended unexpectedly (${signal ?? `exit code ${code}`})`);
        resolve();
      });
    });
    this.#child.on("message", (message: HostMessage) => this.#receive(message));
    // Only calls that are under way, and a watch, keep the application alive.
    this.#keepAlive();
  }

  /** Identifier of the process; absent when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Hears of what the host tells by itself, and keeps the application alive for it.
   *
   * @returns what ends that.
   */
  listen(onEvent: (event: HostEvent) => void): () => void {
    this.#listeners.add(onEvent);
    this.#keepAlive();
    return () => {
      this.#listeners.delete(onEvent);
      this.#keepAlive();
    };
  }

  /** Has the host give back what it holds, and ends it; idempotent. */
  async close(): Promise<void> {
    if (this.#isClosing) return this.#ended;
    this.#isClosing = true;
    this.#child.ref();
    const overdue = setTimeout(() => this.#child.kill("SIGKILL"), CLOSE_PATIENCE);
    if (this.#end === undefined && this.#child.connected) {
      await this.#call("close", []).catch(() => {}); // it may have ended meanwhile
      if (this.#child.connected) this.#child.disconnect();
    }
    await this.#ended;
    clearTimeout(overdue);
  }

  #call(operation: HostRequest["operation"], values: readonly unknown[]): Promise<never> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#next++;
    return new Promise<never>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#keepAlive();
      this.#child.send({ id, operation, values } satisfies HostRequest, (error) => {
        if (error) this.#take(id)?.reject(this.#end ?? this.#lost(`took no call: ${error.message}`, error));
      });
    });
  }

  #receive(message: HostMessage): void {
    if (message.kind === "unusable") this.#lose(`cannot work here: ${message.reason}`, undefined, UNUSABLE_ADVICE);
    else if (message.kind === "event") for (const listener of this.#listeners) listener(message.event);
    else if (message.kind === "reply") this.#take(message.id)?.resolve(message.value as never);
    else this.#take(message.id)?.reject(imapiError(message.failure, this.#subject));
  }

  #take(id: number): Waiting | undefined {
    const found = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#keepAlive();
    return found;
  }

  /** Both handles: the channel brings answers, the child itself tells that there will be none. */
  #keepAlive(): void {
    const isNeeded = this.#listeners.size > 0 || this.#waiting.size > 0;
    for (const handle of [this.#child, this.#child.channel]) {
      if (isNeeded) handle?.ref();
      else handle?.unref();
    }
  }

  #lose(what: string, cause?: unknown, advice?: string): void {
    this.#end ??= this.#lost(what, cause, advice);
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }

  #lost(what: string, cause?: unknown, advice?: string): MultisessionError {
    const message = `The process that works with the recorder ${this.#subject} ${what}.`;
    return new MultisessionError("RECORDER_LOST", message, {
      subject: this.#subject,
      oldState: "unknown",
      cause,
      ...(advice !== undefined && { advice }),
    });
  }
}
