import { kubernetesName } from '../../../lib/delivery/kubernetes-name';

it.each([
  [['people_me'], 'people-me'],
  [['people-me', 'Test_Report'], 'people-me-test-report'],
  [['a_'], 'a'],
])('%j is %s in Kubernetes', (parts, name) => {
  expect(kubernetesName(...parts)).toBe(name);
});

it('takes as many characters as Kubernetes does, and no more', () => {
  expect(kubernetesName('a'.repeat(63))).toHaveLength(63);
  expect(() => kubernetesName('a'.repeat(60), 'bcd')).toThrow('takes 63 characters at most, got 64');
});
