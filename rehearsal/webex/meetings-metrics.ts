import { createHash } from 'node:crypto';

export type AnalyticsRegion = 'us' | 'eu' | 'ca';

/** The only sites, by the region whose analytics servers have their data. */
export const SITES: Readonly<Record<AnalyticsRegion, string>> = {
  us: 'example.webex.com',
  eu: 'example-eu.webex.com',
  ca: 'example-ca.webex.com',
};

/** The documented fields that the samples use. @see https://developer.webex.com/admin/docs/api/v1/historical-analytics-apis */
export interface MeetingsMetrics {
  totalMeetings: number;
  totalParticipants: number;
  totalUniqueHosts: number;
  totalMeetingMinutes: number;
  totalAudioMinutes: number;
  totalTelephoneMinutes: number;
  totalVoIPMinutes: number;
  videoMeetings: number;
  sharingMeetings: number;
  recordingMeetings: number;
}

const MS_PER_DAY = 24 * 3600 * 1000;
const WEEKEND_SHARE = 0.06;

/**
 * Metrics of the days from `from` to `to`, both included and both `YYYY-MM-DD`. They depend on site and days alone, and
 * the days of a month add up to the month.
 */
export function meetingsMetrics(siteUrl: string, from: string, to: string): MeetingsMetrics {
  const total = { meetings: 0, participants: 0, minutes: 0, telephone: 0, voip: 0, video: 0, sharing: 0, recording: 0 };
  const staff = Math.round(90 + 160 * chance(siteUrl, 'staff'));
  let idle = 1;
  for (let day = Date.parse(from); day <= Date.parse(to); day += MS_PER_DAY) {
    const date = new Date(day);
    const of = (what: string): number => chance(siteUrl, date.toISOString().slice(0, 10), what);
    const season = 0.75 + 0.5 * chance(siteUrl, date.toISOString().slice(0, 7), 'season');
    const weekend = [0, 6].includes(date.getUTCDay()) ? WEEKEND_SHARE : 1;
    const meetings = Math.round(staff * 0.5 * season * weekend * (0.85 + 0.3 * of('meetings')));
    const participants = Math.round(meetings * (3.5 + 3 * of('participants')));
    const minutes = Math.round(meetings * (28 + 18 * of('minutes')));
    const telephone = Math.round(minutes * (0.4 + 0.3 * of('telephone')));
    total.meetings += meetings;
    total.participants += participants;
    total.minutes += minutes;
    total.telephone += telephone;
    total.voip += Math.round(minutes * (2.2 + of('voip')));
    total.video += Math.round(meetings * (0.6 + 0.2 * of('video')));
    total.sharing += Math.round(meetings * (0.4 + 0.3 * of('sharing')));
    total.recording += Math.round(meetings * (0.05 + 0.1 * of('recording')));
    // Probability that a person has not hosted yet. Hosts of several days overlap, so they do not add up.
    idle *= 1 - Math.min(0.8, (0.7 * meetings) / staff);
  }
  return {
    totalMeetings: total.meetings,
    totalParticipants: total.participants,
    totalUniqueHosts: Math.min(total.meetings, Math.round(staff * (1 - idle))),
    totalMeetingMinutes: total.minutes,
    totalAudioMinutes: total.telephone + total.voip,
    totalTelephoneMinutes: total.telephone,
    totalVoIPMinutes: total.voip,
    videoMeetings: total.video,
    sharingMeetings: total.sharing,
    recordingMeetings: total.recording,
  };
}

/** A pseudorandom number from 0 to 1, always the same for the same words. */
function chance(...words: string[]): number {
  return createHash('sha256').update(words.join('|')).digest().readUInt32BE() / 0xffffffff;
}
