import fc from 'fast-check';
import { ExplainedError } from '#core';
import { parseAllDocuments } from 'yaml';
import { deliver, DELIVERER_NAMES } from '../../../lib/apps/delivery/deliverers/deliverers';
import { manifestFile } from '../../../lib/kubernetes/manifest';
import { InvalidDeployment } from '../../../lib/declaration/checks/invalid-deployment';
import { name, path, wholeText } from '../../fixtures/arbitrary/text';
import { exampleDelivery } from '../../fixtures/declarations/delivery';
import { property } from '../../fixtures/arbitrary/property';

/** Reads the manifests as kubectl does. The only control character that kubectl accepts is the tab. */
function read(file: string): unknown[] {
  // eslint-disable-next-line no-control-regex -- the control characters are the point
  expect(file).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f]/);
  return parseAllDocuments(file).map((document) => {
    if (!('errors' in document)) {
      throw new Error('there is no document');
    }
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });
}

property(
  'a manifest with any texts is read as its object',
  fc.record({
    object: fc.dictionary(wholeText, fc.oneof(wholeText, fc.array(wholeText))),
    header: fc.array(wholeText),
    comment: fc.array(wholeText),
  }),
  ({ object, header, comment }) => {
    const whole = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: object };
    expect(read(manifestFile(header, [{ object: whole, comment }]))).toEqual([whole]);
  },
);

property(
  'the manifests of an app contain the declared values unchanged, or the values are refused',
  fc.record({ audience: wholeText, path, credential: name, deliverer: fc.constantFrom(...DELIVERER_NAMES) }),
  ({ audience, path: authPath, credential, deliverer }) => {
    let file: string;
    try {
      const identity = { serviceAccounts: ['reports'], namespaces: ['webex'], audience, path: authPath };
      const apps = [{ name: 'people_me', reads: [credential], identity: { kubernetes: identity } }];
      const credentials = [{ name: credential, integration: 'webex-myapp', scopes: ['spark:people_read'] }];
      file = deliver(deliverer, exampleDelivery(identity, {}, { credentials, apps }));
    } catch (error) {
      if (error instanceof InvalidDeployment || error instanceof ExplainedError) {
        return;
      }
      throw error;
    }
    const text = JSON.stringify(read(file));
    expect(text).toContain(JSON.stringify(audience).slice(1, -1));
    if (deliverer !== 'client') {
      expect(text).toContain(credential);
    }
  },
  { costs: 4 },
);
