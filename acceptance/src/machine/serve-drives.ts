import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { ScsiTarget } from "@multisession/mmc";
import { DriveConnection } from "./drive-connection.ts";

/** Drives that a guest can be given. */
export interface ServedDrives {
  /** One `iscsi://` address for each drive. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

const NAME = "iqn.2026-01.org.example:drives";

/** Serves drives on the loopback, for QEMU alone: no digests, no authentication, one connection a session. */
export async function serveDrives(drives: readonly ScsiTarget[]): Promise<ServedDrives> {
  const sockets = new Set<Socket>();
  // All sessions see the same drives: their commands come one after another.
  const units = drives.map(inTurn);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    new DriveConnection(socket, units);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    addresses: units.map((_, unit) => `iscsi://127.0.0.1:${port}/${NAME}/${unit}`),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function inTurn(drive: ScsiTarget): ScsiTarget {
  let last: Promise<unknown> = Promise.resolve();
  return {
    execute(command) {
      const answer = last.then(() => drive.execute(command));
      last = answer.catch(() => {});
      return answer;
    },
  };
}
