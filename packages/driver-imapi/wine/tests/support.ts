import { request } from "node:http";
import { pathToFileURL } from "node:url";
import { MultisessionError } from "@multisession/core";
import type { DriveScript, MachineOrder, MachineReport } from "../machine/script.ts";

/** A path or port that the harness hands on. */
function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: these tests are run by the harness`);
  return value;
}

/** The program that works with a drive in a process of its own. */
export const hostProgram: URL = pathToFileURL(given("IMAPI_HOST"));
/** An application that burns a file, to be run in a process of its own: see application.ts. */
export const application: string = given("IMAPI_APPLICATION");
/** The stand-in for IMAPI2. */
export const standInLibrary: string = given("IMAPI_LIBRARY");
/** The client of mechanisms. */
export const clientLibrary: string = given("IMAPI_CLIENT");

/** Has the machine on the Linux side do something. */
export async function machine(order: MachineOrder): Promise<MachineReport> {
  const { report, error } = JSON.parse(await post(JSON.stringify(order))) as { report?: MachineReport; error?: string };
  if (report === undefined) throw new Error(error);
  return report;
}

/** `fetch` fails under Wine 8. */
function post(body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port: given("IMAPI_MACHINE_ORDERS"), method: "POST", agent: false },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("end", () => resolve(Buffer.concat(pieces).toString()));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The identifier of the drive that most tests use. */
export const driveId = "\\\\?\\cdrom#stand-in";

/** One drive `D:`. */
export async function drive(script: Partial<DriveScript> = {}): Promise<void> {
  await machine({ order: "set", drives: [{ id: driveId, paths: ["D:\\"], ...script }] });
}

/** What the machine says of the drive. */
export async function driveReport(): Promise<MachineReport["drives"][number]> {
  const [first] = (await machine({ order: "report" })).drives;
  if (first === undefined) throw new Error("There is no drive");
  return first;
}

/** The coded error that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<MultisessionError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MultisessionError.is(error)) return error;
  throw error ?? new Error("It does not fail");
}

/** Waits until something holds; at most ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`Not so after ten seconds: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
