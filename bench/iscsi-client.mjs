import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const command = here("../packages/cli/bin/multisession.js");

/** Builds the client, and gives what runs it: `(address, "read" | "write", block, blocks a command, commands, depth)` → seconds. */
export function buildClient(folder) {
  const client = join(folder, "iscsi-client");
  execFileSync("gcc", ["-O2", "-Wall", "-Werror", "-o", client, here("iscsi-client.c"), "-liscsi"]);
  return (...words) => Number(execFileSync(client, words.map(String), { encoding: "utf8" }));
}

/** Serves a new disc of a medium for as long as `work` takes, which is given the drive's address and the server's process id. */
export async function whileServing(disc, medium, work) {
  execFileSync(process.execPath, [command, "new", disc, "--medium", medium]);
  const server = spawn(process.execPath, [command, "serve", disc, "--listen", "127.0.0.1:3271", "--json"]);
  try {
    let text = "";
    for await (const line of createInterface({ input: server.stdout })) {
      text += line;
      if (/iscsi:\/\/[^"]+/.test(text)) break;
    }
    const [address] = /iscsi:\/\/[^"]+/.exec(text) ?? [];
    if (address === undefined) throw new Error(`The server does not start: ${text}`);
    return await work({ address, pid: server.pid });
  } finally {
    if (server.exitCode === null) {
      server.kill("SIGTERM");
      await once(server, "exit");
    }
  }
}
