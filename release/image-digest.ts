import { createHash } from 'node:crypto';
import { isLoopback } from '#core';
import { imageName } from '../constructs/server/server-products';

/*
 * The digest of an image's tag at its registry, without a login.
 *
 * @see https://distribution.github.io/distribution/spec/api/ and https://distribution.github.io/distribution/spec/auth/token/
 */

/** The index of all platforms comes before a single manifest, so every platform can pull the image. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Docker's registry has another host than image names say. */
const HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

const TIMEOUT_MS = 60_000;

/**
 * @param image with its tag; an existing digest is ignored
 * @returns digest of the registry's bytes, such as `sha256:...`
 * @throws Error if the registry does not answer, or its bytes do not match its own digest
 */
export async function imageDigest(image: string): Promise<string> {
  const { registry, repository, tag } = imageName(withoutDigest(image));
  const host = HOSTS[registry] ?? registry;
  const scheme = isLoopback(new URL(`https://${host}`).hostname) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${repository}/manifests/${tag}`;
  const first = await fetch(url, { headers: { accept: ACCEPT }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const answer = first.status === 401 ? await again(url, first.headers.get('www-authenticate') ?? '') : first;
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}, so the digest of "${image}" is unknown; check that it exists`);
  }
  const digest = `sha256:${createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')}`;
  const said = answer.headers.get('docker-content-digest');
  if (said !== null && said !== digest) {
    throw new Error(`${url} sent bytes of digest ${digest}, but says ${said}; check the proxies between`);
  }
  return digest;
}

export function withoutDigest(image: string): string {
  return image.replace(/@.*$/, '');
}

/** Repeats the request with an anonymous token. */
async function again(url: string, challenge: string): Promise<Response> {
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value]) => [key, value]),
  );
  const { realm, service, scope } = parameters;
  if (!/^Bearer /i.test(challenge) || realm === undefined) {
    throw new Error(`${url} requires a login, not an anonymous token; read the digest by "docker pull"`);
  }
  const asked = new URL(realm);
  if (asked.protocol !== 'https:' && !isLoopback(asked.hostname)) {
    throw new Error(`${url} refers to ${asked.origin} for a token, which is not https; check the registry`);
  }
  Object.entries({ service, scope }).forEach(
    ([key, value]) => value !== undefined && asked.searchParams.set(key, value),
  );
  const reply = await fetch(asked, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { token, access_token = token } = reply.ok ? ((await reply.json()) as Record<string, unknown>) : {};
  if (typeof access_token !== 'string') {
    throw new Error(`${asked.origin} gave no token for ${url} (${reply.status}); check that the image is public`);
  }
  return fetch(url, {
    headers: { accept: ACCEPT, authorization: `Bearer ${access_token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
