import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Answer, type Request, requestsOf, sendAnswer, texts } from "./frames.ts";
import { CallFailed, MachineDrive } from "./machine-drive.ts";
import type { DriveScript, MachineOrder, MachineReport } from "./script.ts";

const NO_SUCH_DRIVE = 0x8007_0002;
const HAS_SENSE_DATA = 0x00aa_0200;
const FAILED = 0x8000_4005;
/** Dispatch identifiers of DDiscMaster2Events. */
const ADDED = 0x100;
const REMOVED = 0x101;

/** What one connection of the stand-in is for. */
class User {
  drive: MachineDrive | undefined;
}

/**
 * The machine under the stand-in for IMAPI2: drives that are virtual recorders, and what Windows keeps beside them. The
 * stand-in speaks frames with it, tests send it orders as JSON.
 */
export class Machine {
  readonly #folder: string;
  readonly #drives = new Map<string, MachineDrive>();
  readonly #connections = new Set<Socket>();
  readonly #watchers = new Set<Socket>();
  readonly #frames: Server;
  readonly #orders: ReturnType<typeof createHttpServer>;

  /** Discs are files in `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#frames = createServer({ noDelay: true }, (socket) => void this.#serve(socket));
    this.#orders = createHttpServer(async (request, response) => {
      const result = await this.obey(await orderOf(request)).then(
        (report) => ({ report }),
        (error: unknown) => ({ error: String(error) }),
      );
      response.end(JSON.stringify(result));
    });
  }

  /** Listens on 127.0.0.1. Gives the ports for frames and for orders. */
  async listen(): Promise<{ readonly frames: number; readonly orders: number }> {
    return { frames: await portOf(this.#frames), orders: await portOf(this.#orders) };
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    for (const drive of this.#drives.values()) drive.unplug();
    this.#orders.closeAllConnections();
    await Promise.all([this.#frames, this.#orders].map((server) => new Promise((done) => server.close(done))));
  }

  /** What the machine knows. */
  report(): MachineReport {
    return {
      connections: this.#connections.size,
      watchers: this.#watchers.size,
      drives: [...this.#drives.values()].map(({ script: { id }, holder, silences, held, commands, last }) => ({
        id,
        ...(holder !== undefined && { holder }),
        silences,
        held,
        commands: Object.fromEntries(commands),
        last: Object.fromEntries(last),
      })),
    };
  }

  /** Does what a test asks for. */
  async obey(order: MachineOrder): Promise<MachineReport> {
    if (order.order === "set") {
      for (const id of [...this.#drives.keys()]) this.#unplug(id);
      for (const drive of order.drives) await this.#plug(drive);
    } else if (order.order === "plug") {
      await this.#plug(order.drive);
      this.#tell(ADDED, order.drive.id);
    } else if (order.order === "unplug") {
      this.#unplug(order.id);
      this.#tell(REMOVED, order.id);
    }
    return this.report();
  }

  async #plug(script: DriveScript): Promise<void> {
    this.#drives.set(script.id, await MachineDrive.plug(script, this.#folder));
  }

  #unplug(id: string): void {
    this.#drives.get(id)?.unplug();
    this.#drives.delete(id);
  }

  #tell(hresult: number, id: string): void {
    for (const socket of this.#watchers) sendAnswer(socket, { hresult, data: Buffer.from(id, "utf16le") });
  }

  async #serve(socket: Socket): Promise<void> {
    const user = new User();
    this.#connections.add(socket);
    socket.on("error", () => {}); // a process that ended; the loop ends too
    try {
      for await (const request of requestsOf(socket)) {
        sendAnswer(socket, await this.#answer(user, request));
        if (request.operation === "e") this.#watchers.add(socket);
      }
    } catch {
      // as above
    } finally {
      user.drive?.forget(user);
      this.#watchers.delete(socket);
      this.#connections.delete(socket);
      socket.destroy();
    }
  }

  async #answer(user: User, request: Request): Promise<Answer> {
    try {
      return await this.#run(user, request);
    } catch (error) {
      if (error instanceof CallFailed) return { hresult: error.hresult };
      console.error(error);
      return { hresult: FAILED };
    }
  }

  async #run(user: User, request: Request): Promise<Answer> {
    const { operation, value } = request;
    if (operation === "l") return { data: texts(...this.#drives.keys()) };
    if (operation === "e") return {};
    if (operation === "o") {
      user.drive = this.#drives.get(request.data.toString("utf16le"));
      return user.drive === undefined ? { hresult: NO_SUCH_DRIVE } : {};
    }
    const { drive } = user;
    if (drive === undefined) return { hresult: FAILED };
    switch (operation) {
      case "p":
        return { data: texts(`\\\\?\\Volume{${drive.script.id.length}}\\`, ...(drive.script.paths ?? [])) };
      case "c":
        return execute(drive, user, request);
      case "a":
        drive.acquire(user, request.data.toString("utf16le"));
        return {};
      case "r":
        drive.release(user);
        return {};
      case "w":
        return { data: texts(drive.holder ?? "") };
      case "s":
      case "n":
        drive.silence(user, operation === "s" ? 1 : -1);
        return {};
      case "t":
        return { data: traitsOf(drive) };
      default:
        throw new TypeError(`The machine does not know ${operation} (${value})`);
    }
  }
}

async function execute(drive: MachineDrive, user: User, { cdb, data, most, value }: Request): Promise<Answer> {
  const { status, sense, dataIn } = await drive.execute(user, {
    cdb,
    timeout: value * 1000,
    ...(data.length > 0 && { dataOut: data }),
    ...(most > 0 && { dataInLength: most }),
  });
  return {
    hresult: status === "good" ? 0 : HAS_SENSE_DATA,
    ...(sense && { sense }),
    ...(dataIn && most > 0 && { data: dataIn }),
  };
}

function traitsOf({ traits: { status, protection, alignmentMask, transferBytes, events } }: MachineDrive): Uint8Array {
  return new Uint8Array(Uint32Array.of(status, protection, alignmentMask, transferBytes, events).buffer);
}

async function orderOf(request: IncomingMessage): Promise<MachineOrder> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString()) as MachineOrder;
}

function portOf(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port));
  });
}
