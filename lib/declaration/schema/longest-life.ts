/** Ten years: longer than anything lives that Vault or Webex gives, and short enough for a date to come of it. */
export const LONGEST_LIFE_SECONDS = 315_360_000;
