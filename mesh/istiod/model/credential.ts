/** A credentialName that no secret has: connections with it fail (InvalidSecretTypeURI in istio pilot/pkg/model/credentials/resource.go). */
export const INVALID_CREDENTIAL = 'invalid://';
