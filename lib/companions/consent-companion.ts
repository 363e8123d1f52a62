import { shellWord } from '#core';
import { consentSite, type ConsentSite } from '../declaration/derived/consent-site';
import type { Manifest } from '../kubernetes/manifest';
import type { Companion, CompanionKind } from './companion';
import { labelsOf, programPod, selectorOf, type MountedSecret } from './program-pod';
import { RECORD_FOLDER, recordClaim, recordFolder } from './record-claim';
import { webhookNotes, webhookVariable } from './webhook-secret';

const PORT = 8480;
const PORT_NAME = 'https';

const RECORD =
  'The organizations that authorized a Service App. Webex sends an event once, so a restart must not lose it.';

const SECRETS_FOLDER = '/var/run/secrets/webex-token-vault';

/** Keys of a Secret of type `kubernetes.io/tls`, which cert-manager writes. */
const CERTIFICATE_KEY = 'tls.crt';
const PRIVATE_KEY_KEY = 'tls.key';

/** Key of the webhooks' secrets in their Secret. */
const EVENTS_KEY = 'secrets';

/** Serves the site on which people consent. */
export const consentCompanion: CompanionKind = {
  // The server has no right in Vault: each person logs in.
  operators: [],
  notes: (companion) => [
    'The pod has no login in Vault. Each person logs in by operators.oidc, and Vault must reach the identity provider.',
    ...secretNotes(companion),
    ...(companion.notify ? webhookNotes(companion) : []),
    `Send https://${siteOf(companion).base.host} to port 443 of Service ${companion.name}-consent. TLS ends in the pod, and the pod refuses other hosts. So use a load balancer, or an Ingress that passes TLS through. One that encrypts again must keep the host.`,
  ],
  manifests: (companion, name) => [
    ...(companion.serviceAppEvents ? [recordClaim(companion, name, RECORD)] : []),
    server(companion, name),
    service(companion, name),
  ],
};

/** @throws TypeError if the caller chose no site */
function siteOf({ site }: Companion): ConsentSite {
  if (site === undefined) {
    throw new TypeError('a companion that serves the site of a consent needs the site');
  }
  return site;
}

/** Names of the integrations whose codes the site exchanges. */
function integrationsOf(companion: Companion): string[] {
  const { base } = siteOf(companion);
  return companion.deployment.integrations
    .filter((integration) => consentSite(integration)?.base.href === base.href)
    .map(({ name }) => name);
}

function certificate({ name }: Companion): MountedSecret {
  const mountPath = `${SECRETS_FOLDER}/tls`;
  return { name: 'tls', mountPath, secretName: `${name}-consent-tls`, keys: [CERTIFICATE_KEY, PRIVATE_KEY_KEY] };
}

function clientSecrets(companion: Companion): MountedSecret {
  const mountPath = `${SECRETS_FOLDER}/clients`;
  const secretName = `${companion.name}-client-secrets`;
  return { name: 'clients', mountPath, secretName, keys: integrationsOf(companion) };
}

function eventSecrets({ name }: Companion): MountedSecret {
  const mountPath = `${SECRETS_FOLDER}/events`;
  return { name: 'events', mountPath, secretName: `${name}-service-app-events`, keys: [EVENTS_KEY] };
}

function secretNotes(companion: Companion): string[] {
  const create = `  kubectl -n ${companion.namespace} create secret`;
  const clients = clientSecrets(companion);
  const files = clients.keys.map((name) => `--from-file=secrets/clients/${name}`).join(' ');
  return [
    `The certificate of ${siteOf(companion).base.hostname} must be in a Secret, as cert-manager writes it. The pod takes a renewed one without a restart. Without cert-manager:`,
    `${create} tls ${shellWord(certificate(companion).secretName)} --cert=${CERTIFICATE_KEY} --key=${PRIVATE_KEY_KEY}`,
    'The client secrets must be in a Secret, with a key for each integration. The pod takes a changed one without a restart. From files of that name:',
    `${create} generic ${shellWord(clients.secretName)} ${files}`,
    ...(companion.serviceAppEvents
      ? [
          "The secrets of Webex's webhooks must be in a Secret, one a line. The pod takes a changed one without a restart. From a file:",
          `${create} generic ${shellWord(eventSecrets(companion).secretName)} --from-file=${EVENTS_KEY}=FILE`,
        ]
      : []),
  ];
}

function server(companion: Companion, name: string): Manifest {
  const { namespace, serviceAppEvents, notify } = companion;
  const { base } = siteOf(companion);
  const labels = labelsOf(name);
  const [tls, clients, events] = [certificate(companion), clientSecrets(companion), eventSecrets(companion)];
  const options = {
    '--listen': `0.0.0.0:${PORT}`,
    '--site': base.href,
    '--tls-cert': `${tls.mountPath}/${CERTIFICATE_KEY}`,
    '--tls-key': `${tls.mountPath}/${PRIVATE_KEY_KEY}`,
    '--client-secrets': clients.mountPath,
    ...(serviceAppEvents && {
      '--webhook-secret-file': `${events.mountPath}/${EVENTS_KEY}`,
      '--organizations-state': `${RECORD_FOLDER}/organizations.json`,
    }),
  };
  // The kubelet checks no certificate. The pod answers its own host alone.
  const httpGet = {
    path: `${base.pathname}healthz`,
    port: PORT_NAME,
    scheme: 'HTTPS',
    httpHeaders: [{ name: 'Host', value: base.host }],
  };
  const container = {
    args: ['consent', '--serve', ...Object.entries(options).flat(), ...(notify ? ['--notify'] : [])],
    operators: consentCompanion.operators,
    env: notify ? [webhookVariable(companion)] : [],
    secrets: [tls, clients, ...(serviceAppEvents ? [events] : [])],
    writable: serviceAppEvents ? recordFolder(name) : [],
    serving: {
      ports: [{ name: PORT_NAME, containerPort: PORT }],
      livenessProbe: { httpGet, timeoutSeconds: 5, periodSeconds: 20, failureThreshold: 3 },
      readinessProbe: { httpGet, timeoutSeconds: 5, periodSeconds: 5 },
    },
  };
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorOf(name) },
      template: programPod(companion, name, container),
    },
  };
  return {
    object,
    comment: [
      'One pod, because the logins of people and their consents under way are in its memory. A restart ends them.',
    ],
  };
}

function service({ namespace }: Companion, name: string): Manifest {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: { selector: selectorOf(name), ports: [{ name: PORT_NAME, port: 443, targetPort: PORT_NAME }] },
  };
  return { object };
}
