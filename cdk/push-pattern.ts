import type { EventPattern } from 'aws-cdk-lib/aws-events';

/** Images that were pushed to ECR, as it tells EventBridge. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html */
export const PUSH_PATTERN = {
  source: ['aws.ecr'],
  detailType: ['ECR Image Action'],
  detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] },
} satisfies EventPattern;
