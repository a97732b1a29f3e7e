import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { BlockList, createServer, isIPv6, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { MultisessionError } from "@multisession/core";
import type { ScsiTarget } from "@multisession/mmc";
import { type ChapSecrets, chapAuthentication } from "./chap.ts";
import { Connection, type ConnectionSetting } from "./connection.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { LogicalUnit } from "./logical-unit.ts";
import type { LoginRules } from "./login.ts";
import { Sessions } from "./sessions.ts";

/** Name of a target that was given none. */
const TARGET_NAME = "iqn.2026-11.local.multisession:drives";
/** Port of iSCSI (RFC 7143, 4.2.7). */
const ISCSI_PORT = 3260;
/** How often silent connections are looked at; milliseconds. */
const WATCH_TIME = 1000;

/** How a target is made. */
export interface IscsiTargetOptions {
  /** Its iSCSI name, in lower case: `iqn.…`, `eui.…` or `naa.…`. */
  readonly targetName?: string;
  /** For people. */
  readonly targetAlias?: string;
  /** Asks every initiator to prove who it is. Needed to listen on anything but loopback. */
  readonly secrets?: ChapSecrets;
  /** Limits that differ from the usual ones. */
  readonly limits?: Partial<Limits>;
  /** Hears of connections that broke the protocol, and of drives that gave no answer. */
  readonly onFailure?: (error: unknown) => void;
}

/** Where a target listens. */
export interface ListenOptions {
  /** Name or address; 127.0.0.1 when left out. */
  readonly host?: string;
  /** 3260 when left out; 0 for any that is free. */
  readonly port?: number;
}

/** Where a target was reached to listen. */
export interface TargetAddress {
  /** Address. */
  readonly host: string;
  /** Port. */
  readonly port: number;
  /** `host:port`, with brackets around an IPv6 address. */
  readonly text: string;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/**
 * Drives for other programs, over iSCSI (RFC 7143): any `ScsiTarget`, each a logical unit of one target, for several
 * initiators at once. Error recovery level 0, one connection a session.
 */
export class IscsiTarget {
  /** Its iSCSI name. */
  readonly name: string;
  readonly #units: ReadonlyMap<number, LogicalUnit>;
  readonly #options: IscsiTargetOptions;
  readonly #limits: Limits;
  readonly #connections = new Set<Connection>();
  readonly #sessions = new Sessions();
  readonly #server: Server;
  #watch: NodeJS.Timeout | undefined;

  /** @param drives - Logical units from number 0 on. */
  constructor(drives: readonly ScsiTarget[], options: IscsiTargetOptions = {}) {
    if (drives.length === 0 || drives.length > 256) throw new TypeError("A target has 1 to 256 drives");
    this.name = options.targetName ?? TARGET_NAME;
    if (!/^(?:iqn|eui|naa)\.[a-z0-9.:-]{1,219}$/.test(this.name)) throw new TypeError(`${this.name} is no iSCSI name`);
    this.#units = new Map(drives.map((drive, lun) => [lun, new LogicalUnit(drive)]));
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Connections at the moment. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Begins to listen.
   *
   * @throws `iscsi-target/unprotected` when others than this computer could reach it and no secrets are asked for,
   *   `iscsi-target/not-listening` when the address cannot be used.
   */
  async listen({ host = "127.0.0.1", port = ISCSI_PORT }: ListenOptions = {}): Promise<TargetAddress> {
    const { address, family } = await lookup(host).catch((cause: unknown) => {
      throw notListening(host, port, cause);
    });
    if (!loopback.check(address, family === 6 ? "ipv6" : "ipv4") && this.#options.secrets === undefined)
      throw new MultisessionError(
        "iscsi-target/unprotected",
        `${host} can be reached from other computers, and anybody there could write the discs.`,
        { subject: host, advice: "Listen on 127.0.0.1, or name a file of secrets with --chap-file." },
      );
    this.#server.listen(port, address);
    await once(this.#server, "listening").catch((cause: unknown) => {
      throw notListening(host, port, cause);
    });
    this.#watch = setInterval(() => {
      for (const connection of this.#connections) connection.watch();
    }, WATCH_TIME);
    const bound = this.#server.address();
    const actual = typeof bound === "object" && bound !== null ? bound.port : port;
    return { host: address, port: actual, text: `${isIPv6(address) ? `[${address}]` : address}:${actual}` };
  }

  /**
   * Puts what `work` gives in the place of a drive: another one, or the same with another disc. No command is under way
   * meanwhile, and every initiator is told of a new medium. When `work` gives nothing or throws, all stays as it is.
   */
  async exchange(lun: number, work: (old: ScsiTarget) => Promise<ScsiTarget | undefined>): Promise<void> {
    await this.#unit(lun).exchange(work);
  }

  #unit(lun: number): LogicalUnit {
    const unit = this.#units.get(lun);
    if (unit === undefined) throw new TypeError(`There is no drive ${lun}`);
    return unit;
  }

  /**
   * Ends: takes no more connections, asks all initiators to log out, waits for them a while and for every command that
   * was begun. The drives stay open; closing them is up to their owner. Idempotent.
   */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    const isClosed = this.#server.listening ? once(this.#server, "close") : Promise.resolve();
    if (this.#server.listening) this.#server.close();
    const all = [...this.#connections];
    for (const connection of all) connection.requestLogout(this.#limits.logoutTime);
    const enough = new AbortController();
    const { signal } = enough;
    const gone = Promise.all(all.map(({ closed }) => closed));
    await Promise.race([gone, wait(this.#limits.logoutTime, undefined, { signal }).catch(() => {})]);
    enough.abort();
    for (const connection of this.#connections) connection.end();
    await gone;
    await isClosed;
    for (const unit of this.#units.values()) await unit.idle();
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= this.#limits.connections && !this.#makeRoom()) {
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, this.#setting());
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
  }

  /** Whoever has waited longest without logging in goes, so that silent connections keep nobody out. */
  #makeRoom(): boolean {
    const oldest = [...this.#connections].find(({ isLoggedIn }) => !isLoggedIn);
    if (oldest === undefined) return false;
    this.#connections.delete(oldest);
    oldest.destroy();
    return true;
  }

  #setting(): ConnectionSetting {
    return {
      rules: this.#rules(),
      units: this.#units,
      limits: this.#limits,
      enroll: (identity, connection) => this.#sessions.enroll(identity, connection),
      onFailure: this.#options.onFailure ?? (() => {}),
      endAll: () => {
        for (const one of this.#connections) one.drop();
      },
    };
  }

  #rules(): LoginRules {
    const { targetAlias, secrets } = this.#options;
    return {
      targetName: this.name,
      ...(targetAlias !== undefined && { targetAlias }),
      ...(secrets !== undefined && { authenticate: () => chapAuthentication(secrets) }),
    };
  }
}

/** Why an address cannot be used, for people. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "you have no permission for that",
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "this computer does not have that address",
  EAI_AGAIN: "the name cannot be looked up at the moment",
  ENOTFOUND: "no computer of that name is known",
};

function notListening(host: string, port: number, cause: unknown): MultisessionError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code] ?? message;
  return new MultisessionError("iscsi-target/not-listening", `Cannot listen on ${host}, port ${port}: ${reason}.`, {
    subject: `${host}:${port}`,
    advice: "Choose another address or port.",
    cause,
  });
}
