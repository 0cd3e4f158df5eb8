import { byType, shape } from './shape.ts';

// Certificates are facts here: ciphers, groups and session tickets change nothing.
const common = shape('CommonTlsContext', {
  read: `alpnProtocols tlsCertificateSdsSecretConfigs tlsCertificates validationContext
    validationContextSdsSecretConfig combinedValidationContext tlsParams`,
  idle: 'keyLog',
});

/** Transport sockets whose fields are read; of any other kind connections fail by name. */
export const sockets = shape(
  'TransportSocket',
  { read: 'name' },
  {
    typedConfig: byType({
      'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': shape(
        'UpstreamTlsContext',
        { read: 'sni', idle: 'maxSessionKeys allowRenegotiation' },
        { commonTlsContext: common },
      ),
      'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': shape(
        'DownstreamTlsContext',
        {
          read: 'requireClientCertificate',
          idle: 'sessionTicketKeys disableStatelessSessionResumption sessionTimeout',
        },
        { commonTlsContext: common },
      ),
    }),
  },
);
