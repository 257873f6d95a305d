import type { IntegrationAnswer } from '../../lambda/integrations/index.ts';
import { safeText } from '../../lambda/shared/text.ts';
import { EXIT } from './failure.ts';
import type { TargetFlags } from './integration-target.ts';
import { checksText } from './integrations-text.ts';
import { printed } from './output.ts';

/** Shows an answer: checks, then what was done or, on standard error, why it was not. Gives the exit code. */
export async function showAnswer(
  answer: IntegrationAnswer,
  flags: Pick<TargetFlags, 'json'>,
  done: (answer: IntegrationAnswer) => string,
): Promise<number> {
  const { checks, error } = answer;
  const text = `${checksText(checks)}${error === undefined ? done(answer) : ''}`;
  await printed(flags.json === true ? `${JSON.stringify(answer, null, 2)}\n` : text);
  if (error !== undefined) {
    const again = error.retryable ? ': trying again may help' : '';
    process.stderr.write(`backline: ${safeText(error.message)} [${error.code}]${again}\n`);
  }
  if (checks.some(({ outcome }) => outcome === 'failed')) return EXIT.findings;
  if (error === undefined) return EXIT.ok;
  return error.code === 'integration-invalid' ? EXIT.usage : EXIT.failed;
}
