import { describe, expect, it } from "vitest";

import { authorization, clientNonce, sha256 } from "../src/lib/api/digest";

describe("digest authentication", () => {
  it("hashes as FIPS 180 says", async () => {
    expect(await sha256("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("answers the example of RFC 7616, section 3.9.1", async () => {
    const header = await authorization(
      {
        realm: "http-auth@example.org",
        nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        opaque: "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
      },
      { user: "Mufasa", password: "Circle of Life" },
      {
        method: "GET",
        uri: "/dir/index.html",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
      },
    );
    expect(header).toContain(
      'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
    );
    expect(header).toContain("algorithm=SHA-256, qop=auth, nc=00000001");
  });

  it("escapes what would end a quoted string", async () => {
    const header = await authorization(
      { realm: "r", nonce: "n" },
      { user: 'a"b\\c', password: "p" },
      { method: "POST", uri: "/x" },
    );
    expect(header).toContain('username="a\\"b\\\\c"');
  });

  it("never says the same client nonce twice", () => {
    expect(clientNonce()).not.toBe(clientNonce());
    expect(clientNonce()).toMatch(/^[0-9a-f]{32}$/);
  });
});
