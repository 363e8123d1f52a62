import { withPolicyFiles } from '../../../../lib/terraform/ejection/policy-files';

it('a stack without policies stays as it is', () => {
  const configuration = { resource: { docker_image: { image: { name: 'openbao' } } } };
  expect(withPolicyFiles(configuration)).toEqual({ configuration, files: {} });
});

it('a policy in quotes and one without are files with their texts', () => {
  const resource = {
    vault_policy: {
      short: { name: 'short', policy: 'path "a" {\n}\n' },
      long: { name: 'long', policy: String.raw`${'${'}"path \"a\\b\" {\n}\n"}` },
    },
  };
  const { configuration, files } = withPolicyFiles({ resource });
  expect(files).toEqual({
    'policies/short.hcl': 'path "a" {\n}\n',
    'policies/long.hcl': 'path "a\\b" {\n}\n',
  });
  expect(configuration).toEqual({
    resource: {
      vault_policy: {
        short: { name: 'short', policy: '${file("${path.module}/policies/short.hcl")}' },
        long: { name: 'long', policy: '${file("${path.module}/policies/long.hcl")}' },
      },
    },
  });
});

it('a policy with an expression of Terraform stays in its text', () => {
  const configuration = { resource: { vault_policy: { own: { name: 'own', policy: 'path "${var.path}" {}' } } } };
  expect(withPolicyFiles(configuration)).toEqual({ configuration, files: {} });
});
