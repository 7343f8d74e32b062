import type { DynamoDBRecord, KinesisStreamRecord, SQSRecord } from "../../src/public/events.ts";
import type { Context } from "../../src/public/index.ts";
import { createContext } from "../../src/runtime/context.ts";

export function contextWith(milliseconds: number): Context {
  const metadata = { requestId: "id", deadlineMs: Date.now() + milliseconds, invokedFunctionArn: "arn" };
  return createContext(metadata, {});
}

/** With a group it is one of a FIFO queue. */
export function message(id: string, group?: string): SQSRecord {
  const queue = group === undefined ? "orders" : "orders.fifo";
  return {
    messageId: id,
    receiptHandle: "handle",
    body: id,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "sender",
      ApproximateFirstReceiveTimestamp: "0",
      ...(group !== undefined && { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:${queue}`,
    awsRegion: "us-east-1",
  };
}

export function streamRecord(sequenceNumber: string, partitionKey: string): KinesisStreamRecord {
  return {
    awsRegion: "us-east-1",
    eventID: sequenceNumber,
    eventName: "aws:kinesis:record",
    eventSource: "aws:kinesis",
    eventSourceARN: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
    eventVersion: "1.0",
    invokeIdentityArn: "arn",
    kinesis: {
      approximateArrivalTimestamp: 0,
      data: "",
      kinesisSchemaVersion: "1.0",
      partitionKey,
      sequenceNumber,
    },
  };
}

export function itemRecord(SequenceNumber: string, key: string = SequenceNumber): DynamoDBRecord {
  return { eventSource: "aws:dynamodb", dynamodb: { SequenceNumber, Keys: { id: { S: key } } } };
}
