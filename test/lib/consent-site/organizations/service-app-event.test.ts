import fc from 'fast-check';
import { parsedEvent } from '../../../../lib/consent-site/organizations/service-app-event';
import { property } from '../../../fixtures/arbitrary/property';
import { applicationId, organization } from '../../../fixtures/declarations/recoverable-service-app';
import { eventBody, type EventChanges } from './signed-event';

it('an event names the Service App, the organization that acted and the time of the authorization', () => {
  const facts = { applicationId, organizationId: organization, authorizedAt: new Date('2026-12-01T08:00:00Z') };
  expect(parsedEvent(eventBody())).toEqual({ event: 'authorized', ...facts });
  expect(parsedEvent(eventBody({ event: 'deauthorized' }))).toEqual({ event: 'deauthorized', ...facts });
  expect(parsedEvent(eventBody({ authorizedAt: '2026-12-01T10:00:00+02:00' }))).toEqual({
    event: 'authorized',
    ...facts,
  });
});

it.each<[string, EventChanges]>([
  ['another event', { event: 'created' }],
  ['no organization', { organizationId: null }],
  ['an empty organization', { organizationId: '' }],
  ['an organization that is no text', { organizationId: 7 }],
  ['an organization with a line break', { organizationId: 'a\nb' }],
  ['an organization with an escape sequence', { organizationId: 'a\u001b[31m' }],
  ['an organization of more than 512 characters', { organizationId: 'a'.repeat(513) }],
  ['a Service App with a space', { applicationId: 'a b' }],
  ['a time without a zone', { authorizedAt: '2026-12-01T08:00:00' }],
  ['a time that is a number', { authorizedAt: 1 }],
])('an event with %s is no event of a Service App', (_, changes) => {
  expect(parsedEvent(eventBody(changes))).toBeUndefined();
});

it('an event of another resource is no event of a Service App', () => {
  const text = eventBody().toString().replace('"serviceApp"', '"messages"');
  expect(parsedEvent(Buffer.from(text))).toBeUndefined();
});

property('any bytes are an event or none, without an error', fc.uint8Array({ maxLength: 200 }), (bytes) => {
  expect(parsedEvent(Buffer.from(bytes))).toBeUndefined();
});

property('any JSON is an event or none, without an error', fc.json(), (text) => {
  expect(parsedEvent(Buffer.from(text))).toBeUndefined();
});
