import { rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Com } from "../com/com.ts";
import { ComError } from "../com/hresult.ts";
import type { ComRuntime, Koffi } from "../com/runtime.ts";
import { Host } from "./host.ts";
import type { HostFailure, HostMessage, HostRequest } from "./protocol.ts";

/** HRESULTs that mean: another program holds the drive. `E_ACCESSDENIED`, `E_IMAPI_RECORDER_LOCKED`. */
const heldByAnother: ReadonlySet<number> = new Set([0x8007_0005, 0xc0aa_0210]);

/**
 * Serves the application that forked this process, until it closes the channel. Everything native happens here, so that
 * neither a call that blocks nor a crash reaches the application.
 */
export function serveHost(koffi: Koffi, runtime: ComRuntime): void {
  const send = (message: HostMessage): void => {
    if (process.connected) process.send?.(message);
  };
  const host = new Host(
    new Com(koffi, runtime),
    (event) => send({ kind: "event", event }),
    (fault, method) => process.emitWarning(`${method} failed: ${String(fault)}`),
  );
  const working = new Set<Promise<void>>();
  process.on("message", (request: HostRequest) => {
    const work = answer(host, request).then(send);
    working.add(work);
    void work.finally(() => working.delete(work));
  });
  process.on("disconnect", () => void outlive(host, working).finally(() => process.exit()));
}

/**
 * An application that ends in mid-burn must not tear a session that lies in a file: the write is finished first. Then nobody but
 * this process is left to remove the file.
 */
async function outlive(host: Host, working: ReadonlySet<Promise<void>>): Promise<void> {
  const { spool } = host;
  await Promise.allSettled(working);
  try {
    await host.close();
  } finally {
    if (spool !== undefined) {
      await rm(spool, { force: true });
      await rmdir(dirname(spool));
    }
  }
}

async function answer(host: Host, { id, operation, values }: HostRequest): Promise<HostMessage> {
  try {
    const run = host[operation] as (...values: readonly unknown[]) => Promise<unknown>;
    return { kind: "reply", id, value: await run.apply(host, [...values]) };
  } catch (error) {
    return { kind: "failure", id, failure: await failureOf(host, error) };
  }
}

async function failureOf(host: Host, error: unknown): Promise<HostFailure> {
  if (!(error instanceof ComError)) return { message: error instanceof Error ? error.message : String(error) };
  const { message, hresult, call } = error;
  const owner = heldByAnother.has(hresult) ? await host.owner() : undefined;
  return { message, hresult, call, ...(owner !== undefined && { owner }) };
}
