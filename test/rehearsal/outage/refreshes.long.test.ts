import { testOutages } from './outage-outcomes';

// One scenario of each kind. `npm run soak` runs all scenarios.
testOutages({
  names: [
    'every error for 3 days over a refresh, refresh tokens: rotate',
    'every error for 3 days over a refresh, refresh tokens: omit',
    'every error for 3 days over a refresh, the same token for a day',
    'answers that get lost once Webex has acted, refresh tokens: rotate',
    'answers that take longer than the engine waits, refresh tokens: renew',
    'storms of 429, of up to 3 days',
    "the server's clock 2 days ahead, then 2 days behind",
    'the server killed at any moment, refresh tokens: rotate',
    'the server sealed at any moment',
  ],
  days: 17,
  dayMs: 8000,
});
