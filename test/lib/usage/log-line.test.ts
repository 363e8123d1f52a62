import { frameOf, jsonOf } from '../../../lib/usage/log-line';
import { auditEntry, auditLine, requestLine, vaultAuditLine } from '../../fixtures/results/log-lines';

const frame = (line: string) => frameOf(jsonOf(Buffer.from(line)) ?? Buffer.alloc(0));
const time = Date.parse('2026-12-02T03:40:06.558Z');

it.each([
  ['OpenBao', auditLine],
  ['Vault', vaultAuditLine],
])('the frame of a line of %s tells its kind and its time', (_, write) => {
  expect(frame(write())).toEqual({ kind: 'response', time });
  expect(frame(write({ type: 'request' }))).toEqual({ kind: 'request', time });
});

it('the frame of a request line tells its time', () => {
  expect(frame(requestLine())).toEqual({ kind: 'proxied', time: Date.parse('2026-12-02T03:24:48.123Z') });
});

it('a prefix of the audit device, or of a collector of logs, is no part of the JSON', () => {
  expect(frame(`@cee: ${auditLine()}`)).toEqual({ kind: 'response', time });
  expect(frame(`2026-12-02T03:40:06Z stdout F ${auditLine()}\r`)).toEqual({ kind: 'response', time });
});

it('data of a request gives an entry neither another time nor another kind', () => {
  const data = { time: '1999-01-01T00:00:00Z', type: 'request' };
  expect(frame(auditLine({ data }))).toEqual({ kind: 'response', time });
  expect(frame(vaultAuditLine({ data, path: 'x","time":"1999-01-01T00:00:00Z","type":"request"}' }))).toEqual({
    kind: 'response',
    time,
  });
  // The only entry that ends with data has its time first.
  const { time: at, type, ...rest } = auditEntry({ data });
  expect(frame(JSON.stringify({ ...rest, time: at, type }))).toEqual({ kind: 'response', time });
});

it('a line with its fields in another order, or with white space, has no frame', () => {
  const { time: at, ...rest } = auditEntry();
  expect(frame(JSON.stringify({ request: rest.request, time: at, type: rest.type, auth: {} }))).toBeUndefined();
  expect(frame(JSON.stringify(auditEntry()).replace('{"time":', '{ "time": '))).toBeUndefined();
});

it('an impossible time is no frame', () => {
  expect(frame(auditLine({ time: '2026-99-99T99:99:99Z' }))).toBeUndefined();
});

it.each(['', '\r', 'text', '{', '}', auditLine().slice(0, 60), '}{'])('the line %j has no JSON', (line) => {
  expect(jsonOf(Buffer.from(line))).toBeUndefined();
});
