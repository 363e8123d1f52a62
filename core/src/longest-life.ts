/** Ten years, in seconds. No token of Vault or Webex lives longer, and a date can still be computed from it. */
export const LONGEST_LIFE_SECONDS = 315_360_000;
