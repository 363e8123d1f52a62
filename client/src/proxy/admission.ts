import { type AllowRule, isAllowed, requestPath } from '#core';
import type { CallerHeaders } from './caller-headers';
import { isOauthDiscovery } from './oauth-discovery';
import { badRequest, type Refusal } from './refusal';
import type { RunKey } from './run-key';

export interface AdmissionOptions {
  /** Values of header `Host` that name the proxy, in lower case. @default - any, because no web page reaches a socket */
  readonly hosts?: ReadonlySet<string>;
  /** @default - none, because the mode of a socket is who may use it */
  readonly key?: RunKey;
  /** Requests that are allowed. Without rules, all are. */
  readonly allow: readonly AllowRule[];
}

/** First line of a request. */
interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** Version of HTTP, such as `1.1`. */
  readonly version: string;
}

/** An admitted request is also one of a form that every server reads the same way. */
export class Admission {
  constructor(private readonly options: AdmissionOptions) {}

  /** Returns the reason against a request, and undefined if it may pass. The key comes before all that tells about rules. */
  refusal({ method, target, version }: RequestLine, headers: CallerHeaders): Refusal | undefined {
    const { hosts, key, allow } = this.options;
    if (headers.host === undefined) {
      return badRequest('a request must have one header "Host"; send it once');
    }
    if (hosts?.has(headers.host) === false && !hosts.has(headers.host.toLowerCase())) {
      return FOREIGN_HOST;
    }
    const path = requestPath(target);
    // Clients send no key with this question.
    if (path !== undefined && isOauthDiscovery(path)) {
      return NO_DISCOVERY;
    }
    if (key?.isIn(headers.authorization) === false) {
      return UNAUTHORIZED;
    }
    if (method === 'TRACE' || method === 'CONNECT') {
      return NOT_FORWARDED;
    }
    return formRefusal(target, version, headers) ?? pathRefusal(allow, method, path);
  }
}

function formRefusal(
  target: string,
  version: string,
  { upgrade, expects, hasOtherCodings }: CallerHeaders,
): Refusal | undefined {
  if (version !== '1.1' && version !== '1.0') {
    return badRequest('this proxy speaks HTTP/1.1; send the request in this version', 505);
  }
  if (!target.startsWith('/')) {
    return badRequest(
      'the request target must be a path, such as "/v1/people/me"; use the address of this proxy as base URL',
    );
  }
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c') {
    return badRequest('this proxy forwards no upgrade to another protocol; leave header "Upgrade" out');
  }
  if (expects !== undefined && expects.toLowerCase() !== '100-continue') {
    return badRequest('this proxy meets no expectation but "100-continue"; leave header "Expect" out', 417);
  }
  return hasOtherCodings
    ? badRequest(
        'the only transfer coding that this proxy accepts is "chunked"; send the body without another one',
        501,
      )
    : undefined;
}

function pathRefusal(allow: readonly AllowRule[], method: string, path: string | undefined): Refusal | undefined {
  if (path === undefined) {
    return AMBIGUOUS_PATH;
  }
  return isAllowed(allow, method, path) ? undefined : NOT_ALLOWED;
}

const UNAUTHORIZED: Refusal = {
  reason: 'key',
  status: 401,
  message:
    'The request requires the key of this proxy as its bearer token; read it from the file that the proxy names.',
  headers: ['WWW-Authenticate', 'Bearer realm="webex-token proxy"'],
};

const NO_DISCOVERY: Refusal = {
  reason: 'path',
  status: 404,
  message: 'This proxy has a token already, so no client needs one of its own; send the key of this proxy instead.',
};

const FOREIGN_HOST: Refusal = {
  reason: 'host',
  status: 421,
  message: 'Header "Host" does not name this proxy; use the address that the proxy printed.',
};

export const NOT_FORWARDED: Refusal = {
  reason: 'method',
  status: 405,
  message: 'This proxy forwards neither TRACE nor CONNECT; use its address as base URL.',
  headers: ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
};

const AMBIGUOUS_PATH: Refusal = {
  reason: 'path',
  status: 400,
  message: 'Servers read this path in different ways; send it without dot segments, double slashes and encoded syntax.',
};

const NOT_ALLOWED: Refusal = {
  reason: 'allow',
  status: 403,
  message: 'No rule of this proxy allows this method and path; have a rule added, by --allow or in the declaration.',
};
