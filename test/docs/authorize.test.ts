import { DEVICE_REDIRECT_URLS } from '../../lib/webex/device-grant';
import { pageText } from '../fixtures/pages/code-block';

it('docs/tasks/authorize.md lists the redirect URLs of the device grant', () => {
  const listed = pageText('docs/tasks/authorize.md').match(/https:\/\/oauth-helper\S+/g);
  expect(listed?.sort()).toEqual([...DEVICE_REDIRECT_URLS].sort());
});
