import { kubernetesName } from '../../../../lib/apps/delivery/kubernetes-name';

it.each([
  [['people_me'], 'people-me'],
  [['people-me', 'Test_Report'], 'people-me.test-report'],
  [['a_'], 'a'],
  [['a_', 'b-'], 'a.b'],
])('%j is %s in Kubernetes', (parts, name) => {
  expect(kubernetesName(...parts)).toBe(name);
});

it('is another one for each app and credential', () => {
  expect(kubernetesName('report', 'prod-admin')).not.toBe(kubernetesName('report-prod', 'admin'));
});

it('takes as many characters as Kubernetes does, and no more', () => {
  expect(kubernetesName('a'.repeat(63), 'b'.repeat(63))).toHaveLength(127);
  expect(() => kubernetesName('a'.repeat(64))).toThrow('takes 63 characters at most, got 64');
  expect(() => kubernetesName(...Array.from({ length: 4 }, () => 'a'.repeat(63)))).toThrow('takes 253 characters');
});
