/** HTTP digest authentication (RFC 7616) with SHA-256 and qop auth, computed in the browser. */

export interface Challenge {
  realm: string;
  nonce: string;
  opaque?: string | null;
  algorithm?: string;
  qop?: string;
}

export interface Credentials {
  user: string;
  password: string;
}

/** Lower-case hexadecimal SHA-256 of a text in UTF-8. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A fresh client nonce of 128 bits. */
export function clientNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;

/** The Authorization header that answers `challenge` for one request. */
export async function authorization(
  challenge: Challenge,
  { user, password }: Credentials,
  { method, uri, cnonce = clientNonce() }: { method: string; uri: string; cnonce?: string },
): Promise<string> {
  const count = "00000001";
  const secret = await sha256(`${user}:${challenge.realm}:${password}`);
  const request = await sha256(`${method}:${uri}`);
  const response = await sha256(
    [secret, challenge.nonce, count, cnonce, "auth", request].join(":"),
  );
  const fields = [
    `username=${quoted(user)}`,
    `realm=${quoted(challenge.realm)}`,
    `nonce=${quoted(challenge.nonce)}`,
    `uri=${quoted(uri)}`,
    "algorithm=SHA-256",
    "qop=auth",
    `nc=${count}`,
    `cnonce=${quoted(cnonce)}`,
    `response=${quoted(response)}`,
  ];
  if (challenge.opaque) fields.push(`opaque=${quoted(challenge.opaque)}`);
  return `Digest ${fields.join(", ")}`;
}
