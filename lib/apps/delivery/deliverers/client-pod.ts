import { appPod } from '../app-pod';
import { credentialVariables } from '../../identity-variables';
import { containerLogin } from '../container-login';
import type { Deliverer } from '../delivery';

/**
 * The pod's program reads its tokens by `webex-token-client` or `webex-token` whenever it needs them. They are only in its
 * memory.
 */
export const clientPod: Deliverer = {
  notes: ({ app }) => [
    `The program reads ${app.reads.join(', ')} by webex-token-client, which takes the login and the address from these variables.`,
    'Tokens are only in its memory. It reads one whenever it needs one, so no copy can expire.',
  ],
  manifests: (delivery) => {
    const { env, volume, mountPath } = containerLogin(delivery);
    const credentials = credentialVariables(delivery.deployment, delivery.app);
    return [appPod(delivery, { env: { ...env, ...credentials }, volumes: [{ ...volume, mountPath }] })];
  },
};
