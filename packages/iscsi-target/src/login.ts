import type { ValuesOf } from "@multisession/mmc";
import type { Authentication } from "./authentication.ts";
import { LOGIN_DATA_BYTES, PORTAL_GROUP, RECEIVED_DATA_BYTES } from "./keys.ts";
import { loginStatuses } from "./login-statuses.ts";
import { Negotiation, type Parameters } from "./negotiation.ts";
import type { loginRequest } from "./pdu.ts";
import { ProtocolError } from "./protocol-error.ts";
import { buildAnswer, parseText, type TextPairs } from "./text-keys.ts";
import { TextPieces } from "./text-pieces.ts";

/** Stages of a login (RFC 7143, 11.12.3). */
export const stages = { security: 0, operational: 1, fullFeature: 3 } as const;

/** Who logs in, and for what. */
export interface Identity {
  /** iSCSI name of the initiator. */
  readonly initiatorName: string;
  /** The part of the session's identity that the initiator chose, 6 bytes in hexadecimal. */
  readonly isid: string;
  /** Handle of an existing session; 0 for a new one. */
  readonly tsih: number;
  /** The connection's number within its session. */
  readonly cid: number;
  /** A discovery session lists targets; a normal one uses a target. */
  readonly isDiscovery: boolean;
}

/** What is said to one login request. */
export interface LoginStep {
  /** One of {@link loginStatuses}. */
  readonly status: number;
  /** Stage that is answered. */
  readonly stage: number;
  /** Stage that follows, when the step agrees to go there. */
  readonly nextStage?: number;
  /** Data of the response. */
  readonly data: Uint8Array;
}

/** What a login has to know of the target. */
export interface LoginRules {
  /** iSCSI name of the target. */
  readonly targetName: string;
  /** For people; sent as TargetAlias. */
  readonly targetAlias?: string;
  /** Begins the authentication of a session; absent when none is asked for. */
  readonly authenticate?: (initiatorName: string) => Authentication;
}

const refusal = (status: number, stage: number): LoginStep => ({ status, stage, data: new Uint8Array() });

/**
 * The login phase of one connection (RFC 7143, 6.3): a machine that is given requests and says what to answer. Knows
 * no socket and no session.
 */
export class Login {
  readonly #rules: LoginRules;
  readonly #negotiation = new Negotiation();
  #stage: number | undefined;
  readonly #pieces = new TextPieces();
  #identity: Identity | undefined;
  #authentication: Authentication | undefined;
  #isAuthenticated = false;
  #hasDeclared = false;

  constructor(rules: LoginRules) {
    this.#rules = rules;
  }

  /** Who logs in; known after the first request. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** What the connection works with from the full feature phase on. */
  get parameters(): Parameters {
    return this.#negotiation.parameters;
  }

  /** @throws `ProtocolError` when the request breaks the protocol: the login is refused as an initiator's error. */
  step(request: ValuesOf<typeof loginRequest>, data: Uint8Array): LoginStep {
    const { stage, nextStage, transits, continues } = request;
    if (request.versionMin > 0) return refusal(loginStatuses.versionNotSupported, stage);
    if (transits && continues) throw new ProtocolError("a login request that ends a stage in the middle of its text");
    if (transits && (nextStage <= stage || nextStage === 2)) throw new ProtocolError("a step back in the login");
    this.#enter(stage);
    this.#pieces.add(data);
    if (continues) return { status: loginStatuses.success, stage, data: new Uint8Array() };
    const pairs = parseText(this.#pieces.take());
    const refused = this.#identify(pairs, request);
    if (refused !== undefined) return refusal(refused, stage);
    return stage === stages.security
      ? this.#security(pairs, transits ? nextStage : undefined)
      : this.#operational(pairs, transits ? nextStage : undefined);
  }

  #enter(stage: number): void {
    if (stage !== stages.security && stage !== stages.operational) throw new ProtocolError("an unknown stage of login");
    if (this.#stage !== undefined && stage !== this.#stage) throw new ProtocolError("another stage than was agreed");
    this.#stage = stage;
  }

  /** The first request names initiator, kind of session and target (RFC 7143, 6.3). */
  #identify(pairs: TextPairs, { isid, tsih, cid }: ValuesOf<typeof loginRequest>): number | undefined {
    if (this.#identity !== undefined) return undefined;
    const said = new Map(pairs);
    const initiatorName = said.get("InitiatorName");
    const type = said.get("SessionType") ?? "Normal";
    if (initiatorName === undefined || initiatorName === "") return loginStatuses.missingParameter;
    if (type !== "Normal" && type !== "Discovery") return loginStatuses.sessionTypeNotSupported;
    const targetName = said.get("TargetName");
    if (type === "Normal" && targetName === undefined) return loginStatuses.missingParameter;
    if (type === "Normal" && targetName?.toLowerCase() !== this.#rules.targetName) return loginStatuses.notFound;
    const isDiscovery = type === "Discovery";
    this.#identity = { initiatorName, isid: Buffer.from(isid).toString("hex"), tsih, cid, isDiscovery };
    return undefined;
  }

  #security(pairs: TextPairs, wanted: number | undefined): LoginStep {
    const stage = stages.security;
    const authentication = this.#authenticator();
    const { status, reply, isDone } = authentication?.step(pairs) ?? noAuthentication(pairs);
    if (status !== loginStatuses.success) return refusal(status, stage);
    this.#isAuthenticated = isDone;
    const others = pairs.filter(([key]) => !authenticationKeys.has(key));
    const answers = [...reply, ...this.#negotiation.answer(others, "login")];
    return this.#step(stage, answers, isDone ? wanted : undefined);
  }

  #operational(pairs: TextPairs, wanted: number | undefined): LoginStep {
    const stage = stages.operational;
    if (this.#authenticator() !== undefined && !this.#isAuthenticated)
      return refusal(loginStatuses.authenticationFailed, stage);
    return this.#step(stage, this.#negotiation.answer(pairs, "login"), wanted);
  }

  #authenticator(): Authentication | undefined {
    this.#authentication ??= this.#rules.authenticate?.(this.#identity?.initiatorName ?? "");
    return this.#authentication;
  }

  #step(stage: number, answers: TextPairs, nextStage: number | undefined): LoginStep {
    const declared = this.#declarations(stage, nextStage);
    if (nextStage !== undefined) this.#stage = nextStage;
    const data = buildAnswer([...declared, ...answers], LOGIN_DATA_BYTES);
    return { status: loginStatuses.success, stage, data, ...(nextStage !== undefined && { nextStage }) };
  }

  /** What a target says of itself, once: its portal group at first, its longest data segment before the login ends. */
  #declarations(stage: number, nextStage: number | undefined): TextPairs {
    const first: TextPairs = this.#hasDeclared ? [] : this.#introduction();
    this.#hasDeclared = true;
    const isLast = stage === stages.operational || nextStage === stages.fullFeature;
    if (!isLast || this.#hasDeclaredLength) return first;
    this.#hasDeclaredLength = true;
    return [...first, ["MaxRecvDataSegmentLength", String(RECEIVED_DATA_BYTES)]];
  }
  #hasDeclaredLength = false;

  #introduction(): TextPairs {
    if (this.#identity?.isDiscovery) return [];
    const { targetAlias } = this.#rules;
    return [
      ...(targetAlias === undefined ? [] : [["TargetAlias", targetAlias] as const]),
      ["TargetPortalGroupTag", String(PORTAL_GROUP)],
    ];
  }
}

/** Keys that belong to the authentication (RFC 7143, 12). */
const authenticationKeys: ReadonlySet<string> = new Set([
  "AuthMethod",
  "CHAP_A",
  "CHAP_I",
  "CHAP_C",
  "CHAP_N",
  "CHAP_R",
]);

/** Where nothing is asked for, `None` is chosen, and nothing else is known. */
function noAuthentication(pairs: TextPairs): ReturnType<Authentication["step"]> {
  const offer = new Map(pairs).get("AuthMethod");
  if (offer === undefined) return { status: loginStatuses.success, reply: [], isDone: true };
  if (!offer.split(",").includes("None"))
    return { status: loginStatuses.authenticationFailed, reply: [], isDone: false };
  return { status: loginStatuses.success, reply: [["AuthMethod", "None"]], isDone: true };
}
