/** A key made for these cases, and what it signed; the private half was thrown away. */
export const jwks =
  '{"keys":[{"kty":"EC","crv":"P-256","kid":"k","alg":"ES256","x":"lMu4XKqiHxQFJvB2KvxY4hX4eie7fX_ktPLj5KquvNw","y":"WkPtfna7juT-RZb_KlTrWG997iFD52_frK6WLaqAGOk"}]}';

const header = 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsifQ';

export const tokens = {
  /** Of issuer `me`, for `ann` of group `readers`, until 2100. */
  good: `${header}.eyJpc3MiOiJtZSIsInN1YiI6ImFubiIsImV4cCI6NDEwMjQ0NDgwMCwiZ3JvdXBzIjpbInJlYWRlcnMiXX0.Rw09kvV6jgasX_pC1juHwmzE820VznoY4xe0OsrjtbjIxLAufjZrSEertZAY15AdvMm54f7ODASeEen_5-OdQw`,
  expired: `${header}.eyJpc3MiOiJtZSIsInN1YiI6ImFubiIsImV4cCI6MTYwMDAwMDAwMH0.zOJ5cG9Kc5aGUwmR5D2fXCVS1CyRDg_kiEDgAs-U7EDKLunV1L_W9Dab7JHge4dGJv1mF-6213eepvoAAGUFEg`,
  otherIssuer: `${header}.eyJpc3MiOiJ5b3UiLCJzdWIiOiJhbm4iLCJleHAiOjQxMDI0NDQ4MDB9.mnECnEmOnoG166lwhJE-TCFdGY8XzDSWA08sVTQR1pre2vfBLmcS_bCn-0ovlF2lSk8Ii0jvcWJKKI4Q-vhdHQ`,
  /** The good one's claims with the other's signature. */
  forged: `${header}.eyJpc3MiOiJtZSIsInN1YiI6ImFubiIsImV4cCI6NDEwMjQ0NDgwMCwiZ3JvdXBzIjpbInJlYWRlcnMiXX0.mnECnEmOnoG166lwhJE-TCFdGY8XzDSWA08sVTQR1pre2vfBLmcS_bCn-0ovlF2lSk8Ii0jvcWJKKI4Q-vhdHQ`,
} as const;
