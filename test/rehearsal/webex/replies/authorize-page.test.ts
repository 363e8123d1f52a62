import { contentSecurityPolicy } from '../../../../rehearsal/webex/replies/authorize-page';

test.each([
  ['http://localhost:5000/auth', "form-action 'self' http://localhost:5000;"],
  ['https://app.example/callback?tenant=1', "form-action 'self' https://app.example;"],
  // A policy cannot name these hosts. The scheme alone lets the browser follow the redirect after the form.
  ['http://[::1]:5000/auth', "form-action 'self' http:;"],
  ['com.example.app:/callback', "form-action 'self' com.example.app:;"],
])('the policy permits a form that ends at %s', (redirectUri, directive) => {
  expect(contentSecurityPolicy(redirectUri)).toContain(directive);
});

test('the policy of a page without a form permits no form target', () => {
  expect(contentSecurityPolicy()).toContain("form-action 'self';");
});
