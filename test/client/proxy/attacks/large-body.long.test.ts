import { testUnless } from '../../../fixtures/runs/left-out';
import { expectConstantMemory, NO_PEAK } from './large-body';

testUnless(NO_PEAK)('a body of 2 GB each way passes in constant memory', () => expectConstantMemory(2048));
