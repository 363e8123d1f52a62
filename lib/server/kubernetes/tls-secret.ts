import { ExplainedError, commandLine, quotedList } from '#core';
import { CertificateChain } from '../../declaration/files/certificate-chain';
import { hostOf } from '../../declaration/schema/host-name';
import {
  clusterAddress,
  podHost,
  podNames,
  tlsSecretName,
  type KubernetesServerDeclaration,
} from '../../declaration/schema/server/kubernetes-server-declaration';
import { kubectlCommand } from '../../declaration/derived/cluster-nodes';
import type { Kubectl } from './kubectl';
import { keysOf } from './secret-look';

const EXPIRES_SOON_DAYS = 30;

/** Checks the certificates of a server. The key is never read. @throws ClusterRefusal, ClusterUnseen */
export async function lookAtTlsSecret(kubectl: Kubectl, server: KubernetesServerDeclaration, now: Date) {
  const { namespace, tls } = server;
  const { certFile, keyFile, caFile } = tls;
  const name = tlsSecretName(server);
  const found = await keysOf(kubectl, name);
  if (found === undefined) {
    return problem(`namespace "${namespace}" has no Secret "${name}"; ${howToMake(server, name)}`);
  }
  const missing = [certFile, keyFile, ...(caFile === null ? [] : [caFile])].filter((key) => !found.includes(key));
  if (missing.length > 0) {
    return problem(
      `Secret "${name}" in namespace "${namespace}" has no ${quotedList(missing)}, only ${quotedList(found)}; add it, or correct vault.server.tls`,
    );
  }
  const read = async (what: string, key: string): Promise<CertificateChain> => {
    // A certificate is no secret.
    const value = `--output=go-template={{index .data "${key}" | base64decode}}`;
    return CertificateChain.parse(
      what,
      `"${key}" in Secret "${name}"`,
      await kubectl.text('get', 'secret', name, value),
    );
  };
  try {
    const chain = await read('certificate', certFile);
    chain.checkValidity(now);
    chain.checkHosts(neededHosts(server));
    if (caFile !== null) {
      chain.checkIssuer(await read('CA', caFile));
    }
    return { problems: [], notes: chain.warnings(EXPIRES_SOON_DAYS, now) };
  } catch (error) {
    if (error instanceof ExplainedError && error.name === 'ExplainedError') {
      return problem(error.message);
    }
    throw error;
  }
}

/** Names by which nodes find each other, apps find the leader, and our commands find each node. */
function neededHosts(server: KubernetesServerDeclaration): string[] {
  const { address } = server;
  return [
    ...podNames(server).map((pod) => podHost(server, pod)),
    new URL(clusterAddress(server)).hostname,
    '127.0.0.1',
    ...(address === undefined ? [] : [hostOf(address)]),
  ];
}

function howToMake(server: KubernetesServerDeclaration, name: string): string {
  const { certFile, keyFile, caFile } = server.tls;
  const folder = `secrets/tls/${server.releaseName}`;
  const files = [
    `${certFile}=${folder}/server.pem`,
    `${keyFile}=${folder}/server-key.pem`,
    ...(caFile === null ? [] : [`${caFile}=${folder}/ca.pem`]),
  ];
  return `issue the certificates with "${commandLine('certs')}", then create it: ${kubectlCommand(server)} create secret generic ${name} ${files.map((file) => `--from-file=${file}`).join(' ')}`;
}

function problem(line: string) {
  return { problems: [line], notes: [] };
}
