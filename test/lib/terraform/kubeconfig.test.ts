import { resolve } from 'node:path';
import { kubeconfigVariables } from '../../../lib/terraform/kubeconfig';

it.each([
  [{ KUBECONFIG: '/one:/two' }, { KUBE_CONFIG_PATHS: '/one:/two' }],
  [{ KUBECONFIG: 'clusters/one' }, { KUBE_CONFIG_PATHS: resolve('clusters/one') }],
  [{ KUBECONFIG: '/one', KUBE_CONFIG_PATHS: '' }, { KUBE_CONFIG_PATHS: '/one' }],
  [{ KUBECONFIG: '/one', KUBE_CONFIG_PATHS: '/other' }, {}],
  [{ KUBECONFIG: '' }, {}],
  [{}, {}],
])('kubeconfigVariables maps %j to %j', (env, expected) => {
  expect(kubeconfigVariables(env)).toEqual(expected);
});
