import { once } from "node:events";
import { resolve } from "node:path";
import { MultisessionError } from "@multisession/core";
import { type ChapSecrets, IscsiTarget, readChapFile, type TargetAddress } from "@multisession/iscsi-target";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { letHeapGrow } from "../frugal-heap.ts";
import { printable } from "../printable.ts";
import { controlPlace } from "../serving/control-place.ts";
import { type ControlRequest, ControlSocket, type DriveState } from "../serving/control-socket.ts";
import { discFile } from "../serving/disc-file.ts";
import { listenAddress } from "../serving/listen-address.ts";
import { ServedDrive } from "../serving/served-drive.ts";

interface ServeOptions {
  readonly listen: ReturnType<typeof listenAddress>;
  readonly chapFile?: string;
}

/** Adds `serve`: lets other programs use disc files as drives. */
export function addServe(program: Command, start: Start): void {
  program
    .command("serve")
    .argument("<disc...>", "disc files, a drive for each")
    .summary("let other programs use disc files as drives, over iSCSI")
    .description(
      "Serves virtual recorders over iSCSI, so that programs and kernels use them as drives, also to record. Ends on Ctrl-C or SIGTERM, when everything is on the discs. Without secrets only this computer can reach it.",
    )
    .option("--listen <address:port>", "where to listen", listenAddress, listenAddress("127.0.0.1:3260"))
    .option("--chap-file <file>", "secrets of initiators, in a file that nobody else may read")
    .addHelpText(
      "after",
      examples(
        "multisession serve my.disc",
        "multisession serve a.disc b.disc --listen 127.0.0.1:3261",
        "multisession serve my.disc --listen 192.0.2.7:3260 --chap-file secrets",
      ),
    )
    .action((discs: readonly string[], options: ServeOptions, command: Command) =>
      start(command, (context) => serve(context, discs, options)),
    );
}

async function serve(context: Context, discs: readonly string[], options: ServeOptions): Promise<ExitCode> {
  const { io } = context;
  const { chapFile } = options;
  letHeapGrow();
  const secrets = chapFile === undefined ? undefined : await readChapFile(resolve(io.cwd, chapFile));
  const drives: ServedDrive[] = [];
  try {
    for (const [number, disc] of discs.entries())
      drives.push(await ServedDrive.open(number, await discFile(disc, io.cwd)));
    for (const { recorder } of drives) context.logRecorder(recorder);
    if (context.options.log !== undefined)
      context.output.remark("The log is that of the disc in drive 0, until it is taken out.");
    await serveDrives(context, drives, options.listen, secrets);
  } finally {
    for (const drive of drives) drive.close();
  }
  return exitCodes.done;
}

/** Serves until the user asks to stop. */
async function serveDrives(
  context: Context,
  drives: readonly ServedDrive[],
  listen: ServeOptions["listen"],
  secrets: ChapSecrets | undefined,
): Promise<void> {
  const { io, signal } = context;
  const recorders = drives.map(({ recorder }) => recorder);
  const target = new IscsiTarget(recorders, { ...(secrets && { secrets }), onFailure: failureTeller(context) });
  const address = await target.listen(listen);
  let control: ControlSocket | undefined;
  try {
    control = await ControlSocket.open(controlPlace(address.port, io.env), (request) =>
      carryOut(request, drives, target),
    );
    tellReady(context, drives, target, address);
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await control?.close();
    await target.close();
  }
}

async function carryOut(
  request: ControlRequest,
  drives: readonly ServedDrive[],
  target: IscsiTarget,
): Promise<readonly DriveState[]> {
  const drive = drives[request.drive];
  if (drive === undefined)
    throw new MultisessionError("multisession/no-drive", `There is no drive ${request.drive}.`, {
      subject: `drive ${request.drive}`,
      advice: `There are the drives 0 to ${drives.length - 1}.`,
    });
  if (request.do === "eject") await drive.eject(target);
  else await drive.load(target, request.file);
  return drives.map(({ number, file }) => ({ number, ...(file !== undefined && { file }) }));
}

function tellReady(
  { output }: Context,
  drives: readonly ServedDrive[],
  { name }: IscsiTarget,
  { host, port, text }: TargetAddress,
): void {
  const served = drives.map(({ number, file = "" }) => ({ number, file, url: `iscsi://${text}/${name}/${number}` }));
  output.document("serve", { host, port, target: name, drives: served }, "line");
  output.text(`Ready: ${served.map(({ url, file }) => `${url} (${printable(file)})`).join(", ")}`);
}

/** What goes wrong with a disc is told; what strangers send is no news. */
function failureTeller({ output }: Context): (error: unknown) => void {
  return (error) => {
    if (MultisessionError.is(error)) output.remark(`${error.message} ${error.advice}`);
  };
}
