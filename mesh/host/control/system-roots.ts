/** The name by which clusters ask for the roots of the operating system (istio pkg/security/security.go, SystemRootCerts). */
export const systemRootsName = 'file-root:system';

/**
 * Stands for those roots: what runs in a mesh-labs cluster was signed by none of them. One authority, whose key was
 * thrown away, because Envoy would trust every certificate were there none
 * (docs: intro/arch_overview/security/ssl, "Enabling certificate verification").
 */
export const systemRoots = `-----BEGIN CERTIFICATE-----
MIIBNTCB3KADAgECAgEBMAoGCCqGSM49BAMCMBExDzANBgNVBAMTBm5vYm9keTAg
Fw0wMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowETEPMA0GA1UEAxMGbm9i
b2R5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEChJerDBUf5AdWYPgGTd7sK5u
PVgLkdn5xgXO6SXu752Mk/YrOUVL2PykIV7KsnYTIltdqrUfw0yH3532G1ri3aMj
MCEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwID
SAAwRQIgUcQbw4lf4o04rnpE8xmGKPzIBK0BhxCCDnjOInBZ+QsCIQCMGtNf1eNw
RuWiqGejDbqZH0k8WN7VdGLwMgXwPnlV4g==
-----END CERTIFICATE-----
`;
