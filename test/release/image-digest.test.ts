import { createHash } from 'node:crypto';
import { imageDigest } from '../../release/image-digest';
import { RecordingServer, type RecordedRequest } from '../fixtures/loopback/recording-server';

/* A strict registry. A token is valid for one repository. A client gets the manifest only if it accepts an index. */

const INDEX = JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] });
const DIGEST = `sha256:${createHash('sha256').update(INDEX).digest('hex')}`;

interface Behavior {
  readonly says?: string;
  readonly realm?: string;
  readonly token?: string;
}

let registry: RecordingServer;
let behavior: Behavior;

beforeEach(async () => {
  behavior = {};
  registry = await RecordingServer.start(({ method, url, headers }: RecordedRequest, response) => {
    const { address } = registry;
    const { says = DIGEST, realm = `${address}/token`, token = 'for-anybody' } = behavior;
    const asked = new URL(url, address);
    if (asked.pathname === '/token') {
      const isRight = `${asked.searchParams.get('service')} ${asked.searchParams.get('scope')}`;
      response.statusCode = isRight === 'the-registry repository:team/bao:pull' ? 200 : 400;
      response.end(JSON.stringify({ token }));
    } else if (headers.authorization !== 'Bearer for-anybody') {
      const challenge = `Bearer realm="${realm}",service="the-registry",scope="repository:team/bao:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (method !== 'GET' || asked.pathname !== '/v2/team/bao/manifests/2.7.2') {
      response.writeHead(404).end();
    } else if (headers.accept?.includes('application/vnd.oci.image.index.v1+json') !== true) {
      response.writeHead(406).end();
    } else {
      response.writeHead(200, { 'docker-content-digest': says }).end(INDEX);
    }
  });
});
afterEach(() => registry[Symbol.asyncDispose]());

function image(tag: string): string {
  return `${new URL(registry.address).host}/team/bao:${tag}`;
}

it("the lookup reads the digest of the registry's index for the tag", async () => {
  await expect(imageDigest(image('2.7.2'))).resolves.toBe(DIGEST);
  expect(registry.asked).toEqual([
    'GET /v2/team/bao/manifests/2.7.2',
    'GET /token?service=the-registry&scope=repository%3Ateam%2Fbao%3Apull',
    'GET /v2/team/bao/manifests/2.7.2',
  ]);
});

it('the lookup replaces the digest that an image already has', async () => {
  await expect(imageDigest(`${image('2.7.2')}@sha256:${'0'.repeat(64)}`)).resolves.toBe(DIGEST);
});

it.each<[string, Behavior, string, RegExp]>([
  ['a tag that is not there', {}, '9.9.9', /manifests\/9\.9\.9 answered 404, so the digest of ".*" is unknown/],
  [
    'bytes that are not those of the digest',
    { says: `sha256:${'0'.repeat(64)}` },
    '2.7.2',
    /sent bytes of digest sha256:/,
  ],
  ['a token over plain HTTP', { realm: 'http://registry.example/token' }, '2.7.2', /which is not https/],
  ['a token that is not taken', { token: 'another' }, '2.7.2', /answered 401/],
])('the lookup refuses %s', async (_, wrong, tag, message) => {
  behavior = wrong;
  await expect(imageDigest(image(tag))).rejects.toThrow(message);
});
