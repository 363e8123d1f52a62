import { createHash } from 'node:crypto';
import { isLoopback } from '#core';
import { imageName } from '../constructs/server/server-products';

/*
 * The digest behind a tag, as the registry of an image has it. The protocol is the one of all registries, and no login is
 * needed.
 *
 * @see https://distribution.github.io/distribution/spec/api/ and https://distribution.github.io/distribution/spec/auth/token/
 */

/** An index of all platforms before the manifest of one, so that a machine of any platform can pull it. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Docker's registry answers at another host than images name. */
const HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

const TIMEOUT_MS = 60_000;

/**
 * @param image with its tag; a digest behind it is read anew
 * @returns such as `sha256:...`, which is that of the bytes that the registry gave
 * @throws Error where the registry does not give it, or gives other bytes than it says
 */
export async function imageDigest(image: string): Promise<string> {
  const { registry, repository, tag } = imageName(withoutDigest(image));
  const host = HOSTS[registry] ?? registry;
  const scheme = isLoopback(new URL(`https://${host}`).hostname) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${repository}/manifests/${tag}`;
  const first = await fetch(url, { headers: { accept: ACCEPT }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const answer = first.status === 401 ? await again(url, first.headers.get('www-authenticate') ?? '') : first;
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}, so the digest of "${image}" is not known; see that it is there`);
  }
  const digest = `sha256:${createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex')}`;
  const said = answer.headers.get('docker-content-digest');
  if (said !== null && said !== digest) {
    throw new Error(`${url} gave bytes of digest ${digest}, and says ${said}; what lies between alters them`);
  }
  return digest;
}

/** The same image by its tag alone. */
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
    throw new Error(`${url} wants a login of another kind than a token for anybody; read the digest by "docker pull"`);
  }
  const asked = new URL(realm);
  if (asked.protocol !== 'https:' && !isLoopback(asked.hostname)) {
    throw new Error(`${url} sends to ${asked.origin} for a token, which is not https; see which registry that is`);
  }
  Object.entries({ service, scope }).forEach(
    ([key, value]) => value !== undefined && asked.searchParams.set(key, value),
  );
  const reply = await fetch(asked, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { token, access_token = token } = reply.ok ? ((await reply.json()) as Record<string, unknown>) : {};
  if (typeof access_token !== 'string') {
    throw new Error(
      `${asked.origin} gave no token for ${url} (${reply.status}); see that the image is there for anybody`,
    );
  }
  return fetch(url, {
    headers: { accept: ACCEPT, authorization: `Bearer ${access_token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
