/** How a login ended, or that it goes on (RFC 7143, 11.13.5): class in the high byte, detail in the low one. */
export const loginStatuses = {
  success: 0x0000,
  initiatorError: 0x0200,
  authenticationFailed: 0x0201,
  notAllowed: 0x0202,
  notFound: 0x0203,
  versionNotSupported: 0x0205,
  tooManyConnections: 0x0206,
  missingParameter: 0x0207,
  sessionTypeNotSupported: 0x0209,
  sessionDoesNotExist: 0x020a,
  invalidRequest: 0x020b,
  targetError: 0x0300,
  outOfResources: 0x0302,
} as const;
