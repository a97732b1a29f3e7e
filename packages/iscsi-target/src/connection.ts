import { isIPv6, type Socket } from "node:net";
import { LOGIN_DATA_BYTES, RECEIVED_DATA_BYTES } from "./keys.ts";
import type { Limits } from "./limits.ts";
import { Linger } from "./linger.ts";
import type { LogicalUnit } from "./logical-unit.ts";
import { type Identity, Login, type LoginRules, type LoginStep, stages } from "./login.ts";
import { loginStatuses } from "./login-statuses.ts";
import type { Output } from "./output.ts";
import { anyHeader, loginRequest, loginResponse, opcodes, type Pdu } from "./pdu.ts";
import { type Framing, PduReader } from "./pdu-reader.ts";
import { piecesOf } from "./pdu-writer.ts";
import { ProtocolError } from "./protocol-error.ts";
import { next } from "./serial-number.ts";
import { Session } from "./session.ts";

/** While more than this waits to be sent, nothing is read and nothing more is executed. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024;
/** How long a connection that was ended may take to go; milliseconds. */
const FAREWELL_TIME = 2000;

/** What a connection needs of its target. */
export interface ConnectionSetting {
  readonly rules: LoginRules;
  readonly units: ReadonlyMap<number, LogicalUnit>;
  readonly limits: Limits;
  /** Takes a session into the target: its handle, or the status with which the login is refused. */
  readonly enroll: (
    identity: Identity,
    connection: Connection,
  ) => { readonly tsih: number } | { readonly status: number };
  /** Hears what a unit threw, and why connections were ended. */
  readonly onFailure: (error: unknown) => void;
  /** Ends every connection of the target: a cold reset. */
  readonly endAll: () => void;
}

/** One connection: cuts what arrives into PDUs, logs in, hands the rest to its session, sends what that answers. */
export class Connection implements Output {
  readonly #socket: Socket;
  readonly #setting: ConnectionSetting;
  readonly #framing: Framing = { headerDigest: false, dataDigest: false, maxDataBytes: LOGIN_DATA_BYTES };
  readonly #reader = new PduReader(this.#framing);
  readonly #login: Login;
  readonly #linger = new Linger();
  readonly #began = performance.now();
  #heard = this.#began;
  #isAsked = false;
  #statSn = 0;
  #session: Session | undefined;
  #isCorked = false;
  #isEnding = false;

  constructor(socket: Socket, setting: ConnectionSetting) {
    this.#socket = socket;
    this.#setting = setting;
    this.#login = new Login(setting.rules);
    socket.setNoDelay(true);
    // Every drive of a target may wait until there is room to send.
    socket.setMaxListeners(0);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("drain", () => this.#goOn());
    // `close` follows, and says all that matters: the initiator is gone.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isEnding = true;
      this.#session?.end().catch(setting.onFailure);
    });
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    if (this.#socket.closed) return Promise.resolve();
    return new Promise((resolve) => this.#socket.once("close", () => resolve()));
  }

  /** Looks after a silent initiator; called now and then. */
  watch(): void {
    const { loginTime, idleTime, answerTime } = this.#setting.limits;
    const now = performance.now();
    if (this.#session === undefined) {
      if (now - this.#began > loginTime) this.#socket.destroy();
      return;
    }
    const silence = now - this.#heard;
    if (silence > idleTime + answerTime) this.#socket.destroy();
    else if (silence > idleTime && !this.#isAsked) {
      this.#isAsked = true;
      this.#session.ping();
    }
  }

  /** Whether an initiator has logged in. */
  get isLoggedIn(): boolean {
    return this.#session !== undefined;
  }

  /** Ends it at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends it, and tells the initiator so. */
  drop(): void {
    if (!this.#isEnding) this.#session?.announceEnd();
    this.end();
  }

  /** Asks the initiator to log out within so many milliseconds. */
  requestLogout(time: number): void {
    this.#session?.requestLogout(Math.ceil(time / 1000));
  }

  send(header: Uint8Array, data?: Uint8Array): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    this.#linger.stay();
    // What is sent in one go leaves in one packet, and in one call of the system.
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      process.nextTick(() => this.#uncork());
    }
    for (const piece of piecesOf(header, data, this.#framing)) socket.write(piece);
  }

  #uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#socket.uncork();
  }

  async ready(): Promise<void> {
    const socket = this.#socket;
    while (!socket.destroyed && socket.writableLength > MOST_UNSENT_BYTES)
      await new Promise<void>((resolve) => {
        const go = (): void => {
          socket.off("drain", go).off("close", go);
          resolve();
        };
        socket.on("drain", go).on("close", go);
      });
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    // At once, and not when the initiator has hung up: what is not begun must not meet what its next session does.
    this.#session?.end().catch(this.#setting.onFailure);
    this.#uncork();
    this.#socket.end();
    // Whoever never hangs up is hung up on.
    const timer = setTimeout(() => this.#socket.destroy(), FAREWELL_TIME).unref();
    this.#socket.once("close", () => clearTimeout(timer));
    this.#socket.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#isEnding) return;
    this.#heard = performance.now();
    this.#isAsked = false;
    this.#reader.push(chunk);
    this.#goOn();
  }

  #goOn(): void {
    try {
      while (!this.#isEnding && this.#socket.writableLength <= MOST_UNSENT_BYTES) {
        const pdu = this.#reader.next();
        if (pdu === undefined) {
          if (this.#socket.isPaused()) this.#socket.resume();
          return;
        }
        if (this.#session === undefined) this.#loginStep(pdu);
        else this.#session.receive(pdu);
      }
      if (!this.#isEnding) this.#socket.pause();
    } catch (error) {
      // Whatever it was, the other connections go on.
      this.#setting.onFailure(error);
      this.end();
    }
  }

  #loginStep(pdu: Pdu): void {
    const { opcode, tag } = anyHeader.parse(pdu.header);
    if (opcode !== opcodes.login) throw new ProtocolError("something else before it had logged in");
    const request = loginRequest.parse(pdu.header);
    const step = this.#stepOf(pdu);
    const enrolled = step.nextStage === stages.fullFeature ? this.#enroll() : { tsih: request.tsih };
    const status = "status" in enrolled ? enrolled.status : step.status;
    const isRefused = status !== loginStatuses.success;
    const { cmdSn } = request;
    const header = loginResponse.build({
      ...(step.nextStage !== undefined && !isRefused && { transits: true, nextStage: step.nextStage }),
      stage: step.stage,
      isid: request.isid,
      tsih: "tsih" in enrolled ? enrolled.tsih : 0,
      tag,
      statSn: this.#statSn,
      expCmdSn: cmdSn,
      maxCmdSn: cmdSn,
      status,
    });
    this.send(header, isRefused ? undefined : step.data);
    this.#statSn = next(this.#statSn);
    if (isRefused) this.end();
    else if (step.nextStage === stages.fullFeature) this.#begin(cmdSn);
  }

  #stepOf({ header, data }: Pdu): LoginStep {
    const request = loginRequest.parse(header);
    try {
      return this.#login.step(request, data);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#setting.onFailure(error);
      return { status: loginStatuses.initiatorError, stage: request.stage, data: new Uint8Array() };
    }
  }

  #enroll(): ReturnType<ConnectionSetting["enroll"]> {
    const { identity } = this.#login;
    if (identity === undefined) return { status: loginStatuses.missingParameter };
    return this.#setting.enroll(identity, this);
  }

  /** The login is over: what was agreed counts from the next PDU on. */
  #begin(cmdSn: number): void {
    const { parameters, identity } = this.#login;
    const { units, rules, limits, onFailure, endAll } = this.#setting;
    const isDiscovery = identity?.isDiscovery ?? true;
    Object.assign(this.#framing, {
      headerDigest: parameters.headerDigest,
      dataDigest: parameters.dataDigest,
      maxDataBytes: RECEIVED_DATA_BYTES,
    });
    this.#session = new Session({
      units: isDiscovery ? new Map() : units,
      parameters,
      output: this,
      cmdSn,
      statSn: this.#statSn,
      cid: identity?.cid ?? 0,
      isDiscovery,
      portal: { targetName: rules.targetName, address: this.#address() },
      maxTransferBytes: limits.transferBytes,
      onFailure,
      endAll,
    });
  }

  /** Our address as this initiator reached it. */
  #address(): string {
    const { localAddress = "", localPort = 0 } = this.#socket;
    // A socket for IPv6 shows addresses of IPv4 in its own way.
    const address = localAddress.replace(/^::ffff:(?=\d+\.)/, "");
    return `${isIPv6(address) ? `[${address}]` : address}:${localPort}`;
  }
}
