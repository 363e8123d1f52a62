import { kubernetesName } from '../../../../lib/apps/delivery/kubernetes-name';

it.each([
  [['people_me'], 'people-me'],
  [['people-me', 'Test_Report'], 'people-me.test-report'],
  [['a_'], 'a'],
  [['a_', 'b-'], 'a.b'],
])('the Kubernetes name of %j is %s', (parts, name) => {
  expect(kubernetesName(...parts)).toBe(name);
});

it('each pair of app and credential has its own Kubernetes name', () => {
  expect(kubernetesName('report', 'prod-admin')).not.toBe(kubernetesName('report-prod', 'admin'));
});

it('a Kubernetes name has at most as many characters as Kubernetes allows', () => {
  expect(kubernetesName('a'.repeat(63), 'b'.repeat(63))).toHaveLength(127);
  expect(() => kubernetesName('a'.repeat(64))).toThrow('63 characters at most, got 64');
  expect(() => kubernetesName(...Array.from({ length: 4 }, () => 'a'.repeat(63)))).toThrow(
    '253 characters at most, got 255',
  );
});
