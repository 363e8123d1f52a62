import { parse } from 'yaml';
import { chartUnavailable } from '../fixtures/kubernetes/manifests/charts';
import { chartValues, helmTemplate } from '../fixtures/kubernetes/manifests/helm';
import { kubeconform } from '../fixtures/kubernetes/manifests/kubeconform';
import { describeUnless } from '../fixtures/runs/left-out';

describe.each(['openbao', 'vault'] as const)('the chart %s,', (chart) => {
  describeUnless(chartUnavailable(chart))('the pinned version', () => {
    const asked = { chart, release: 'tokens', namespace: 'vault' };

    it('the chart renders manifests that Kubernetes accepts', async () => {
      const rendered = await helmTemplate({ ...asked, values: { server: { ha: { enabled: true, replicas: 5 } } } });
      const set = rendered.split('\n---\n').find((document) => document.includes('\nkind: StatefulSet\n')) ?? '';
      expect(parse(set)).toMatchObject({ metadata: { namespace: 'vault' }, spec: { replicas: 5 } });
      expect(await kubeconform(rendered)).toEqual([]);
    });

    it('the chart lists its default values', async () => {
      expect(await chartValues(chart)).toMatchObject({ server: { ha: { enabled: false, replicas: 3 } } });
    });

    it('the chart refuses a value of the wrong type and names it', async () => {
      const values = { server: { ha: { replicas: 'three' } } };
      await expect(helmTemplate({ ...asked, values })).rejects.toThrow(
        "'/server/ha/replicas': got string, want integer",
      );
    });
  });
});
