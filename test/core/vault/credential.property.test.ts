import fc from 'fast-check';
import { ExplainedError, type HttpTransport, readCredential, VaultConnection } from '#core';
import { oddText } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/arbitrary/property';

/** Names that the plugin (3.1.1) accepts: any text without `:/`. */
const creds = /^(?:[^:]|:[^/])+$/;
const name = fc.oneof(
  fc.stringMatching(creds),
  oddText,
  fc.tuple(oddText, oddText).map((parts) => parts.join('/')),
);

/** A transport that records its URLs, and answers as the engine does. */
function recorder(): { readonly urls: URL[]; readonly transport: HttpTransport } {
  const urls: URL[] = [];
  const text = JSON.stringify({ data: { access_token: 'the-token', type: 'Bearer', server: 'webex-myapp' } });
  const body = { text: () => Promise.resolve(text), cancel: () => undefined };
  const send = ({ url }: { readonly url: URL }) => {
    urls.push(url);
    return Promise.resolve({ status: 200, headers: {}, body });
  };
  return { urls, transport: { send } as unknown as HttpTransport };
}

property('a credential is requested at its own path, or not at all', name, async (given) => {
  const { urls, transport } = recorder();
  const vault = new VaultConnection({ address: 'https://vault.example/base', token: 't' }, transport);
  const error = await readCredential(vault, 'oauthapp', given).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (error === undefined) {
    expect(urls.map(({ search, hash }) => search + hash)).toEqual(['']);
    expect(decodeURIComponent(urls[0]?.pathname ?? '')).toBe(`/base/v1/oauthapp/creds/${given}`);
  } else {
    expect(error).toBeInstanceOf(ExplainedError);
    // eslint-disable-next-line no-control-regex -- the control characters are the point
    expect((error as Error).message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(urls).toEqual([]);
  }
});
