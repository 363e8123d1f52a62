import { ExplainedError, quotedList } from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { WEBEX_CLOUDS } from '../../declaration/schema/webex-declaration';
import { TOKENS_FOLDER, type Delivery } from './delivery';
import { kubernetesName } from './kubernetes-name';

/** Port of the first proxy, which `webex-token proxy` has by default. */
const FIRST_PORT = 18201;

const FIRST_METRICS_PORT = 19201;

/** A proxy in the pod of an app. It serves one credential. */
export interface PodProxy {
  readonly credential: string;
  /** Name of its container. */
  readonly name: string;
  /** Its port on loopback. */
  readonly port: number;
  readonly metricsPort: number;
  /** File of its key. */
  readonly file: string;
  /** Variable of the app with its address. */
  readonly variable: string;
  /** That address, ending in a slash. */
  readonly url: string;
  /** Origin that requests go to. @default - the one of the proxy: the commercial cloud of Webex */
  readonly upstream?: string;
}

/** @throws ExplainedError if Kubernetes does not allow a name, or two credentials would have the same one */
export function podProxies({ deployment, app, proxy }: Pick<Delivery, 'deployment' | 'app' | 'proxy'>): PodProxy[] {
  const api = new URL(deployment.webex.apiUrl);
  const declared = api.href === WEBEX_CLOUDS.commercial.apiUrl ? undefined : api.origin;
  const path = proxy.upstream === undefined ? api.pathname.replace(/\/?$/, '/') : '/v1/';
  const proxies = app.reads.map((credential, index) => ({
    credential,
    name: kubernetesName(`webex-proxy-${credential}`),
    port: FIRST_PORT + index,
    metricsPort: FIRST_METRICS_PORT + index,
    file: `${TOKENS_FOLDER}/${credential}`,
    // Several credentials have no first one: the wrong account would answer.
    variable: app.reads.length === 1 ? 'WEBEX_BASE_URL' : `WEBEX_BASE_URL_${variableOf(credential)}`,
    url: `http://127.0.0.1:${FIRST_PORT + index}${path}`,
    upstream: proxy.upstream ?? declared,
  }));
  const twice = proxies.find(({ name }, index) => proxies.findIndex((each) => each.name === name) !== index);
  if (twice !== undefined) {
    const same = proxies.filter(({ name }) => name === twice.name).map(({ credential }) => credential);
    throw new ExplainedError(
      `credentials ${quotedList(same)} of app "${app.name}" would share the container "${twice.name}". Names in Kubernetes have neither "_" nor upper case; rename one in ${declaringFile()}, or read them by two apps`,
    );
  }
  return proxies;
}

function variableOf(credential: string): string {
  return credential.toUpperCase().replaceAll('-', '_');
}
