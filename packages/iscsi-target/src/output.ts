/** Where a session sends its PDUs: a connection, or a test. */
export interface Output {
  /** Sends one PDU; the header's lengths are filled in. */
  send(header: Uint8Array, data?: Uint8Array): void;
  /** Resolves when so little waits to be sent that more may be made; rejects never, also when the connection ends. */
  ready(): Promise<void>;
  /** Ends the connection; what was sent before still goes out. */
  end(): void;
}
