/**
 * The initiator broke the protocol in a way that ends the connection: at error recovery level 0 nothing else is left
 * (RFC 7143, 7.1.5). Not for users; the target turns it into the reason of a closed connection.
 */
export class ProtocolError extends Error {
  constructor(what: string) {
    super(`The initiator sent ${what}.`);
    this.name = "ProtocolError";
  }
}
