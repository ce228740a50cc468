import { type TSchema, Type } from 'typebox';
import { Metadata } from '../responses/request/request-schema.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const closed = { additionalProperties: false };

const AttributesBody = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Union([Type.String({ maxLength: 512 }), Type.Number(), Type.Boolean()]),
  { maxProperties: 16 },
);

/** Accepted and passed over: a store lives as long as the gateway keeps responses, and chunks have one size. */
const ignored = {
  expires_after: Type.Optional(Type.Unknown()),
  chunking_strategy: Type.Optional(Type.Unknown()),
};
const about = {
  name: Nullable(Type.String({ maxLength: 512 })),
  description: Nullable(Type.String({ maxLength: 2_000 })),
  metadata: Nullable(Metadata),
};

export const CreateBody = Type.Object(
  { ...about, ...ignored, file_ids: Nullable(Type.Array(Type.String(), { maxItems: 100 })) },
  closed,
);
export const UpdateBody = Type.Object({ ...about, ...ignored }, closed);
export const AttachBody = Type.Object(
  { file_id: Type.String(), attributes: Nullable(AttributesBody), ...ignored },
  closed,
);
export const SearchBody = Type.Object(
  {
    query: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 16 })]),
    max_num_results: Nullable(Type.Integer({ minimum: 1, maximum: 50 })),
    ranking_options: Nullable(
      Type.Object({ score_threshold: Nullable(Type.Number({ minimum: 0, maximum: 1 })) }),
    ),
    rewrite_query: Nullable(Type.Boolean()),
    filters: Type.Optional(Type.Unknown()),
  },
  closed,
);
