import { WEBHOOK_VARIABLE } from '../health/notifications/webhook';
import type { Companion } from './companion';

/*
 * The Secret with the address of the webhook that gets notifications. All companions of a deployment share it.
 */

const KEY = 'url';

/** Lines with the command that creates the Secret. */
export function webhookNotes(companion: Companion): string[] {
  return [
    'Anybody who knows the address of the webhook may post to it, so it must be in a Secret. Write it to a file, and create the Secret:',
    `  kubectl -n ${companion.namespace} create secret generic ${nameOf(companion)} --from-file=${KEY}=FILE`,
  ];
}

/** The variable of the container with the address. */
export function webhookVariable(companion: Companion): object {
  return { name: WEBHOOK_VARIABLE, valueFrom: { secretKeyRef: { name: nameOf(companion), key: KEY } } };
}

function nameOf({ name }: Companion): string {
  return `${name}-webhook`;
}
