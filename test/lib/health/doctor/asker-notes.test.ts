import { askerNotes } from '../../../../lib/health/doctor/asker-notes';
import { serviceAppDeployment } from '../../../fixtures/declarations/service-app-deployment';

it('says whether a person is behind the grant of a Service App', () => {
  const { credentials } = serviceAppDeployment({ reports: 'manager', manager: 'asker' });
  expect(askerNotes(credentials).map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
    'note: credential "reports" has its tokens from "manager", "asker"; "asker" is the grant of a person, who is needed when it is lost',
    'note: credential "manager" has its tokens from "asker"; "asker" is the grant of a person, who is needed when it is lost',
  ]);
});

it('says where no person is behind it', () => {
  const { credentials } = serviceAppDeployment({ reports: 'manager', manager: 'keeper', keeper: 'manager' });
  expect(askerNotes(credentials).map(({ detail }) => detail)).toEqual([
    'credential "reports" has its tokens from "manager", "keeper"; no person is behind them',
    'credential "manager" has its tokens from "keeper", "manager"; no person is behind them',
    'credential "keeper" has its tokens from "manager", "keeper"; no person is behind them',
  ]);
});
