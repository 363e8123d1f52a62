import { quotedList } from '#core';
import type { Credential } from '../../declaration/schema/deployment';
import { askersOf, isServiceApp, personBehind } from '../../declaration/schema/service-app';
import { note, type Advice } from './advice';

/** Whether a person is still needed to get the grant of a Service App again. */
export function askerNotes(credentials: readonly Credential[]): Advice[] {
  return credentials.filter(isServiceApp).map((credential) => {
    const askers = quotedList(askersOf(credential, credentials).map(({ name }) => name));
    const person = personBehind(credential, credentials);
    const who =
      person === undefined
        ? 'no person is behind them'
        : `"${person.name}" is the grant of a person, who is needed when it is lost`;
    return note(`credential "${credential.name}" has its tokens from ${askers}; ${who}`);
  });
}
