import type { Identity } from "./login.ts";
import { loginStatuses } from "./login-statuses.ts";

/** Largest handle of a session (RFC 7143, 11.12.6). */
const LARGEST_HANDLE = 0xffff;

/** What can be ended. */
interface Endable {
  /** Ends the connection. */
  end(): void;
  /** Resolves when it is gone. */
  readonly closed: Promise<void>;
}

/** The sessions of a target by who made them, each with its one connection. */
export class Sessions {
  readonly #byName = new Map<string, { readonly tsih: number; readonly connection: Endable }>();
  #last = 0;

  /**
   * Takes a session in. One of the same initiator with the same ISID takes the place of the old one (RFC 7143, 6.3.5); a
   * second connection is more than was agreed (MaxConnections).
   *
   * @returns its handle, or the status of a refused login.
   */
  enroll(
    { initiatorName, isid, tsih: wanted, isDiscovery }: Identity,
    connection: Endable,
  ): { readonly tsih: number } | { readonly status: number } {
    const name = `${initiatorName} ${isid} ${isDiscovery}`;
    const old = this.#byName.get(name);
    if (wanted !== 0)
      return { status: old?.tsih === wanted ? loginStatuses.tooManyConnections : loginStatuses.sessionDoesNotExist };
    old?.connection.end();
    const entry = { tsih: this.#freeHandle(), connection };
    this.#byName.set(name, entry);
    void connection.closed.then(() => {
      if (this.#byName.get(name) === entry) this.#byName.delete(name);
    });
    return { tsih: entry.tsih };
  }

  #freeHandle(): number {
    const used = new Set([...this.#byName.values()].map(({ tsih }) => tsih));
    do this.#last = (this.#last % LARGEST_HANDLE) + 1;
    while (used.has(this.#last));
    return this.#last;
  }
}
