import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Authentication, AuthenticationStep } from "./authentication.ts";
import { loginStatuses } from "./login-statuses.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { TextPairs } from "./text-keys.ts";

/** Who may log in, and how the target proves who it is in turn. */
export interface ChapSecrets {
  /** Names of initiators with their secrets. */
  readonly initiators: ReadonlyMap<string, string>;
  /** What the target proves itself with to initiators that ask for it. */
  readonly target?: {
    /** Its name for CHAP. */
    readonly name: string;
    /** Its secret, which must not be one of an initiator. */
    readonly secret: string;
  };
}

/** Digests by their numbers, in our order of preference (RFC 7143, 12.1.3, which wants 5; IANA's registry for 6 and 7). */
const algorithms: ReadonlyMap<string, string> = new Map([
  ["7", "sha256"],
  ["6", "sha1"],
  ["5", "md5"],
]);
/** Longest challenge and response that is taken (RFC 7143, 12.1.3). */
const LONGEST_BINARY = 1024;
const CHALLENGE_BYTES = 24;

const refused: AuthenticationStep = { status: loginStatuses.authenticationFailed, reply: [], isDone: false };
const go = (reply: TextPairs, isDone = false): AuthenticationStep => ({ status: loginStatuses.success, reply, isDone });

/** CHAP of one login, one way or both (RFC 7143, 12.1.3). */
export function chapAuthentication(secrets: ChapSecrets): Authentication {
  return new Chap(secrets);
}

class Chap implements Authentication {
  readonly #secrets: ChapSecrets;
  readonly #challenge = randomBytes(CHALLENGE_BYTES);
  readonly #identifier = randomBytes(1)[0] ?? 0;
  #next: "method" | "algorithm" | "response" | "done" = "method";
  #hash = "";

  constructor(secrets: ChapSecrets) {
    this.#secrets = secrets;
  }

  step(pairs: TextPairs): AuthenticationStep {
    const said = new Map(pairs);
    switch (this.#next) {
      case "method":
        return this.#method(said);
      case "algorithm":
        return this.#algorithm(said);
      case "response":
        return this.#response(said);
      default:
        return go([], true);
    }
  }

  #method(said: ReadonlyMap<string, string>): AuthenticationStep {
    const offer = said.get("AuthMethod");
    if (offer === undefined || !offer.split(",").includes("CHAP")) return refused;
    this.#next = "algorithm";
    return go([["AuthMethod", "CHAP"]]);
  }

  #algorithm(said: ReadonlyMap<string, string>): AuthenticationStep {
    const offered = said.get("CHAP_A")?.split(",") ?? [];
    const chosen = [...algorithms].find(([number]) => offered.includes(number));
    if (chosen === undefined) return refused;
    this.#hash = chosen[1];
    this.#next = "response";
    return go([
      ["CHAP_A", chosen[0]],
      ["CHAP_I", String(this.#identifier)],
      ["CHAP_C", hexadecimal(this.#challenge)],
    ]);
  }

  #response(said: ReadonlyMap<string, string>): AuthenticationStep {
    const name = said.get("CHAP_N");
    const response = said.get("CHAP_R");
    if (name === undefined || response === undefined) return refused;
    const known = this.#secrets.initiators.get(name);
    // A name that nobody has takes as long as a wrong secret.
    const expected = this.#digest(this.#identifier, known ?? randomBytes(16).toString("hex"), this.#challenge);
    const given = binary(response);
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isRight || known === undefined) return refused;
    this.#next = "done";
    return this.#proveOurselves(said);
  }

  /** The initiator wants to know who we are too. */
  #proveOurselves(said: ReadonlyMap<string, string>): AuthenticationStep {
    const identifier = said.get("CHAP_I");
    const text = said.get("CHAP_C");
    if (identifier === undefined && text === undefined) return go([], true);
    const { target } = this.#secrets;
    if (target === undefined || identifier === undefined || text === undefined) return refused;
    const challenge = binary(text);
    // Our own challenge sent back would have us compute the answer to it for somebody (RFC 7143, 12.1.3).
    if (challenge.length === 0 || challenge.equals(this.#challenge)) return refused;
    if (!/^\d{1,3}$/.test(identifier) || Number(identifier) > 255) return refused;
    const response = this.#digest(Number(identifier), target.secret, challenge);
    return go(
      [
        ["CHAP_N", target.name],
        ["CHAP_R", hexadecimal(response)],
      ],
      true,
    );
  }

  #digest(identifier: number, secret: string, challenge: Uint8Array): Buffer {
    return createHash(this.#hash).update(Uint8Array.of(identifier)).update(secret, "utf8").update(challenge).digest();
  }
}

function hexadecimal(bytes: Buffer): string {
  return `0x${bytes.toString("hex")}`;
}

/** Bytes as hexadecimal behind `0x` or base64 behind `0b` (RFC 7143, 6.1). @throws `ProtocolError` for anything else. */
function binary(text: string): Buffer {
  const isHexadecimal = /^0x(?:[0-9a-f]{2})+$/i.test(text);
  if (!isHexadecimal && !/^0b[0-9a-z+/]+={0,2}$/i.test(text)) throw new ProtocolError("a binary value that is none");
  const bytes = Buffer.from(text.slice(2), isHexadecimal ? "hex" : "base64");
  if (bytes.length > LONGEST_BINARY) throw new ProtocolError("a binary value that is too long");
  return bytes;
}
