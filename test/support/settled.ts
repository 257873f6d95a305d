import { type Output, output, runtime } from '@pulumi/pulumi';

/** The value of an output once all that was declared is registered. */
export async function settled<Value>(value: Output<Value> | Value): Promise<unknown> {
  await runtime.disconnect();
  return new Promise((resolve) => {
    output(value).apply(resolve);
  });
}
