import { z } from 'zod';

const count = z.number().nonnegative();

/** What Webex says of a site and some days. A figure that it leaves out is unknown, and not nought. */
export const metricsSchema = z.object({
  totalMeetings: count.optional(),
  totalParticipants: count.optional(),
  totalUniqueHosts: count.optional(),
  totalMeetingMinutes: count.optional(),
  totalAudioMinutes: count.optional(),
  totalVoIPMinutes: count.optional(),
  totalTelephoneMinutes: count.optional(),
  videoMeetings: count.optional(),
  sharingMeetings: count.optional(),
  recordingMeetings: count.optional(),
  participantsByJoinMethods: z.record(z.string(), count).default({}),
  participantsByRoles: z.record(z.string(), count).default({}),
  participantsByLocation: z.array(z.object({ country: z.string(), totalParticipants: count })).default([]),
});

export type Metrics = z.output<typeof metricsSchema>;

/** A figure of the report, in the order of the report. */
export interface Figure {
  readonly key: Exclude<keyof Metrics, `participants${string}`>;
  readonly label: string;
  /** @default - a plain number */
  readonly unit?: 'minutes';
  /** Set for a part of the figure before it. @default false */
  readonly part?: true;
  /** For someone who has only the report. */
  readonly meaning: string;
}

/** @see https://developer.webex.com/admin/docs/api/v1/historical-analytics-apis */
export const FIGURES: readonly Figure[] = [
  {
    key: 'totalMeetings',
    label: 'Meetings',
    meaning: 'Meetings that were held. Webinars, training and support sessions count too.',
  },
  {
    key: 'totalParticipants',
    label: 'Joins',
    meaning: 'How often a person or a device joined a meeting. Who joins twice counts twice.',
  },
  {
    key: 'totalUniqueHosts',
    label: 'Hosts',
    meaning: 'Different people who started at least one meeting. Who hosts on two sites counts on each.',
  },
  {
    key: 'totalMeetingMinutes',
    label: 'Meeting time',
    unit: 'minutes',
    meaning: 'How long all meetings lasted together, however many people were in them.',
  },
  {
    key: 'totalAudioMinutes',
    label: 'Audio time',
    unit: 'minutes',
    meaning: 'How long participants were connected by sound, all of them together: over the internet and by telephone.',
  },
  {
    key: 'totalVoIPMinutes',
    label: 'over the internet',
    unit: 'minutes',
    part: true,
    meaning: 'The part of the audio time that went over the internet.',
  },
  {
    key: 'totalTelephoneMinutes',
    label: 'by telephone',
    unit: 'minutes',
    part: true,
    meaning: 'The part of the audio time that went over telephone lines, which may cost by the minute.',
  },
  {
    key: 'videoMeetings',
    label: 'Meetings with video',
    meaning: 'Meetings in which at least one participant had the camera on for a while.',
  },
  {
    key: 'sharingMeetings',
    label: 'Meetings with sharing',
    meaning: 'Meetings in which at least one participant shared a screen or a file.',
  },
  {
    key: 'recordingMeetings',
    label: 'Recorded meetings',
    meaning: 'Meetings that at least one participant recorded.',
  },
];

/** The figures of several sites together; unknown where one of them is. */
export function addUp(metrics: readonly Metrics[]): Metrics {
  const sums = FIGURES.map(({ key }) => {
    const values = metrics.map((each) => each[key]);
    return [key, values.some((value) => value === undefined) ? undefined : sum(values.map((value) => value ?? 0))];
  });
  const countries = metrics.flatMap((each) =>
    each.participantsByLocation.map(({ country, totalParticipants }) => ({ [country]: totalParticipants })),
  );
  return {
    ...(Object.fromEntries(sums) as Partial<Metrics>),
    participantsByJoinMethods: addRecords(metrics.map((each) => each.participantsByJoinMethods)),
    participantsByRoles: addRecords(metrics.map((each) => each.participantsByRoles)),
    participantsByLocation: Object.entries(addRecords(countries)).map(([country, totalParticipants]) => ({
      country,
      totalParticipants,
    })),
  };
}

function addRecords(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return Object.fromEntries(keys.map((key) => [key, sum(records.map((record) => record[key] ?? 0))]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
