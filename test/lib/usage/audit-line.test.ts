import { credentialRead, parseAuditEntry, type CredentialPaths } from '../../../lib/usage/audit-line';
import { auditEntry, REFUSED, type AuditLine } from '../../fixtures/results/log-lines';

const PATHS: CredentialPaths = { folders: ['oauthapp/creds/'] };

function read(line: AuditLine = {}, paths = PATHS) {
  const entry = parseAuditEntry(auditEntry(line));
  return entry === undefined ? 'no entry' : credentialRead(entry, paths);
}

it('a response with a token is a read', () => {
  expect(read()).toEqual({
    credential: 'testauth',
    outcome: 'read',
    caller: { displayName: 'approle', role: 'people-me', policies: ['oauthapp-app-people-me'], address: '127.0.0.1' },
  });
});

it.each<[string, AuditLine, string]>([
  ['that Vault refuses', REFUSED, 'refused'],
  ['with an error of the engine', { data: { error: 'hmac-sha256:00' } }, 'failed'],
  ['of a credential without a grant', { data: {} }, 'failed'],
])('a read %s has another outcome', (_, line, outcome) => {
  expect(read(line)).toMatchObject({ outcome });
});

it('a wrapped response is a read, because its token is behind the wrapping token', () => {
  const entry = parseAuditEntry({ ...auditEntry(), response: { wrap_info: { ttl: 60 } } });
  expect(entry && credentialRead(entry, PATHS)).toMatchObject({ outcome: 'read' });
});

it.each<[string, AuditLine]>([
  ['the entry of the request', { type: 'request' }],
  ['a consent, which writes the credential', { operation: 'update' }],
  ['another path', { path: 'oauthapp/config' }],
  ['another mount', { path: 'team/oauthapp/creds/testauth' }],
  ['another namespace', { namespace: 'team' }],
])('%s is no read of a credential', (_, line) => {
  expect(read(line)).toBeUndefined();
});

it('a namespace has its own credentials', () => {
  const paths = { ...PATHS, namespace: 'team' };
  expect(read({ namespace: 'team' }, paths)).toMatchObject({ credential: 'testauth' });
  expect(read({}, paths)).toBeUndefined();
});

it.each([
  ['role_name', 'AppRole'],
  ['role', 'jwt, oidc and kubernetes'],
  ['cert_name', 'cert'],
])('field %s has the role of a login by %s', (field) => {
  expect(read({ metadata: { [field]: 'report' } })).toMatchObject({ caller: { role: 'report' } });
});

it('a request without a valid token has no name', () => {
  expect(read({ ...REFUSED, displayName: null })).toMatchObject({
    outcome: 'refused',
    caller: { displayName: undefined, policies: [] },
  });
});

it.each([null, [], 'text', {}, { ...auditEntry(), type: 'other' }, { ...auditEntry(), time: 'yesterday' }])(
  'the value %j is no entry',
  (value) => {
    expect(parseAuditEntry(value)).toBeUndefined();
  },
);

it('fields of other types count as missing', () => {
  const { request } = auditEntry();
  const entry = parseAuditEntry({
    ...auditEntry(),
    auth: { display_name: 1, policies: 'root', metadata: [] },
    request: { ...request, namespace: 7, remote_address: {} },
    error: 1,
  });
  expect(entry && credentialRead(entry, PATHS)).toEqual({
    credential: 'testauth',
    outcome: 'read',
    caller: { displayName: undefined, role: undefined, policies: [], address: '' },
  });
});
