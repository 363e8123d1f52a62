import {
  snapshotAccount,
  tlsSecretName,
  type KubernetesServerDeclaration,
} from '../../../lib/declaration/schema/server/kubernetes-server-declaration';
import type { Values } from './merged-values';

const TOKEN_FOLDER = '/var/run/secrets/webex-token-vault';
const TLS_FOLDER = '/openbao/tls';

/** Values of OpenBao's snapshot job. It logs in by its service account and writes each snapshot to a bucket. */
export function snapshotValues(
  server: KubernetesServerDeclaration,
  { schedule, host, bucket, days, credentialsSecret }: NonNullable<KubernetesServerDeclaration['snapshots']>,
): Values {
  const { tls } = server;
  const { name, path, audience } = snapshotAccount(server);
  return {
    enabled: true,
    schedule,
    s3CredentialsSecret: credentialsSecret,
    serviceAccount: { create: true, name },
    config: {
      s3Host: host,
      s3Bucket: bucket,
      s3Uri: `s3://${bucket}`,
      s3ExpireDays: String(days),
      baoAuthPath: path,
      baoRole: name,
      tokenPath: `${TOKEN_FOLDER}/token`,
    },
    extraEnvironmentVars: tls.caFile === null ? {} : { BAO_CACERT: `${TLS_FOLDER}/ca.crt` },
    extraVolumes: [
      {
        name: 'token',
        projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds: 600, path: 'token' } }] },
      },
      // The job needs the CA alone, and not the key.
      ...(tls.caFile === null
        ? []
        : [
            {
              name: 'tls',
              secret: { secretName: tlsSecretName(server), items: [{ key: tls.caFile, path: 'ca.crt' }] },
            },
          ]),
    ],
    extraVolumeMounts: [
      { name: 'token', mountPath: TOKEN_FOLDER, readOnly: true },
      ...(tls.caFile === null ? [] : [{ name: 'tls', mountPath: TLS_FOLDER, readOnly: true }]),
    ],
  };
}
