import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { IscsiTarget } from "@multisession/iscsi-target";
import { serialNumber } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import type { StopRequest } from "../src/io.ts";
import { ServedDrive } from "../src/serving/served-drive.ts";
import { cli, type Outcome } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** A folder with two discs. */
async function withDiscs(): Promise<string> {
  const folder = scratch();
  for (const name of ["a.disc", "b.disc"])
    await cli(folder, ["new", name, "--medium", "dvd+rw", "--capacity", "100000 blocks"]);
  return folder;
}

/** Serves for as long as `work` takes. */
async function whileServing(
  folder: string,
  discs: readonly string[],
  work: (port: number, env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<Outcome> {
  const env = { XDG_RUNTIME_DIR: scratch() };
  let stop: (request: StopRequest) => void = () => {};
  let ready: (port: number) => void = () => {};
  const port = new Promise<number>((resolve) => {
    ready = resolve;
  });
  const served = cli(folder, ["serve", ...discs, "--listen", "127.0.0.1:0", "--json"], {
    env,
    onOutput: (text, stopIt) => {
      stop = stopIt;
      ready(JSON.parse(text).port);
    },
  });
  try {
    await work(await Promise.race([port, served.then(({ stderr }) => Promise.reject(new Error(stderr)))]), env);
  } finally {
    stop("terminate");
  }
  return served;
}

const ready = Uint8Array.of(0, 0, 0, 0, 0, 0);
const prevent = Uint8Array.of(0x1e, 0, 0, 0, 1, 0);
const allow = Uint8Array.of(0x1e, 0, 0, 0, 0, 0);

/** A session of an initiator with drive 0: executes commands without data, and gives their status. */
async function conversation(port: number, isid: number): Promise<(cdb: Uint8Array) => Promise<number>> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  const answers = socket.iterator({ destroyOnReturn: false });
  const send = async (header: Buffer, data = Buffer.alloc(0)): Promise<Buffer> => {
    header.writeUIntBE(data.length, 5, 3);
    socket.write(Buffer.concat([header, data, Buffer.alloc((4 - (data.length % 4)) % 4)]));
    return (await answers.next()).value as Buffer;
  };
  const header = (fields: Readonly<Record<number, number>>): Buffer =>
    Buffer.from(Array.from({ length: 48 }, (_, at) => fields[at] ?? 0));
  const keys = "InitiatorName=iqn.2026-11.test:i\0TargetName=iqn.2026-11.local.multisession:drives\0";
  await send(header({ 0: 0x43, 1: 0x87, 8: 0x80, 13: isid, 27: 1 }), Buffer.from(keys));
  let cmdSn = 0;
  return async (cdb) => {
    cmdSn++;
    const command = header({ 0: 0x01, 1: 0x81, 19: cmdSn, 27: cmdSn });
    command.set(cdb, 32);
    return (await send(command))[3] ?? 255;
  };
}

describe("multisession serve", () => {
  it("says in one line where the drives are, and ends in good order when it is asked to", async () => {
    const folder = await withDiscs();
    const { code, lines } = await whileServing(folder, ["a.disc", "b.disc"], async (port) => {
      const socket = connect(port, "127.0.0.1");
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.destroy();
    });
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines[0].drives).toMatchObject([
      {
        number: 0,
        file: join(folder, "a.disc"),
        url: expect.stringMatching(/^iscsi:\/\/127\.0\.0\.1:\d+\/iqn\..*\/0$/),
      },
      { number: 1, file: join(folder, "b.disc"), url: expect.stringMatching(/\/1$/) },
    ]);
    expect((await cli(folder, ["check", "a.disc"])).code).toBe(0);
  });

  it("ejects, loads and exchanges discs while it runs; an ejected disc is free for others", async () => {
    const folder = await withDiscs();
    await whileServing(folder, ["a.disc"], async (port, env) => {
      const ask = (...argv: readonly string[]): Promise<Outcome> =>
        cli(folder, [...argv, "--port", String(port), "--json"], { env });
      expect((await cli(folder, ["info", "a.disc", "--json"])).json.error.code).toBe("BUSY");
      expect((await ask("eject")).json.drives).toEqual([{ number: 0 }]);
      expect((await cli(folder, ["info", "a.disc"])).code).toBe(0);
      expect((await ask("load")).json.error.code).toBe("NO_MEDIUM");
      expect((await ask("load", "b.disc")).json.drives).toEqual([{ number: 0, file: join(folder, "b.disc") }]);
      expect((await ask("load", "a.disc")).json.drives).toEqual([{ number: 0, file: join(folder, "a.disc") }]);
      expect((await cli(folder, ["info", "b.disc"])).code).toBe(0);
      expect((await ask("load", "nothing.disc")).json.error.code).toBe("DEVICE_NOT_FOUND");
      expect((await ask("eject", "--drive", "7")).json.error.code).toBe("multisession/no-drive");
    });
  });

  it("takes for a disc what other commands take for one", async () => {
    const folder = await withDiscs();
    writeFileSync(join(folder, "letter.txt"), "Dear reader,\n");
    expect((await cli(folder, ["serve", "letter.txt", "--json"])).json.error.code).toBe("UNKNOWN_DEVICE");
    await whileServing(folder, ["a.disc"], async (port, env) => {
      const load = (name: string): Promise<Outcome> =>
        cli(folder, ["load", name, "--port", String(port), "--json"], { env });
      expect((await load("letter.txt")).json.error.code).toBe("UNKNOWN_DEVICE");
      expect((await load(".")).json.error.code).toBe("DEVICE_NOT_FOUND");
      expect((await load("virtual:b.disc")).json.drives).toEqual([{ number: 0, file: join(folder, "b.disc") }]);
    });
  });

  it("leaves a shut tray alone when it is to be closed: nobody hears of a new medium, the disc stays kept", async () => {
    const folder = await withDiscs();
    const drive = await ServedDrive.open(0, join(folder, "a.disc"));
    const target = new IscsiTarget([drive.recorder]);
    const { port } = await target.listen({ port: 0 });
    const sessions = [conversation(port, 1), conversation(port, 2)] as const;
    const [one, other] = await Promise.all(sessions);
    expect(await one(prevent)).toBe(0);
    await drive.load(target, undefined);
    expect(await other(ready)).toBe(0);
    await expect(drive.eject(target)).rejects.toMatchObject({ code: "BUSY" });
    expect(await one(allow)).toBe(0);
    await drive.eject(target);
    // A new medium at first, and then none.
    for (let asked = 0; asked < 3; asked++) expect(await other(ready)).toBe(2);
    await target.close();
    drive.close();
  });

  it.each([
    ["all addresses without secrets", ["--listen", "0.0.0.0:0"], "iscsi-target/unprotected"],
    ["secrets that others may read", ["--listen", "127.0.0.1:0", "--chap-file", "open"], "iscsi-target/chap-file"],
    ["secrets that are not there", ["--listen", "127.0.0.1:0", "--chap-file", "none"], "iscsi-target/chap-file"],
  ] as const)("refuses %s", async (_, options, code) => {
    const folder = await withDiscs();
    writeFileSync(join(folder, "open"), "initiator alice correct-horse-battery\n");
    chmodSync(join(folder, "open"), 0o644);
    const outcome = await cli(folder, ["serve", "a.disc", ...options, "--json"]);
    expect(outcome.code).toBe(3);
    expect(outcome.json.error.code).toBe(code);
    expect((await cli(folder, ["info", "a.disc"])).code).toBe(0);
  });

  it("refuses a port that is taken", async () => {
    const folder = await withDiscs();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { readonly port: number };
    const outcome = await cli(folder, ["serve", "a.disc", "--listen", `127.0.0.1:${port}`, "--json"]);
    other.close();
    expect(outcome.json.error.code).toBe("iscsi-target/not-listening");
  });

  it("refuses the port of another one that has a different address, which goes on", async () => {
    const folder = await withDiscs();
    await whileServing(folder, ["a.disc"], async (port, env) => {
      const second = await cli(folder, ["serve", "b.disc", "--listen", `127.0.0.2:${port}`, "--json"], { env });
      expect(second.json.error.code).toBe("multisession/no-control");
      const { code } = await cli(folder, ["load", "--port", String(port)], { env });
      expect(code).toBe(0);
    });
  });

  it("says what its log is of", async () => {
    const { stderr } = await whileServing(await withDiscs(), ["a.disc", "--log", "a.log"], async () => {});
    expect(stderr).toContain("The log is that of the disc in drive 0");
  });

  it.each([["here:there"], ["127.0.0.1:99999"], ["::1:3260"]])("refuses the address %s", async (address) => {
    expect((await cli(await withDiscs(), ["serve", "a.disc", "--listen", address])).code).toBe(2);
  });
});

describe("drives that are served together", () => {
  it("have serial numbers of their own, also when their disc is out or exchanged", async () => {
    const folder = await withDiscs();
    const drives = await Promise.all(
      ["a.disc", "b.disc"].map((name, number) => ServedDrive.open(number, join(folder, name))),
    );
    const target = new IscsiTarget(drives.map(({ recorder }) => recorder));
    const numbers = async (): Promise<readonly string[]> =>
      Promise.all(
        drives.map(async ({ number }) => {
          let serial = "";
          await target.exchange(number, async (drive) => {
            const { dataIn } = await drive.execute({ cdb: Uint8Array.of(0x12, 1, 0x80, 0, 64, 0), dataInLength: 64 });
            serial = serialNumber.parse(dataIn ?? new Uint8Array());
            return drive;
          });
          return serial;
        }),
      );
    const both = ["000000000001", "000000000002"];
    expect(await numbers()).toEqual(both);
    for (const drive of drives) await drive.eject(target);
    expect(await numbers()).toEqual(both);
    await drives[0]?.load(target, join(folder, "b.disc"));
    expect(await numbers()).toEqual(both);
    for (const drive of drives) drive.close();
    await target.close();
  });
});

describe("load and eject", () => {
  it.each([
    ["is not there", "nowhere", "it cannot be made"],
    ["has a long name", "x".repeat(100), "its name is too long"],
  ])("make no folder for the socket in one that %s", async (_, name, why) => {
    const folder = scratch();
    const { code, json } = await cli(folder, ["eject", "--json"], { env: { XDG_RUNTIME_DIR: join(folder, name) } });
    expect(code).toBe(3);
    expect(json.error.code).toBe("multisession/no-control");
    expect(json.error.message).toContain(why);
    expect(existsSync(join(folder, name))).toBe(false);
  });

  it("say so when nothing serves there", async () => {
    const env = { XDG_RUNTIME_DIR: scratch() };
    const { code, json } = await cli(scratch(), ["eject", "--port", "9", "--json"], { env });
    expect(code).toBe(3);
    expect(json.error.code).toBe("multisession/not-serving");
  });
});
