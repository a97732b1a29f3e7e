import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { MultisessionError } from "@multisession/core";

/** What `load` and `eject` ask of `serve`. */
export type ControlRequest =
  | { readonly do: "load"; readonly drive: number; readonly file?: string }
  | { readonly do: "eject"; readonly drive: number };

/** A drive and the disc file in it. */
export interface DriveState {
  readonly number: number;
  readonly file?: string;
}

/** What `serve` answers. */
type ControlReply =
  | { readonly drives: readonly DriveState[] }
  | { readonly error: ReturnType<MultisessionError["toJSON"]> };

/** Longest line that is taken. */
const LONGEST_LINE = 65_536;
/** How long one line may take to come; milliseconds. */
const LINE_TIME = 5000;

/** Listens for requests, one a connection. Only its user can reach the place. */
export class ControlSocket {
  readonly #server: Server;
  readonly #place: string;

  private constructor(server: Server, place: string) {
    this.#server = server;
    this.#place = place;
  }

  /**
   * Begins to listen. What a server left there that was killed is taken away.
   *
   * @throws `multisession/no-control` when a server listens there: on the same port of another address.
   */
  static async open(
    place: string,
    work: (request: ControlRequest) => Promise<readonly DriveState[]>,
  ): Promise<ControlSocket> {
    if (await isServed(place))
      throw new MultisessionError("multisession/no-control", "Another `multisession serve` of yours has this port.", {
        subject: place,
        advice: "It listens on another address. `load` and `eject` find servers by their port: choose another one.",
      });
    if (process.platform !== "win32") rmSync(place, { force: true });
    const server = createServer((socket) => void answer(socket, work));
    server.maxConnections = 16;
    server.listen(place);
    await once(server, "listening");
    return new ControlSocket(server, place);
  }

  /** Stops listening. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
    if (process.platform !== "win32") rmSync(this.#place, { force: true });
  }
}

/** Whether somebody listens at a place. */
async function isServed(place: string): Promise<boolean> {
  const socket = connect(place);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Answers one request; whatever comes, it never rejects. */
async function answer(
  socket: Socket,
  work: (request: ControlRequest) => Promise<readonly DriveState[]>,
): Promise<void> {
  socket.on("error", () => {}); // whoever asked is gone
  try {
    const reply = await replyTo(await lineOf(socket), work);
    socket.end(`${JSON.stringify(reply)}\n`);
  } catch {
    socket.destroy(); // no line came
  }
}

async function replyTo(
  line: string,
  work: (request: ControlRequest) => Promise<readonly DriveState[]>,
): Promise<ControlReply> {
  try {
    return { drives: await work(requestOf(line)) };
  } catch (error) {
    if (MultisessionError.is(error)) return { error: error.toJSON() };
    throw error;
  }
}

function requestOf(line: string): ControlRequest {
  const request = JSON.parse(line) as Partial<ControlRequest> & { readonly file?: unknown };
  const { do: what, drive, file } = request;
  const isKnown = (what === "load" || what === "eject") && Number.isSafeInteger(drive) && drive !== undefined;
  if (!isKnown || (file !== undefined && typeof file !== "string")) throw new TypeError("no request");
  return what === "load" && file !== undefined ? { do: what, drive, file } : { do: what, drive };
}

/** Sends a request to the `serve` that listens at a place. @throws what it answered, `multisession/not-serving`. */
export async function askServer(
  place: string,
  request: ControlRequest,
  subject: string,
): Promise<readonly DriveState[]> {
  const socket = connect(place);
  const reply = await (async () => {
    await once(socket, "connect");
    socket.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await lineOf(socket, 0)) as ControlReply;
  })().catch((cause: unknown) => {
    throw new MultisessionError(
      "multisession/not-serving",
      `No \`multisession serve\` of yours listens on ${subject}.`,
      {
        subject,
        advice: "Start it, or name its port with --port.",
        cause,
      },
    );
  });
  socket.destroy();
  if ("drives" in reply) return reply.drives;
  const { code, message, ...details } = reply.error as unknown as MultisessionError;
  throw new MultisessionError(code, message, details);
}

/** The first line that comes. @throws when it is too long, or does not come in time. */
async function lineOf(socket: Socket, time = LINE_TIME): Promise<string> {
  const timer = time > 0 ? setTimeout(() => socket.destroy(new Error("no line came")), time) : undefined;
  let text = "";
  try {
    for await (const chunk of socket.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
      text += chunk as string;
      const end = text.indexOf("\n");
      if (end >= 0) return text.slice(0, end);
      if (text.length > LONGEST_LINE) break;
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error("no line came");
}
