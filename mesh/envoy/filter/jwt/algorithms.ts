export interface Algorithm {
  kty: string;
  /** Parameters for importing a key and for verifying. */
  import: AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams | HmacImportParams;
  verify: AlgorithmIdentifier | EcdsaParams | RsaPssParams;
}

const rsa = (name: string, bits: number): Algorithm => ({
  kty: 'RSA',
  import: { name, hash: `SHA-${bits}` },
  verify: name === 'RSA-PSS' ? { name, saltLength: bits / 8 } : { name },
});
const ec = (curve: string, bits: number): Algorithm => ({
  kty: 'EC',
  import: { name: 'ECDSA', namedCurve: curve },
  verify: { name: 'ECDSA', hash: `SHA-${bits}` },
});
const hmac = (bits: number): Algorithm => ({
  kty: 'oct',
  import: { name: 'HMAC', hash: `SHA-${bits}` },
  verify: { name: 'HMAC' },
});

/** The algorithms of jwt_verify_lib (jwt.cc, isImplemented). */
export const algorithms: { readonly [alg: string]: Algorithm } = {
  RS256: rsa('RSASSA-PKCS1-v1_5', 256),
  RS384: rsa('RSASSA-PKCS1-v1_5', 384),
  RS512: rsa('RSASSA-PKCS1-v1_5', 512),
  PS256: rsa('RSA-PSS', 256),
  PS384: rsa('RSA-PSS', 384),
  PS512: rsa('RSA-PSS', 512),
  ES256: ec('P-256', 256),
  ES384: ec('P-384', 384),
  ES512: ec('P-521', 512),
  HS256: hmac(256),
  HS384: hmac(384),
  HS512: hmac(512),
  EdDSA: { kty: 'OKP', import: { name: 'Ed25519' }, verify: { name: 'Ed25519' } },
};
