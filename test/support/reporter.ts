import type { Reporter, TestCase, TestModule } from 'vitest/node';

const name = (test: TestCase) => `${test.module.relativeModuleId} > ${test.fullName}`;

/** Prints every skipped test with its reason, and a last line of plain counts that CI reads. */
export class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((m) => [...m.children.allTests()]);
    const by = (state: string) => tests.filter((t) => t.result().state === state);
    const skipped = by('skipped');
    for (const test of skipped) {
      const result = test.result();
      const reason = result.state === 'skipped' ? (result.note ?? 'no reason given') : '';
      console.log(`skipped: ${name(test)}: ${reason}`);
    }
    console.log(`${by('passed').length} passed, ${by('failed').length} failed, ${skipped.length} skipped`);
  }
}
