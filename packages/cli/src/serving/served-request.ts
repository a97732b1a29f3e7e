import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import { controlPlace } from "./control-place.ts";
import { askServer, type ControlRequest } from "./control-socket.ts";

/** Which drive of which server. */
export interface ServedOptions {
  readonly drive: number;
  readonly port: number;
}

/** Asks a server for something, and tells which discs are in its drives then. */
export async function askServed(
  { io, output }: Context,
  { port }: ServedOptions,
  request: ControlRequest,
): Promise<ExitCode> {
  const drives = await askServer(controlPlace(port, io.env), request, `port ${port}`);
  output.document("drives", { port, drives });
  output.text(
    ...drives.map(({ number, file }) => `Drive ${number}: ${file === undefined ? "empty" : printable(file)}`),
  );
  return exitCodes.done;
}
