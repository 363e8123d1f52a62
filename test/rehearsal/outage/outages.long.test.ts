import { testOutages } from './outage-outcomes';

// One scenario of each kind. `npm run soak` runs all scenarios.
testOutages({
  names: [
    'Webex down for 6 days over a refresh (ours)',
    "Webex down for 6 days over a refresh (the plugin's defaults)",
    'Webex down past expiry, for 16 days (ours)',
    "Webex down past expiry, for 16 days (the plugin's defaults)",
    'the person is deactivated',
    'the organization switches the integration off for 3 days (invalid_grant, tokens refused)',
    'the organization switches the integration off for 3 days (invalid_grant, tokens taken)',
    'the organization switches the integration off for 3 days (unauthorized_client, tokens taken)',
    'the organization switches the integration off for 3 days (forbidden, tokens taken)',
  ],
  days: 28,
  dayMs: 5000,
});
