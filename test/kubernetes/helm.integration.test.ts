import { parse } from 'yaml';
import { chartUnavailable } from '../fixtures/kubernetes/manifests/charts';
import { chartValues, helmTemplate } from '../fixtures/kubernetes/manifests/helm';
import { kubeconform } from '../fixtures/kubernetes/manifests/kubeconform';
import { describeUnless } from '../fixtures/runs/left-out';

describe.each(['openbao', 'vault'] as const)('of the chart %s,', (chart) => {
  describeUnless(chartUnavailable(chart))('the pinned version', () => {
    const asked = { chart, release: 'tokens', namespace: 'vault' };

    it('is rendered, in what Kubernetes accepts', async () => {
      const rendered = await helmTemplate({ ...asked, values: { server: { ha: { enabled: true, replicas: 5 } } } });
      const set = rendered.split('\n---\n').find((document) => document.includes('\nkind: StatefulSet\n')) ?? '';
      expect(parse(set)).toMatchObject({ metadata: { namespace: 'vault' }, spec: { replicas: 5 } });
      expect(await kubeconform(rendered)).toEqual([]);
    });

    it('has values that are known', async () => {
      expect(await chartValues(chart)).toMatchObject({ server: { ha: { enabled: false, replicas: 3 } } });
    });

    it('refuses a value of the wrong type, in words that name it', async () => {
      const values = { server: { ha: { replicas: 'three' } } };
      await expect(helmTemplate({ ...asked, values })).rejects.toThrow(
        "'/server/ha/replicas': got string, want integer",
      );
    });
  });
});
